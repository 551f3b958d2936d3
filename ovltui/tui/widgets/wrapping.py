"""Long lines of an event pane, broken instead of cut.

How many lines a record takes is known only when it is drawn: what is in sight is laid out, nothing else is looked at.
"""

from collections.abc import Callable
from itertools import accumulate
from typing import Any, Self

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from ovltui.tui.widgets.event_rows import EventRows

_LEAST = 8
"""Cells of text in a line, however deep it is indented."""


class WrappingRows(EventRows):
    """A list of records whose lines may be broken."""

    wrap: bool = False
    """Whether long lines are broken."""
    _broken: tuple[tuple[int, Strip], ...] | None = None

    def indent(self) -> int:
        """Return how deep the second line of a record stands."""
        raise NotImplementedError

    def refresh(self, *regions: Any, **how: Any) -> Self:
        """Draw again; a line that is laid out elsewhere now moves all below it."""
        self._broken = None
        return super().refresh(*(() if self.wrap else regions), **how)

    def row_at(self, y: int) -> int:
        """Return the row that stands at line ``y``."""
        return self._laid_out()[y][0] if self.wrap and y < len(self._laid_out()) else super().row_at(y)

    def render_line(self, y: int) -> Strip:
        """Draw what stands at line ``y``."""
        if not self.wrap or not self.row_count:
            return super().render_line(y)
        lines = self._laid_out()
        return lines[y][1] if y < len(lines) else Strip.blank(self.size.width, self.rich_style)

    def _laid_out(self) -> tuple[tuple[int, Strip], ...]:
        """Return the lines in sight, each with its row."""
        if self._broken is None:
            height = self.size.height
            self._broken = tuple(laid_out(self._pieces, self.row_count, self.top, height, self.cursor_row))
        return self._broken

    def _pieces(self, row: int) -> list[Strip]:
        strip, base = self.row_strip(row)
        width = self.size.width
        indent = min(self.indent(), max(0, width - _LEAST))
        pieces = [strip.crop(0, breaks(strip.text, width))]
        at = pieces[0].cell_length
        while at < strip.cell_length:
            rest = strip.crop(at)
            piece = rest.crop(0, breaks(rest.text, width - indent))
            pieces.append(Strip([Segment(" " * indent, base), *piece]))
            at += piece.cell_length
        return [piece.adjust_cell_length(width, base) for piece in pieces]


def laid_out(
    pieces: Callable[[int], list[Strip]], count: int, top: int, height: int, cursor: int | None
) -> list[tuple[int, Strip]]:
    """Return the lines in sight, each with its row.

    Args:
        pieces: returns the lines of a row.
        count: rows that there are.
        top: the first row that is to be seen, if there is room for what must be: at the end, the last row.
        height: lines of the pane.
        cursor: a row that must be seen, too.
    """
    last = count - 1 if top + height >= count else None
    lines = _above(pieces, last, height) if last is not None else _below(pieces, top, count, height)
    if cursor is not None and top <= cursor < count and cursor not in {row for row, _ in lines}:
        lines = _below(pieces, cursor, count, height) if last is not None else _above(pieces, cursor, height)
    return lines


def _below(pieces: Callable[[int], list[Strip]], row: int, count: int, height: int) -> list[tuple[int, Strip]]:
    lines: list[tuple[int, Strip]] = []
    while row < count and len(lines) < height:
        lines += [(row, piece) for piece in pieces(row)]
        row += 1
    return lines[:height]


def _above(pieces: Callable[[int], list[Strip]], row: int, height: int) -> list[tuple[int, Strip]]:
    lines: list[tuple[int, Strip]] = []
    while row >= 0 and len(lines) < height:
        lines = [*((row, piece) for piece in pieces(row)), *lines]
        row -= 1
    return lines[-height:] if height else []


def breaks(text: str, width: int) -> int:
    """Return after how many cells a line of ``width`` cells ends: behind a word, where one ends in its second half."""
    fits = sum(cells <= width for cells in accumulate(map(cell_len, text)))
    if fits == len(text):
        return width
    blank = text.rfind(" ", fits // 2, fits + 1)
    return width if blank < 0 else min(width, cell_len(text[: blank + 1]))
