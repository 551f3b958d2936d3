"""What the app does about shells: open them in panes, run single commands, ask before they are ended.

Source: a ``LiveSession``, which knows the way into a namespace, or a ``JoinedSession``, which knows that on each
machine. Privileges: CAP_SYS_ADMIN for namespaces other than our own. A shell keeps its namespace alive for as long as
it runs: that is the user's own act, and is said.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import SystemCommand
from textual.binding import Binding
from textual.widgets import Input

from ovltui.errors import OvltuiError
from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.terminal.pty import OWN, Place, place, shell_of
from ovltui.text import clean
from ovltui.tui.screens.question import Question
from ovltui.tui.screens.run_line import RunLine
from ovltui.tui.screens.shells import ShellsScreen
from ovltui.tui.screens.with_shells import WithShells
from ovltui.tui.shell_commands import fitting
from ovltui.tui.shells import Opened, Shells
from ovltui.tui.widgets.shell_pane import LEAVE, ShellPane
from ovltui.tui.with_looks import AppWithLooks

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession

SHELL_KEYS = (
    Binding("s", "shell_pane", "Shell", show=False, priority=True, id="shell.open"),
    Binding(LEAVE, "shell_bracket", "Back to the shell", show=False, priority=True, id="shell.back"),
    Binding("exclamation_mark", "run_line", "Run a command", key_display="!", show=False, id="shell.run"),
    Binding("5", "shells", "Shells", show=False, id="screen.shells"),
    Binding("left_square_bracket", "shell_step(-1)", "Previous shell", show=False, id="shell.previous"),
    Binding("right_square_bracket", "shell_step(1)", "Next shell", show=False, id="shell.next"),
)
"""Keys that work on every screen of namespaces."""
_PRIOR = ("shell_pane", "shell_bracket")
_NETWORK_ONLY = "its network; files, names and tools are the host's"
_NAMES = "and its resolv.conf and /sys; files and tools are the host's"
_EVERYTHING = "in all its namespaces: what docker exec gives"
_INNER_SHELL = "/bin/sh"
"""What a container is likeliest to have."""
_MOST_LAST = 50
"""Commands that are offered again."""


class AppWithShells(AppWithLooks):
    """An app that has shells.

    Args:
        session: says which namespaces there are, and the way into each.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._session = session
        if ascii_only:
            self.draw_in_ascii()
        self._environ = session.environ if isinstance(session, LiveSession) else dict(os.environ)
        self._last: list[str] = []
        self.joined: JoinedSession | None = None
        """The session, where it is of several machines."""
        self.shells = Shells(self._environ, self._wrote, self._listed)
        """All that are open; whoever runs the app closes them."""

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for."""
        raise NotImplementedError

    def at_once(self, event: events.Key | events.Paste) -> bool:
        """What is typed to a shell waits for nothing but the key that leaves it."""
        typing = isinstance(self.screen, WithShells) and self.screen.typing
        return typing and not (isinstance(event, events.Key) and event.key == LEAVE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While keys go to a shell, none of them is a command; while text is typed, those with priority are not."""
        del parameters
        if isinstance(self.screen, WithShells) and self.screen.typing:
            return False
        return action not in _PRIOR or (not isinstance(self.focused, Input) and not self.screen.is_modal)

    def shell_commands(self) -> Iterable[SystemCommand]:
        """Offer every open shell, a new one in each namespace, and what fits the chosen one."""
        for one in self.shells.all:
            yield SystemCommand(f"Shell {one.number}: {one.label}", "go there", partial(self._go, one))
        snapshot = self._session.snapshot()
        for row in snapshot.rows:
            what = partial(self._open, row.netns.key)
            yield SystemCommand(f"New shell in {row.identity.name}", _NETWORK_ONLY, what)
            if row.identity.kind is Kind.CONTAINER and not self.joined:
                name = row.identity.name
                named = partial(self._open, row.netns.key, resolv=True)
                yield SystemCommand(f"New shell in {name} with its names", _NAMES, named)
                whole = partial(self._open, row.netns.key, everything=True)
                yield SystemCommand(f"New shell inside {name}", _EVERYTHING, whole)
        chosen = self.chosen_or_current()
        for line in dict.fromkeys((*self._last[::-1], *(fitting(chosen, snapshot) if chosen else ()))):
            if chosen:
                run = partial(self._run, chosen.netns.key, line)
                yield SystemCommand(f"Run {line}", f"in {chosen.identity.name}", run)

    def action_shell_pane(self) -> None:
        """Type to the shell of the chosen namespace; open one where there is none."""
        row = self._chosen()
        if row:
            opened = self.shells.of(row.netns.key)
            if opened:
                self._go(opened)
            else:
                self._open(row.netns.key)

    def action_run_line(self) -> None:
        """Ask for a command and run it in the chosen namespace."""
        row = self._chosen()
        if row:
            self.push_screen(RunLine(row.identity.name, self._last), partial(self._run_typed, row.netns.key))

    def action_shells(self) -> None:
        """Show the shells at the whole size of the terminal, or the events again."""
        if isinstance(self.screen, ShellsScreen):
            self.screen.dismiss()
        else:
            self.push_screen(ShellsScreen(self.shells, ascii_only=self._ascii_only))

    def action_shell_step(self, by: int) -> None:
        """Show the next or previous shell."""
        self.shells.step(by)

    def action_shell_bracket(self) -> None:
        """Go back to the shell that was left."""
        screen = self._shell_screen()
        if screen and self.shells.current:
            screen.shell_pane.bracket()

    async def action_quit(self) -> None:
        """Quit; where shells run, ask first."""
        living = self.shells.living
        if not living:
            self.exit(0)
            return
        lines = [f"  {one.number}  {one.label}" for one in living]
        text = "\n".join(("These run, and end with ovltui, with all that they started:", "", *lines))
        self.push_screen(Question("quit?", text, "y quits  n goes back"), self._quit_if)

    @on(ShellPane.Again)
    def _again(self) -> None:
        current = self.shells.current
        if current and current.shell.ended:
            self._attempt(partial(self._start_again, current))

    def _start_again(self, opened: Opened) -> None:
        where = self._place(opened.key, opened.name, **opened.dress)
        if where:
            self.shells.again(opened, where)

    def _quit_if(self, yes: bool | None) -> None:
        if yes:
            self.exit(0)

    def _run_typed(self, key: NetnsKey, line: str | None) -> None:
        if line:
            self._run(key, line)

    def _open(self, key: NetnsKey, *, resolv: bool = False, everything: bool = False) -> None:
        if self.joined:
            self._open_there(self.joined, key)
            return
        shell = _INNER_SHELL if everything else shell_of(self._environ)
        what = f"{Path(shell).name}{' inside' if everything else ' +names' if resolv else ''}"
        self._start(key, what, (shell,), resolv=resolv, everything=everything)

    def _run(self, key: NetnsKey, line: str) -> None:
        self._last = [*(one for one in self._last if one != line), line][-_MOST_LAST:]
        if self.joined:
            self._open_there(self.joined, key, line)
            return
        self._start(key, clean(line), (shell_of(self._environ), "-c", line))

    def _start(self, key: NetnsKey, what: str, argv: Sequence[str], **dress: bool) -> None:
        row = self._row_of(key)
        where = self._place(key, row.identity.name if row else "", **dress)
        if row and where and self._attempt(partial(self.shells.open, row, what, where, argv=argv, dress=dress)):
            self._enter()

    def _open_there(self, joined: "JoinedSession", key: NetnsKey, line: str = "") -> None:
        """Open a shell on the machine of a namespace, and type a command to it, where there is one."""
        row = self._row_of(key)
        if row is None:
            self.notify("The namespace is gone.", severity="error", markup=False)
            return
        try:
            words = joined.shell_command(row.netns)
            opened = self.shells.open(row, clean(line) or "shell", OWN, argv=words, dress={})
        except OvltuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if line:
            opened.shell.paste(f"{line}\n")
        self._enter()

    def _row_of(self, key: NetnsKey | None) -> Row | None:
        return next((row for row in self._session.snapshot().rows if row.netns.key == key), None) if key else None

    def _place(self, key: NetnsKey, name: str, **dress: bool) -> Place | None:
        """Return the way into a namespace now; None, and a notice, where there is none."""
        row = self._row_of(key)
        if row and self.joined:
            return OWN  # the words lead there
        if row is None or not isinstance(self._session, LiveSession):
            self.notify(f"{name or 'The namespace'} is gone.", severity="error", markup=False)
            return None
        if row.netns.own:
            return OWN
        try:
            return place(self._session.way_in(row.netns), key.id, row.netns.pids, **dress)
        except OvltuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return None

    def _attempt(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except OvltuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        return True

    def _go(self, opened: Opened) -> None:
        self.shells.show(opened)
        self._enter()

    def _enter(self) -> None:
        if isinstance(self.screen, WithShells):
            self.screen.enter_shell()
        else:
            self.push_screen(ShellsScreen(self.shells, ascii_only=self._ascii_only), callback=None)
            self.call_after_refresh(self._enter_here)

    def _enter_here(self) -> None:
        if isinstance(self.screen, WithShells):
            self.screen.enter_shell()

    def _chosen(self) -> Row | None:
        row = self.chosen_or_current()
        if row is None:
            self.notify("Choose a namespace first: move the cursor to one.", severity="warning", markup=False)
        return row

    def chosen_or_current(self) -> Row | None:
        """The chosen namespace; among the shells, that of the current one."""
        current = self.shells.current
        if isinstance(self.screen, ShellsScreen) and current:
            return next((row for row in self._session.snapshot().rows if row.netns.key == current.key), None)
        return self.chosen()

    def _shell_screen(self) -> WithShells | None:
        screens = (one for one in reversed(self.screen_stack) if isinstance(one, WithShells) and one.is_mounted)
        return next(screens, None)

    def _wrote(self, opened: Opened) -> None:
        screen = self._shell_screen()
        if screen is None:
            return
        if opened is self.shells.current:
            screen.shell_pane.wrote()
        elif opened.shell.bells > opened.bells or opened.shell.ended:
            screen.shells_changed()

    def _listed(self) -> None:
        screen = self._shell_screen()
        if screen:
            screen.shells_changed()
