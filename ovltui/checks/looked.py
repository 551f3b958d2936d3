"""What single namespaces are to overlay networks, by their own tables, and which of them changed between two looks.

Source: the nodes of two topologies. Pure. Incomplete: as ``side.shape`` says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ovltui.checks.change import is_alike
from ovltui.checks.side import Shape, shape
from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link
from ovltui.topology.model import Node, Topology


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What one namespace is, by its own tables."""

    node: Node
    shape: Shape | None
    vxlans: tuple[Link, ...]
    nameless: bool
    """Whether it looks like one of Docker's, and no engine knows it."""

    @property
    def is_noted(self) -> bool:
        """Whether checks have to do with it by itself."""
        return bool(self.shape or self.vxlans or self.nameless)


def look(node: Node) -> Looked:
    """Return what a namespace is."""
    identity = node.place.identity
    known = identity.container or identity.network_id
    nameless = identity.kind in (Kind.CONTAINER, Kind.OVERLAY) and not known
    return Looked(node, shape(node), tuple(link for link in node.links.values() if link.vxlan), nameless)


def noted(before: Mapping[int, Looked], gone: Iterable[Node], news: Iterable[Node]) -> dict[int, Looked]:
    """Return what checks have to do with; what came in the place of another stands where that stood.

    Args:
        before: the same before, by identity of the node.
        gone: nodes that are there no more.
        news: nodes that came.
    """
    fresh = {one.node.key: one for one in map(look, news) if one.is_noted}
    lost = {id(node) for node in gone}
    found = {}
    for number, one in before.items():
        stands = fresh.pop(one.node.key, None) if number in lost else one
        if stands:
            found[id(stands.node)] = stands
    return found | {id(one.node): one for one in fresh.values()}


def came(now: Topology, then: Topology) -> list[Node]:
    """Return the nodes that were not there before."""
    return [node for node in now.besides(then) if then.nodes.get(node.key) is not node]


def went(news: Sequence[Node], now: Topology, then: Topology) -> list[Node]:
    """Return the nodes that are there no more: those in the place of which others came, and the rest.

    Args:
        news: the nodes that came.
        now: where they are.
        then: where they were not.
    """
    found = [then.nodes[node.key] for node in news if node.key in then.nodes]
    if len(found) == len(news) and len(now.nodes) == len(then.nodes):
        return found
    return [node for key, node in then.nodes.items() if now.nodes.get(key) is not node]


def touched(news: Iterable[Node], gone: Iterable[Node]) -> Iterator[NetnsKey]:
    """Yield namespaces that changed in more than what they remember of their neighbours."""
    before = {node.key: node for node in gone}
    for node in news:
        old = before.pop(node.key, None)
        if old is None or not is_alike(old.place, node.place):
            yield node.key
    yield from before
