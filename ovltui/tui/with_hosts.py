"""What the app does about several machines: their screen, and one more of them or one less.

Source: a ``JoinedSession``. Privileges: those of ovltui on each machine; what ssh asks for when one is added, it asks
on the terminal, which it has to itself meanwhile. Incomplete: another machine cannot be visited from here, so that what
works on this one alone is not offered.
"""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding

from ovltui.errors import OvltuiError
from ovltui.session.hosts import HostStatus
from ovltui.session.session import Session
from ovltui.tui.screens.question import Question
from ovltui.tui.screens.record_line import RecordLine
from ovltui.tui.with_tour import AppWithTour

if TYPE_CHECKING:
    from ovltui.session.intents import Told
    from ovltui.tui.screens.hosts import HostsScreen

HOST_KEYS = (Binding("7,h", "show_hosts", "Hosts", key_display="7", id="screen.hosts"),)
"""Keys that lead to the hosts."""
_HOSTS = "hosts"
_LOCAL = ("lab", "sudo", "tour_next", "tour_back")
"""Actions that work on this machine alone."""
_READ_S = 8
Reach = Callable[[str], None]
"""Adds the machine that a text names; asks on the terminal. Raises an OvltuiError where that cannot be."""


class AppWithHosts(AppWithTour):
    """An app that may show several machines.

    Args:
        session: of which.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.reach: Reach | None = None
        """Adds a machine; None where none can be."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the hosts where there may be several, and then nothing that works on this machine alone."""
        if action == "show_hosts":
            return self.joined is not None and self.may_go_to(_HOSTS)
        return not (self.joined and action in _LOCAL) and super().check_action(action, parameters)

    def start_checks(self) -> None:
        """Begin to look for what is wrong, on all machines together."""
        if self.joined:
            self.joined.start_checks()
            self.diagnosis = self.joined.findings
        else:
            super().start_checks()

    def netns_commands(self) -> Iterable[SystemCommand]:
        """Offer names where something can be named: on this machine alone."""
        return () if self.joined else super().netns_commands()

    def lab_commands(self) -> Iterable[SystemCommand]:
        """Offer the lab where it can be built."""
        return () if self.joined else super().lab_commands()

    def host_commands(self) -> Iterable[SystemCommand]:
        """Offer one more machine, and to drop each."""
        if self.reach:
            yield SystemCommand("Add a host", "shows another machine too, over ssh", self._ask_address)
        for host in self._session.hosts:
            yield SystemCommand(f"Drop {host.name}", host.url or "this machine", partial(self._ask_drop, host))

    def action_show_hosts(self) -> None:
        """Go to the screen of hosts."""
        if not self.is_screen_installed(_HOSTS):
            from ovltui.tui.screens.hosts import HostsScreen  # noqa: PLC0415  (the first screen does not wait for it)

            self.install_screen(HostsScreen(self._session, ascii_only=self._ascii_only), _HOSTS)
        self.show_main(_HOSTS)

    def on_hosts_screen_add_wanted(self) -> None:
        """Ask which machine."""
        self._ask_address()

    def on_hosts_screen_drop_wanted(self, event: "HostsScreen.DropWanted") -> None:
        """Ask whether a machine is to go."""
        self._ask_drop(event.host)

    def on_hosts_screen_reach_wanted(self, event: "HostsScreen.ReachWanted") -> None:
        """Try a machine again, asking on the terminal for what ssh needs."""
        if self.joined and event.host.url:
            self.joined.drop(event.host.name)
            self._add(event.host.url)

    def _told(self) -> "Told":
        if self.joined is None:
            return super()._told()
        return self.joined.findings.told() if self.joined.findings else {}

    def _ask_address(self) -> None:
        if self.reach is None:
            self.notify("A host cannot be added here.", severity="error", markup=False)
            return
        self.push_screen(RecordLine("add the host", "ssh://"), self._add)

    def _add(self, address: str | None) -> None:
        if not address or self.reach is None:
            return
        # ssh may ask for a password: while it does, the terminal is its own.
        with self.suspend(), self.batch_update(), _interruptible():
            print(f"\novltui: reaching {address}; ctrl+c gives up", flush=True)  # noqa: T201
            says = _reached(self.reach, address)
        if says:
            self.notify(says, severity="error", timeout=_READ_S, markup=False)
        self.paint()

    def _ask_drop(self, host: HostStatus) -> None:
        text = f"{host.name} is shown no more; nothing is changed there.\nWhat it told before stays among the events."
        self.push_screen(Question("drop?", text, "y drops it  n goes back"), partial(self._drop, host.name))

    def _drop(self, name: str, yes: bool | None) -> None:
        if yes and self.joined:
            self.joined.drop(name)
            self.paint()


def _reached(reach: Reach, address: str) -> str:
    """Add a machine; return why that cannot be, a sentence."""
    try:
        reach(address)
    except OvltuiError as error:
        return str(error)
    except KeyboardInterrupt:
        return f"{address} was given up."
    return ""


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let ctrl+c end what is waited for; the loop of the screens would end these by it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
