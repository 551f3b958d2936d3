"""The lines in which the file of a recording is named: one to be made, or one to be opened."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label

from ovltui.tui.screens.name_line import NameLine


class RecordLine(NameLine):
    """Asks for a file; its result is empty where there is none.

    Args:
        what: what is to be done with it, words of ours.
        proposal: what the line begins with.
    """

    def compose(self) -> ComposeResult:
        """What is asked for, and the line."""
        with Horizontal():
            yield Label(Content(f"{self._netns}:"), markup=False)
            line = Input(self._proposal, placeholder="a path   esc: back", select_on_focus=False)
            line.cursor_blink = False
            yield line
