"""Everything that is drawn, in ASCII alone, for terminals that have nothing else.

Source: what the widgets drew. What has no likeness becomes a question mark for each cell that it took, so that nothing
moves; what programs in shells print is no exception.
"""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LIKE = {
    **dict.fromkeys("─━═╌┄▔▁▂▃", "-"),
    **dict.fromkeys("│┃║▌▐▎▊▏▕", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋", "+"),
    **dict.fromkeys("▄▅▆▇█▀", "#"),
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "▸": ">",
    "▾": "v",
    "▲": "^",
    "▼": "v",
    "◆": "^",
    "…": "~",
    "·": "|",
    "●": "*",
    "•": "*",
    "\N{MULTIPLICATION SIGN}": "x",
    "⏎": "<",
}


class AsciiOnly(LineFilter):
    """Turns every line into ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same line in ASCII."""
        del background
        return [Segment(ascii_like(text), style, control) for text, style, control in segments]


def ascii_like(text: str) -> str:
    """Return a text of as many cells in ASCII."""
    return text if text.isascii() else "".join(map(_like, text))


@lru_cache(maxsize=4096)
def _like(sign: str) -> str:
    return sign if sign.isascii() else _LIKE.get(sign, "?" * cell_len(sign))
