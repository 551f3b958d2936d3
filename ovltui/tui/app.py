"""The app: one session, its screens, and what concerns the terminal as a whole.

Source: a ``Session``. Privileges: a terminal on stdin, stdout and stderr. Data is painted at
most ``PAINTS_PER_SECOND`` times a second; the app sleeps while nothing happens.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from functools import partial
from io import StringIO
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette, Provider
from textual.message import Message
from textual.screen import Screen

from ovltui.errors import OvltuiError
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.session.solicitor import COST, Solicitor
from ovltui.tui.at_pace import AppAtPace
from ovltui.tui.palette import Commands
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.help import Help, key_word
from ovltui.tui.with_checks import CHECK_KEYS
from ovltui.tui.with_hosts import HOST_KEYS
from ovltui.tui.with_lab import LAB_KEYS
from ovltui.tui.with_looks import LOOK_KEYS
from ovltui.tui.with_netns import SCREEN_KEYS
from ovltui.tui.with_recording import RECORD_KEYS
from ovltui.tui.with_replay import REPLAY_KEYS
from ovltui.tui.with_shells import SHELL_KEYS
from ovltui.tui.with_topology import TOPOLOGY_KEYS
from ovltui.tui.with_tour import TOUR_KEYS

if TYPE_CHECKING:
    from textual.timer import Timer

AS_ROOT = 1000
"""Return value of the app that asks to be started again under sudo."""
PAINTS_PER_SECOND = 4
"""How often new data is drawn; keys are drawn at once."""
STORM = 1000
"""Records between two paintings, more than which nobody can read."""
_STORM_S = 0.5
"""Seconds to the next painting then."""
SLOW_S = 1.5
"""Seconds to the next painting on a slow line, storm or not."""
_NEWS_S = 0.1
"""Seconds after which a namespace that was born, died or was named is drawn."""
_BREATH_S = 0.004
"""Seconds for keys and paints between two looks of the filters at older records."""
_TWICE_S = 2.0


class OvltuiApp(AppAtPace):
    """The screens of ``ovltui``.

    Args:
        session: what to show; started by whoever made it.
        ascii_only: draw with ASCII alone.
    """

    TITLE = "ovltui"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        *SHELL_KEYS,
        *LOOK_KEYS,
        *SCREEN_KEYS,
        *TOPOLOGY_KEYS,
        *CHECK_KEYS,
        *LAB_KEYS,
        *TOUR_KEYS,
        *RECORD_KEYS,
        *HOST_KEYS,
        *REPLAY_KEYS,
    ]

    class Advanced(Message):
        """Records came, or the namespaces changed."""

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self._told_version: int | None = None
        self._painted = 0.0
        self._painted_end = 0
        self._pace_s = 1 / PAINTS_PER_SECOND
        self._painted_version = -1
        self._timer: Timer | None = None
        self._due = 0.0
        self._search_timer: Timer | None = None
        self._interrupted = 0.0
        self.solicitor = Solicitor()
        """What was changed on the user's request; whoever runs the app closes it."""
        self._screens_loop: asyncio.AbstractEventLoop | None = None
        self.animation_level = "none"
        # What the library would print of a defect holds local variables: it goes to a file instead.
        self.trace = StringIO()
        """What there is to read about the defect that ended the app, if one did."""
        self.error_console = Console(file=self.trace, width=120, color_system=None)

    def on_mount(self) -> None:
        """Show the first screen; then let Docker be asked."""
        self.push_screen(EventsScreen(self._session, self.shells, self.settings, ascii_only=self._ascii_only))
        self._session.on_change(self._tell)
        self._screens_loop = asyncio.get_running_loop()
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        if isinstance(self._session, LiveSession):
            self.call_after_refresh(self._session.start_engines)
        self.call_after_refresh(self.start_checks)

    def on_ovltui_app_advanced(self) -> None:
        """Paint now, or as soon as the last painting is long enough ago."""
        news = self._session.version != self._painted_version
        due = self._painted + (_NEWS_S if news and not self.settings.slow else self._pace_s)
        due = max(due, monotonic() + self.busy_s(self._painted))
        if self._timer is not None and due >= self._due:
            return
        self._stop_timer()
        if monotonic() >= due:
            self.paint()
        else:
            self._due = due
            self._timer = self.set_timer(due - monotonic(), self._paint_in_time)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key's action by its words, and a shell in each namespace."""
        asked = isinstance(self.screen, CommandPalette)
        bindings = self.offered if asked else tuple(screen.active_bindings.values())
        by_id = {active.binding.id: active for active in reversed(bindings)}
        for active in by_id.values():  # of a command with several keys the first one
            binding = active.binding
            if binding.description and binding.id and not binding.id.startswith(("list.", "page.")):
                run = partial(self.run_action, binding.action, active.node)
                yield SystemCommand(binding.description, f"key {key_word(binding.key)}", run)
        yield from self.time_commands()
        yield from self.shell_commands()
        yield from self.netns_commands()
        yield from self.topology_commands()
        yield from self.lab_commands()
        yield from self.host_commands()
        chosen = self.chosen()
        if chosen and isinstance(self._session, LiveSession):
            for link in chosen.links:
                title = f"Tell neighbour solicitations of {link.ifname}"
                yield SystemCommand(title, f"sets app_solicit: {COST}", partial(self._solicit, chosen, link.ifname))
        for row in self._session.snapshot().rows if self.playback is None else ():
            name = row.identity.name
            yield SystemCommand(f"Shell in {name}", "full screen", partial(self.shell_in, name))

    def action_help(self) -> None:
        """Show the keys that work here."""
        bindings = [active.binding for active in self.screen.active_bindings.values()]
        acts = [*(act.command for act in self.solicitor.acts), *(act.command for act in self.namer.acts)]
        gaps = [*self._session.gaps(), *self.line_gaps()]
        self.push_screen(Help(getattr(self.screen, "ABOUT", ""), bindings, gaps, acts))

    async def action_interrupt(self) -> None:
        """Quit at the second ctrl+c."""
        if monotonic() - self._interrupted < _TWICE_S:
            await self.action_quit()
        else:
            self._interrupted = monotonic()
            self.notify("ctrl+c once more quits; q quits too.", timeout=_TWICE_S, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to start as root to others."""
        return not (action == "sudo" and os.geteuid() == 0) and super().check_action(action, parameters)

    def action_sudo(self) -> None:
        """Start again as root, with the same arguments."""
        self.exit(AS_ROOT)

    def chosen(self) -> Row | None:
        """The namespace at the cursor of the screen that is in sight."""
        screen = self.painted_screen()
        return screen.chosen() if screen else None

    def end(self) -> None:
        """End soon; any thread may ask for it, and a signal handler."""
        if self._screens_loop:
            self._screens_loop.call_soon_threadsafe(self._end)

    def _solicit(self, row: Row, dev: str) -> None:
        """Switch a link's solicitations on, and say what that is and costs."""
        if not isinstance(self._session, LiveSession):
            return
        try:
            act = self.solicitor.switch_on_in(self._session, row.netns, dev)
        except OvltuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        done = f"{act.command}\n{COST}; it is set back at the end" if act else f"{dev} tells its solicitations already."
        self.notify(done, title=f"{row.identity.name} {dev}" if act else "", timeout=10, markup=False)

    def _tell(self) -> None:
        """Have the app paint soon; called in any thread."""
        version = self._session.version
        if self._told_version != version:  # else a painting is on its way that comes soon enough
            self._told_version = version
            self.post_message(self.Advanced())

    def on_cursor_position(self) -> None:
        """Paint what waited for this: the terminal has drawn what was sent."""
        if self._timer is not None:
            self.on_ovltui_app_advanced()

    def _paint_in_time(self) -> None:
        """Paint, unless more was sent to the terminal meanwhile than it has drawn."""
        self._stop_timer()
        self.on_ovltui_app_advanced()

    def paint(self) -> None:
        """Paint the screen that is in sight."""
        self._stop_timer()
        self.before_painting()
        self._told_version = None  # first: what comes from here on may come too late for this painting
        self._painted, self._painted_version = monotonic(), self._session.version
        end = self._session.ring.end
        self._pace_s = _STORM_S if end - self._painted_end > STORM else 1 / PAINTS_PER_SECOND
        if self.settings.slow:
            self._pace_s = SLOW_S
        self._painted_end = end
        if self.shells.living:
            self.shells.look(self._session.snapshot())
        self.let_names_go(self._session.snapshot().rows if self.namer.acts else ())
        self.judge()
        screen = self.painted_screen()
        if screen and screen.paint():
            self._tell()
            self._search_soon()

    def on_main_screen_behind(self) -> None:
        """Have the filters look on, and paint what they find: no record may come that wakes us."""
        self._tell()
        self._search_soon()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _search_soon(self) -> None:
        if self._search_timer is None:
            self._search_timer = self.set_timer(_BREATH_S, self._search)

    def _search(self) -> None:
        """Have the filters look on, far more often than is painted: history is long."""
        self._search_timer = None
        screen = self.painted_screen()
        if screen and screen.search():
            self._search_soon()

    def _end(self) -> None:
        self._ending = True
        self._foreground.hang_up()
        self.exit(0)
