"""A screen with a pane of shells in it, and the keys that lead there."""

from typing import TYPE_CHECKING

from textual import on
from textual.events import TextSelected
from textual.screen import Screen

from ovltui.tui.clipboard import copy
from ovltui.tui.shells import Shells
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.shell_pane import ShellPane

if TYPE_CHECKING:
    from textual.widget import Widget


class WithShells(Screen[None]):
    """A screen that shows the current shell in a pane called ``shell``; subclasses compose it.

    Args:
        shells: all of them.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, shells: Shells, *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self.shells = shells
        self._before_shell: Widget | None = None

    @property
    def shell_pane(self) -> ShellPane:
        """The pane."""
        return self.query_one("#shell", ShellPane)

    @property
    def typing(self) -> bool:
        """Whether keys go to a shell, so that none is a command."""
        return isinstance(self.focused, ShellPane) and self.focused.typing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While keys go to a shell, none of them is a command; a slash at its pane is the pane's own."""
        del parameters
        return not self.typing and not (action == "filter" and isinstance(self.focused, ShellPane))

    def enter_shell(self) -> None:
        """Type to the current shell."""
        if not isinstance(self.focused, ShellPane):
            self._before_shell = self.focused
        self.make_room_for_shell()
        self.shell_pane.show()
        self.shell_pane.begin()

    def make_room_for_shell(self) -> None:
        """Bring the pane into sight, where it is not."""

    def shells_changed(self) -> None:
        """A shell was opened, closed, rang, or is another one."""
        self.shell_pane.show()
        for browser in self.query(Browser):
            browser.show_shells(self.shells.marks())

    def on_screen_resume(self) -> None:
        """Give the current shell the size that it has here."""
        if self.query(ShellPane):
            self.shell_pane.show()
            self.shell_pane.fit()

    @on(TextSelected)
    async def _copy(self) -> None:
        """Copy what was selected by dragging, as terminals do."""
        text = self.get_selected_text()
        if text and isinstance(self.focused, ShellPane):
            self.notify(await copy(self.app, text), timeout=2, markup=False)

    @on(ShellPane.Left)
    def _leave_shell(self) -> None:
        if not self.typing:  # else they are back already
            self.give_focus_back()

    def give_focus_back(self) -> None:
        """Go to where one was before the shell."""
        before = self._before_shell
        if before is None or not before.is_attached or not before.focusable:
            before = next((widget for widget in self.focus_chain if widget is not self.shell_pane), None)
        self.set_focus(before)
