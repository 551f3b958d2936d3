"""Builds the topology out of places, reading again only what changed.

Source: ``Place``; one file for each kind of tie. Pure. Incomplete: as those files say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from weakref import ref

from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import Table
from ovltui.topology import parents, ports, veth, vxlan
from ovltui.topology.links import Link, link_of, port_of
from ovltui.topology.model import Node, Topology
from ovltui.topology.place import Place

_JOINERS = (veth.joins, ports.joins, parents.joins, vxlan.joins)


def build(places: Iterable[Place], before: Topology | None = None) -> Topology:
    """Return the topology of ``places``.

    Args:
        places: all namespaces; who gives the same ``Place`` again says that nothing changed there.
        before: what was built last, whose nodes are taken over where their place is the same.
    """
    old = before.nodes if before else {}
    nodes = {}
    for place in places:
        known = old.get(place.key)
        nodes[place.key] = known if known and known.place is place else _node(place)
    return Topology(nodes)


def rebuilt(before: Topology, places: Iterable[Place]) -> Topology:
    """Return ``before`` with some of its namespaces as they are now, in the same order; itself where there are none."""
    nodes = {place.key: _node(place) for place in places}
    return Topology({**before.nodes, **nodes}, ref(before), tuple(nodes.values())) if nodes else before


def _node(place: Place) -> Node:
    found = (link_of(place.key, raw) for raw in place.contents.rows(Object.LINK))
    told = dict(filter(None, map(port_of, place.contents.messages.get(Table.PORTS, ()))))
    links = {link.key.ifindex: _as_port(link, told) for link in found if link}
    joins = tuple(join for link in links.values() for joiner in _JOINERS for join in joiner(place, link))
    return Node(place, links, joins)


def _as_port(link: Link, told: Mapping[int, str]) -> Link:
    """Return a link with the state that it has as a port, by the ifindex, where one was told."""
    state = told.get(link.key.ifindex, link.port)
    return link if not link.port or state == link.port else replace(link, port=state)
