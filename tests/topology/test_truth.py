"""The topology against what ``ip -d link``, ``bridge link`` and the Docker API say, joined by the test itself."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ovltui.netns.model import NetnsKey
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import JoinKind, Topology
from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns, netns
from tests.bed.swarm import NETWORK
from tests.topology.seen import Inside, overlay_of, sandbox_of, seen

SANDBOXES = "/proc/{pid}/root/run/docker/netns"


def namespaces(engines: TwoEngines) -> dict[int, Inside]:
    """Return every namespace of the engines by its inode; files of those that are gone stay for a while."""
    found = []
    for node in engines.nodes:
        found.append(Inside(f"/run/netns/{node.netns}"))
        found += [Inside(str(path)) for path in Path(SANDBOXES.format(pid=node.pid)).iterdir()]
    nsfs = Path("/proc/self/ns/net").stat().st_dev
    return {inside.inode: inside for inside in found if Path(inside.path).stat().st_dev == nsfs}


def kind(row: dict[str, Any]) -> str:
    found: str = row.get("linkinfo", {}).get("info_kind", "")
    return found


def names(topology: Topology, key: NetnsKey) -> dict[str, Link]:
    return {link.ifname: link for link in topology.nodes[key].links.values()}


def test_every_port_and_tunnel_of_the_engines_is_tied_as_ip_and_bridge_say(two_engines: TwoEngines) -> None:
    topology, keys = seen(two_engines)
    joins = {(join.of, join.kind): join.to for join in topology.joins() if join.kind is not JoinKind.VTEP}
    ports = tunnels = 0
    for inode, inside in namespaces(two_engines).items():
        rows = inside.json("ip -json -d link")
        index = {row["ifname"]: row["ifindex"] for row in rows}
        for row in inside.json("bridge -json link"):
            of = LinkKey(keys[inode], index[row["ifname"]])
            assert joins[of, JoinKind.PORT] == LinkKey(keys[inode], index[row["master"]])
            ports += 1
        for row in rows:
            if kind(row) == "vxlan":
                node = next(node for node in two_engines.nodes if f"/{node.pid}/" in inside.path)
                underlay = Path(f"/run/netns/{node.netns}").stat().st_ino
                assert joins[LinkKey(keys[inode], row["ifindex"]), JoinKind.UNDERLAY] == keys[underlay]
                tunnels += 1
    assert ports >= 8
    assert tunnels == 4


def test_every_container_is_tied_to_the_overlay_that_docker_put_it_in(two_engines: TwoEngines) -> None:
    topology, keys = seen(two_engines)
    for node, container in zip(two_engines.nodes, ("docker1n", "docker2n"), strict=True):
        said = json.loads(node.docker("inspect", container))[0]["NetworkSettings"]["Networks"][NETWORK]
        inside, overlay = sandbox_of(node, container), overlay_of(node, NETWORK)
        (eth0,) = [row for row in inside.json("ip -json -d link") if row["address"] == said["MacAddress"]]
        peer = topology.peer(LinkKey(keys[inside.inode], eth0["ifindex"]))
        assert isinstance(peer, Link)
        assert peer.key == LinkKey(keys[overlay.inode], eth0["link_index"])
        back = topology.peer(peer.key)
        assert isinstance(back, Link)
        assert back.key == LinkKey(keys[inside.inode], eth0["ifindex"])


def test_no_veth_of_the_engines_is_left_without_its_other_end(two_engines: TwoEngines) -> None:
    topology, keys = seen(two_engines)
    for inode, inside in namespaces(two_engines).items():
        for row in inside.json("ip -json -d link"):
            if kind(row) == "veth":
                peer = topology.peer(LinkKey(keys[inode], row["ifindex"]))
                assert isinstance(peer, Link), (inside.path, row["ifname"])
                assert peer.key.ifindex == row.get("link_index")


def test_what_is_behind_a_tunnel_is_what_docker_says_of_the_other_node(two_engines: TwoEngines) -> None:
    topology, keys = seen(two_engines)
    first, second = two_engines.nodes
    (vxlan0,) = [link for link in topology.nodes[keys[overlay_of(first, NETWORK).inode]].links.values() if link.vxlan]
    (behind,) = Endpoints(topology, {}).behind(vxlan0)
    said = json.loads(second.docker("network", "inspect", NETWORK))[0]["Containers"].values()
    assert {(endpoint.mac, endpoint.address) for endpoint in behind.endpoints} == {
        (one["MacAddress"], one["IPv4Address"].split("/")[0]) for one in said
    }
    assert behind.vtep.address == second.address
    assert behind.key == keys[Path(f"/run/netns/{second.netns}").stat().st_ino]
    far = keys[sandbox_of(second, "docker2n").inode]
    assert [endpoint.name for endpoint in behind.endpoints if endpoint.key == far] == [topology.nodes[far].name]


@pytest.mark.needs_root
def test_pairs_with_equal_indexes_and_numbers_are_told_apart() -> None:
    with netns("topo") as one, netns("topo") as two, netns("topo") as three, netns("topo") as four:
        for left, right in ((one, two), (three, four)):
            _pair(left, right)
        subprocess.run(["ip", "-n", one.name, "link", "add", "pa", "type", "veth", "peer", "name", "pb"], check=True)
        topology, keys = seen()
        for left, right in ((one, two), (three, four)):
            peer = topology.peer(names(topology, keys[left.inode])["eth0"].key)
            assert isinstance(peer, Link)
            assert peer.key == LinkKey(keys[right.inode], 77)
        own = names(topology, keys[one.inode])
        peer = topology.peer(own["pa"].key)
        assert isinstance(peer, Link)
        assert peer.key == own["pb"].key


def _pair(left: NamedNetns, right: NamedNetns) -> None:
    words = f"link add eth0 index 77 netns {left.name} type veth peer name eth0 index 77 netns {right.name}"
    subprocess.run(["ip", *words.split()], check=True)
