"""Records a session: follows its ring in a thread of its own, and takes note of whatever else comes in.

Source: the ring, in bulk and four times a second, and ``Notebook``. Privileges: the right to write the file. Nothing in
the way of events does more than without it. Incomplete: a disk that is so slow that the ring drops records before they
are written, or that is full, ends the recording; ``Recorder.failure`` says so, and what was written can be read. A line
to another machine that is so slow gets a new section instead, which says all that is known then.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ovltui.capture.inputs import Failed, Start, joined
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.redact import Redactor
from ovltui.capture.rewrite import RedactedWriter
from ovltui.capture.sink import Into
from ovltui.capture.values import encoded
from ovltui.capture.writer import Writer
from ovltui.errors import RecordingError
from ovltui.events.record import OWN_NSID
from ovltui.session.keyframe import Frame, frame_of, note_of
from ovltui.session.news import News
from ovltui.session.notebook import Notebook, Waiting
from ovltui.session.progress import DEFECT, GONE, PERIOD_S, Progress
from ovltui.session.reduction import Reduction
from ovltui.session.session import Session
from ovltui.session.tap import Tap
from ovltui.session.thinned import ThinnedWriter

if TYPE_CHECKING:
    from ovltui.session.judged import Judged

STATE_RECORDS, STATE_NOTES, STATE_SHARE = 30_000, 300, 2
"""A key frame is due after so many records or notes, once those took so many times its bytes."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is recorded."""

    period_s: float = PERIOD_S
    """Seconds between two looks."""
    streams: bool = False
    """Into a line: no index, no key frames but the first, and a new section where records were lost."""
    most_notes: int = 0
    """So many notes may wait; 0 for any number."""


FILE, LINE = Manner(), Manner(0.05, streams=True, most_notes=20_000)


class _BehindError(Exception):
    """The ring has dropped records that were not written."""


class Recorder(Notebook):
    """Records a session until it is closed.

    Args:
        session: which.
        part: opens the next file.
        start: version of ovltui and release of the kernel; the rest is the session's.
        is_full: whether a file of that size, begun at that monotonic time, is to be followed by another one.
        redactor: replaces names and addresses; None where they stay. Costs about as much as all else together.
        manner: whether it is a file.
        reduction: what is left out; None for nothing.
    """

    def __init__(
        self,
        session: Session,
        part: Callable[[], Into],
        start: Start,
        is_full: Callable[[int, float], bool] = lambda _size, _since: False,
        redactor: Redactor | None = None,
        *,
        manner: Manner = FILE,
        reduction: Reduction | None = None,
    ) -> None:
        super().__init__(session.ring, manner.most_notes)
        self._manner = manner
        self._session = session
        self._part = part
        self._start = start
        self._is_full = is_full
        self._redactor = redactor
        self._reduction = reduction
        self._closing = threading.Event()
        self._woken = threading.Event()
        self._news = News()
        self._judged: Judged | None = None
        self.failure = ""
        """Why it ended by itself, a sentence; empty while it goes on."""
        self._records = self._parts = self._first = 0
        self._began_ns, self._since = time.time_ns(), time.monotonic()
        self._last_state = (0, 0, 0)
        self._notes, self._asked = 0, False
        self._sink = part()
        self._writer: Writer | RedactedWriter | ThinnedWriter | None = None
        self._thread = threading.Thread(target=self._run, name="ovltui-recorder", daemon=True)

    def start(self) -> None:
        """Begin, with all that is known now."""
        self._session.stream.tap = self
        self._session.tell_tap()
        self._frame(new_part=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is left and close the file; a second call does nothing.

        Raises:
            RecordingError: that failed.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._woken.set()
        self._session.stream.tap = Tap()
        self._thread.join()
        if not self.failure:
            self._tick()
            self._end_part()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self._sink.path, self._began_ns, self._sink.size, self._records, self._parts)

    def clock(self, token: int) -> None:
        """Answer whoever leads the recording, at once."""
        super().clock(token)
        self._woken.set()

    def _frame(self, *, new_part: bool) -> None:
        """Take note of everything."""
        kept = self._session.kept
        with kept.lock:
            # A file begins with tables that are whole; later ones are brought up by whoever wants to see them.
            if new_part:
                kept.catch_up()  # long, where much waits: not while events wait too
            with self._session.stream.held():
                if new_part:
                    kept.catch_up()
                failed = tuple(Failed(key, says) for key, says in self.failures.items())
                frame = frame_of(self._session, self.known, failed, self.intent, new_part=new_part)
                self.wait(NoteKind.STATE, frame)

    def _run(self) -> None:
        ended = DEFECT
        try:
            while not self._closing.is_set():
                self._woken.wait(self._manner.period_s)
                self._woken.clear()
                self._tick()
            ended = ""
        except (RecordingError, BrokenPipeError) as error:
            ended = str(error) if isinstance(error, RecordingError) else GONE
        finally:
            if ended:
                self.failure = ended
                self._session.stream.tap = Tap()
                self._session.tell()

    def _tick(self) -> None:
        end, waiting = self.taken()
        try:
            for one in waiting:
                self._write(one)
            self._write_records(end)
        except _BehindError:
            self._begin_again()
            return
        if self._writer:
            gaps = self._news.gaps_changed(self._session.gaps())
            if gaps:
                self._put(Note(NoteKind.NAMED, end, time.time_ns(), encoded(gaps)))
        self._sink.flush()
        if self.torn:
            self._begin_again()
        elif not self._asked and (full := self._is_full(self._sink.size, self._since)) | self._state_is_due():
            self._asked = True
            self._frame(new_part=full)

    def _begin_again(self) -> None:
        """Begin a new section with what is known now; what was not written is lost, which its first record tells."""
        self._writer = None
        self.forget()
        self._judged = self.judgement
        self._frame(new_part=True)

    def _write_records(self, end: int) -> None:
        if self._writer and (end > self._writer.end or self._reduction):
            if self._writer.end < self._session.ring.first:
                if self._manner.streams:
                    raise _BehindError
                lost = self._session.ring.first - self._writer.end
                raise RecordingError(f"{self._sink.name} is too slow: {lost} records could not be written in time.")
            self._writer.records(self._session.ring, end)
            self._records = self._writer.end - self._first

    def _write(self, one: Waiting) -> None:
        if isinstance(one.value, Frame):
            self._write_frame(one, one.value)
            return
        self._judged = one.value if one.kind is NoteKind.FINDINGS else self._judged
        if self._writer is None:
            return  # the key frame with which the file begins says it
        self._write_records(one.seq)
        blobs: tuple[bytes, ...] = ()
        value = one.value
        if one.kind is NoteKind.READ:
            value, tables = value
            blobs = tuple(map(joined, tables))
        elif one.kind is NoteKind.NAMED:
            value = self._news.of(value, self._session.gaps())
        self._put(Note(one.kind, one.seq, one.time_ns, encoded(value), blobs))

    def _write_frame(self, one: Waiting, frame: Frame) -> None:
        self._write_records(one.seq)
        if frame.new_part:
            self._begin_part(one.seq)
        self._news = News()
        note = note_of(frame, one.seq, one.time_ns, self._news.of(frame.named, self._session.gaps()))
        assert self._writer
        before = self._writer.offset
        self._put(note)
        if frame.new_part and self._judged:
            self._put(Note(NoteKind.FINDINGS, one.seq, one.time_ns, encoded(self._judged)))
        self._last_state = (one.seq, self._writer.offset, self._writer.offset - before)
        self._notes, self._asked = 0, False

    def _put(self, note: Note) -> None:
        assert self._writer
        self._writer.note(note)
        self._notes += 1

    def _state_is_due(self) -> bool:
        seq, offset, size = self._last_state
        if self._manner.streams or self._writer is None or self._writer.offset - offset < STATE_SHARE * size:
            return False
        return self._writer.end - seq >= STATE_RECORDS or self._notes >= STATE_NOTES

    def _begin_part(self, first: int) -> None:
        if self._writer:
            self._end_part()
            self._sink = self._part()
        else:
            self._first = first
        self._parts += 1
        self._since = time.monotonic()
        session, told = self._session, self._start
        own = session.tenures.at(OWN_NSID, first)
        here = replace(told, host=session.host, mntns=session.mntns, unprivileged=session.unprivileged)
        start = replace(here, own=own.key if own else None, first=first)
        if self._reduction:
            self._writer = ThinnedWriter(self._sink, start, self._label, self._reduction, self._redactor)
        elif self._redactor:
            self._writer = RedactedWriter(self._sink, start, self._label, self._redactor)
        else:
            self._writer = Writer(self._sink, start, self._label, indexed=not self._manner.streams)

    def _end_part(self) -> None:
        if self._writer:
            self._writer.finish(self._session.ring)
        self._sink.close()

    def _label(self, nsid: int, seq: int) -> tuple[str, str]:
        tenure = self._session.tenures.at(nsid, seq)
        says = f"namespace id {tenure.key.id}" if tenure and tenure.key and tenure.key.id > 0 else ""
        return self._session.names.netns(nsid, seq), says
