"""What the tour does in the place of the user: one function for each act of a step.

Source: the app, which has the lab, shells and screens. Privileges: root. Incomplete: what fails is said by the app.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ovltui.lab import apply, trouble
from ovltui.lab.tour import Act, Step
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.tui.screens.beneath import page_of
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.tour_events import Pointer
from ovltui.tui.tour_places import addresses, place_of
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.with_lab import AppWithLab

if TYPE_CHECKING:
    from ovltui.tui.shells import Opened

STARTED = "docker1n"
"""The container that the tour starts."""
_FAULT = "fdb-lost"
"""The fault of the step that breaks something."""


class TourActs:
    """Does what a step is about.

    Args:
        app: where to do it.
        session: says what there is.
        pointer: points at the events of the step.
        places: returns the namespaces of the network that the tour is about.
        then: called when something was done in the background.
    """

    def __init__(
        self,
        app: AppWithLab,
        session: Session,
        pointer: Pointer,
        places: Callable[[], Sequence[Row]],
        then: Callable[[], None],
    ) -> None:
        self._app = app
        self._session = session
        self._pointer = pointer
        self._places = places
        self._then = then
        self._runs: list[Opened] = []
        self._acts: dict[Act, Callable[[Step], None]] = {
            Act.NETWORK: lambda _: app.make_lab(self._after, without=STARTED),
            Act.CONTAINER: self._start,
            Act.OPEN_EVENT: self._open_event,
            Act.CHOOSE: self._choose,
            Act.OPEN_NETNS: self._open_netns,
            Act.RUN: self._run,
            Act.BREAK: self._break,
            Act.MEND: lambda _: app.in_background(partial(trouble.mend, app.lab), self._after),
            Act.DRAW: self._draw,
            Act.DOWN: self._remove,
        }

    def perform(self, step: Step) -> None:
        """Do it, or begin to."""
        self._acts[step.act](step)

    @property
    def ran(self) -> bool:
        """Whether the last command that was run has ended."""
        return bool(self._runs) and self._runs[-1].shell.ended

    def let_go(self, *, all_of_them: bool = False) -> None:
        """Close the panes of commands that were run, of all or of those that have ended."""
        gone = [one for one in self._runs if all_of_them or one.shell.ended]
        self._runs = [one for one in self._runs if one not in gone]
        for one in gone:
            if one in self._app.shells.all:
                self._app.shells.close(one)

    def _after(self, _: object) -> None:
        self._then()

    def _start(self, _step: Step) -> None:
        app = self._app
        app.in_background(partial(apply.start, app.lab, app.wait_until_heard), self._after)

    def _open_event(self, _step: Step) -> None:
        event = self._pointer.newest()
        if event:
            self._app.push_screen(page_of(self._session, event.seq))
        else:
            self._app.notify("No such event was heard: it came before ovltui did.", markup=False)

    def _choose(self, step: Step) -> None:
        row, screen = self._place(step), self._app.screen
        if row and isinstance(screen, EventsScreen):
            for _ in screen.query(LineList):
                if not isinstance(screen.focused, Browser):
                    screen.focus_step(1)
            screen.query_one(Browser).choose(row.netns.key)

    def _open_netns(self, step: Step) -> None:
        row = self._place(step)
        if row:
            self._app.inspect(row)

    def _draw(self, step: Step) -> None:
        row = self._place(step)
        if row:
            self._app.draw_around(row)

    def _run(self, step: Step) -> None:
        row = self._place(step)
        if row is None:
            return
        known = addresses(row, self._session.snapshot())
        if known is None:
            self._app.notify("Start a second container on that network first.", severity="warning", markup=False)
            return
        ran = self._app.run_beside(row, step.command.format_map(known))
        self._runs += [ran] if ran else []

    def _break(self, step: Step) -> None:
        put_in = partial(trouble.put_in, self._app.lab, trouble.choose(_FAULT))
        self._app.in_background(put_in, lambda _: self._run(step))

    def _remove(self, _step: Step) -> None:
        self.let_go(all_of_them=True)
        self._app.remove_lab(self._then)

    def _place(self, step: Step) -> Row | None:
        row = place_of(step.where, self._places())
        if row is None:
            self._app.notify(f"There is no {step.where} namespace yet: go back (,).", severity="warning", markup=False)
        return row
