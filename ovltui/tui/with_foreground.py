"""What the app does with the whole terminal: a full-screen shell, a recording on screens of its own, plain lines.

Source: a ``LiveSession``, which knows the way into a namespace. Privileges: CAP_SYS_ADMIN for shells in namespaces
other than our own. The app is suspended meanwhile; events go on being received.
"""

from collections.abc import Iterable, Sequence

from textual.app import SystemCommand

from ovltui.errors import OvltuiError
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.text import clean
from ovltui.tui.foreground import Foreground
from ovltui.tui.screens.copying import Copying
from ovltui.tui.with_replay import AppWithReplay

_UNTIL_ENTER = ("sh", "-c", "read -r _")


class AppWithForeground(AppWithReplay):
    """An app that can give the terminal away.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self._foreground = Foreground()
        self._ending = False

    async def action_shell(self) -> None:
        """Open a full-screen shell in the chosen namespace."""
        row = self.chosen_or_current()
        if row is None:
            self.notify("Choose a namespace first: move the cursor to one.", severity="warning", markup=False)
        else:
            await self.shell_in(row.identity.name)

    def time_commands(self) -> Iterable[SystemCommand]:
        """Offer other ways to tell times where their key leads to a time."""
        if self.playback and isinstance(self.screen, Copying):
            yield SystemCommand("Time format", "clock, UTC, since the line above", self.screen.action_times)

    async def action_print_lines(self) -> None:
        """Print the lines of the focused pane plainly, for the terminal's own selecting and scrolling."""
        if isinstance(self.screen, Copying):
            lines = self.screen.plain_lines()
            await self._in_foreground([*_UNTIL_ENTER], f"{len(lines)} lines", "enter returns", lines)

    def play_recording(self, path: str) -> None:
        """Show a recording on screens of its own, above these; events go on being received meanwhile."""
        from ovltui.session.recordings import replay_command  # noqa: PLC0415  (the first screen does not wait for it)

        argv = replay_command(path, ascii_only=self._ascii_only)
        self.run_worker(self._in_foreground(argv, f"replay of {clean(path)}", "q returns"))

    async def shell_in(self, name: str) -> None:
        """Open a full-screen shell in a namespace."""
        row = self._session.snapshot().row(name)
        knows = self._session if isinstance(self._session, LiveSession) else self.joined
        if row is None or knows is None:
            self.notify(f"{name} is gone.", severity="error", markup=False)
            return
        try:
            argv = knows.shell_command(row.netns)
        except OvltuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        await self._in_foreground(argv, f"shell in {name}", "exit or ctrl+d returns")

    async def _in_foreground(self, argv: list[str], what: str, back: str, lines: Sequence[str] = ()) -> None:
        """Give the terminal to a command until it ends."""
        says = ""
        # Painting while suspended would fill the writer's queue and block the loop for good.
        with self.suspend(), self.batch_update():
            print("\n".join(("", *lines, f"ovltui: {what}; {back}")), flush=True)  # noqa: T201
            try:
                status = await self._foreground.run(argv)
                says = f"The {what} ended with status {status}." if status else ""
            except OSError as error:
                says = f"The {what} could not be started ({error.strerror})."
        if says and not self._ending:
            self.notify(says, severity="warning", markup=False)
        self.paint()
