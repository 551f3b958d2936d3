"""What the app does about namespaces: their screen, and a name for ``ip netns``.

Source: a ``Session``; names need a ``LiveSession``, which knows the way into a namespace. Privileges: CAP_SYS_ADMIN to
name one. Nothing is named but on request, and all of it is taken away at the end.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding

from ovltui.errors import OvltuiError
from ovltui.session.live import LiveSession
from ovltui.session.namer import COST, Named, Namer, is_known_to_ip, proposal
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.screens.shells import ShellsScreen
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.with_inspector import AppWithInspector

if TYPE_CHECKING:
    from ovltui.tui.widgets.netns_table import NetnsTable

SCREEN_KEYS = (
    Binding("1", "show_events", "Events", id="screen.events"),
    Binding("2", "show_namespaces", "Namespaces", id="screen.namespaces"),
)
"""Keys that lead from screen to screen."""
_NAMESPACES = "namespaces"
_MAIN_SCREENS = {"show_events": EventsScreen.kind, "show_namespaces": _NAMESPACES}
T = TypeVar("T")
_READ_S = 10


class AppWithNetns(AppWithInspector):
    """An app that has a screen of namespaces.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.namer = Namer()
        """What was named for ``ip netns``; whoever runs the app closes it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the screens that are not in sight, and nothing while keys go to a shell."""
        if not super().check_action(action, parameters):
            return False
        leads_to = _MAIN_SCREENS.get(action)
        return leads_to is None or self.may_go_to(leads_to)

    def may_go_to(self, kind: str) -> bool:
        """Return whether a key that leads to a main screen works now: on each main screen but that one, and above."""
        return isinstance(self.screen, ShellsScreen) or (
            isinstance(self.screen, MainScreen) and self.screen.kind != kind
        )

    def leave_shells(self) -> None:
        """Go back to the screen below that of the shells, where that is in sight."""
        if isinstance(self.screen, ShellsScreen):
            self.pop_screen()
            self.arrive()

    def painted_screen(self) -> MainScreen | None:
        """Return the main screen that is in sight, perhaps below a page, unless it is being closed."""
        screens = (one for one in reversed(self.screen_stack) if isinstance(one, MainScreen))
        screen = next((one for one in screens if one.is_mounted), None)
        return screen if screen and screen.display else None

    def action_show_events(self) -> None:
        """Go to the screen of events."""
        self.leave_shells()
        self.close_inspector()
        if isinstance(self.screen, MainScreen) and not isinstance(self.screen, EventsScreen):
            self.pop_screen()
            self.arrive()

    def action_show_namespaces(self) -> None:
        """Go to the screen of namespaces."""
        if not self.is_screen_installed(_NAMESPACES):
            from ovltui.tui.screens.namespaces import NamespacesScreen  # noqa: PLC0415  (the first screen waits not)

            screen = NamespacesScreen(self._session, self.settings.columns, ascii_only=self._ascii_only)
            self.install_screen(screen, _NAMESPACES)
        self.show_main(_NAMESPACES)

    def show_main(self, name: str) -> None:
        """Go from one main screen to another one that is installed as ``name``; the events stay below it."""
        self.leave_shells()
        self.close_inspector()
        if isinstance(self.screen, MainScreen) and self.screen is not self.get_screen(name):
            if not isinstance(self.screen, EventsScreen):
                self.pop_screen()
            self.push_screen(name)
            self.arrive()

    def netns_commands(self) -> Iterable[SystemCommand]:
        """Offer names for ``ip netns``, and to take those away that were given."""
        for act in self.namer.acts:
            yield SystemCommand(f"Take the name {act.name} away from ip netns", act.command, self._taker(act))
        row = self.chosen()
        if row and not row.netns.own and not is_known_to_ip(row.netns):
            ask = partial(self._ask_name, row)
            yield SystemCommand(f"Name {row.identity.name} for ip netns", f"as ip netns attach does: {COST}", ask)

    def let_names_go(self, rows: Iterable[Row]) -> None:
        """Take names away from namespaces that would be dead without them."""
        if self.namer.acts:
            for named in self._attempted(lambda: self.namer.let_go(row.netns for row in rows)) or ():
                self.notify(f"{named.name} was kept alive by its name alone, which is taken away.", markup=False)

    @on(MainScreen.Left)
    def _leave_main(self) -> None:
        self.action_show_events()

    def on_netns_table_events_wanted(self, event: "NetnsTable.EventsWanted") -> None:
        """Show the events of a namespace."""
        self.action_show_events()
        self.screen.query_one(Browser).choose(event.row.netns.key)

    def _ask_name(self, row: Row) -> None:
        from ovltui.tui.screens.name_line import NameLine  # noqa: PLC0415  (as above)

        self.push_screen(NameLine(row.identity.name, proposal(row.identity.name)), partial(self._give_name, row))

    def _give_name(self, row: Row, name: str | None) -> None:
        session = self._session
        if not name or not isinstance(session, LiveSession):
            return
        named = self._attempted(lambda: self.namer.name(session.way_in(row.netns), row.netns.key.id, name))
        if named:
            self.notify(f"{named.command}\n{COST}", title=f"{name} for ip netns", timeout=_READ_S, markup=False)

    def _taker(self, named: Named) -> Callable[[], None]:
        def take() -> None:
            was_there = self._attempted(lambda: self.namer.take_away(named))
            if was_there is not None:
                done = f"ip netns delete {named.name}" if was_there else f"{named.name} was taken away already."
                self.notify(done, markup=False)

        return take

    def _attempted(self, act: Callable[[], T]) -> T | None:
        try:
            return act()
        except OvltuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return None
