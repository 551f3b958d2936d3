"""Cells on which lines are drawn that join: where two meet there is a corner, a junction or a crossing.

Source: Unicode's box-drawing characters. Pure. Incomplete: a dashed line that meets another is drawn solid there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from ovltui.topology.draw.cells import clusters
from ovltui.topology.draw.model import Look, Span, Thing

NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8
LIGHT = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
HEAVY = " ╹╺┗╻┃┏┣╸┛━┻┓┫┳╋"
"""The character for each set of directions; heavy ones for the way that is walked."""
_DASHED = {NORTH | SOUTH: "╎", EAST | WEST: "╌"}
ASCII = str.maketrans(
    {
        **dict.fromkeys("─━╴╶╸╺", "-"),
        **dict.fromkeys("│┃╵╷╹╻", "|"),
        **dict.fromkeys("└┌├┘┴┐┤┬┼┗┏┣┛┻┓┫┳╋", "+"),
        "╌": ".",
        "╎": ":",
        "…": "~",
        "•": "*",
        "→": ">",
        "·": "|",
    }
)
"""What stands for the characters of a drawing where there is only ASCII."""


@dataclass(slots=True)
class _Cell:
    text: str = ""
    """Empty where a line is, or behind a wide character."""
    bits: int = 0
    look: Look = Look.WIRE
    things: tuple[Thing, ...] = ()
    on_path: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Pen:
    """How a line is drawn."""

    look: Look = Look.WIRE
    things: tuple[Thing, ...] = ()
    on_path: bool = False
    dashed: bool = False


class Canvas:
    """The cells; x counts from the left, y from the top."""

    def __init__(self) -> None:
        self._rows: list[dict[int, _Cell]] = []

    @property
    def height(self) -> int:
        """Number of rows that hold something."""
        return len(self._rows)

    @property
    def width(self) -> int:
        """Number of columns that hold something."""
        return 1 + max((x for row in self._rows for x in row), default=-1)

    def text(
        self, x: int, y: int, text: str, look: Look, things: tuple[Thing, ...] = (), *, on_path: bool = False
    ) -> int:
        """Write a text; return the column behind it."""
        for cluster, cells in clusters(text):
            for at in range(x, x + cells):
                self._row(y)[at] = _Cell(cluster if at == x else "", 0, look, things, on_path)
            x += cells
        return x

    def line(self, points: Iterable[tuple[int, int]], pen: Pen) -> None:
        """Draw a line through points of which each lies straight beside, above or below the one before."""
        corners = list(points)
        for (x, y), (to_x, to_y) in pairwise(corners):
            if y == to_y:
                self._straight(((at, y) for at in range(min(x, to_x), max(x, to_x) + 1)), EAST, WEST, pen)
            else:
                self._straight(((x, at) for at in range(min(y, to_y), max(y, to_y) + 1)), SOUTH, NORTH, pen)

    def box(self, x: int, y: int, width: int, height: int, things: tuple[Thing, ...]) -> None:
        """Draw a frame."""
        right, bottom = x + width - 1, y + height - 1
        self.line(((x, y), (right, y), (right, bottom), (x, bottom), (x, y)), Pen(Look.FRAME, things))

    def rows(self, width: int) -> Iterator[tuple[Span, ...]]:
        """Yield each row, as wide as it must be."""
        for row in self._rows:
            last = max(row, default=-1)
            yield tuple(_spans([row.get(x, _EMPTY) for x in range(min(last + 1, width))]))

    def _row(self, y: int) -> dict[int, _Cell]:
        while len(self._rows) <= y:
            self._rows.append({})
        return self._rows[y]

    def _straight(self, cells: Iterable[tuple[int, int]], ahead: int, behind: int, pen: Pen) -> None:
        path = list(cells)
        for number, (x, y) in enumerate(path):
            bits = (ahead if number < len(path) - 1 else 0) | (behind if number else 0)
            row = self._row(y)
            if bits and x not in row:
                row[x] = _Cell("", bits, pen.look, pen.things, pen.on_path, pen.dashed)
            elif bits and row[x].bits:  # else a text stands there
                _join(row[x], bits, pen)


def _join(cell: _Cell, bits: int, pen: Pen) -> None:
    """Let a line go on from a cell that another one goes through; a frame stays a frame."""
    cell.bits |= bits
    cell.dashed = cell.dashed and pen.dashed
    if cell.look is not Look.FRAME:
        cell.on_path = cell.on_path or pen.on_path
        cell.things = (*cell.things, *(one for one in pen.things if one not in cell.things))


_EMPTY = _Cell(" ")


def _spans(cells: list[_Cell]) -> Iterator[Span]:
    for (look, things, on_path), group in groupby(cells, key=lambda cell: (cell.look, cell.things, cell.on_path)):
        yield Span("".join(map(_character, group)), look, things, on_path)


def _character(cell: _Cell) -> str:
    if not cell.bits:
        return cell.text
    if cell.dashed and cell.bits in _DASHED:
        return _DASHED[cell.bits]
    return (HEAVY if cell.on_path else LIGHT)[cell.bits]
