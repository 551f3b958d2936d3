"""The tour in the app: its frames, what it does for the user, and what it has them look at.

Source: the steps of ``lab.tour``; records, namespaces and shells of the session. Privileges: root. Incomplete: with a
real Docker Engine nothing of Docker is changed: those steps are the user's own.
"""

from collections.abc import Iterable
from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding

from ovltui.events.line import as_text, line
from ovltui.events.record import Record
from ovltui.lab.tour import Act, Page, Sight
from ovltui.lab.tour_steps import DOCKERS_OWN, hand, steps
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.leaving import Leaving
from ovltui.tui.screens.question import Question
from ovltui.tui.tour_events import Pointer
from ovltui.tui.tour_frames import TourFrames
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.status import StatusLine
from ovltui.tui.widgets.tour_panel import Said
from ovltui.tui.with_lab import AppWithLab

if TYPE_CHECKING:
    from ovltui.tui.tour_acts import TourActs

TOUR_KEYS = (
    Binding("full_stop", "tour_next", "Tour: next", key_display=".", id="tour.next"),
    Binding("comma", "tour_back", "Tour: back", show=False, key_display=",", id="tour.back"),
    Binding("semicolon", "tour_fold", "Tour: fold", show=False, key_display=";", id="tour.fold"),
    # With priority, since the screen itself takes it where it has nothing to undo.
    Binding("escape", "tour_leave", "Tour: leave", show=False, priority=True, id="tour.leave"),
)
"""Keys of the tour, while it is on."""
_LOOK_S = 0.25
"""Seconds between two looks whether the step is done."""
_LATE_S = 1.0
"""Seconds after which panes that stand still do so by the user's will."""
_AGAIN = "It begins anew by the command Lab: tour (:), or by ovltui lab tour."


class AppWithTour(AppWithLab):
    """An app that can lead through an overlay network.

    Args:
        session: says what there is.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.tour_at_start: bool | None = None
        """Whether to begin the tour at once, True with a real engine, False with the lab; None for not at all."""
        self._frames: TourFrames | None = None
        self._docker = False
        self._steps = steps(docker=False)
        self._at = 0
        self._began: dict[int, int] = {}
        self._performed: set[int] = set()
        self._done: set[int] = set()
        self._shown: int | None = None
        self._arrived = 0.0
        self._pointer = Pointer(session)

    @cached_property
    def _acts(self) -> "TourActs":
        from ovltui.tui.tour_acts import TourActs  # noqa: PLC0415  (the first screen does not wait for it)

        return TourActs(self, self._session, self._pointer, self._places, self._look)

    def on_ready(self) -> None:
        """Begin the tour, if it was asked for."""
        if self.tour_at_start is not None:
            self.call_after_refresh(self.begin_tour, docker=self.tour_at_start)

    def begin_tour(self, *, docker: bool) -> None:
        """Lead through the lab, or with ``docker`` through a network of a real engine."""
        self.action_show_events()
        screen = self.screen
        if not isinstance(screen, EventsScreen):
            self.notify("The tour begins on the screen of events.", markup=False)
        elif self._frames is None:
            self._docker, self._frames = docker, TourFrames(ascii_only=self._ascii_only)
            self._steps = steps(docker=docker)
            self._frames.on(screen)
            for numbers in (self._performed, self._done, self._began):
                numbers.clear()
            self._go_to(0)
            self._looking = self.set_interval(_LOOK_S, self._look)
            screen.refresh_bindings()

    def arrive(self) -> None:
        """Have the frame of the tour on the screen that came into sight."""
        super().arrive()
        self.call_after_refresh(self._look)

    def lab_commands(self) -> Iterable[SystemCommand]:
        """Offer the tour beside what can be done with the lab."""
        yield from super().lab_commands()
        if self._frames is None and not self._session.unprivileged:
            yield SystemCommand("Lab: tour", "an overlay network, step by step", partial(self.begin_tour, docker=False))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the tour's keys only while it is on, and ``esc`` only where nothing else is to be undone."""
        if not super().check_action(action, parameters):
            return False
        if not action.startswith("tour_"):
            return True
        on = self._frames is not None and (isinstance(self.screen, EventsScreen) or self.drawing is not None)
        return on and (action != "tour_leave" or _nothing_to_undo(self.screen))

    def action_tour_next(self) -> None:
        """Go on; where the step is not done, do it."""
        if self.lab_at_work:
            self.notify("The lab is being changed: a moment.", markup=False)
            return
        self._judge()
        step = self._steps[self._at]
        own = self._docker and step.act in DOCKERS_OWN
        if own or step.act is Act.NOTHING or self._at in self._done | self._performed:
            self._go_to(self._at + 1)
        else:
            self._performed.add(self._at)
            self._acts.perform(step)
            self._look()

    def action_lab(self) -> None:
        """While the tour is on, it builds the lab."""
        if self._frames is None:
            super().action_lab()
        else:
            self.action_tour_next()

    def action_tour_back(self) -> None:
        """Go back a step."""
        self._go_to(max(0, self._at - 1))

    def action_tour_fold(self) -> None:
        """Show the title of the step alone, or all again."""
        if self._frames:
            self._frames.fold(self.screen)

    def action_tour_leave(self) -> None:
        """Ask whether the tour is to end, and the lab with it that was built here."""
        if self.lab_is_ours and self._attempted(self.lab.exists):
            self.push_screen(Leaving(), self._leave_if)
        else:
            self.push_screen(Question("end the tour?", _AGAIN, "y ends it   n goes back"), self._end_if)

    def _end_if(self, yes: bool | None) -> None:
        if yes:
            self._end_tour()

    def _leave_if(self, remove: bool | None) -> None:
        if remove is not None:
            self._end_tour()
        if remove:
            self.remove_lab()

    def _end_tour(self) -> None:
        if self._frames:
            self._looking.stop()
            self._frames.close()
            self._frames = None
            self._acts.let_go(all_of_them=True)
            self.screen.refresh_bindings()
            self._mark(frozenset())

    def _go_to(self, number: int) -> None:
        """Show a step, with nothing in the way of the events that it is about."""
        self.action_show_events()
        if number == len(self._steps):
            self._end_tour()
            self.notify("The tour is over.", markup=False)
            return
        self._at = number
        self._began.setdefault(number, self._session.ring.end)
        self._acts.let_go()
        step, screen = self._steps[number], self.screen
        if step.points and isinstance(screen, EventsScreen):
            screen.make_room_for_shell()
            if not step.looks_back:
                screen.action_all()
        if isinstance(screen, EventsScreen) and not step.looks_back and _is_paused(screen):
            self._shown = None
            screen.action_pause()
        self._arrived = monotonic()
        self._pointer.point(step.points, self._began[0 if step.looks_back else number])
        self._look()

    def _look(self) -> None:
        """Show how the step stands, and mark what it caused."""
        frames, step, drawing = self._frames, self._steps[self._at], self.drawing
        if frames is None:
            return
        if drawing:
            frames.on(drawing)
        self._judge()
        done = self._at in self._done
        event = self._pointer.newest() if done and not step.looks_back else None
        self._point_at(event)
        said = as_text(line(event, self._session.names), 0) if event else ""
        screen, words = self.screen, hand(step, docker=self._docker)
        typing = isinstance(screen, EventsScreen) and screen.typing
        frames.say(Said(self._at + 1, len(self._steps), step.title, step.text, words, done, said), typing=typing)

    def _judge(self) -> None:
        """Find out whether the step is done; once it was, it stays so."""
        self._pointer.look()
        if not self.lab_at_work and self._steps[self._at].done(self._sight()):
            self._done.add(self._at)

    def _point_at(self, event: Record | None) -> None:
        """Mark what the step caused; once, when the newest of it goes out of sight, stop the panes there."""
        self._mark(self._pointer.seqs if self._at in self._done else frozenset())
        screen = self.screen
        if not isinstance(screen, EventsScreen):
            return
        if _is_paused(screen):
            late = monotonic() - self._arrived < _LATE_S
            if late and self._shown not in (self._at, None):  # the step before stopped the panes at the last moment
                self._shown = None
                screen.action_pause()
        elif event and self._shown != self._at and any(pane.show_record(event.seq) for pane in screen.panes()):
            self._shown = self._at

    def _places(self) -> list[Row]:
        """Return the namespaces of the lab, or those that are not of it, where the tour is with a real engine."""
        return [row for row in self._session.snapshot().rows if self.in_lab(row) is not self._docker]

    def _sight(self) -> Sight:
        from ovltui.tui.screens.event_detail import EventDetail  # noqa: PLC0415  (as above)
        from ovltui.tui.screens.inspector import Inspector  # noqa: PLC0415  (as above)
        from ovltui.tui.tour_acts import STARTED  # noqa: PLC0415  (as above)

        rows = self._places()
        chosen, current, caused = self.chosen(), self.shells.current, bool(self._pointer.seqs)
        in_front = {EventDetail: Page.EVENT, Inspector: Page.NETNS}
        page = Page.DRAWING if self.drawing else in_front.get(type(self.screen), Page.PANES)
        return Sight(
            networks=sum(row.identity.kind == "overlay" for row in rows),
            started=caused if self._docker else any(row.identity.container == STARTED for row in rows),
            caused=caused,
            page=page,
            chosen=chosen.identity.kind if chosen else "",
            shells=frozenset(str(one.row.identity.kind) for one in self.shells.living),
            says="".join(run.text for row in current.shell.rows for run in row) if current else "",
            ran=self._at in self._performed and self._acts.ran,
        )

    def _mark(self, seqs: frozenset[int]) -> None:
        for pane in (pane for screen in self.screen_stack for pane in screen.query(EventPane)):
            if pane.pointed != seqs:
                pane.pointed = seqs
                pane.refresh()


def _nothing_to_undo(screen: object) -> bool:
    """Return whether ``esc`` would do nothing on the screen of events."""
    if not isinstance(screen, EventsScreen) or screen.has_class("-zoomed"):
        return False
    focused = screen.focused
    return not _is_paused(screen) and isinstance(focused, EventPane | Browser) and not focused.filter


def _is_paused(screen: EventsScreen) -> bool:
    return screen.query_one(StatusLine).status.waiting is not None
