"""What lies behind the far ends of tunnels: each address that a vxlan device sends to, with whose it is.

Source: the forwarding entries and neighbours of vxlan devices; names of containers that are visible where the tunnel
leads, else what Docker tells of the network (``session.told``). Pure. Incomplete: an endpoint that nothing names has
its MAC and address alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ovltui.events.vocabulary import Object
from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.topology.goal import Goal, receiver
from ovltui.topology.hops import Way
from ovltui.topology.links import Link
from ovltui.topology.lookup import ANY_MAC, entries, parsed
from ovltui.topology.model import Node, Topology, Unseen, Vtep
from ovltui.topology.names import PlaceNames
from ovltui.topology.vxlan import vteps
from ovltui.topology.walk import Walk

Told = Mapping[tuple[str, str], str]
"""Names of containers, by id of the network and address, as engines tell them."""
_NAMELESS = frozenset((Kind.PROCESS, Kind.OTHER))
"""Kinds of namespaces whose names nobody gave."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A container, or what else has a MAC, behind a tunnel."""

    mac: str
    address: str
    """Its IP address, where the vxlan device answers for it; else empty."""
    name: str
    """What a person calls it; empty where nothing names it."""
    key: NetnsKey | None
    """Its namespace, where that is visible."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The far end of a tunnel."""

    vtep: Vtep
    key: NetnsKey | None
    """The namespace that has the address, where that is visible."""
    name: str
    """What a person calls it; empty where it is not visible."""
    endpoints: tuple[Endpoint, ...]


class Endpoints:
    """Answers what is behind each tunnel of a topology.

    Args:
        topology: with routes, neighbours, addresses and forwarding entries.
        told: what engines tell.
    """

    def __init__(self, topology: Topology, told: Told) -> None:
        self._topology = topology
        self._told = told
        self._names = PlaceNames(node.place for node in topology.nodes.values())
        self._arrived: dict[Vtep, Node | None] = {}

    def behind(self, vxlan: Link) -> tuple[Behind, ...]:
        """Return the far ends of a vxlan device, each with what is behind it."""
        node, underlay = self._topology.nodes[vxlan.key.netns], self._topology.underlay(vxlan.key)
        key = None if isinstance(underlay, Unseen) else underlay
        return tuple(self._behind(node, vxlan, Vtep(key, address)) for address in vteps(node.place, vxlan))

    def _behind(self, node: Node, vxlan: Link, vtep: Vtep) -> Behind:
        there = self._where(vtep)
        found = tuple(self._endpoints(node, vxlan, vtep, there))
        return Behind(vtep, there.key if there else None, there.name if there else "", found)

    def _where(self, vtep: Vtep) -> Node | None:
        """Return the namespace to which packets for a VTEP come, if that is visible."""
        if vtep not in self._arrived:
            start, to = self._topology.node(vtep.underlay), parsed(vtep.address)
            walk = Walk(self._topology, self._names, Way.THERE, Goal(vtep.address))
            self._arrived[vtep] = walk.packet(start, to, None) if start and to else None
        return self._arrived[vtep]

    def _endpoints(self, node: Node, vxlan: Link, vtep: Vtep, there: Node | None) -> Iterator[Endpoint]:
        rows = [entry.fields for entry in entries(node, Object.FDB)]
        known = [row for row in rows if row.get("ifindex") == vxlan.key.ifindex and row.get("dst") == vtep.address]
        answered = {
            entry.fields.get("lladdr"): str(entry.fields.get("dst", ""))
            for entry in entries(node, Object.NEIGH)
            if entry.fields.get("ifindex") == vxlan.key.ifindex
        }
        holders = self._holders(vxlan, there) if known else {}
        for mac in sorted({str(row["mac"]) for row in known if row.get("mac")} - {ANY_MAC}):
            address = answered.get(mac, "")
            seen = holders.get(mac)
            network = node.place.identity.network_id or ""
            told = self._told.get((network, address), "")
            name = seen.name if seen and (not told or seen.place.identity.kind not in _NAMELESS) else told
            yield Endpoint(mac, address, name, seen.key if seen else None)

    def _holders(self, vxlan: Link, there: Node | None) -> dict[str, Node]:
        """Return the namespaces in the bridge to which a tunnel leads, by MAC."""
        found = receiver(self._topology, there.key, vxlan) if there else None
        holders: dict[str, Node] = {}
        if found:
            node, far = found
            peers = (self._topology.peer(port.key) for port in node.ports(far.master or 0))
            for peer in peers:
                if isinstance(peer, Link):
                    holders.setdefault(peer.address, self._topology.nodes[peer.key.netns])
        return holders
