"""A page on the lab: a hint, or how it is."""

from collections.abc import Sequence

from rich.text import Text

from ovltui.tui.screens.page import Page


class LabPage(Page):
    """Some sentences.

    Args:
        title: words of ours.
        lines: clean text.
    """

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def title_text(self) -> str:
        """What they are about."""
        return self._title

    def body(self) -> Text:
        """One sentence a line."""
        return Text("\n".join(self._lines))
