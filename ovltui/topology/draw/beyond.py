"""Draws where tunnels lead: the underlay's namespace with the links that frames leave by, and the far ends.

Source: ``Content``. Pure. Incomplete: nothing.
"""

from collections.abc import Iterator, Mapping

from ovltui.topology.draw.content import Content, Tunnel
from ovltui.topology.draw.fold import Box, Row, Stack
from ovltui.topology.draw.hub import HubBox
from ovltui.topology.draw.model import Item, Thing
from ovltui.topology.draw.places import BRANCH, FARS, UNDERLAYS, Places
from ovltui.topology.draw.sketch import Sketch


def underlay_boxes(tunnels: tuple[Tunnel, ...]) -> tuple[Box, ...]:
    """Return a box for each namespace by which tunnels send."""
    titles: dict[object, Item] = {}
    rows: dict[object, dict[Thing, Row]] = {}
    for tunnel in tunnels:
        key = tunnel.underlay.netns or tunnel.underlay.thing
        titles.setdefault(key, tunnel.underlay)
        rows.setdefault(key, {}).update({item.thing: Row(item) for item in tunnel.exits})
    return tuple(Box(title, tuple(rows[key].values())) for key, title in titles.items())


def draw_beyond(sketch: Sketch, content: Content, places: Places, hub: HubBox, fars: Stack) -> None:
    """Draw all that is behind tunnels."""
    exits = _underlays(sketch, content, places, hub)
    if fars.boxes:
        top = max(places.top, min(min(exits.values()) - 1, places.height - fars.height))
        lines = sketch.stack((places.x[-1], top), places.width[-1], fars, FARS)
        _wires(sketch, content, places, exits, {row.item.thing: (row, lines[row.item.thing]) for row in _rows(fars)})


def _underlays(sketch: Sketch, content: Content, places: Places, hub: HubBox) -> dict[Thing, int]:
    """Draw the namespaces by which tunnels send; return the line of each link that frames leave by."""
    column = 1 if places.below else 2
    lines: dict[Thing, int] = {}
    tops: dict[Thing, int] = {}
    top = hub.bottom + 2 if places.below else min(hub.tunnels.values()) - 1
    for box in underlay_boxes(content.tunnels):
        found = sketch.box((places.x[column], top), places.width[column], box, UNDERLAYS)
        tops |= dict.fromkeys(found, top)
        lines |= found
        top += len(box.rows) + (3 if places.below else 2)
    for number, tunnel in enumerate(content.tunnels):
        at = hub.tunnels[tunnel.item.thing]
        for item in tunnel.exits:
            trunk, line = places.right(1) + 2 + number % BRANCH, lines[item.thing]
            beside = ((places.right(1), at), (trunk, at), (trunk, line), (places.x[column], line))
            down = ((places.hub + number, hub.bottom), (places.hub + number, tops[item.thing]))
            sketch.wire(down if places.below else beside, tunnel.item, item)
    return lines


def _wires(
    sketch: Sketch,
    content: Content,
    places: Places,
    exits: Mapping[Thing, int],
    rows: Mapping[Thing, tuple[Row, int]],
) -> None:
    """Draw the wires to the far ends."""
    items = {item.thing: item for tunnel in content.tunnels for item in tunnel.exits}
    order = {thing: number for number, thing in enumerate(items)}
    left = places.right(1 if places.below else 2)
    for row, line in rows.values():
        if row.far is None:
            continue
        leaves = row.far.exit
        trunk = left + 2 + order[leaves] % BRANCH
        points = ((left, exits[leaves]), (trunk, exits[leaves]), (trunk, line), (places.x[-1], line))
        sketch.wire(points, items[leaves], row.item)
        for item in row.far.endpoints:
            if item.thing in rows:
                sketch.tie(row.item.thing, item.thing)


def _rows(stack: Stack) -> Iterator[Row]:
    yield from (row for box in stack.boxes for row in box.rows)
