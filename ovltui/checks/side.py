"""One end of an overlay network, as the kernel has it: the namespace with br0 and vxlan0, and who is attached to it.

Source: the topology and its tables. Pure. Incomplete: ``Side.complete`` tells whether tables may be missing or old,
and ``Side.blind`` whether there is a port whose other end is not visible; checks that conclude from absence ask both.
What those attached remember of their neighbours is not here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ovltui.checks.reading import Part, note
from ovltui.events.vocabulary import Object
from ovltui.identity.model import Identity, Kind
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.state.tables import Contents
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.lookup import ANY_MAC, Entry, addresses, entries
from ovltui.topology.model import Join, JoinKind, Node, Topology

_HOST_BITS = 32
_KINDS = frozenset((Kind.OVERLAY, Kind.INGRESS))
REMEMBERED = frozenset((Table.NEIGHBOURS, Table.FDB))
"""Tables in which others are remembered, which change all the time."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known of far ends by the tables of an overlay's namespace."""

    tunnels: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """By MAC: entries of vxlan0 itself, with their ``dst``; those that traffic taught are among them."""
    bridged: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """By MAC: entries of the bridge, without those for its own ports' addresses."""
    neighbours: Mapping[str, Entry] = field(default_factory=dict)
    """By address: neighbours of vxlan0, for which it answers."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """By MAC: the address that is answered with it."""

    def lasting(self, mac: str) -> tuple[Entry, ...]:
        """Return the permanent entries of vxlan0 for a MAC."""
        return tuple(entry for entry in self.tunnels.get(mac, ()) if is_lasting(entry))


@dataclass(frozen=True, slots=True)
class Attached:
    """A link of another namespace that is tied to an overlay's namespace."""

    port: Link
    """Its other end, in the overlay's namespace."""
    link: Link
    identity: Identity
    """Whose its namespace is."""
    complete: bool
    """Whether the tables of its namespace are all there, and nothing of them old."""
    addresses: tuple[str, ...]
    """IPv4 and IPv6 addresses of the link that share a network with others; those of a single host are left out."""
    _node: Node

    @property
    def key(self) -> NetnsKey:
        """Its namespace."""
        return self.link.key.netns

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.identity.name

    @property
    def node(self) -> Node:
        """Its namespace with all tables but the ``REMEMBERED``."""
        note(Part.INSIDE, self)
        return self._node


@dataclass(frozen=True, slots=True)
class Shape:
    """What the tables of one namespace alone tell of it as a side of an overlay network."""

    node: Node
    bridge: Link | None
    vxlan: Link | None
    veths: tuple[Join, ...]
    """Ties of its veths."""
    underlay: NetnsKey | None
    rows: Rows

    keys: frozenset[NetnsKey]
    """Namespaces to which its veths are tied."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """The namespace by which a side sends, as far as sides need it."""

    key: NetnsKey
    name: str
    vteps: frozenset[str]
    """Its addresses."""


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an overlay network."""

    key: NetnsKey
    """Its namespace."""
    identity: Identity
    """Whose that is."""
    complete: bool
    """Whether its tables are all there, and nothing of them old."""
    bridge: Link | None
    vxlan: Link | None
    underlay: Beneath | None
    """The namespace by which it sends, where that is visible."""
    attached: tuple[Attached, ...]
    blind: bool
    """Whether a port's other end is not visible."""
    _node: Node
    _rows: Rows

    @property
    def name(self) -> str:
        """What a person calls its namespace."""
        return self.identity.name

    @property
    def node(self) -> Node:
        """Its namespace with all tables."""
        note(Part.TABLES, self)
        return self._node

    @property
    def rows(self) -> Rows:
        """What its tables tell of far ends."""
        note(Part.ROWS, self)
        return self._rows

    @property
    def vteps(self) -> frozenset[str]:
        """The addresses of the namespace by which it sends."""
        return self.underlay.vteps if self.underlay else frozenset()

    @property
    def learned(self) -> frozenset[str]:
        """The MACs that its bridge learned behind its ports, of whatever stands there."""
        tunnel = self.vxlan.key.ifindex if self.vxlan else 0
        found = self.rows.bridged.items()
        return frozenset(mac for mac, rows in found if any(row.fields.get("ifindex") != tunnel for row in rows))

    def at(self, address: str) -> Attached | None:
        """Return who has an address here."""
        return next((one for one in self.attached if address in one.addresses), None)

    def with_mac(self, mac: str) -> Attached | None:
        """Return who has a MAC here."""
        return next((one for one in self.attached if one.link.address == mac), None)


def is_lasting(entry: Entry) -> bool:
    """Whether a forwarding entry stays until somebody removes it."""
    return entry.fields.get("state") in ("permanent", "static")


def shape(node: Node) -> Shape | None:
    """Return what a namespace is to an overlay network, or None where it is no side of one.

    It is one if it has a bridge and a vxlan device that answers for its far side and came from elsewhere, as Docker
    makes them; or if Docker calls it so.
    """
    tunnels = [link for link in node.links.values() if link.vxlan and link.vxlan.proxy]
    bridges = [link for link in node.links.values() if link.kind == "bridge"]
    identity = node.place.identity
    called = identity.kind in _KINDS and (identity.kind is Kind.OVERLAY or identity.vni is not None)
    vxlan = next(iter(tunnels), None)
    master = vxlan.master if vxlan else None
    moved = vxlan is not None and (vxlan.nsid is not None or master is not None)
    if not (called or (moved and bridges)) or len(tunnels) > 1:
        return None
    bridge = next((link for link in bridges if link.key.ifindex == master), bridges[0] if len(bridges) == 1 else None)
    veths = tuple(join for join in node.joins if join.kind is JoinKind.VETH)
    underlay = node.key if vxlan and vxlan.nsid is None else None
    if vxlan and vxlan.nsid is not None:
        underlay = node.place.sights.get(vxlan.nsid)
    keys = frozenset(join.to.netns for join in veths if isinstance(join.to, LinkKey))
    rows = _rows(node, bridge, vxlan) if vxlan else Rows()
    return Shape(node, bridge, vxlan, veths, underlay, rows, keys)


def beneath(node: Node) -> Beneath:
    """Return a namespace as one by which sides send."""
    vteps = frozenset(local for _, local, _ in addresses(node) if not local.startswith("127."))
    return Beneath(node.key, node.name, vteps)


def side(
    of: Shape, topology: Topology, underlay: Beneath | None, before: Side | None, touched: Collection[NetnsKey]
) -> Side:
    """Return a side, with the namespaces that are tied to it.

    Args:
        of: what its own tables tell.
        topology: all of it.
        underlay: the namespace by which it sends, where that is visible.
        before: the same side when it was made last.
        touched: namespaces that changed since then in more than what they remember of their neighbours.
    """
    found, blind = [], False
    known = {one.port.key: one for one in before.attached if one.key not in touched} if before else {}
    for join in of.veths:
        port, same = of.node.links[join.of.ifindex], known.get(join.of)
        if same and same.port == port and same.link.key == join.to and same.key != of.underlay:
            found.append(same)
            continue
        end = topology.checked(join).to
        link = topology.link(end) if isinstance(end, LinkKey) else None
        if link is None or link.key.netns == of.underlay:  # Docker makes it beneath, and moves it then
            blind = True
        elif link.key.netns != of.node.key:
            found.append(_attached(port, link, topology.nodes[link.key.netns]))
    place, rows = of.node.place, of.rows
    complete, attached = place.contents.complete, tuple(found)
    return Side(place.key, place.identity, complete, of.bridge, of.vxlan, underlay, attached, blind, of.node, rows)


def _attached(port: Link, link: Link, node: Node) -> Attached:
    place = node.place
    tables = {table: rows for table, rows in place.contents.messages.items() if table not in REMEMBERED}
    read_ns = None if place.contents.read_ns is None else 0
    bare = replace(node, place=replace(place, contents=Contents(tables, 0, read_ns, place.contents.gaps)))
    return Attached(port, link, place.identity, place.contents.complete, tuple(_shared(node, link)), bare)


def _shared(node: Node, link: Link) -> Iterator[str]:
    for ifindex, local, length in addresses(node):
        if ifindex == link.key.ifindex and length < _HOST_BITS and not local.startswith("fe80:"):
            yield local


def _rows(node: Node, bridge: Link | None, vxlan: Link) -> Rows:
    tunnels: dict[str, list[Entry]] = {}
    bridged: dict[str, list[Entry]] = {}
    for entry in entries(node, Object.FDB):
        fields = entry.fields
        mac = fields.get("mac", "")
        if fields.get("ifindex") == vxlan.key.ifindex and "dst" in fields and "master" not in fields:
            if mac != ANY_MAC:
                tunnels.setdefault(mac, []).append(entry)
        elif bridge and fields.get("master") == bridge.key.ifindex and fields.get("state") != "permanent":
            bridged.setdefault(mac, []).append(entry)
    near = [entry for entry in entries(node, Object.NEIGH) if entry.fields.get("ifindex") == vxlan.key.ifindex]
    known = {str(entry.fields.get("dst", "")): entry for entry in near if _is_told(entry)}
    return Rows(
        {mac: tuple(found) for mac, found in tunnels.items()},
        {mac: tuple(found) for mac, found in bridged.items()},
        known,
        {str(entry.fields["lladdr"]): address for address, entry in known.items()},
    )


def _is_told(entry: Entry) -> bool:
    """Whether somebody set a neighbour; vxlan0 has those of multicast groups, too."""
    return bool(entry.fields.get("lladdr")) and "PERMANENT" in entry.fields.get("state", ())
