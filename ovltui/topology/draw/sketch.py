"""A drawing while it is made: boxes and words on a canvas, and where each thing came to stand.

Source: ``Item``. Pure. Incomplete: nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from ovltui.netns.model import NetnsKey
from ovltui.topology.draw.canvas import Canvas, Pen
from ovltui.topology.draw.cells import fit, width
from ovltui.topology.draw.fold import Box, Stack
from ovltui.topology.draw.model import Drawing, Item, Look, Spot, Thing, What
from ovltui.topology.links import LinkKey

Key = NetnsKey | LinkKey
_LOOKS = {What.MORE: Look.MORE, What.UNSEEN: Look.MORE}
_LIST = 3
"""Lines of a box from which they are a list."""
_AIR = 3
"""Cells of a title's line that are always frame."""


class Sketch:
    """What is drawn so far.

    Args:
        marks: what a check has to say of a namespace or link, in a few words.
        path: links and namespaces on the way that is walked, and addresses of the tunnels' ends.
    """

    def __init__(self, marks: Mapping[Key, str], path: Collection[Key | str]) -> None:
        self.canvas = Canvas()
        self._marks = marks
        self._path = path
        self._spots: dict[Thing, Spot] = {}
        self._wired: dict[Thing, list[Thing]] = defaultdict(list)

    def on_path(self, item: Item) -> bool:
        """Whether a thing is on the way."""
        if item.thing.what is What.VTEP:
            return item.thing.name in self._path
        return (item.link or item.netns) in self._path

    def words(
        self, at: tuple[int, int], room: int, item: Item, lane: int, *, under: int = 0, tall: bool = False
    ) -> int:
        """Write an item, a cell for its mark before it; return the column behind its words in that line.

        Args:
            at: where they begin.
            room: cells for them.
            item: the words.
            lane: its column.
            under: cells behind which what there is to say about it begins, if the name leaves room.
            tall: whether what there is to say about it stands in the line below.
        """
        (x, y), thing = at, (item.thing,)
        marked = item.link is not None and item.link in self._marks
        self.canvas.text(x - 1, y, "!" if marked else " ", Look.MARK, thing)
        state = f" {item.state}" if item.state else ""
        left = room - width(state)
        begins = max(width(item.name) + 2, under - width(state))
        about = next((one for one in item.about if one and begins + width(one) <= left), "")
        look, on_path = _LOOKS.get(item.thing.what, Look.NAME), self.on_path(item)
        behind = self.canvas.text(x, y, fit(item.name, left), look, thing, on_path=on_path)
        behind = self.canvas.text(behind, y, state, Look.STATE, thing)
        if tall:
            whole = (one for one in item.about if one and width(one) < room)
            self.canvas.text(x + 1, y + 1, next(whole, fit(item.about[0], room - 1)), Look.ABOUT, thing)
        else:
            gap = " " * (begins - width(item.name)) if about else ""
            behind = self.canvas.text(behind, y, gap + about, Look.ABOUT, thing)
        wrong = (self._marks.get(key) for key in (item.link, item.netns) if key)
        says = "  ! ".join((item.says, *dict.fromkeys(one for one in wrong if one)))
        told = Item(item.thing, item.name, item.about, item.state, says, item.netns, item.link)
        self._spots[item.thing] = Spot(told, x, y, behind - x, lane, ())
        return behind

    def stack(self, at: tuple[int, int], width_: int, stack: Stack, lane: int) -> dict[Thing, int]:
        """Draw boxes one above the other; return the line of each thing."""
        x, y = at
        lines: dict[Thing, int] = {}
        for box in stack.boxes:
            lines |= self.box((x, y), width_, box, lane)
            y += box.inner + (1 if stack.shared else 2)
        return lines

    def box(self, at: tuple[int, int], width_: int, box: Box, lane: int) -> dict[Thing, int]:
        """Draw a box; return the line of each thing."""
        (x, y), lines = at, {}
        number, under = y + 1, _under(box, width_ - 4)
        self.frame((x, y), width_, box.inner + 2, box.title)
        for row in box.rows:
            self.words((x + 2, number), width_ - 4, row.item, lane, under=under, tall=row.height > 1)
            lines[row.item.thing] = number
            number += row.height
        return lines

    def frame(self, at: tuple[int, int], width_: int, height: int, title: Item) -> None:
        """Draw a frame with a title in its upper line."""
        (x, y), things = at, (title.thing,)
        self.canvas.box(x, y, width_, height, things)
        room = width_ - _AIR - 1
        marked = "! " if title.thing.what is What.NETNS and title.thing.key in self._marks else ""
        name = fit(title.name, room - 2 - len(marked))
        behind = self.canvas.text(x + 1, y, " ", Look.TITLE, things)
        behind = self.canvas.text(behind, y, marked, Look.MARK, things)
        behind = self.canvas.text(behind, y, f"{name} ", Look.TITLE, things)
        left = x + width_ - 2 - behind
        about = next((one for one in title.about if one and width(one) + 3 <= left), "")
        if about:
            self.canvas.text(x + width_ - 3 - width(about), y, f" {about} ", Look.ABOUT, things)

    def wire(self, points: Iterable[tuple[int, int]], of: Item, to: Item) -> None:
        """Draw a line that ties two things; a walk can follow it."""
        on_path = self.on_path(of) and self.on_path(to)
        self.line(points, of, to, on_path=on_path)
        self.tie(of.thing, to.thing)

    def line(self, points: Iterable[tuple[int, int]], of: Item, to: Item, *, on_path: bool) -> None:
        """Draw a line that belongs to two things."""
        things = tuple(dict.fromkeys((of.thing, to.thing)))
        dashed = bool(of.state or to.state)
        self.canvas.line(points, Pen(Look.WIRE, things, on_path=on_path, dashed=dashed))

    def tie(self, of: Thing, to: Thing) -> None:
        """Note that a walk leads from one thing to another, and back."""
        self._wired[of].append(to)
        self._wired[to].append(of)

    def drawing(self, room: int, hidden: int) -> Drawing:
        """Return what was drawn.

        Args:
            room: columns of the terminal.
            hidden: how many things are left out.
        """
        columns = max(self.canvas.width, room)
        spots = {
            thing: Spot(spot.item, spot.x, spot.y, spot.width, spot.lane, tuple(self._wired[thing]))
            for thing, spot in sorted(self._spots.items(), key=lambda one: (one[1].lane, one[1].y, one[1].x))
        }
        return Drawing(columns, tuple(self.canvas.rows(columns)), spots, hidden)


def _under(box: Box, room: int) -> int:
    """Return where in a list what there is to say about each item begins, so that all of it stands in one column."""
    told = [row.item for row in box.rows if row.height == 1 and any(row.item.about)]
    if len(told) < _LIST:
        return 0
    names = max(width(item.name) + (width(item.state) + 1 if item.state else 0) for item in told)
    shortest = max(width([one for one in item.about if one][-1]) for item in told)
    return min(names + 2, max(0, room - shortest))
