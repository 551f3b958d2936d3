"""Draws wires that hang on no hub: a box at either end.

Source: ``Content``. Pure. Incomplete: nothing.
"""

from dataclasses import replace

from ovltui.topology.draw.columns import box_need, shared
from ovltui.topology.draw.content import Content, Member
from ovltui.topology.draw.fold import Box, Room, Row, Stack, member_stack
from ovltui.topology.draw.model import Item, Thing, What
from ovltui.topology.draw.places import MEMBERS, PORTS
from ovltui.topology.draw.sketch import Sketch

_GAP = 12


def draw_pairs(sketch: Sketch, content: Content, width: int, room: Room) -> None:
    """Draw them all, or as many as there is room for."""
    left = member_stack(content.members, room)
    right = Stack(tuple(_opposite(box) for box in left.boxes), left.shared)
    widths = shared((box_need(left.boxes), box_need(right.boxes)), width - _GAP)
    lines = sketch.stack((0, 0), widths[0], left, MEMBERS)
    sketch.stack((widths[0] + _GAP, 0), widths[1], right, PORTS)
    for row in (row for box in left.boxes for row in box.rows):
        if row.member and row.member.port:
            y = lines[row.item.thing]
            sketch.wire(((widths[0] - 1, y), (widths[0] + _GAP, y)), row.item, row.member.port)


def _opposite(box: Box) -> Box:
    """Return the box at the other end of the wires of a box."""
    dense = box.title.thing.what is What.MORE
    rows = tuple(Row(_end(row, dense=dense)) for row in box.rows)
    single = None if dense else box.rows[0].member
    title = single.far if single else None
    return Box(title or Item(Thing(What.MORE, None, "far title"), box.title.name, ("",)), rows)


def _end(row: Row, *, dense: bool) -> Item:
    """Return what stands at the other end, under the name of its namespace where the box does not tell it."""
    member: Member | None = row.member
    if member is None or member.port is None:
        return Item(Thing(What.MORE, None, f"{row.item.thing.name} far"), "…", ("",), "", row.item.says)
    if dense and member.far and member.far is not member.port and member.far.thing.what is What.NETNS:
        return replace(member.port, name=f"{member.far.name}/{member.port.name}")
    return member.port
