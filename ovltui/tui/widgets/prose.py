"""A text to read: what a line has no room for goes on below it, further to the right where the line is indented.

So a command that is broken in two is still seen to be one, and a value stays beside its name.
"""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.widgets import Static

_HANG = 2
"""Cells by which the rest of an indented line is indented further."""


class Prose(Static):
    """The text; its lines end where it says, and are broken at words."""

    def render(self) -> Text:
        """Return the lines, broken for the width that there is."""
        return Text("\n").join(self._lines(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines that makes in ``width`` cells."""
        del container, viewport
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Text]:
        text = self.content if isinstance(self.content, Text) else Text(str(self.content))
        return [*broken(text, width)]


def broken(text: Text, width: int) -> Iterator[Text]:
    """Yield the lines of a text, none wider than ``width`` cells; words that are longer are divided."""
    for line in text.split("\n", allow_blank=True):
        plain = line.plain.rstrip()
        indent = len(plain) - len(plain.lstrip())
        hang = min(indent + _HANG, width // 2) if indent else 0
        end = _end_of_piece(plain, 0, width)
        yield line[:end]
        while end < len(plain):
            start = end + len(plain[end:]) - len(plain[end:].lstrip())
            end = _end_of_piece(plain, start, width - hang)
            yield Text(" " * hang).append_text(line[start:end])


def _end_of_piece(plain: str, start: int, room: int) -> int:
    """Return where the piece ends that begins at ``start`` and has ``room`` cells."""
    if cell_len(plain[start:]) <= room:
        return len(plain)
    cells, at = 0, start
    while cells + cell_len(plain[at]) <= room:
        cells += cell_len(plain[at])
        at += 1
    word = start + len(plain[start:]) - len(plain[start:].lstrip())
    blank = plain.rfind(" ", start, at + 1)
    return blank if blank > word else max(at, start + 1)
