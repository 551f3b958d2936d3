"""A picture of a terminal's screen: SGR text in, SVG out, and PNG by ``rsvg-convert``.

Each run of cells is placed by its column, so that a font whose advance differs a little shifts nothing. No
font is fetched: the picture names DejaVu Sans Mono and falls back to any monospaced one. Blinking and
hyperlinks are left out.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import ceil
from pathlib import Path

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FONT_SIZE = 16
CELL_WIDTH = FONT_SIZE * 1233 / 2048
"""Advance of DejaVu Sans Mono."""
CELL_HEIGHT = FONT_SIZE * 2384 / 2048
"""Its ascent and descent, so that box drawing joins from line to line."""
BASELINE = FONT_SIZE * 1901 / 2048
_DIM = 0.5
_NORMAL = (
    (0, 0, 0),
    (205, 49, 49),
    (13, 188, 121),
    (229, 229, 16),
    (36, 114, 200),
    (188, 63, 188),
    (17, 168, 205),
)
_BRIGHT = ((102, 102, 102), (241, 76, 76), (35, 209, 139), (245, 245, 67), (59, 142, 234), (214, 112, 214))
THEME = TerminalTheme(
    (18, 18, 18), (224, 224, 224), [*_NORMAL, (229, 229, 229)], [*_BRIGHT, (41, 184, 219), (255, 255, 255)]
)
"""Colours of the sixteen names and of the default; others are 24-bit and stand as they are."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks, all defaults resolved."""

    ink: str
    paper: str
    attributes: str
    """Attributes of an SVG ``text`` element."""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring cells of one look."""

    column: int
    text: str
    look: Look


def _triplet(colour: Color | None, *, foreground: bool) -> ColorTriplet:
    return (colour or Color.default()).get_truecolor(THEME, foreground=foreground)


def _mixed(ink: ColorTriplet, paper: ColorTriplet) -> ColorTriplet:
    return ColorTriplet(*(round(one + (other - one) * _DIM) for one, other in zip(ink, paper, strict=True)))


def _look(style: Style) -> Look:
    ink, paper = _triplet(style.color, foreground=True), _triplet(style.bgcolor, foreground=False)
    if style.reverse:
        ink, paper = paper, ink
    if style.dim:
        ink = _mixed(ink, paper)
    lines = (("underline", style.underline or style.underline2), ("line-through", style.strike))
    decoration = " ".join(name for name, drawn in lines if drawn)
    attributes = (
        ' font-weight="bold"' if style.bold else "",
        ' font-style="italic"' if style.italic else "",
        f' text-decoration="{decoration}"' if decoration else "",
    )
    return Look(ink.hex, paper.hex, "".join(attributes))


def runs(line: Text) -> Iterator[Run]:
    """Yield the runs of one line; a wide character covers two columns."""
    styles = [Style.null()] * len(line.plain)
    for start, end, style in line.spans:
        for at in range(start, min(end, len(styles))):
            styles[at] += style if isinstance(style, Style) else Style.parse(style)
    column = 0
    cells = zip(line.plain, map(_look, styles), strict=True)
    for look, group in groupby(cells, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in group)
        yield Run(column, text, look)
        column += cell_len(text)


def words(run: Run) -> Iterator[Run]:
    """Split a run at blanks, so that each word stands at its own column."""
    column = run.column
    for blank, group in groupby(run.text, key=str.isspace):
        text = "".join(group)
        if not blank:
            yield Run(column, text, run.look)
        column += cell_len(text)


def _paper(run: Run, row: int) -> str:
    box = f'x="{run.column * CELL_WIDTH:.2f}" y="{row * CELL_HEIGHT:.2f}"'
    size = f'width="{cell_len(run.text) * CELL_WIDTH:.2f}" height="{CELL_HEIGHT:.2f}"'
    return f'<rect {box} {size} fill="{run.look.paper}" shape-rendering="crispEdges"/>'


def _ink(run: Run, row: int) -> str:
    at = f'x="{run.column * CELL_WIDTH:.2f}" y="{row * CELL_HEIGHT + BASELINE:.2f}"'
    return f'<text {at} fill="{run.look.ink}"{run.look.attributes}>{escape(run.text)}</text>'


def lines(ansi: str, height: int) -> list[list[Run]]:
    """Return the runs of each of the first ``height`` lines of a screen, given with SGR sequences.

    A colour holds until it is changed, also on the lines below: tmux does not say it again there.
    """
    decoder = AnsiDecoder()
    return [[*runs(decoder.decode_line(line))] for line in ansi.split("\n")[:height]]


def paper_of_page() -> str:
    """Return the colour on which nothing says another one."""
    return _look(Style.null()).paper


def svg(ansi: str, width: int, height: int) -> str:
    """Return an SVG of a screen of ``width`` x ``height`` cells, given as lines with SGR sequences."""
    drawn = lines(ansi, height)
    default = paper_of_page()
    papers = [_paper(run, row) for row, line in enumerate(drawn) for run in line if run.look.paper != default]
    inks = [_ink(word, row) for row, line in enumerate(drawn) for run in line for word in words(run)]
    size = f"{ceil(width * CELL_WIDTH)} {ceil(height * CELL_HEIGHT)}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">'
    page = f'<rect width="100%" height="100%" fill="{default}"/>'
    group = f'<g font-family="\'DejaVu Sans Mono\', monospace" font-size="{FONT_SIZE}" xml:space="preserve">'
    return "\n".join((head, page, *papers, group, *inks, "</g>", "</svg>", ""))


def png(source: Path, target: Path) -> None:
    """Draw an SVG file as PNG; a failure raises ``CalledProcessError``."""
    subprocess.run(["rsvg-convert", "-o", str(target), str(source)], check=True)
