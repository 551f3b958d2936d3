"""The line in which the name of a file is typed; one is proposed."""

import re

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label

from ovltui.tui.screens.name_line import NameLine

_UNFIT = re.compile(r"[^\w.+-]+", re.ASCII)


class FileLine(NameLine):
    """Asks for a file for the drawing of a network; its result is empty where there is none.

    Args:
        network: what the network is called, clean text.
    """

    def __init__(self, network: str) -> None:
        super().__init__(network, f"ovltui-{_UNFIT.sub('-', network).strip('-') or 'topology'}.svg")

    def compose(self) -> ComposeResult:
        """What is asked for, and the line."""
        with Horizontal():
            yield Label(Content("save the drawing as SVG in:"), markup=False)
            line = Input(self._proposal, placeholder="enter saves   esc: back", select_on_focus=False)
            line.cursor_blink = False
            yield line
