"""Which links are tied to what, and that what is not visible is never left out."""

import struct
from dataclasses import replace

from ovltui.kernel.wire import Rtm, Table, attribute, message
from ovltui.topology.blame import is_blocked
from ovltui.topology.builder import build, rebuilt
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.hops import Verdict
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Join, JoinKind, Topology, Unseen, Vtep
from tests.topology.made import fdb, key, link, neigh, place, vxlan

REMOTE = "02:42:0a:0d:11:03"


def ties(topology: Topology, kind: JoinKind) -> list[Join]:
    return [join for join in topology.joins() if join.kind is kind]


def test_a_pair_with_equal_ifindexes_in_two_namespaces_is_one_tie() -> None:
    one = place(1, "one", (link(5, "eth0", "veth", tied=5, nsid=0),), {0: 2})
    two = place(2, "two", (link(5, "eth0", "veth", tied=5, nsid=7),), {7: 1})
    topology = build((one, two))
    assert ties(topology, JoinKind.VETH) == [Join(JoinKind.VETH, LinkKey(key(1), 5), LinkKey(key(2), 5))]
    peer = topology.peer(LinkKey(key(2), 5))
    assert isinstance(peer, Link)
    assert peer.key == LinkKey(key(1), 5)


def test_an_old_kernel_leaves_the_index_out_where_both_are_equal() -> None:
    one = place(1, "one", (link(5, "eth0", "veth", nsid=0),), {0: 2})
    two = place(2, "two", (link(5, "eth0", "veth", tied=5, nsid=7),), {7: 1})
    peer = build((one, two)).peer(LinkKey(key(1), 5))
    assert isinstance(peer, Link)
    assert peer.key == LinkKey(key(2), 5)


def test_a_pair_in_one_namespace_is_one_tie() -> None:
    topology = build((place(1, "one", (link(2, "a", "veth", tied=3), link(3, "b", "veth", tied=2))),))
    assert ties(topology, JoinKind.VETH) == [Join(JoinKind.VETH, LinkKey(key(1), 2), LinkKey(key(1), 3))]


def test_the_same_number_means_another_namespace_in_each() -> None:
    links = (link(5, "eth0", "veth", tied=6, nsid=0),)
    far = (link(6, "veth1", "veth", tied=5, nsid=0),)
    topology = build(
        (place(1, "a", links, {0: 3}), place(2, "b", links, {0: 4}), place(3, "x", far), place(4, "y", far))
    )
    peers = [
        topology.name(peer.key) for number in (1, 2) if isinstance(peer := topology.peer(LinkKey(key(number), 5)), Link)
    ]
    assert peers == ["x/veth1", "y/veth1"]


def test_what_is_not_visible_is_a_node_of_its_own() -> None:
    unknown = place(1, "one", (link(2, "eth0", "veth", tied=9, nsid=4),))
    gone = place(2, "two", (link(2, "eth0", "veth", tied=9, nsid=4),), {4: 77})
    topology = build((unknown, gone))
    assert [join.to for join in topology.joins()] == [Unseen(4, 9), Unseen(4, 9)]
    assert topology.name(Unseen(4, 9)) == "if9 in nsid 4 (not visible)"
    assert topology.peer(LinkKey(key(1), 2)) == Unseen(4, 9)


def test_a_link_that_does_not_point_back_is_no_peer() -> None:
    one = place(1, "one", (link(5, "eth0", "veth", tied=6, nsid=0),), {0: 2})
    two = place(2, "two", (link(6, "other", "veth", tied=8, nsid=7),), {7: 3})
    assert build((one, two)).peer(LinkKey(key(1), 5)) == Unseen(0, 6)


def test_ports_parents_and_tunnels_are_tied_each_in_its_way() -> None:
    rows = {
        Table.LINKS: (
            link(2, "br0", "bridge"),
            link(3, "vxlan0", "vxlan", tied=3, nsid=1, master=2, data=vxlan(4097)),
            link(4, "br0.5", "vlan", tied=2),
            link(5, "mv0", "macvlan", tied=8, nsid=1),
        ),
        Table.FDB: (fdb(REMOTE, 3, "192.0.2.2"), fdb("02:42:0a:0d:11:04", 3, "192.0.2.2")),
    }
    topology = build((place(1, "net", rows, {1: 9}), place(9, "node", (link(8, "eth0"),))))
    found = {(join.of.ifindex, join.kind): join.to for join in topology.joins()}
    assert found == {
        (3, JoinKind.PORT): LinkKey(key(1), 2),
        (3, JoinKind.UNDERLAY): key(9),
        (3, JoinKind.VTEP): Vtep(key(9), "192.0.2.2"),
        (4, JoinKind.PARENT): LinkKey(key(1), 2),
        (5, JoinKind.PARENT): LinkKey(key(9), 8),
    }
    (tunnel,) = [one for one in topology.nodes[key(1)].links.values() if one.vxlan]
    assert tunnel.vxlan is not None
    assert (tunnel.vxlan.vni, tunnel.vxlan.port) == (4097, 4789)


def test_an_underlay_that_is_not_visible_is_told() -> None:
    rows = (link(3, "vxlan0", "vxlan", tied=3, nsid=1, data=vxlan(4097)),)
    topology = build((place(1, "net", rows),))
    assert topology.underlay(LinkKey(key(1), 3)) == Unseen(1, None)
    assert [str(join.to) for join in topology.joins()] == ["namespace in nsid 1 (not visible)"]


def test_only_what_changed_is_built_again() -> None:
    places = [place(number, f"n{number}", (link(2, "eth0"),)) for number in range(1, 4)]
    before = build(places)
    places[1] = replace(places[1], contents=replace(places[1].contents, messages={Table.LINKS: (link(2, "new"),)}))
    after = build(places[:2], before)
    assert after.nodes[key(1)] is before.nodes[key(1)]
    assert after.nodes[key(2)].links[2].ifname == "new"
    assert key(3) not in after.nodes


def test_some_places_built_again_are_the_same_as_all_and_stand_where_they_stood() -> None:
    places = [place(number, f"n{number}", (link(2, "eth0"),)) for number in range(1, 4)]
    before = build(places)
    assert rebuilt(before, ()) is before
    places[1] = replace(places[1], contents=replace(places[1].contents, messages={Table.LINKS: (link(2, "new"),)}))
    after = rebuilt(before, places[1:2])
    assert after == build(places)
    assert [*after.nodes] == [*before.nodes]
    assert after.besides(before) == (after.nodes[key(2)],)
    assert before.besides(after) == (before.nodes[key(2)],)
    assert after.besides(after) == ()
    later = rebuilt(after, [replace(places[0]), replace(places[2])])
    assert later.besides(after) == (later.nodes[key(1)], later.nodes[key(3)])
    assert set(map(id, later.besides(before))) == {id(node) for node in later.nodes.values()}


def test_beside_a_topology_of_other_namespaces_each_one_that_is_new_is_told() -> None:
    places = [place(number, f"n{number}", (link(2, "eth0"),)) for number in range(1, 4)]
    before = build(places)
    moved = build([places[2], place(4, "n4", (link(2, "eth0"),)), places[0]], before)
    assert moved.nodes[key(4)] in moved.besides(before)
    assert before.nodes[key(2)] in before.besides(moved)
    fewer = build(places[:2], before)
    assert before.nodes[key(3)] in before.besides(fewer)


def test_what_docker_tells_names_an_endpoint_that_is_not_visible_and_no_other_networks() -> None:
    rows = {
        Table.LINKS: (link(3, "vxlan0", "vxlan", tied=3, nsid=1, data=vxlan(4097)),),
        Table.FDB: (fdb(REMOTE, 3, "192.0.2.2"),),
        Table.NEIGHBOURS: (neigh("10.13.17.3", REMOTE, 3),),
    }
    topology = build((place(1, "net", rows, network="abc"),))
    vxlan0 = topology.nodes[key(1)].links[3]
    for network, name in (("abc", "docker2n"), ("other", "")):
        (behind,) = Endpoints(topology, {(network, "10.13.17.3"): "docker2n"}).behind(vxlan0)
        (endpoint,) = behind.endpoints
        assert (endpoint.mac, endpoint.address, endpoint.name, endpoint.key) == (REMOTE, "10.13.17.3", name, None)


def test_a_port_that_its_bridge_blocks_is_a_fault() -> None:
    node = build((place(1, "net", (link(4, "v4", "veth", port=4), link(5, "v5", "veth", port=3))),)).nodes[key(1)]
    fault = is_blocked(node, node.links[4])
    assert fault
    assert (fault.by, fault.verdict) == ("port v4 is blocking", Verdict.DOWN)
    assert is_blocked(node, node.links[5]) is None


def test_the_state_of_a_port_is_the_one_that_was_told_last() -> None:
    links = (link(4, "v4", "veth", port=0), link(5, "v5", "veth", port=3), link(6, "v6", "veth", port=0))
    told = (told_port(4, 3), told_port(5, 4), told_port(7, 3), told_port(6, 3)[:-1])
    found = build((place(1, "net", {Table.LINKS: links, Table.PORTS: told}),)).nodes[key(1)].links
    assert [found[ifindex].port for ifindex in (4, 5, 6)] == ["forwarding", "blocking", "disabled"]


def told_port(ifindex: int, state: int) -> bytes:
    """Return a message of family bridge."""
    port = attribute(12 | 0x8000, attribute(1, bytes((state,))))
    return message(Rtm.NEWLINK, 0, 0, struct.pack("=BxHiII", 7, 1, ifindex, 1, 0) + port)


def test_a_message_that_breaks_off_makes_no_link_and_no_error() -> None:
    whole = link(5, "eth0", "veth", tied=6, nsid=0)
    for end in range(len(whole)):
        assert not build((place(1, "one", (whole[:end],)),)).nodes[key(1)].links
