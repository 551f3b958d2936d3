"""Many networks of two nodes, made by hand: what a look costs where there is much to look at."""

from dataclasses import replace

from ovltui.checks.scene import Scene
from ovltui.identity.intent import Intent, Member, Peer
from ovltui.identity.model import Identity, Kind
from ovltui.kernel.wire import Table
from ovltui.state.tables import Contents
from ovltui.topology.builder import build
from ovltui.topology.model import Topology
from ovltui.topology.place import Place
from tests.checks.town import (
    BR0,
    ETH0,
    NODES,
    Guest,
    Tables,
    addr,
    answer,
    br0,
    cable,
    eth0,
    host,
    learned,
    nearby,
    port,
    route,
    row,
    town,
    vtep,
    vxlan0,
)
from tests.topology import made

NETWORKS, GUESTS = 50, 9
"""Networks, and those attached to each on either node: 1,002 namespaces with the overlays' and the nodes' own."""
_BLOCK = 1000
_FIRST = 10_000


def guests(network: int, node: int) -> list[Guest]:
    """Return those attached to a network on a node."""
    return [Guest(f"c{network}-{node}-{n}", f"10.{network}.{node}.{n + 2}", node, 5 + 2 * n) for n in range(GUESTS)]


def _number(network: int, guest: Guest) -> int:
    return _FIRST + _BLOCK * network + 100 * guest.node + guest.port


FIRST_GUEST = _number(0, guests(0, 1)[0])
"""The namespace of a container of the first network."""


def _overlay(network: int, node: int) -> int:
    return _FIRST + _BLOCK * network + 10 * node


def _tables(network: int, node: int) -> Tables:
    own, far = guests(network, node), guests(network, 3 - node)
    device = vxlan0(node, data=made.vxlan(VNI + network) + PROXY)
    return {
        Table.LINKS: (br0(), device, *(port(one) for one in own)),
        Table.ADDRESSES: (addr(f"10.{network}.0.1", 16, BR0),),
        Table.FDB: (*(row(one) for one in far), *(learned(one.mac, one.port, BR0) for one in own)),
        Table.NEIGHBOURS: tuple(answer(one) for one in far),
    }


VNI = 5000
PROXY = b"\5\0\7\0\1\0\0\0\5\0\13\0\1\0\0\0"
"""Attributes of a vxlan device that learns and answers for others."""


def _guest(network: int, guest: Guest) -> Tables:
    return {
        Table.LINKS: (eth0(guest),),
        Table.ADDRESSES: (addr(guest.address, 16, guest.ifindex),),
        Table.ROUTES4: (route(f"10.{network}.0.0/16", guest.ifindex, source=guest.address),),
    }


def _node(node: int) -> Tables:
    return {
        Table.LINKS: (cable(node),),
        Table.ADDRESSES: (addr(vtep(node), 24, ETH0),),
        Table.ROUTES4: (nearby(node), route("default", ETH0, via="192.168.56.254")),
    }


def _place(number: int, tables: Tables, identity: Identity, sights: dict[int, int]) -> Place:
    return Place(
        made.key(number), identity, Contents(tables, 0, 1), {nsid: made.key(other) for nsid, other in sights.items()}
    )


def places() -> list[Place]:
    """Return all namespaces; the first is that of a network."""
    found = []
    for network in range(NETWORKS):
        told = (f"net{network}", "overlay", f"{network:09}abcdefghijklmnop")
        for node in NODES:
            own, label = guests(network, node), f"node{node}"
            sights = {0: host(node)} | {one.port: _number(network, one) for one in own}
            called = Identity(f"net{network}@{label}", Kind.OVERLAY, "made", label, *told, VNI + network)
            found.append(_place(_overlay(network, node), _tables(network, node), called, sights))
            for one in own:
                called = Identity(one.name, Kind.CONTAINER, "made", label, *told, container=one.name)
                found.append(_place(_number(network, one), _guest(network, one), called, {0: _overlay(network, node)}))
    for node in NODES:
        called = Identity(f"node{node}", Kind.NAMED, "made", engine=f"node{node}")
        found.append(_place(host(node), _node(node), called, {0: host(3 - node)}))
    return found


def _intent(network: int, node: int) -> Intent:
    members = [
        Member(one.name, one.name, one.address, vtep(one.node), one.mac if one.node == node else "", one.node == node)
        for side in NODES
        for one in guests(network, side)
    ]
    return Intent(
        url=f"unix:///n{node}",
        network=f"{network:09}abcdefghijklmnop",
        name=f"net{network}",
        driver="overlay",
        vni=VNI + network,
        encrypted=False,
        subnets=(f"10.{network}.0.0/16",),
        gateways=(f"10.{network}.0.1",),
        mtu=None,
        peers=tuple(Peer(f"peer{one}", vtep(one)) for one in NODES),
        members=tuple(members),
        asked_ns=1,
    )


def scene(found: list[Place], before: Scene | None = None) -> Scene:
    """Return the scene of namespaces, built upon the one before."""
    if before:
        return replace(before, topology=build(found, before.topology))
    small = town()
    return Scene(
        topology=build(found, Topology()),
        engines=small.engines,
        intents=tuple(_intent(network, node) for network in range(NETWORKS) for node in NODES),
        seats=small.seats,
        underfoot={made.key(number): one for number, one in small.underfoot.items()},
        ways={place.key: f"nsenter --net=/n/{place.key.id}" for place in found},
    )


def changed(found: list[Place]) -> list[Place]:
    """Return the namespaces after one of them lost the forwarding entry of a member."""
    first = found[0]
    tables = dict(first.contents.messages)
    tables[Table.FDB] = tables[Table.FDB][1:]
    return [replace(first, contents=Contents(tables, 0, 1)), *found[1:]]
