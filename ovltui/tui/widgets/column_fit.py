"""Which columns of a table have room in a terminal, how wide each is, and what is left of a text that is wider."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from ovltui.topology.sheet import Column, Entry

GAP = 2
"""Cells between two columns."""
_SORT_MARK = 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """A column that is shown."""

    at: int
    """Which of the table's columns it is."""
    column: Column
    width: int

    def cell(self, text: str) -> str:
        """Return ``text`` in the width of the column; what is cut is marked."""
        text = cut(text, self.width)
        blanks = " " * (self.width - cell_len(text))
        return blanks + text if self.column.right else text + blanks


def cut(text: str, width: int) -> str:
    """Return ``text``, or of a longer one as much as has room in ``width`` cells; what is cut is marked."""
    return text if cell_len(text) <= width else f"{set_cell_size(text, max(0, width - 1))}…"


def widths(columns: Sequence[Column], entries: Sequence[Entry]) -> tuple[int, ...]:
    """Return the cells of the terminal that each column would take whole."""
    rows = [entry.cells for entry in entries]
    return tuple(
        max(len(column.title) + _SORT_MARK, max((cell_len(row[at]) for row in rows), default=0))
        for at, column in enumerate(columns)
    )


def fitted(columns: Sequence[Column], wanted: Sequence[int], room: int) -> tuple[Fitted, ...]:
    """Return the columns that fit into ``room`` cells, by rank; those that can be cut share what is left.

    Args:
        columns: all of them.
        wanted: what ``widths`` says.
        room: cells.
    """
    given: dict[int, int] = {}
    left = room + GAP
    by_rank = sorted(range(len(columns)), key=lambda at: (columns[at].rank, at))
    for at in by_rank:
        least = _least(columns[at], wanted[at])
        if least + GAP <= left or not given:
            given[at] = min(least, room)
            left -= given[at] + GAP
    for at in by_rank:
        if at in given:
            more = max(0, min(wanted[at] - given[at], left))
            given[at] += more
            left -= more
    return tuple(Fitted(at, columns[at], given[at]) for at in sorted(given))


def _least(column: Column, wanted: int) -> int:
    return min(wanted, max(column.least, len(column.title) + _SORT_MARK)) if column.least else wanted
