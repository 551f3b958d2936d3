"""A drawing of the topology as SVG, for a browser or a document.

Source: ``Drawing``. Pure. Lines are drawn as lines, words as text in the reader's own monospace font, each stretched to
its cells; no font or anything else is loaded from elsewhere. Incomplete: what is folded is counted, as in the drawing.
"""

from collections.abc import Iterator
from html import escape

from ovltui.topology.draw.canvas import EAST, HEAVY, LIGHT, NORTH, SOUTH, WEST
from ovltui.topology.draw.cells import width
from ovltui.topology.draw.model import Drawing, Look, Span

_WIDE, _HIGH, _EDGE = 8, 18, 16
"""Pixels of a cell, and round the drawing."""
_COLOURS = {
    Look.FRAME: "#6c6c6c",
    Look.WIRE: "#87afaf",
    Look.TITLE: "#d0d0d0",
    Look.NAME: "#d0d0d0",
    Look.ABOUT: "#8c8c8c",
    Look.STATE: "#ff5f5f",
    Look.MARK: "#ff5f5f",
    Look.HEADER: "#8c8c8c",
    Look.MORE: "#ffaf5f",
}
_BOLD = frozenset((Look.TITLE, Look.STATE, Look.MARK))
_PATH = "#ffaf5f"
_BITS = {character: bits for row in (LIGHT, HEAVY) for bits, character in enumerate(row) if bits}
_DASHES = {"╌": EAST | WEST, "╎": NORTH | SOUTH}
_ENDS = {NORTH: (0, -1), EAST: (1, 0), SOUTH: (0, 1), WEST: (-1, 0)}


def svg(drawing: Drawing, title: str) -> str:
    """Return the whole file; ``title`` is clean text."""
    across = drawing.width * _WIDE + 2 * _EDGE
    down = drawing.height * _HIGH + 2 * _EDGE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}"'
        ' font-family="monospace" font-size="13">'
    )
    ground = '<rect width="100%" height="100%" fill="#121212"/>'
    body = (line for y, row in enumerate(drawing.rows) for line in _row(y, row))
    return "\n".join((head, f"<title>{escape(title)}</title>", ground, *body, "</svg>", ""))


def _row(y: int, row: tuple[Span, ...]) -> Iterator[str]:
    x = 0
    for span in row:
        if span.look in (Look.FRAME, Look.WIRE):
            colour = _PATH if span.on_path else _COLOURS[span.look]
            yield from _lines(x, y, span.text, colour)
        elif span.text.strip():
            yield _text(x, y, span)
        x += width(span.text)


def _lines(x: int, y: int, text: str, colour: str) -> Iterator[str]:
    for at, character in enumerate(text, x):
        bits = _BITS.get(character) or _DASHES.get(character, 0)
        if bits:
            middle_x, middle_y = _EDGE + at * _WIDE + _WIDE // 2, _EDGE + y * _HIGH + _HIGH // 2
            ends = [ends for bit, ends in _ENDS.items() if bits & bit]
            path = "".join(f"M{middle_x} {middle_y}l{right * _WIDE // 2} {below * _HIGH // 2}" for right, below in ends)
            dash = ' stroke-dasharray="2 2"' if character in _DASHES else ""
            thick = 3 if character in HEAVY else 1
            yield f'<path d="{path}" stroke="{colour}" stroke-width="{thick}" stroke-linecap="square"{dash}/>'


def _text(x: int, y: int, span: Span) -> str:
    text = span.text.strip(" ")
    start = x + len(span.text) - len(span.text.lstrip(" "))
    weight = ' font-weight="bold"' if span.look in _BOLD else ""
    place = f'x="{_EDGE + start * _WIDE}" y="{_EDGE + y * _HIGH + _HIGH * 3 // 4}"'
    stretch = f'textLength="{width(text) * _WIDE}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"'
    return f'<text {place} {stretch} fill="{_COLOURS[span.look]}"{weight}>{escape(text)}</text>'
