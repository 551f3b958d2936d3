"""A main screen around one list with a filter: what the namespaces and the findings have in common."""

from typing import ClassVar, Protocol

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ovltui.events.filter import Filter
from ovltui.tui.screens.main_screen import MAIN_KEYS, MainScreen
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.filter_line import FilterLine


class Filtered(Protocol):
    """A list that a filter can shorten."""

    @property
    def filter(self) -> Filter | None:
        """What passes; None for all."""

    def apply_filter(self, wanted: Filter | None) -> None:
        """List only what passes ``wanted``."""


class ListScreen(MainScreen):
    """The keys of the filter, and the way back; subclasses compose a ``FilterBar`` and name their list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", priority=True, id="screen.filter"),
        Binding("enter", "accept_filter", "Keep filter", priority=True, id="filter.accept"),
        *MAIN_KEYS,
    ]
    WHAT = ""
    """What is listed, a word."""

    _typed = ""

    def filtered(self) -> Filtered:
        """The list."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, a slash is text and enter ends it."""
        del parameters
        typing = isinstance(self.focused, FilterLine)
        return {"filter": not typing, "accept_filter": typing}.get(action, True)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open(self.WHAT, self._typed)

    def action_accept_filter(self) -> None:
        """Keep the filter that was typed, unless it is invalid."""
        if self.query_one(FilterBar).accept():
            self._give_focus_back()

    def action_back(self) -> None:
        """Undo the filter, else go back to the events."""
        if self.filtered().filter:
            self._typed = ""
            self.filtered().apply_filter(None)
        else:
            self.post_message(self.Left())

    @on(FilterLine.Typed)
    def _filter(self, event: FilterLine.Typed) -> None:
        self._typed = self.query_one(FilterBar).typed
        self.filtered().apply_filter(event.wanted)

    @on(FilterLine.Closed)
    def _give_focus_back(self) -> None:
        widget = self.filtered()
        assert isinstance(widget, Widget)
        self.set_focus(widget)
