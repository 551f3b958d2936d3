"""A few words in a given number of lines, broken at words; what finds no room in them is cut, and the cut is marked."""

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from ovltui.tui.widgets.prose import broken


class Saying(Widget):
    """The words; how many lines they have says the style sheet."""

    DEFAULT_CSS = "Saying { width: 1fr; color: $foreground; }"

    says: reactive[str] = reactive("")
    """Clean text."""

    def render(self) -> Text:
        """Return as much as there is room for."""
        return Text("\n".join(within(self.says, self.size.width, self.size.height)), no_wrap=True)


def within(says: str, width: int, height: int) -> list[str]:
    """Return a text in at most ``height`` lines of ``width`` cells.

    Args:
        says: clean text.
        width: cells of a line.
        height: lines.
    """
    lines = [line.plain for line in broken(Text(says), width)]
    if len(lines) <= height:
        return lines
    last = Text(f"{lines[height - 1]} …", no_wrap=True) if height else Text()
    last.truncate(width, overflow="ellipsis")
    return [*lines[: height - 1], last.plain] if height else []
