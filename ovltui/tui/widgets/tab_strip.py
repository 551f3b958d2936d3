"""The line that names the tabs of a screen, the current one in brackets."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ovltui.tui.ink import Ink


@dataclass(frozen=True, slots=True)
class TabTitle:
    """What a tab is called."""

    name: str
    short: str
    """In a narrow terminal."""


class TabStrip(Widget):
    """Tabs; what has no room is behind ``<`` and ``>``.

    Args:
        titles: from left to right.
    """

    DEFAULT_CSS = """
    TabStrip { height: 1; padding: 0 1; }
    """

    current: reactive[int] = reactive(0)
    """Which one is shown."""

    class Chosen(Message):
        """The user pointed at a tab."""

        def __init__(self, number: int) -> None:
            self.number = number
            super().__init__()

    def __init__(self, titles: Sequence[TabTitle], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._titles = tuple(titles)

    def render(self) -> Text:
        """Return the line."""
        text = Text(no_wrap=True)
        for number, piece in self._pieces():
            text.append(piece, style="bold reverse" if number == self.current else Ink.DIM)
        return text

    def on_click(self, event: events.Click) -> None:
        """Choose the tab that the mouse points at."""
        offset = event.get_content_offset(self)
        at = 0
        for number, piece in self._pieces():
            if number is not None and offset is not None and at <= offset.x < at + len(piece):
                self.post_message(self.Chosen(number))
            at += len(piece)

    def _pieces(self) -> list[tuple[int | None, str]]:
        """Return the tabs that have room, each with its number, and marks for those that have none."""
        width = self.size.width
        for names in ([one.name for one in self._titles], [one.short for one in self._titles]):
            pieces = [f"[{name}]" if at == self.current else f" {name} " for at, name in enumerate(names)]
            if sum(map(len, pieces)) <= width:
                return list(enumerate(pieces))
        first = last = self.current
        room = width - len(pieces[self.current]) - 2
        for at in (*range(self.current + 1, len(pieces)), *range(self.current - 1, -1, -1)):
            if len(pieces[at]) > room or at not in (first - 1, last + 1):
                continue
            room -= len(pieces[at])
            first, last = min(first, at), max(last, at)
        shown = list(enumerate(pieces))[first : last + 1]
        return [(None, "<" if first else " "), *shown, (None, ">" if last + 1 < len(pieces) else " ")]
