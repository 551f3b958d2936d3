"""Places a drawing: members at the left, then the hub's namespace, the underlay, and what is behind far ends.

Source: ``Content``. Pure. From ``WIDE`` columns on the underlay stands beside the hub's namespace, else below it. A
port stands in the line of the member that it leads to, so that most wires are straight.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ovltui.topology.draw.beyond import draw_beyond, underlay_boxes
from ovltui.topology.draw.cells import width
from ovltui.topology.draw.columns import PAD, box_need, item_need, shared, title_need, wider
from ovltui.topology.draw.content import Content
from ovltui.topology.draw.fold import Room, Stack, far_stack, member_stack, tall_stack
from ovltui.topology.draw.hub import draw_hub, port_items
from ovltui.topology.draw.model import Drawing, Look, Thing
from ovltui.topology.draw.pairs import draw_pairs
from ovltui.topology.draw.places import BRANCH, MEMBERS, Places
from ovltui.topology.draw.sketch import Key, Sketch

WIDE = 100
"""Columns from which the underlay stands beside the hub's namespace."""
_TIGHT_GAP, _GAP, _WIDEST_GAP = 3, 4, 9
"""Columns between two boxes: where words would be cut, usually, and where there is much room."""
_WIDEST_PORT = 20
_TALL = 14
"""Lines from which columns have headings."""


@dataclass(frozen=True, slots=True)
class View:
    """How to draw."""

    width: int
    height: int
    fold: bool = True
    """Whether what does not fit is folded."""
    keep: Collection[Thing] = ()
    """What is folded last."""
    marks: Mapping[Key, str] = field(default_factory=dict)
    """What a check has to say of a namespace or a link."""
    path: Collection[Key | str] = ()
    """Links and namespaces on the way that is walked, and addresses of the tunnels' ends."""
    heads: bool = True
    """Whether to say above each column what it is."""


def draw(content: Content, view: View) -> Drawing:
    """Return the drawing of ``content``, as high as it must be and at least as wide as the view."""
    sketch = Sketch(view.marks, view.path)
    if content.hub is None or content.title is None:
        draw_pairs(sketch, content, view.width, Room(view.height, view.fold, view.keep))
    else:
        _draw_hub(sketch, content, view)
    return sketch.drawing(view.width, content.hidden)


def _draw_hub(sketch: Sketch, content: Content, view: View) -> None:
    top, below = _head_lines(view), view.width < WIDE
    height = view.height - top
    under = sum(len(box.rows) + 3 for box in underlay_boxes(content.tunnels))
    taken = len(content.loose) + (under + len(content.tunnels) if below else 0)
    members = member_stack(content.members, Room(max(3, height - taken), view.fold, view.keep))
    far = [far for tunnel in content.tunnels for far in tunnel.fars]
    fars = far_stack(far, Room(height, view.fold, view.keep))
    places = _places(content, members, fars, view)
    if places.cuts:
        tall = tall_stack(far)
        hub = 2 * len(content.tunnels) + (members.height + under if below else 2)
        if max(tall.height + 2, hub) <= height:
            fars, places = tall, _places(content, members, tall, view, tall=True)
    lines = sketch.stack((places.x[0], top), places.width[0], members, MEMBERS)
    box = draw_hub(sketch, content, places, members, lines)
    if content.tunnels:
        draw_beyond(sketch, content, places, box, fars)
    if top:
        _head(sketch, content, places, fars)


def _places(content: Content, members: Stack, fars: Stack, view: View, *, tall: bool = False) -> Places:
    """Decide how wide the columns are, and where they begin."""
    top, below, room = _head_lines(view), view.width < WIDE, view.width
    names = [port.name for _, port in port_items(members) if port] + [item.name for item in content.loose]
    states = [f" {port.state}" for _, port in port_items(members) if port and port.state]
    ports = min(_WIDEST_PORT, max(map(width, names), default=0)) + max(map(width, states), default=0)
    assert content.hub is not None
    assert content.title is not None
    hub = item_need((content.hub, *(tunnel.item for tunnel in content.tunnels)), tall=tall)
    right = hub.beside(ports + 2 * BRANCH + PAD - 1)
    middle = wider(right, title_need((content.title,)).beside(PAD))
    under = box_need(underlay_boxes(content.tunnels))
    needs = [box_need(members.boxes), wider(middle, under) if below and content.tunnels else middle]
    if content.tunnels:
        needs += ([] if below else [under]) + ([box_need(fars.boxes)] if fars.boxes else [])
    gaps = len(needs) - 1
    tight = sum(need.whole for need in needs) > room - gaps * _GAP
    least_gap = _TIGHT_GAP if tight else _GAP
    widths = shared(needs, room - gaps * least_gap)
    gap = max(least_gap, min(_WIDEST_GAP, (room - sum(widths)) // gaps))
    x = tuple(sum(widths[:at]) + at * gap for at in range(len(widths)))
    cuts = any(have < need.good for have, need in zip(widths, needs, strict=True))
    return Places(x, widths, top, below, ports, view.height, tall, cuts)


def _head_lines(view: View) -> int:
    return 1 if view.heads and view.height >= _TALL else 0


def _head(sketch: Sketch, content: Content, places: Places, fars: Stack) -> None:
    """Say above each column what it is."""
    heads = ["attached", "overlay namespace" if content.tunnels else content.network.kind]
    if content.tunnels:
        heads += ([] if places.below else ["underlay"]) + (["other machines"] if fars.boxes else [])
    for x, head in zip(places.x, heads, strict=True):
        sketch.canvas.text(x + 1, 0, head, Look.HEADER)
