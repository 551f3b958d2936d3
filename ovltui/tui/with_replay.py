"""What the app does where it shows a recording: its keys, the bar of its time, and what it refuses.

Source: a ``Playback``. Privileges: none. Nothing of a recording can be entered, changed or asked for: it was.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding

from ovltui.events.line import clock
from ovltui.session.moments import time_at
from ovltui.session.session import Session
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.status import Mode
from ovltui.tui.with_recording import AppWithRecording

if TYPE_CHECKING:
    from ovltui.session.intents import Told
    from ovltui.session.playback import Playback
    from ovltui.tui.widgets.time_bar import TimeBar

_ENTERED = "nothing in it can be entered"
_REFUSED = (
    ("s", "shell_pane", _ENTERED),
    ("S", "shell", _ENTERED),
    ("exclamation_mark", "run_line", _ENTERED),
    ("5", "shells", _ENTERED),
    ("L", "lab", "a lab is built on the living machine"),
    ("U", "sudo", "it needs no privileges"),
    ("R", "record", "it is one already"),
    ("6", "show_recordings", "q leaves it"),
    ("m", "mark", "moments are marked while they are recorded"),
)
"""Keys and actions that need the living machine, and what to say of them."""
REPLAY_KEYS = (
    Binding("space", "replay_toggle", "Play", key_display="space", id="replay.play"),
    Binding("right_square_bracket", "replay_step(1)", "Step", key_display="[ ]", id="replay.step"),
    Binding("left_square_bracket", "replay_step(-1)", "Step back", show=False, id="replay.step_back"),
    Binding("right_curly_bracket", "replay_finding(1)", "Finding", key_display="{ }", id="replay.finding"),
    Binding("left_curly_bracket", "replay_finding(-1)", "Finding before", show=False, id="replay.finding_before"),
    Binding("equals_sign", "replay_speed(1)", "Speed", key_display="- =", id="replay.faster"),
    Binding("minus", "replay_speed(-1)", "Slower", show=False, id="replay.slower"),
    Binding("right_parenthesis", "replay_jump(10)", "10 s on", show=False, id="replay.jump"),
    Binding("left_parenthesis", "replay_jump(-10)", "10 s back", show=False, id="replay.jump_back"),
    Binding("t", "replay_time", "To a time", show=False, id="replay.time"),
    Binding("0", "replay_ends(0)", "To its beginning", show=False, id="replay.begin"),
    Binding("dollar_sign", "replay_ends(1)", "To its end", key_display="$", show=False, id="replay.end"),
    *(Binding(key, f"replay_refuse({why!r})", show=False) for key, _, why in _REFUSED),
)
"""Keys of a recording."""
_LIVING = frozenset((*(action for _, action, _ in _REFUSED), "shell_step", "shell_bracket", "tour_next", "tour_back"))
_HINT = "space plays, [ ] go by events, { } by findings, t to a time; q leaves"
_NS = 10**9
_READ_S = 6
_HERE_NS = _NS // 2
"""A finding as near as that is the one where one is."""


class AppWithReplay(AppWithRecording):
    """An app that can show a recording.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.playback: Playback | None = None
        """What plays the recording; None on a living machine. Whoever runs the app closes it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the keys of a recording where there is one; none of a living machine's there."""
        if action.startswith("replay_"):
            return self.playback is not None and isinstance(self.screen, MainScreen)
        return not (self.playback and action in _LIVING) and super().check_action(action, parameters)

    def start_checks(self) -> None:
        """Begin to look for what is wrong; in a recording, to play."""
        if self.playback is None:
            super().start_checks()
            return
        self.diagnosis = self.playback
        self.playback.start()
        self.notify(_HINT, timeout=_READ_S, markup=False)
        for sentence in self.playback.missing:
            self.notify(f"{sentence}.", severity="warning", timeout=_READ_S, markup=False)

    def mode(self) -> Mode:
        """Return what the status line says of recording and replaying."""
        moment = self.playback.moment if self.playback else None
        if moment is None:
            return super().mode()
        times = "x" if self._ascii_only else "\N{MULTIPLICATION SIGN}"
        how = f"{times}{moment.speed:g}" if moment.playing else f"{times}{moment.speed:g} stopped"
        return Mode(f"REPLAY {clock(moment.time_ns).partition('.')[0]} {how}")

    def before_painting(self) -> None:
        """Let all screens be at the moment that is played."""
        if self.playback:
            if self.playback.take_over():
                self._rebase()
            self._marks = tuple(mark.seq for mark in self.playback.timeline.marks)
            self._draw_bars(self.playback)
        super().before_painting()

    def shell_commands(self) -> Iterable[SystemCommand]:
        """Offer shells where there are any."""
        return () if self.playback else super().shell_commands()

    def netns_commands(self) -> Iterable[SystemCommand]:
        """Offer names where something can be named."""
        return () if self.playback else super().netns_commands()

    def lab_commands(self) -> Iterable[SystemCommand]:
        """Offer the lab on a living machine."""
        return () if self.playback else super().lab_commands()

    def action_replay_refuse(self, why: str) -> None:
        """Say why a key does nothing."""
        self.notify(f"This is a recording: {why}.", timeout=_READ_S, markup=False)

    def action_replay_toggle(self) -> None:
        """Play, or stop."""
        if self.playback:
            self.playback.toggle()

    def action_replay_step(self, by: int) -> None:
        """Go on or back by one event."""
        if self.playback:
            self.playback.step(by)

    def action_replay_speed(self, by: int) -> None:
        """Play faster or slower."""
        if self.playback:
            self.playback.change_speed(by)

    def action_replay_jump(self, seconds: int) -> None:
        """Go on or back by seconds."""
        if self.playback:
            self.playback.jump(seconds * _NS)

    def action_replay_ends(self, which: int) -> None:
        """Go to the beginning, or to the end."""
        if self.playback:
            line = self.playback.timeline
            self.playback.seek(line.end_ns if which else line.start_ns)

    def action_replay_finding(self, by: int) -> None:
        """Go to the next finding, or to the one before."""
        if self.playback:
            self._go_on(self.playback, self.playback.findings(), by, "finding")

    def action_replay_time(self) -> None:
        """Ask for a time, and go there."""
        if self.playback:
            from ovltui.tui.screens.time_line import TimeLine  # noqa: PLC0415  (the first screen does not wait for it)

            line = self.playback.timeline
            between = f"{clock(line.start_ns)[:8]} to {clock(line.end_ns)[:8]}"
            self.push_screen(TimeLine(between), self._go_to_time)

    def action_next_mark(self) -> None:
        """Go to the next mark of the recording; from the last, to the first."""
        if self.playback is None:
            super().action_next_mark()
            return
        marks = tuple(mark.time_ns for mark in self.playback.timeline.marks)
        here = self.playback.moment.time_ns
        there = next((time_ns for time_ns in marks if time_ns > here), marks[0] if marks else None)
        if there is None:
            self.notify("Nothing was marked in this recording.", timeout=_READ_S, markup=False)
        else:
            self.playback.seek(there)

    def _told(self) -> "Told":
        if self.playback is None:
            return super()._told()
        from ovltui.session.intents import names_of  # noqa: PLC0415  (the first screen does not wait for it)

        intended = self.playback.session.intended
        return names_of(intended.intents) if intended else {}

    def on_time_bar_chosen(self, event: "TimeBar.Chosen") -> None:
        """Go to a time."""
        if self.playback:
            self.playback.seek(event.time_ns)

    def _go_to_time(self, text: str | None) -> None:
        if self.playback and text:
            try:
                self.playback.seek(time_at(text, self.playback.timeline.start_ns))
            except ValueError as error:
                self.notify(f"{error}.", severity="error", timeout=_READ_S, markup=False)

    def _go_on(self, playback: "Playback", times: tuple[int, ...], by: int, what: str) -> None:
        """Go to the next of some times, or to the one before."""
        here = playback.moment.time_ns
        there = [time for time in times if (time > here if by > 0 else time < here - _HERE_NS)]
        if there:
            playback.seek(there[0] if by > 0 else there[-1])
        else:
            where = "later" if by > 0 else "before"
            self.notify(f"There is no {what} {where}.", timeout=_READ_S, markup=False)

    def _rebase(self) -> None:
        """Let what shows records and rates show those of another session."""
        from ovltui.tui.widgets.netns_table import NetnsTable  # noqa: PLC0415  (as above)

        session = self._session
        for screen in self.screen_stack:
            for pane in screen.query(EventPane):
                pane.rebase(session.ring, session.names, session.bursts)
            if screen.query(EventPane):
                screen.post_message(EventPane.Thawed())
            for table in screen.query(NetnsTable):
                table.rebase(session.activity)

    def _draw_bars(self, playback: "Playback") -> None:
        """Draw the bar of time above the footer of each main screen."""
        from ovltui.tui.widgets.time_bar import Chart, TimeBar  # noqa: PLC0415  (as above)

        line = playback.timeline
        marks = tuple(mark.time_ns for mark in line.marks)
        here = playback.moment.time_ns
        chart = Chart(line.start_ns, line.end_ns, here, line.counts, playback.findings(), marks)
        for screen in self.screen_stack:
            footer = screen.query(KeyLine)
            if isinstance(screen, MainScreen) and footer and not screen.query(TimeBar):
                screen.mount(TimeBar(ascii_only=self._ascii_only), before=footer.first())
            for bar in screen.query(TimeBar):
                bar.chart = chart
