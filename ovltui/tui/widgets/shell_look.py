"""Rows of an emulator as strips of the library."""

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ovltui.terminal.screen import Color, Look, Row, Shape

_CURSOR = {
    Shape.BLOCK: Style(reverse=True),
    Shape.BAR: Style(reverse=True),
    Shape.UNDERLINE: Style(underline=True, bold=True),
}
"""A terminal inside another draws no bar between cells."""
_FAINT_CURSOR = Style(underline=True)


def strip_of(row: Row, width: int, base: Style, *, ascii_only: bool) -> Strip:
    """Return a row as a strip of ``width`` columns, each run at its own column whatever the library thinks of it."""
    segments = []
    for run in row:
        text = run.text.encode("ascii", "replace").decode() if ascii_only else run.text
        if not text.isascii() or len(text) != run.width:
            # Where the emulator and the library disagree on a width, what follows must not move.
            text = text if cell_len(text) == run.width else set_cell_size(text, run.width)
        segments.append(Segment(text, base + style_of(run.look)))
    return Strip(segments).adjust_cell_length(width, base)


def with_cursor(strip: Strip, column: int, shape: Shape, *, faint: bool) -> Strip:
    """Return a strip with the cursor drawn on it."""
    width = strip.cell_length
    column, end = _cell_at(strip, min(column, width - 1))
    under = strip.crop(column, end)
    drawn = under.apply_style(_FAINT_CURSOR if faint else _CURSOR[shape])
    return Strip.join([strip.crop(0, column), drawn, strip.crop(end, width)])


def _cell_at(strip: Strip, column: int) -> tuple[int, int]:
    """Return the first column of the character at ``column``, and the one behind it: cut in two, it would vanish."""
    for start in (column, column - 1):
        pair = strip.crop(max(0, start), start + 2).text
        if start >= 0 and pair and cell_len(pair[0]) > 1:
            return start, start + 2
    return column, column + 1


@lru_cache(4096)
def style_of(look: Look) -> Style:
    """Return the library's style for a look."""
    return Style(
        color=_color(look.foreground),
        bgcolor=_color(look.background),
        bold=look.bold or None,
        dim=look.dim or None,
        italic=look.italic or None,
        underline=look.underline or None,
        blink=look.blink or None,
        reverse=look.reverse or None,
        conceal=look.conceal or None,
        strike=look.strike or None,
    )


def _color(color: Color) -> RichColor | None:
    if color is None:
        return None
    return RichColor.from_ansi(color) if isinstance(color, int) else RichColor.from_rgb(*color)
