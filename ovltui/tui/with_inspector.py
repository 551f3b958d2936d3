"""What the app does to show one namespace from inside.

Source: a ``Session``, and how its links hang together. Privileges: those of visits; nothing is changed.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from textual import on

from ovltui.session.live import LiveSession
from ovltui.session.snapshot import Row
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.with_shells import AppWithShells

if TYPE_CHECKING:
    from ovltui.session.wiring import Wiring
    from ovltui.tui.widgets.netns_table import NetnsTable

_INSPECTOR = "inspector"


class AppWithInspector(AppWithShells):
    """An app that can inspect a namespace.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    @cached_property
    def wiring(self) -> "Wiring":
        """How links hang together, for all screens."""
        from ovltui.session.wiring import Wiring  # noqa: PLC0415  (the first screen does not wait for it)

        knows = self._session if isinstance(self._session, LiveSession) else self.joined
        return knows.wiring if knows else Wiring(self._session)

    def paint(self) -> None:
        """Paint the screen that is in sight."""
        raise NotImplementedError

    def inspect(self, row: Row) -> None:
        """Show what is in a namespace."""
        from ovltui.session.inspection import Inspection  # noqa: PLC0415  (as above)
        from ovltui.tui.screens.inspector import Inspector  # noqa: PLC0415  (as above)

        inspection = Inspection(self._session, self.wiring, row)
        self.push_screen(Inspector(self._session, inspection, ascii_only=self._ascii_only))
        self.arrive()

    @on(Browser.Opened)
    def _inspect(self, event: Browser.Opened) -> None:
        self.inspect(event.row)

    def on_netns_table_opened(self, event: "NetnsTable.Opened") -> None:
        """Show what is in a namespace."""
        self.inspect(event.row)

    def on_inspector_closed(self) -> None:
        """Go back to the screen on which the inspector was opened."""
        self.close_inspector()

    def close_inspector(self) -> None:
        """Go back to that screen, where an inspector is in sight."""
        while isinstance(self.screen, MainScreen) and self.screen.kind == _INSPECTOR:
            self.pop_screen()
            self.arrive()

    def arrive(self) -> None:
        """Draw the screen that came into sight, and the keys that work there."""
        self.call_after_refresh(self.paint)
        self.call_after_refresh(self.screen.refresh_bindings)
