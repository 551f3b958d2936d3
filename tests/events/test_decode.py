"""Fields of real messages, and that no bytes at all make the decoders raise."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovltui.events.addresses import inet, ipv6
from ovltui.events.attributes import each, read, u32
from ovltui.events.decode import decode
from ovltui.events.explain import meaning, tree
from ovltui.events.gap import UNKNOWN_COUNT, pack_gap
from ovltui.events.line import line
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Action, Object, Pane, pane_of
from ovltui.kernel.wire import NLMSG_HEADER, Rtm, attribute
from ovltui.kernel.wire import message as build
from tests.events.samples import NAMES, SAMPLES, gap, message

FIELDS: dict[str, tuple[Object, Action, dict[str, Any]]] = {
    "veth-new": (
        *(Object.LINK, Action.NEW),
        {"ifindex": 3, "ifname": "veth0", "link": 2, "mtu": 1500, "linkinfo": {"info_kind": "veth"}},
    ),
    "veth-moves": (Object.LINK, Action.MOVE, {"ifname": "veth1", "new_netnsid": 0, "new_ifindex": 2}),
    "veth-arrives": (Object.LINK, Action.NEW, {"ifname": "veth1", "link_index": 3, "link_netnsid": 0}),
    "port-forwards": (Object.LINK, Action.CHANGE, {"family": "bridge", "state": "forwarding", "master": 4}),
    "port-leaves": (Object.LINK, Action.DEL, {"family": "bridge", "ifname": "veth0", "master": 4}),
    "addr-peer": (
        *(Object.ADDR, Action.NEW),
        {"local": "10.9.9.1", "address": "10.9.9.2", "dynamic": True, "valid_life_time": 100},
    ),
    "route-link": (
        *(Object.ROUTE, Action.NEW),
        {"dst": "10.13.17.0/24", "table": "main", "protocol": "kernel", "scope": "link", "ifindex": 4},
    ),
    "route-replaced": (Object.ROUTE, Action.CHANGE, {"dst": "10.70.0.0/16", "gateway": "10.9.1.8"}),
    "route-default": (Object.ROUTE, Action.NEW, {"dst": "default", "family": "inet", "metric": 100}),
    "neigh-flags": (Object.NEIGH, Action.NEW, {"router": None, "extern_learn": None, "state": ["REACHABLE"]}),
    "fdb-vtep": (
        *(Object.FDB, Action.NEW),
        {"mac": "02:42:0a:0d:11:03", "dst": "192.168.56.102", "flags": ["self"], "state": "permanent"},
    ),
    "fdb-learned": (Object.FDB, Action.NEW, {"master": 4, "flags": [], "state": ""}),
    "miss-l3-inet": (Object.NEIGH, Action.MISS, {"miss": "l3", "dst": "10.9.0.77", "family": "inet"}),
    "miss-l2": (Object.FDB, Action.MISS, {"miss": "l2", "mac": "02:42:0a:09:00:4e", "family": "inet"}),
    "miss-solicit": (Object.NEIGH, Action.MISS, {"miss": "solicit", "dst": "10.9.1.89"}),
    "nsid-ends": (Object.NSID, Action.DEL, {"nsid": 0}),
    "netconf-written": (Object.NETCONF, Action.CHANGE, {"ifindex": 4, "forwarding": True}),
    "tunnel-vni": (Object.TUNNEL, Action.NEW, {"ifindex": 11, "vnis": [{"vni": 200}]}),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_real_message_has_these_fields(name: str) -> None:
    kind, action, expected = FIELDS[name]
    event = decode(SAMPLES[name].record)
    assert (event.object, event.action) == (kind, action)
    assert {key: event.fields.get(key, "absent") for key in expected} == expected


def test_misses_of_a_vxlan_device_carry_no_made_up_vni() -> None:
    assert all("vni" not in decode(SAMPLES[name].record).fields for name in SAMPLES if "miss" in name)


def test_every_decoded_value_is_json() -> None:
    for sample in SAMPLES.values():
        fields = decode(sample.record).fields
        assert json.loads(json.dumps(fields)) == fields, sample.name


def test_a_vlan_message_gives_ranges_and_flags() -> None:
    info = attribute(1, struct.pack("=HH", 0x2 | 0x4 | 0x8, 10)) + attribute(2, struct.pack("=H", 12))
    body = struct.pack("=Bxxxi", 7, 3) + attribute(1, info)
    event = decode(message(build(Rtm.NEWVLAN, 0, 0, body)))
    assert event.fields["vlans"] == [{"vlan": 10, "flags": ["PVID", "Egress Untagged"], "vlanEnd": 12}]


def test_an_announced_prefix_is_decoded() -> None:
    address = bytes.fromhex("fd000013" + "00" * 12)
    body = struct.pack("=BxxxiBBBx", 10, 4, 3, 64, 3) + attribute(1, address)
    event = decode(message(build(Rtm.NEWPREFIX, 0, 0, body + attribute(2, struct.pack("=II", 5, 9)))))
    expected = {"ifindex": 4, "family": "inet6", "prefix": "fd00:13::", "prefix_len": 64, "onlink": True}
    assert event.fields == expected | {"autoconf": True, "preferred_lft": 5, "valid_lft": 9}


def test_an_mpls_route_shows_its_label_and_no_ip_address() -> None:
    body = struct.pack("=BBBBBBBBI", 28, 20, 0, 0, 254, 4, 0, 1, 0) + attribute(1, struct.pack("!I", 100 << 12))
    event = decode(message(build(Rtm.NEWROUTE, 0, 0, body)))
    assert (event.fields["dst"], event.fields["family"]) == ("100", "mpls")


def test_unknown_numbers_are_shown_as_numbers() -> None:
    body = struct.pack("=BBBBBBBBI", 2, 0, 0, 0, 77, 250, 9, 99, 0x40000000)
    fields = decode(message(build(Rtm.NEWROUTE, 0, 0, body))).fields
    shown = [fields[key] for key in ("table", "protocol", "scope", "type", "flags")]
    assert shown == ["77", "250", "9", "99", ["0x40000000"]]


def test_an_unknown_message_type_keeps_type_and_length() -> None:
    event = decode(message(build(999, 0, 0, bytes(8))))
    assert (event.object, event.fields) == (Object.UNKNOWN, {"type": 999, "length": 24})


def test_a_message_cut_anywhere_is_never_taken_for_a_whole_one() -> None:
    for sample in SAMPLES.values():
        for end in range(len(sample.raw)):
            cut = decode(message(sample.raw[:end]))
            assert cut.object is Object.UNKNOWN, (sample.name, end)


def test_a_message_whose_last_attribute_is_cut_is_unknown_even_with_a_fitting_header() -> None:
    for sample in SAMPLES.values():
        if len(sample.raw) > 24 and sample.name != "stats-switched":
            shorter = sample.raw[:-5]  # more than padding
            raw = struct.pack("=I", len(shorter)) + shorter[4:]
            assert decode(message(raw)).object is Object.UNKNOWN, sample.name


def test_a_broken_attribute_raises_instead_of_hiding_the_rest() -> None:
    with pytest.raises(ValueError, match="broken"):
        read({}, struct.pack("=HHI", 3, 1, 0), 0, {1: ("x", u32)})
    for length in (0, 3, 40):
        with pytest.raises(ValueError, match="broken"):
            list(each(struct.pack("=HH", length, 1), 0, 1))


def test_gaps_tell_the_count_or_that_nobody_knows_it() -> None:
    counted = decode(gap(pack_gap(56, 12_000_000))).fields
    assert (counted["lost"], counted["span_ns"]) == (56, 12_000_000)
    assert counted["classes"] == ["link", "route", "neigh"]
    assert decode(gap(pack_gap(UNKNOWN_COUNT, 0))).fields["lost"] is None
    assert decode(gap(b"")).fields["lost"] is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("00000000000000000000ffff0a000001", "::ffff:10.0.0.1"),
        ("00000000000000000000000000000001", "::1"),
        ("00000000000000000000000000000000", "::"),
        ("0000000000000000000000000a000001", "::10.0.0.1"),
        ("fd000013000000000000000000000001", "fd00:13::1"),
    ],
)
def test_ipv6_addresses_are_written_as_inet_ntop_writes_them(address: str, shown: str) -> None:
    assert ipv6(bytes.fromhex(address)) == shown


def test_bytes_that_are_no_address_are_shown_as_bytes() -> None:
    assert inet(b"\x01\x02\x03") == "01:02:03"


def test_a_link_name_with_escape_sequences_is_shown_harmless() -> None:
    body = struct.pack("=BxHiII", 0, 1, 9, 0, 0xFFFFFFFF) + attribute(3, b"e\x1b[2J\x9b\0")
    shown = line(message(build(Rtm.NEWLINK, 0, 0, body)), NAMES)
    assert "\x1b" not in shown.text
    assert "e\\x1b[2J" in shown.text


@pytest.mark.parametrize(
    ("rtm_type", "pane"),
    [
        *((16, Pane.LINK), (20, Pane.LINK), (88, Pane.LINK), (80, Pane.LINK), (999, Pane.LINK)),
        *((24, Pane.ROUTE), (32, Pane.ROUTE), (104, Pane.ROUTE)),
        *((28, Pane.NEIGH), (30, Pane.NEIGH), (84, Pane.NEIGH)),
    ],
)
def test_each_message_type_has_its_pane(rtm_type: int, pane: Pane) -> None:
    assert pane_of(rtm_type) is pane


def _everything(raw: bytes) -> None:
    record = message(raw)
    decode(record)
    line(record, NAMES)
    json.dumps(as_json(record, NAMES))
    assert meaning(record, NAMES)
    assert tree(record) is not None


_TYPES = st.sampled_from([*map(int, Rtm), 2, 999])


@settings(deadline=None)  # the first call imports pyroute2
@given(_TYPES, st.integers(0, 0xFFFF), st.binary(max_size=120))
def test_no_body_of_any_message_type_makes_anything_raise(rtm_type: int, flags: int, body: bytes) -> None:
    _everything(build(rtm_type, flags, 0, body))


_ATTRIBUTES = st.lists(st.tuples(st.integers(0, 70), st.binary(max_size=40)), max_size=8)
_NESTED = st.lists(
    st.tuples(st.integers(0, 70), _ATTRIBUTES.map(lambda inner: b"".join(attribute(*each_) for each_ in inner))),
    max_size=4,
)


@settings(deadline=None)  # the first call imports pyroute2
@given(_TYPES, st.binary(min_size=16, max_size=16), _ATTRIBUTES, _NESTED, st.sampled_from([4, 8, 12, 16]))
def test_no_well_formed_attributes_make_anything_raise(
    rtm_type: int, head: bytes, flat: list[tuple[int, bytes]], nests: list[tuple[int, bytes]], size: int
) -> None:
    body = head[:size] + b"".join(attribute(kind, payload) for kind, payload in flat + nests)
    _everything(build(rtm_type, 0, 0, body))


@settings(deadline=None)  # the first call imports pyroute2
@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 2100), st.integers(0, 255))
def test_no_flipped_byte_of_a_real_message_makes_anything_raise(name: str, index: int, value: int) -> None:
    raw = bytearray(SAMPLES[name].raw)
    raw[NLMSG_HEADER.size + index % (len(raw) - NLMSG_HEADER.size)] = value
    _everything(bytes(raw))
