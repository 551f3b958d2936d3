"""The detail view of real messages."""

import logging
import struct

import pytest

from ovltui.events.explain import hexdump, meaning, tree
from ovltui.events.gap import pack_gap
from ovltui.kernel.wire import Rtm, attribute
from ovltui.kernel.wire import message as build
from tests.events.samples import NAMES, SAMPLES, gap, message

MEANINGS = {
    "veth-moves": "veth1 left this namespace for blue; it was not deleted.",
    "port-leaves": "veth0 is no port of its bridge any more; the link itself stays until it is deleted.",
    "fdb-vtep": "Frames to 02:42:0a:0d:11:03 leave through the tunnel to 192.168.56.102.",
    "fdb-learned": "Frames to 5e:fa:39:44:e4:e0 leave through the bridge port veth0 (learned from traffic).",
    "route-default": "inet packets without a better route go to the gateway 10.13.17.7 through br0.",
    "route-blackhole": "Packets to 10.52.0.0/16 are dropped silently (in table 100).",
    "nsid-ends": "The namespace with the id 0 died, and all its links with it.",
}


@pytest.mark.parametrize("name", MEANINGS)
def test_an_event_means_this(name: str) -> None:
    assert meaning(SAMPLES[name].record, NAMES) == MEANINGS[name]


def test_the_three_misses_mean_three_things() -> None:
    names = ("miss-l2", "miss-l3-inet", "miss-solicit")
    l2, l3, solicit = (meaning(SAMPLES[name].record, NAMES) for name in names)
    assert "no forwarding entry" in l2
    assert "no neighbour entry" in l3
    assert "asks a daemon" in solicit


def test_every_sample_means_one_sentence() -> None:
    for sample in SAMPLES.values():
        sentence = meaning(sample.record, NAMES)
        assert sentence.endswith("."), sample.name
        assert "\n" not in sentence


def test_the_tree_has_the_kernels_names_and_values() -> None:
    rows = tree(SAMPLES["fdb-vtep"].record)
    assert rows[0] == (0, "nlmsghdr", "RTM_NEWNEIGH")
    assert (0, "NDA_DST", "192.168.56.102") in rows
    assert (0, "state", "192") in rows
    names = [name for _, name, _ in tree(SAMPLES["vxlan-new"].record)]
    assert {"IFLA_LINKINFO", "IFLA_INFO_KIND", "IFLA_VXLAN_ID", "ifi_type"} <= set(names)
    assert not any(name.startswith("__") for name in names)


def test_a_type_that_pyroute2_does_not_know_shows_its_attributes_as_bytes() -> None:
    rows = tree(SAMPLES["nexthop-gateway"].record)
    assert (0, "attribute 6", "0a 0d 11 07") in rows
    assert rows[0] == (0, "nlmsghdr", "RTM_NEWNEXTHOP")


def test_names_in_the_tree_are_harmless() -> None:
    body = bytes(16) + attribute(3, b"e\x1b[2J\0")
    rows = tree(message(build(Rtm.NEWLINK, 0, 0, body)))
    assert any("e\\x1b[2J" in value for _, _, value in rows)
    assert not any("\x1b" in value for _, _, value in rows)


def test_the_tree_of_a_gap_and_of_a_stump() -> None:
    assert tree(gap(pack_gap(5, 7))) == [(0, "lost", "5"), (0, "span_ns", "7")]
    assert tree(message(b"\x01\x02")) == [(0, "bytes", "01 02")]


def test_a_hexdump_has_sixteen_bytes_a_line() -> None:
    assert hexdump(b"eth0\x00\x1b" + bytes(11)) == [
        "0000  65 74 68 30 00 1b 00 00 00 00 00 00 00 00 00 00  eth0............",
        f"0010  {'00':<47}  .",
    ]


def test_a_message_that_pyroute2_chokes_on_is_shown_as_bytes_and_leaves_stderr_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    raw = bytearray(SAMPLES["fdb-nexthop"].raw)
    at = raw.index(bytes.fromhex("0a000200"))
    raw[at] = 5  # an lladdr of one byte, which it reports to the root logger
    handlers = list(logging.getLogger().handlers)
    assert tree(message(bytes(raw)))
    assert logging.getLogger().handlers == handlers
    assert capfd.readouterr() == ("", "")


def test_an_encapsulation_that_would_hold_pyroute2_forever_is_shown_as_bytes() -> None:
    endless = attribute(22, b"\0") + attribute(1, bytes(4))
    rows = tree(message(build(Rtm.NEWROUTE, 0, 0, bytes(12) + endless)))
    assert (0, "attribute 22", "00") in rows
    nexthop = struct.pack("=HBBi", 8 + len(endless), 0, 0, 1) + endless
    rows = tree(message(build(Rtm.NEWROUTE, 0, 0, bytes(12) + attribute(9, nexthop))))
    assert (0, "attribute 9", nexthop.hex(" ")) in rows
