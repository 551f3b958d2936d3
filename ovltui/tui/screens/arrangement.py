"""Which pane is in sight and has the focus: side by side in a wide terminal, one alone in a narrow one or zoomed."""

from collections.abc import Iterator

from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.screens.with_shells import WithShells
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.widgets.shell_pane import ShellPane

WIDE = 100
"""Columns from which the browser stands beside the panes."""


class Arrangement(WithShells, MainScreen):
    """A screen of a browser, event panes and a pane of shells; subclasses compose it."""

    def panes(self) -> Iterator[EventPane]:
        """The event panes that are in sight."""
        return (pane for pane in self.query(EventPane) if pane.display)

    def ring_of_panes(self) -> list[LineList]:
        """Return the panes through which ``tab`` leads, in that order."""
        browser = self.query_one(Browser)
        single = self.size.width < WIDE
        panes = [pane for pane in self.query(EventPane) if single or pane.has_class("-stacked")]
        return [*panes, browser] if single else [browser, *panes]

    def focus_step(self, by: int) -> None:
        """Move the focus to the next or previous pane; in a narrow terminal that brings it into sight."""
        ring = (*self.ring_of_panes(), *self.query(ShellPane).filter(".-open"))
        current = next((at for at, widget in enumerate(ring) if widget is self.focused), 0)
        self.bring(ring[(current + by) % len(ring)])

    def bring(self, widget: LineList | ShellPane) -> None:
        """Focus a pane, and bring it into sight."""
        if isinstance(widget, LineList):
            self.mark_current(widget)
        if widget.focusable:
            self.set_focus(widget)
        else:  # the style sheet brings it into sight first
            widget.focus()
        self.app.call_after_refresh(self.paint)

    def mark_current(self, widget: LineList) -> None:
        """Have the style sheet show ``widget`` where it shows one alone."""
        for other in self.query(LineList):
            other.set_class(other is widget, "-current")
        self.set_class(isinstance(widget, Browser), "-browser")

    def make_room_for_shell(self) -> None:
        """Where the browser fills a narrow terminal, show the panes instead."""
        if self.has_class("-browser"):
            self.mark_current(self.query_one("#all", EventPane))

    def action_zoom(self) -> None:
        """Let the focused pane fill the screen, or give the others their room back."""
        if isinstance(self.focused, LineList):
            self.mark_current(self.focused)
        self.toggle_class("-zoomed")
        self.app.call_after_refresh(self.paint)

    def action_step(self, by: int) -> None:
        """Go to the next pane."""
        self.focus_step(by)
