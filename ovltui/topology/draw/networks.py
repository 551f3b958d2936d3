"""What can be drawn: each link that others hang on, and everything else that is wired.

Source: ``Topology``. Pure. Incomplete: as the topology.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ovltui.identity.model import Kind
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Join, JoinKind, Node, Topology

ELSE = "everything else"
"""What the drawing of all that hangs on no such link is called."""
_ORDER = (Kind.OVERLAY, Kind.INGRESS)
_HANGS = (JoinKind.PORT, JoinKind.PARENT)


@dataclass(frozen=True, slots=True)
class Network:
    """Something to draw."""

    hub: LinkKey | None
    """The bridge, bond or parent that its members hang on; None for everything else."""
    name: str
    """What a person calls it: ``mynet01``, ``node1/docker0``."""
    kind: str
    """``overlay 4097``, ``bridge`` …; empty for everything else."""
    members: int
    """How many links hang on it, or how many wires there are."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """Which links hang on which."""

    on: Mapping[LinkKey, tuple[Link, ...]]
    """By bridge, bond or parent: ports and children, ascending by key."""

    @classmethod
    def of(cls, topology: Topology) -> "Hanging":
        """Look through all ties."""
        found: dict[LinkKey, dict[LinkKey, Link]] = defaultdict(dict)
        for node in topology.nodes.values():
            for link in node.links.values():
                if link.kind == "bridge":
                    found.setdefault(link.key, {})
            for join in node.joins:
                end = topology.checked(join).to if join.kind in _HANGS else None
                if isinstance(end, LinkKey) and end != join.of:
                    found[end][join.of] = node.links[join.of.ifindex]
        return cls({hub: tuple(links[key] for key in sorted(links)) for hub, links in found.items()})


def networks(topology: Topology, hanging: Hanging) -> tuple[Network, ...]:
    """Return all that can be drawn: overlay networks, the ingress, bridges and parents, then everything else."""
    found = [_network(topology, hub, links) for hub, links in hanging.on.items()]
    ordered = sorted(found, key=lambda network: _order(topology, network))
    wires = sum(1 for _ in loose_joins(topology))
    return (*ordered, *((Network(None, ELSE, "", wires),) if wires else ()))


def loose_joins(topology: Topology) -> Iterator[Join]:
    """Yield the ties that stand in the drawing of no link that others hang on, a veth pair once."""
    for join in topology.joins():
        link = topology.link(join.of)
        if link is None or (join.kind in _HANGS and isinstance(join.to, LinkKey)):
            continue
        if link.vxlan:
            alone = not link.master
        else:
            far = topology.link(join.to) if isinstance(join.to, LinkKey) else None
            alone = not link.master and not (far and far.master)
        if alone:
            yield join


def _network(topology: Topology, hub: LinkKey, links: tuple[Link, ...]) -> Network:
    node, link = topology.nodes[hub.netns], topology.link(hub)
    identity = node.place.identity
    own = identity.kind in _ORDER and identity.vni is not None
    if own and link and link.kind == "bridge":
        bridges = sum(one.kind == "bridge" for one in node.links.values())
        name = node.name if bridges == 1 else f"{node.name}/{link.ifname}"
        return Network(hub, name, f"{identity.kind} {identity.vni}", len(links))
    kinds = link.kind if link and link.kind == "bridge" else ""
    return Network(hub, topology.name(hub), kinds or _kinds(links), len(links))


def _kinds(links: tuple[Link, ...]) -> str:
    """Return of which kinds those are that hang on a link which is no bridge."""
    return " ".join(sorted({link.kind for link in links if link.kind and link.kind != "veth"})) or "master"


def _order(topology: Topology, network: Network) -> tuple[int, bool, str, LinkKey | None]:
    node: Node | None = topology.node(network.hub.netns) if network.hub else None
    kind = node.place.identity.kind if node else None
    own = kind in _ORDER and network.kind.startswith(f"{kind} ")
    rank = _ORDER.index(kind) if kind in _ORDER and own else len(_ORDER)
    return rank, network.members == 0, network.name, network.hub
