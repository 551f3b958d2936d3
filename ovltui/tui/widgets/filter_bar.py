"""The line of a screen in which a filter is typed, with the words that say for what it is, or why it is none."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from ovltui.tui.widgets.filter_line import FilterLine


class FilterBar(Horizontal):
    """Out of sight until it is opened; what its ``FilterLine`` posts goes on to the screen."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1; display: none; background: $panel;
        & Label { color: $accent; padding: 0 0 0 1; max-width: 65%; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, *, id: str = "filtering") -> None:  # noqa: A002
        super().__init__(id=id)
        self._what = ""

    def compose(self) -> ComposeResult:
        """What is filtered, and the text."""
        yield Label("", id="target", markup=False)
        yield FilterLine(id="filter")

    @property
    def typed(self) -> str:
        """The text."""
        return self.query_one(FilterLine).value

    def open(self, what: str, text: str) -> None:
        """Begin to type a filter for ``what``, with ``text``."""
        self._what = what
        self._say()
        self.display = True
        self.query_one(FilterLine).open(text)

    def accept(self) -> bool:
        """Be done with typing, unless the text is no filter; return whether it is one."""
        if self.query_one(FilterLine).has_class("-bad"):
            return False
        self.display = False
        return True

    @on(FilterLine.Typed)
    def _say(self) -> None:
        self.query_one("#target", Label).update(f"filter {self._what}:")

    @on(FilterLine.Refused)
    def _refuse(self, event: FilterLine.Refused) -> None:
        self.query_one("#target", Label).update(event.why)

    @on(FilterLine.Closed)
    def _close(self) -> None:
        self.display = False
