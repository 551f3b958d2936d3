"""Bridges, their ports and VLANs, out of messages; and links whose state as a port changes by itself."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from ovltui.kernel.wire import Table, attribute, message
from ovltui.topology.bridges import Vlan, objects, sheet, vlans
from ovltui.topology.names import PlaceNames
from ovltui.topology.sheet import Subject
from ovltui.topology.sheets import sheet as table
from tests.topology.made import link, place

FORWARDING, BLOCKING = 3, 4


def told(ifindex: int, *infos: tuple[int, int], state: int | None = None, ifname: str = "p") -> bytes:
    """Return a message of family bridge, each VLAN as its flags and number."""
    spec = b"".join(attribute(2, struct.pack("=HH", *info)) for info in infos)
    port = b"" if state is None else attribute(12 | 0x8000, attribute(1, bytes((state,))) + attribute(3, b"\7\0\0\0"))
    head = struct.pack("=BxHiII", 7, 1, ifindex, 1, 0) + attribute(3, ifname.encode() + b"\0")
    return message(16, 0, 0, head + port + attribute(26, spec))


WORLD = place(
    1, "node", (link(2, "br0", "bridge"), link(3, "veth0", "veth", master=2, port=1), link(4, "other", "veth"))
)


def test_vlans_are_numbers_and_ranges_with_their_flags() -> None:
    found = vlans((told(3, (0x6, 1), (0x8, 10), (0x10, 20), (0x0C, 30), (0x14, 33)),))
    assert found == {
        3: (
            Vlan(1, 1, pvid=True, untagged=True),
            Vlan(10, 20, pvid=False, untagged=False),
            Vlan(30, 33, pvid=False, untagged=True),
        )
    }
    assert ", ".join(map(str, found[3])) == "1 pvid untagged, 10-20, 30-33 untagged"


@given(st.binary(max_size=120))
def test_bytes_that_no_kernel_sends_raise_nothing(raw: bytes) -> None:
    vlans((raw, told(3, (0x6, 1))[: len(raw)]))


def test_each_port_stands_below_its_bridge_and_other_links_do_not() -> None:
    rows = sheet(WORLD, (told(2, (0x6, 1)), told(3, (0x2, 5), state=BLOCKING))).rows
    assert [row[:2] for row in rows] == [("br0", "-"), ("br0", "veth0")]
    assert rows[0][3:5] == ("stp off", "1 pvid untagged")
    assert rows[1][3:5] == ("blocking", "5 pvid")


def test_the_state_of_a_port_is_the_one_that_was_told_last() -> None:
    links = WORLD.contents.messages[Table.LINKS]
    stale = table(WORLD, Subject.LINKS, PlaceNames((WORLD,)))
    assert "port listening" in stale.rows[1][-1]
    now = place(1, "node", {Table.LINKS: links, Table.PORTS: (told(3, state=FORWARDING),)})
    assert "port forwarding" in table(now, Subject.LINKS, PlaceNames((now,))).rows[1][-1]


def test_objects_have_vlans_as_bridge_prints_them() -> None:
    names = PlaceNames((WORLD,))
    (found,) = objects(WORLD, names, (told(3, (0x6, 1), (0x8, 10), (0x10, 20), state=FORWARDING, ifname="veth0"),))
    assert (found["netns"], found["ifname"], found["state"]) == ("node", "veth0", "forwarding")
    assert found["vlans"] == [
        {"vlan": 1, "flags": ["PVID", "Egress Untagged"]},
        {"vlan": 10, "vlanEnd": 20},
    ]
