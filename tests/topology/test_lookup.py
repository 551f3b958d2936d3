"""Routes as our own lookup finds them, against ``ip route get``; neighbours and forwarding entries made by hand."""

from collections.abc import Callable
from ipaddress import ip_address

import pytest

from ovltui.kernel.wire import Table
from ovltui.topology.builder import build
from ovltui.topology.lookup import ANY_MAC, gateway_of, is_usable, neighbour, out_of, route, tunnels
from ovltui.topology.model import Node
from tests.bed.netns import NamedNetns
from tests.topology.made import fdb, key, link, neigh, place, vxlan
from tests.topology.seen import seen

MAC = "02:42:0a:0d:11:03"
COMMANDS = """
link add d0 type veth peer name d1
link add d2 type veth peer name d3
link set d0 up
link set d1 up
link set d2 up
link set d3 up
addr add 10.1.0.1/24 dev d0
addr add 10.2.0.1/24 dev d2
addr add fd00:1::1/64 dev d0 nodad
route add default via 10.1.0.254
route add 10.9.0.0/16 via 10.2.0.254
route add 10.9.9.0/24 via 10.1.0.9
route add 10.9.9.9/32 via 10.2.0.9
route add 10.8.0.0/16 via 10.1.0.8 metric 20
route add 10.8.0.0/16 via 10.2.0.8 metric 10
route add unreachable 10.7.0.0/16
route add 10.6.0.0/16 via 10.1.0.6 table 77
route add throw 10.5.0.0/16 table 77
route add 10.5.0.0/16 via 10.2.0.5
route add fd00:2::/64 via fd00:1::9
rule add to 10.4.0.0/15 lookup 77 priority 100
rule add to 10.6.0.0/16 lookup 77 priority 101
rule add fwmark 9 lookup 78 priority 50
"""
TARGETS = (
    *("10.1.0.7", "10.2.0.7", "10.9.1.1", "10.9.9.1", "10.9.9.9", "10.8.0.1", "10.6.1.1", "10.5.1.1"),
    *("192.0.2.1", "fd00:1::7", "fd00:2::1"),
)


@pytest.mark.needs_root
def test_the_route_is_the_one_that_the_kernel_takes(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("topo-route")
    for command in COMMANDS.strip().splitlines():
        made.ip(*command.split())
    topology, keys = seen()
    node = topology.nodes[keys[made.inode]]
    for target in TARGETS:
        (said,) = made.json("route", "get", target)
        found = route(node, ip_address(target))
        assert found, target
        assert node.links[out_of(found)].ifname == said["dev"], target
        assert gateway_of(found) == said.get("gateway", ""), target
    for target, kind in (("10.7.0.1", "unreachable"), ("10.1.0.1", "local"), ("10.1.0.255", "broadcast")):
        found = route(node, ip_address(target))
        assert found, target
        assert found.fields["type"] == kind
    assert route(node, ip_address("fd00:3::1")) is None


def made_node() -> Node:
    rows = {
        Table.LINKS: (link(3, "vxlan0", "vxlan", data=vxlan(4097)),),
        Table.FDB: (fdb(MAC, 3, "192.0.2.2"), fdb(ANY_MAC, 3, "192.0.2.9"), fdb(MAC, 4, "192.0.2.4")),
        Table.NEIGHBOURS: (neigh("10.13.17.3", MAC, 3),),
    }
    return build((place(1, "net", rows),)).nodes[key(1)]


def test_a_tunnel_has_an_entry_of_the_mac_or_the_one_for_any() -> None:
    node = made_node()
    for mac, vtep in ((MAC, "192.0.2.2"), ("02:42:0a:0d:11:99", "192.0.2.9")):
        assert [entry.fields["dst"] for entry in tunnels(node, node.links[3], mac)] == [vtep]


def test_a_neighbour_is_of_its_link_alone() -> None:
    node = made_node()
    found = neighbour(node, node.links[3], "10.13.17.3")
    assert found
    assert is_usable(found)
    assert neighbour(node, node.links[3], "10.13.17.4") is None
