"""What the app does about recordings: makes one, marks moments in it, lists them, shows one on screens of its own.

Source: ``session.recorder``, ``session.recordings``. Privileges: the right to write the file. Incomplete: what a full
disk ends is told, and all else goes on.
"""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, TypeVar

from textual.binding import Binding

from ovltui.errors import OvltuiError
from ovltui.events.line import as_text, line
from ovltui.session.session import Session
from ovltui.text import clean
from ovltui.tui.amounts import size_words
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.screens.question import Question
from ovltui.tui.screens.record_line import RecordLine
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.status import Mode, StatusLine
from ovltui.tui.with_hosts import AppWithHosts

if TYPE_CHECKING:
    from textual.timer import Timer

    from ovltui.session.recorder import Recorder
    from ovltui.tui.screens.recordings import RecordingsScreen

RECORD_KEYS = (
    Binding("R", "record", "Record", show=False, id="record.toggle"),
    Binding("6", "show_recordings", "Recordings", show=False, id="screen.recordings"),
    Binding("m", "mark", "Mark", show=False, id="record.mark"),
    Binding("apostrophe", "next_mark", "Next mark", key_display="'", show=False, id="record.next_mark"),
)
"""Keys of recordings."""
_RECORDINGS = "recordings"
_READ_S = 8
_SECOND_S = 1.0
_NS = 10**9
T = TypeVar("T")


class AppWithRecording(AppWithHosts):
    """An app that can record.

    Args:
        session: what to record.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.version: Callable[[], str | None] = lambda: None
        """Returns that of ovltui, as recordings tell it."""
        self._recorder: Recorder | None = None
        self._beginning = False
        self._ticking: Timer | None = None
        self._marks: tuple[int, ...] = ()
        self._recordings: RecordingsScreen | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer recordings on the main screens, and marks among the events."""
        if not super().check_action(action, parameters):
            return False
        if action == "show_recordings":
            return self.may_go_to(_RECORDINGS)
        if action == "record":
            return isinstance(self.screen, MainScreen)
        return action not in ("mark", "next_mark") or isinstance(self.screen, EventsScreen)

    def mode(self) -> Mode:
        """Return what the status line says of recording and replaying."""
        if self._recorder is None:
            return Mode()
        progress = self._recorder.progress
        minutes, seconds = divmod(max(0, time_ns() - progress.began_ns) // _NS, 60)
        return Mode(recording=f"REC {minutes:02}:{seconds:02} {size_words(progress.size)}")

    def before_painting(self) -> None:
        """Say on all screens whether it is recorded, and once why it is not any more."""
        failed = self._recorder.failure if self._recorder else ""
        if failed:
            self._recorder = None
            self._stop_ticking()
            says = f"The recording has ended: {failed} What was recorded until then is whole."
            self.notify(says, severity="error", timeout=3 * _READ_S, markup=False)
        mode, marked = self.mode(), frozenset(self._marks)
        for screen in self.screen_stack:
            for status in screen.query(StatusLine):
                status.mode = mode
            for pane in screen.query(EventPane):
                if pane.marked != marked:
                    pane.marked = marked
                    pane.refresh()

    def end_recording(self) -> None:
        """Close the recording, if one is made; errors as of ``Recorder.close``."""
        recorder, self._recorder = self._recorder, None
        if recorder:
            recorder.close()

    async def action_quit(self) -> None:
        """Quit; where it is recorded, ask first."""
        if self._recorder is None:
            await super().action_quit()
            return
        text = f"This is being recorded:\n\n  {clean(self._recorder.progress.path)}\n\nThe file is closed and kept."
        self.push_screen(Question("quit?", text, "y ends it and quits  n goes back"), self._quit_recording)

    def action_record(self) -> None:
        """Ask for a file and begin to record, or end the recording."""
        if self._recorder:
            self._in_thread(partial(self._close, self._recorder), self._say_ended)
            self._recorder = None
            self._stop_ticking()
            self.paint()
        elif not self._beginning:
            from ovltui.session.recordings import directory, proposal  # noqa: PLC0415  (the first screen waits not)

            proposed = directory(self._environ) / proposal(self._session.host)
            self.push_screen(RecordLine("record into", _short(proposed)), self._record_into)

    def action_show_recordings(self) -> None:
        """Go to the screen of recordings."""
        if self._recordings is None:
            self._recordings = self._make_recordings()
            self.install_screen(self._recordings, _RECORDINGS)
        self.show_main(_RECORDINGS)

    def action_mark(self) -> None:
        """Mark the event at the cursor, or the newest one; a recording keeps the mark."""
        ring, focused = self._session.ring, self.focused
        record = focused.record_at_cursor() if isinstance(focused, EventPane) else None
        if record is None and ring.end > ring.first:
            record = ring[ring.end - 1]
        if record is None:
            self.notify("Nothing has happened yet that could be marked.", markup=False)
            return
        seq = ring.leader(record.seq)
        self._marks = tuple(sorted({*self._marks, seq}))
        says = as_text(line(record, self._session.names), 0)
        if self._recorder:
            self._recorder.mark(says, record.seq)
        kept = "the recording keeps it" if self._recorder else "R records, and keeps marks"
        self.notify(f"Marked: {says}\n' goes there; {kept}.", timeout=_READ_S // 2, markup=False)
        self.paint()

    def action_next_mark(self) -> None:
        """Go to the next mark; from the last one, to the first."""
        screen, focused = self.screen, self.focused
        record = focused.record_at_cursor() if isinstance(focused, EventPane) else None
        kept = [seq for seq in self._marks if seq >= self._session.ring.first]
        here = -1 if record is None else record.seq
        there = next((seq for seq in kept if seq > here), kept[0] if kept else None)
        if there is None:
            self.notify("Nothing is marked: m marks an event.", timeout=_READ_S // 2, markup=False)
        elif isinstance(screen, EventsScreen):
            screen.show_record(there)

    def play_recording(self, path: str) -> None:
        """Show a recording on screens of its own; this one goes on when they are left."""
        raise NotImplementedError

    def on_recordings_screen_play_wanted(self, event: "RecordingsScreen.PlayWanted") -> None:
        """Show a recording."""
        self.play_recording(event.path)

    def on_recordings_screen_delete_wanted(self, event: "RecordingsScreen.DeleteWanted") -> None:
        """Ask whether a recording is to go, and delete it."""
        one = event.summary
        text = f"{one.name}\n{size_words(one.size)}; what was recorded cannot be brought back."
        self.push_screen(Question("delete?", text, "y deletes it  n goes back"), partial(self._delete, one.path))

    def on_recordings_screen_path_wanted(self) -> None:
        """Ask for a file and show it."""
        self.push_screen(RecordLine("open the recording", ""), self._open_path)

    def _make_recordings(self) -> "RecordingsScreen":
        from ovltui.session.recordings import directory, listing  # noqa: PLC0415  (as above)
        from ovltui.tui.screens.recordings import RecordingsScreen  # noqa: PLC0415  (as above)

        where = directory(self._environ)
        shown = clean(_short(where))
        return RecordingsScreen(self._session, shown, partial(listing, where), ascii_only=self._ascii_only)

    def _record_into(self, name: str | None) -> None:
        if not name:
            return
        from ovltui.session.recordings import begun  # noqa: PLC0415  (as above)

        self._beginning = True
        path = Path(os.path.expanduser(name))  # noqa: PTH111  (it never raises)
        work = partial(begun, self._session, path.absolute(), self._environ, self.version() or "")
        self._in_thread(work, self._begun)

    def _begun(self, recorder: "Recorder | None") -> None:
        self._beginning = False
        if recorder is None:
            return
        self._recorder = recorder
        self._ticking = self.set_interval(_SECOND_S, self.before_painting)
        self.notify(f"Recording into {clean(recorder.progress.path)}. R ends it.", timeout=_READ_S, markup=False)
        self.paint()

    def _close(self, recorder: "Recorder") -> "Recorder":
        recorder.close()
        return recorder

    def _say_ended(self, recorder: "Recorder | None") -> None:
        if recorder:
            done = recorder.progress
            says = f"Recorded {done.records} records ({size_words(done.size)}) into {clean(done.path)}. 6 lists it."
            self.notify(says, timeout=_READ_S, markup=False)

    def _stop_ticking(self) -> None:
        if self._ticking:
            self._ticking.stop()
            self._ticking = None

    async def _quit_recording(self, yes: bool | None) -> None:
        if yes:
            await super().action_quit()

    def _delete(self, path: str, yes: bool | None) -> None:
        from ovltui.session.recordings import removed  # noqa: PLC0415  (as above)

        if yes:
            self._attempted(lambda: removed(path))

    def _open_path(self, name: str | None) -> None:
        if name:
            self.play_recording(os.path.expanduser(name))  # noqa: PTH111  (it never raises)

    def _in_thread(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        """Do ``work`` in a thread, then call ``then`` with its result here; its error is shown."""

        async def run() -> None:
            result = None
            try:
                result = await asyncio.to_thread(work)
            except OvltuiError as error:
                self.notify(str(error), severity="error", timeout=_READ_S, markup=False)
            then(result)

        self.run_worker(run())


def _short(path: Path) -> str:
    """Return a path with ``~`` for the user's own directory."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  (it never raises)
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) and home != Path("/") else str(path)
