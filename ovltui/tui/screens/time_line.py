"""The line in which a time is typed."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label

from ovltui.tui.screens.name_line import NameLine


class TimeLine(NameLine):
    """Asks for a time of a recording; its result is empty where there is none.

    Args:
        between: from when to when it goes, words of ours.
    """

    def __init__(self, between: str) -> None:
        super().__init__(between, "")

    def compose(self) -> ComposeResult:
        """What is asked for, and the line."""
        with Horizontal():
            yield Label(Content("go to the time:"), markup=False)
            line = Input(placeholder=f"{self._netns}   esc: back", select_on_focus=False)
            line.cursor_blink = False
            yield line
