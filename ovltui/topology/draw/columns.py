"""How wide each column of a drawing is.

Source: the boxes that stand in it. Pure. Incomplete: where even the shortest words do not fit, the drawing is wider
than the terminal, which then shows a part of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ovltui.topology.draw.cells import width
from ovltui.topology.draw.fold import Box
from ovltui.topology.draw.model import Item

PAD = 4
"""Columns of a box beside its words: two of the frame, one for a mark, one of air."""
_SHORTEST = 14
"""Cells below which no name is cut while the drawing can be wider instead."""
_WIDEST = 46


@dataclass(frozen=True, slots=True)
class Need:
    """How wide something would be."""

    least: int
    whole: int
    """With names and addresses that are not cut."""
    good: int
    """With the most that matters."""
    best: int

    def beside(self, more: int) -> "Need":
        """Return the need with ``more`` columns added."""
        return Need(self.least + more, self.whole + more, self.good + more, self.best + more)


def item_need(items: Iterable[Item], *, tall: bool = False) -> Need:
    """Return how many cells the words of items need, in one line each or in two."""
    least = whole = good = best = 0
    for item in items:
        name = width(item.name) + (width(item.state) + 1 if item.state else 0)
        told = [width(about) for about in item.about if about] or [0]
        least = max(least, min(width(item.name), _SHORTEST) + name - width(item.name))
        beside = name + 2 if max(told) else name
        whole = max(whole, *((name, told[-1] + 1) if tall else (beside + told[-1],)))
        good = max(good, *((name, told[0] + 1) if tall else (beside + told[-1],)))
        best = max(best, *((name, told[0] + 1) if tall else (beside + told[0],)))
    return Need(least, *(max(least, min(need, _WIDEST)) for need in (whole, good, best)))


def title_need(titles: Iterable[Item]) -> Need:
    """Return how many cells titles need; what they say beside their names matters least."""
    told = list(titles)
    names = item_need(replace(title, about=()) for title in told)
    return replace(item_need(told), whole=names.whole)


def box_need(boxes: Iterable[Box]) -> Need:
    """Return how wide boxes need to be."""
    told = list(boxes)
    several = [row for box in told for row in box.rows]
    rows = wider(
        item_need(row.item for row in several if not row.tall),
        item_need((r.item for r in several if r.tall), tall=True),
    )
    return wider(rows, title_need(box.title for box in told)).beside(PAD)


def wider(one: Need, other: Need) -> Need:
    """Return the need of two things that stand above each other."""
    least, whole = max(one.least, other.least), max(one.whole, other.whole)
    return Need(least, whole, max(one.good, other.good), max(one.best, other.best))


def shared(needs: Sequence[Need], room: int) -> tuple[int, ...]:
    """Return how wide each column is, the widest ones narrowed first where ``room`` is not enough."""
    widths = [need.best for need in needs]
    for floor in ([need.good for need in needs], [need.whole for need in needs], [need.least for need in needs]):
        while sum(widths) > room:
            wide = [at for at, have in enumerate(widths) if have > floor[at]]
            if not wide:
                break
            widths[max(wide, key=lambda at: widths[at])] -= 1
    return tuple(widths)
