"""The topology: which link is tied to what, over all namespaces. Frozen values; the page to read first.

- ``builder.build(places, before)`` returns a ``Topology``; with the one before, only namespaces that changed are read.
- ``Topology.nodes``: a ``Node`` for each namespace, with its ``links`` by ifindex and all that they are tied to.
- ``Topology.joins()``: every ``Join`` once; its far end is a link, a namespace, a ``Vtep`` or an ``Unseen``.
- ``Topology.peer(link)``: the other end of a veth pair; ``ports(bridge)``: the ports of a bridge.
- ``endpoints.endpoints(topology, told)``: what lies behind each VTEP. ``path.path(…)``: the way between two.

Source: ``Place``. Pure. Incomplete: what is not visible is an ``Unseen``, never left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import compress
from operator import is_not
from typing import TYPE_CHECKING

from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.place import Place

if TYPE_CHECKING:
    from weakref import ref


class JoinKind(StrEnum):
    """How a link is tied to something."""

    VETH = "veth"
    """The two ends of a veth pair."""
    PORT = "port"
    """A port and its bridge or bond."""
    PARENT = "parent"
    """A vlan, macvlan or ipvlan and the link that it stands on."""
    UNDERLAY = "underlay"
    """A vxlan device and the namespace, or the link there, by which it sends."""
    VTEP = "vtep"
    """A vxlan device and an address to which it sends frames."""


@dataclass(frozen=True, slots=True, order=True)
class Vtep:
    """The far end of a tunnel: another machine, or a namespace of this one."""

    underlay: NetnsKey | None
    """Namespace whose routes lead there; None where that is not visible."""
    address: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that is not visible from here."""

    nsid: int | None
    """Number of its namespace in that of the link that is tied to it; None where it is the same one."""
    ifindex: int | None
    """Its index there; None where the namespace is meant."""

    def __str__(self) -> str:
        where = "" if self.nsid is None else f" in nsid {self.nsid}" if self.nsid >= 0 else " in an unknown namespace"
        return f"{'namespace' if self.ifindex is None else f'if{self.ifindex}'}{where} (not visible)"


End = LinkKey | NetnsKey | Vtep | Unseen


@dataclass(frozen=True, slots=True)
class Join:
    """A tie."""

    kind: JoinKind
    of: LinkKey
    to: End


@dataclass(frozen=True, slots=True)
class Node:
    """A namespace."""

    place: Place
    links: Mapping[int, Link]
    """By ifindex."""
    joins: tuple[Join, ...]
    """What its links are tied to, as its own tables say; whether the far end is there is not checked yet."""

    @property
    def key(self) -> NetnsKey:
        """Which namespace it is."""
        return self.place.key

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.place.name

    def named(self, name: str) -> Link | None:
        """Return the link that is called ``name``."""
        return next((link for link in self.links.values() if link.ifname == name), None)

    def ports(self, bridge: int) -> tuple[Link, ...]:
        """Return the ports of the bridge that has this ifindex."""
        return tuple(link for link in self.links.values() if link.master == bridge)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Topology:
    """All of it, at one moment."""

    nodes: Mapping[NetnsKey, Node] = field(default_factory=dict)
    upon: "ref[Topology] | None" = field(default=None, repr=False, compare=False)
    """That of which it was made by putting ``news`` in the place of others, while that lives."""
    news: tuple[Node, ...] = field(default=(), repr=False, compare=False)

    def node(self, key: NetnsKey | None) -> Node | None:
        """Return a namespace, or None where it is not visible."""
        return None if key is None else self.nodes.get(key)

    def besides(self, other: "Topology") -> tuple[Node, ...]:
        """Return the namespaces that do not stand in ``other`` as the very same value at the same place."""
        if self.upon and self.upon() is other:
            return self.news
        nodes, others = self.nodes.values(), other.nodes.values()
        return tuple(compress(nodes, map(is_not, nodes, others)) if len(nodes) == len(others) else nodes)

    def link(self, key: LinkKey) -> Link | None:
        """Return a link, or None where it is not visible."""
        node = self.nodes.get(key.netns)
        return node.links.get(key.ifindex) if node else None

    def name(self, end: End) -> str:
        """Return what a person calls an end: ``docker1n/eth0``, ``node1``, ``192.168.56.102``."""
        if isinstance(end, Vtep):
            return end.address
        if isinstance(end, Unseen):
            return str(end)
        if isinstance(end, NetnsKey):
            return self.nodes[end].name if end in self.nodes else "a namespace (not visible)"
        link = self.link(end)
        return f"{self.name(end.netns)}/{link.ifname if link else f'if{end.ifindex}'}"

    def peer(self, link: LinkKey) -> Link | Unseen | None:
        """Return the other end of a veth pair; None for other links, and where the other end is gone."""
        node = self.nodes.get(link.netns)
        if node:
            for join in node.joins:
                if join.of == link and join.kind is JoinKind.VETH:
                    end = self.checked(join).to
                    return end if isinstance(end, Unseen) else self.link(end) if isinstance(end, LinkKey) else None
        return None

    def underlay(self, vxlan: LinkKey) -> NetnsKey | Unseen:
        """Return the namespace by which a vxlan device sends."""
        node, link = self.nodes[vxlan.netns], self.link(vxlan)
        if link is None or link.nsid is None:
            return vxlan.netns
        key = node.place.sights.get(link.nsid)
        return key if key in self.nodes and key is not None else Unseen(link.nsid, None)

    def joins(self) -> Iterator[Join]:
        """Yield every tie, a veth pair once."""
        for node in self.nodes.values():
            for join in node.joins:
                checked = self.checked(join)
                twice = join.kind is JoinKind.VETH and isinstance(checked.to, LinkKey) and checked.to < join.of
                if not twice:
                    yield checked

    def checked(self, join: Join) -> Join:
        """Return a tie as it is: where its far end is not visible, with that said."""
        end = join.to
        here = self.link(join.of)
        nsid = here.nsid if here else None
        if isinstance(end, LinkKey):
            there = self.link(end)
            mutual = there is not None and (join.kind is not JoinKind.VETH or there.tied == join.of.ifindex)
            return join if mutual else Join(join.kind, join.of, Unseen(nsid, end.ifindex))
        if isinstance(end, NetnsKey) and end not in self.nodes:
            return Join(join.kind, join.of, Unseen(nsid, None))
        return join
