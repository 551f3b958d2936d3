"""Several drawings one below the other: a network, and as much as there is room for of its parts on other machines.

Source: ``Content``. Pure. Incomplete: a part is drawn whole or not at all; each can be chosen by itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from ovltui.topology.draw.content import Content, content
from ovltui.topology.draw.layout import View, draw
from ovltui.topology.draw.model import Drawing, Look, Span, What
from ovltui.topology.draw.networks import Hanging, Network, networks
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.model import Topology


def parts(topology: Topology, network: Network, several: Sequence[Network]) -> tuple[Network, ...]:
    """Return the network, then its parts in other namespaces: what has its id, as Docker gives it."""
    number = _id(topology, network)
    others = (one for one in several if one != network and number and _id(topology, one) == number)
    return (network, *others)


def draw_all(topology: Topology, endpoints: Endpoints, view: View) -> Drawing:
    """Return the drawings of all networks that have members, under their names, nothing folded."""
    hanging = Hanging.of(topology)
    whole = Drawing(view.width, (), {})
    for network in networks(topology, hanging):
        if network.members:
            part = draw(content(topology, endpoints, hanging, network), replace(view, fold=False, heads=False))
            name = (Span(network.name, Look.TITLE), Span(f"  {network.kind}", Look.ABOUT))
            whole = _below(whole, replace(part, rows=(name, *part.rows)))
    return whole


def draw_parts(contents: Sequence[Content], view: View) -> Drawing:
    """Return a drawing of the first content, and of those behind it that fit below."""
    whole = draw(contents[0], view)
    for other in contents[1:]:
        left = view.height - whole.height - 1
        if left <= 0:
            break
        part = draw(other, replace(view, height=left, heads=False))
        if part.height <= left and not any(thing.what is What.MORE for thing in part.spots):
            whole = _below(whole, part)
    return whole


def _below(upper: Drawing, lower: Drawing) -> Drawing:
    by = upper.height + 1
    moved = {thing: replace(spot, y=spot.y + by) for thing, spot in lower.spots.items() if thing not in upper.spots}
    rows = (*upper.rows, (), *lower.rows)
    return Drawing(max(upper.width, lower.width), rows, {**upper.spots, **moved}, upper.hidden + lower.hidden)


def _id(topology: Topology, network: Network) -> str | None:
    node = topology.node(network.hub.netns) if network.hub else None
    own = node is not None and network.kind.startswith(str(node.place.identity.kind))
    return node.place.identity.network_id if node and own else None
