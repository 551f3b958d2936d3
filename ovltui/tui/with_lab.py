"""What the app does about the lab: build it, make it talk, break it, and take it away again.

Source: the room ``lab``, at work in a thread. Privileges: root. Incomplete: a lab that was built elsewhere is used as
it is, and is not asked about at the end; one that was built here stays where ovltui is ended by a signal.
"""

import asyncio
import os
from collections.abc import Callable, Collection, Iterable
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

from textual.app import SystemCommand
from textual.binding import Binding

from ovltui.errors import OvltuiError
from ovltui.lab.place import Place
from ovltui.lab.plan import Plan
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.terminal.pty import shell_of
from ovltui.tui.screens.lab_page import LabPage
from ovltui.tui.screens.leaving import Leaving
from ovltui.tui.screens.question import Question
from ovltui.tui.screens.with_shells import WithShells
from ovltui.tui.shells import Opened
from ovltui.tui.with_topology import AppWithTopology

if TYPE_CHECKING:
    from ovltui.lab.teardown import Down

LAB_KEYS = (Binding("L", "lab", "Lab", show=False, id="lab.next"),)
"""Keys that lead to the lab."""
_NODES, _CONTAINERS = 2, 1
_HEARD_S = 2.0
"""Seconds to wait until events of a new namespace are heard, before it is filled all the same."""
_POLL_S = 0.02
_READ_S = 10
_WHAT = "two nodes, an overlay network and two containers, made of namespaces alone"
T = TypeVar("T")


class AppWithLab(AppWithTopology):
    """An app that can build a lab.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.lab = Place()
        """Where it lies."""
        self.lab_is_ours = False
        """Whether the lab that is up was built here."""
        self.lab_at_work = False
        """Whether it is being changed at this moment."""

    def lab_commands(self) -> Iterable[SystemCommand]:
        """Offer what root can do with the lab."""
        if os.geteuid() == 0:
            yield SystemCommand("Lab: up", _WHAT, self.build_lab)
            yield SystemCommand("Lab: ping", "docker1n pings docker2n", self._talk)
            yield SystemCommand("Lab: break something", "a fault at random; only its symptom is told", self._break)
            yield SystemCommand("Lab: hint", "where to look for the fault", self._hint)
            yield SystemCommand("Lab: check", "whether all is as it was built", self._check)
            yield SystemCommand("Lab: down", "removes all that was built", self.remove_lab)

    def action_lab(self) -> None:
        """Build the lab; where it is up, make it talk."""
        if os.geteuid():
            self.notify("A lab is made of namespaces, which needs root: U starts again under sudo.", markup=False)
        elif self._attempted(self.lab.exists):
            self._talk()
        elif self._session.snapshot().bare:
            self.build_lab()
        else:
            text = f"{_WHAT[0].upper()}{_WHAT[1:]};\nnothing outside of them changes, and it goes as a whole."
            self.push_screen(Question("build a lab?", text, "y builds it  n goes back"), self._build_if)

    def build_lab(self) -> None:
        """Build it whole, and say how to go on."""
        self.make_lab(lambda _: self.notify("The lab is up. L again: docker1n pings docker2n.", markup=False))

    def make_lab(self, then: Callable[[Plan], None], *, without: str = "") -> None:
        """Build it in the background; ``without`` a container that ``apply.start`` starts later."""
        from ovltui.lab import apply  # noqa: PLC0415  (the first screen does not wait for it)

        def up() -> Plan:
            plan = apply.up(self.lab, _NODES, _CONTAINERS, without=without, made=self.wait_until_heard)
            self.lab_is_ours = True
            return plan

        self.in_background(up, then)

    def remove_lab(self, then: Callable[[], None] = lambda: None) -> None:
        """Remove it in the background."""
        from ovltui.lab import teardown  # noqa: PLC0415  (as above)

        def say(down: "Down") -> None:
            self.lab_is_ours = False
            for guest in down.guests:
                says = f"{guest.file} lives on until {guest.name} (pid {guest.pid}) in it ends."
                self.notify(says, timeout=_READ_S, markup=False)
            if not down.found:
                self.notify("No lab is up.", markup=False)
            then()

        self.in_background(partial(teardown.down, self.lab), say)

    def in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do ``work`` in a thread, then call ``then`` with its result here; its error is shown."""
        if self.lab_at_work:
            self.notify("The lab is being changed: a moment.", markup=False)
            return
        self.lab_at_work = True

        async def run() -> None:
            try:
                result = await asyncio.to_thread(work)
            except OvltuiError as error:
                self.notify(_sentence(error), severity="error", timeout=_READ_S, markup=False)
                return
            finally:
                self.lab_at_work = False
            then(result)

        self.run_worker(run())

    def wait_until_heard(self, ids: Collection[int]) -> None:
        """Wait, in any thread, until the events of these namespaces reach us."""
        deadline = monotonic() + _HEARD_S
        while monotonic() < deadline:
            rows = self._session.snapshot().rows
            if {row.netns.key.id for row in rows if row.netns.nsid is not None}.issuperset(ids):
                return
            sleep(_POLL_S)

    def in_lab(self, row: Row) -> bool:
        """Return whether a namespace is one of the lab's."""
        return any(mount.path.startswith(f"{self.lab.spaces}/") for mount in row.netns.mounts)

    def run_beside(self, row: Row, line: str) -> Opened | None:
        """Run a command in a pane, and leave the keys where they are."""
        where = self._place(row.netns.key, row.identity.name)
        argv = (shell_of(self._environ), "-c", line)
        if where is None:
            return None
        if isinstance(self.screen, WithShells):
            self.screen.make_room_for_shell()
        return self._attempted(lambda: self.shells.open(row, line, where, argv=argv, dress={}))

    async def action_quit(self) -> None:
        """Quit; where a lab is up that was built here, ask about it first."""
        if self.lab_at_work:
            self.notify("The lab is being changed: a moment.", markup=False)
        elif self.lab_is_ours and self._attempted(self.lab.exists):
            lines = [f"  {one.number}  {one.label}" for one in self.shells.living]
            self.push_screen(Leaving("\n".join(("These shells end:", *lines)) if lines else ""), self._quit_after)
        else:
            await super().action_quit()

    def _quit_after(self, remove: bool | None) -> None:
        if remove:
            self.remove_lab(lambda: self.exit(0))
        elif remove is not None:
            self.exit(0)

    def _build_if(self, yes: bool | None) -> None:
        if yes:
            self.build_lab()

    def _talk(self) -> None:
        from ovltui.lab import trouble  # noqa: PLC0415  (as above)

        running = self._attempted(partial(trouble.running, self.lab))
        if running is None:
            return
        plan = running[1]
        source, address = plan.containers[0].space, plan.nodes[1].endpoints[1].address
        path = plan.path(source)
        rows = self._session.snapshot().rows
        row = next((row for row in rows if any(mount.path == path for mount in row.netns.mounts)), None)
        if row is None:
            self.notify(f"{source.name} is gone: Lab: down, then Lab: up.", severity="error", markup=False)
        elif not self.shells.of(row.netns.key):
            self.run_beside(row, f"ping {address}")
            self.notify(f"{source.name} pings; watch neigh. {_LEARN}", timeout=_READ_S, markup=False)
        else:
            self.notify(f"A shell runs in {source.name} already; 5 shows it. {_LEARN}", markup=False)

    def _break(self) -> None:
        from ovltui.lab import trouble  # noqa: PLC0415  (as above)

        put_in = partial(trouble.put_in, self.lab, trouble.choose(None))
        self.in_background(put_in, lambda symptom: self._show("the lab is broken", [f"{symptom}.", *_SEARCH]))

    def _hint(self) -> None:
        from ovltui.lab import trouble  # noqa: PLC0415  (as above)

        self.in_background(partial(trouble.hint, self.lab), lambda hint: self._show("a hint", hint.splitlines()))

    def _check(self) -> None:
        from ovltui.lab import trouble  # noqa: PLC0415  (as above)
        from ovltui.lab.says import says  # noqa: PLC0415  (as above)

        self.in_background(partial(trouble.check, self.lab), lambda verdict: self._show("the lab", says(verdict)))

    def _show(self, title: str, lines: list[str]) -> None:
        self.push_screen(LabPage(title, lines))


_LEARN = "ovltui lab tour explains all of it."
_SEARCH = (
    "Find out why, and mend it, in a shell of the namespace where it is wrong.",
    "Commands (:) know more: Lab: hint helps, Lab: check confirms the repair.",
)


def _sentence(error: OvltuiError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
