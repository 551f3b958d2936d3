"""Records a session: follows its ring in a thread of its own, and takes note of whatever else comes in.

Source: the ring, in bulk and four times a second, and ``Tap``. Privileges: the right to write the file. Nothing in the
way of events does more than without it. Incomplete: a disk that is so slow that the ring drops records before they are
written, or that is full, ends the recording; ``Recorder.failure`` says so, and what was written can be read.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ovltui.capture.inputs import (
    Bound,
    Failed,
    Intended,
    Loaded,
    Mark,
    Sighted,
    Start,
    joined,
)
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.redact import Redactor
from ovltui.capture.rewrite import RedactedWriter
from ovltui.capture.sink import Sink
from ovltui.capture.values import encoded
from ovltui.capture.writer import Writer
from ovltui.errors import RecordingError
from ovltui.events.look import Look
from ovltui.events.record import OWN_NSID
from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import EngineView, Identity
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.judged import Judged
from ovltui.session.kept import Kept
from ovltui.session.keyframe import Frame, frame_of, note_of, reading
from ovltui.session.news import Known, News
from ovltui.session.progress import DEFECT, GONE, PERIOD_S, Progress
from ovltui.session.session import Session
from ovltui.session.tap import Tap
from ovltui.state.addresses import Address
from ovltui.state.links import Link
from ovltui.state.tenure import Tenure

STATE_RECORDS, STATE_NOTES, STATE_SHARE = 30_000, 300, 2
"""A key frame is due after so many records or notes, once those took so many times its bytes."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is to be written before record ``seq``."""

    seq: int
    time_ns: int
    kind: NoteKind
    value: Any


class Recorder(Tap):
    """Records a session until it is closed.

    Args:
        session: which.
        part: opens the next file.
        start: version of ovltui and release of the kernel; the rest is the session's.
        is_full: whether a file of that size, begun at that monotonic time, is to be followed by another one.
        redactor: replaces names and addresses; None where they stay. Costs about as much as all else together.
    """

    def __init__(
        self,
        session: Session,
        part: Callable[[], Sink],
        start: Start,
        is_full: Callable[[int, float], bool] = lambda _size, _since: False,
        redactor: Redactor | None = None,
    ) -> None:
        self._session = session
        self._part = part
        self._start = start
        self._is_full = is_full
        self._redactor = redactor
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._waiting: list[_Waiting] = []
        self._named = Known((), {}, ())
        self._failed: dict[NetnsKey, str] = {}
        self._intended: Intended | None = None
        self._judged: Judged | None = None
        self._news = News()
        self.failure = ""
        """Why it ended by itself, a sentence; empty while it goes on."""
        self._records = self._parts = self._first = 0
        self._began_ns, self._since = time.time_ns(), time.monotonic()
        self._last_state = (0, 0, 0)
        self._notes, self._asked = 0, False
        self._sink = part()
        self._writer: Writer | RedactedWriter | None = None
        self._thread = threading.Thread(target=self._run, name="ovltui-recorder", daemon=True)

    def start(self) -> None:
        """Begin, with all that is known now."""
        self._session.stream.tap = self
        self._session.tell_tap()
        self._frame(new_part=True)
        self._thread.start()

    def mark(self, says: str, seq: int | None = None) -> None:
        """Leave a mark at a record, or at this moment."""
        self._wait(NoteKind.MARK, Mark(says, seq))

    def close(self) -> None:
        """Write what is left and close the file; a second call does nothing.

        Raises:
            RecordingError: that failed.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._session.stream.tap = Tap()
        self._thread.join()
        if not self.failure:
            self._tick()
            self._end_part()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self._sink.path, self._began_ns, self._sink.size, self._records, self._parts)

    def named(
        self, netnses: Sequence[Netns], identities: Mapping[NetnsKey, Identity], views: Sequence[EngineView]
    ) -> None:
        """Take note of names."""
        self._named = Known(tuple(netnses), dict(identities), tuple(views))
        self._wait(NoteKind.NAMED, self._named)

    def bound(self, nsid: int, key: NetnsKey, seq: int) -> None:
        """Take note of a number."""
        self._wait(NoteKind.BOUND, Bound(nsid, key, seq))

    def loaded(
        self, tenure: Tenure, seq: int, time_ns: int, links: Sequence[tuple[Link, Look]], addresses: Sequence[Address]
    ) -> None:
        """Take note of links and addresses."""
        self._wait(NoteKind.LOADED, Loaded(tenure.nsid, tenure.born, seq, time_ns, tuple(links), tuple(addresses)))

    def sighted(self, tenure: Tenure, there: int, seq: int, here: int) -> None:
        """Take note of a number inside of a namespace."""
        self._wait(NoteKind.SIGHTED, Sighted(tenure.nsid, tenure.born, there, seq, here))

    def read(self, kept: Kept, tables: Sequence[Table]) -> None:
        """Take note of tables."""
        self._wait(NoteKind.READ, reading(kept, tables))

    def failed(self, key: NetnsKey, says: str) -> None:
        """Take note of a failure."""
        self._failed[key] = says
        if not says:
            del self._failed[key]
        self._wait(NoteKind.FAILED, Failed(key, says))

    def intended(self, intents: Sequence[Intent], seats: Sequence[Seat]) -> None:
        """Take note of intents."""
        self._intended = Intended(tuple(intents), tuple(seats))
        self._wait(NoteKind.INTENT, self._intended)

    def judged(self, judged: Judged) -> None:
        """Take note of findings."""
        self._wait(NoteKind.FINDINGS, judged)

    def _wait(self, kind: NoteKind, value: Any) -> None:
        with self._lock:
            self._waiting.append(_Waiting(self._session.ring.end, time.time_ns(), kind, value))

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
                failed = tuple(Failed(key, says) for key, says in self._failed.items())
                frame = frame_of(self._session, self._named, failed, self._intended, new_part=new_part)
                self._wait(NoteKind.STATE, frame)

    def _run(self) -> None:
        ended = DEFECT
        try:
            while not self._closing.wait(PERIOD_S):
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
        with self._lock:
            end, waiting = self._session.ring.end, self._waiting
            self._waiting = []
        for one in waiting:
            self._write(one)
        self._write_records(end)
        if self._writer:
            gaps = self._news.gaps_changed(self._session.gaps())
            if gaps:
                self._put(Note(NoteKind.NAMED, end, time.time_ns(), encoded(gaps)))
        self._sink.flush()
        if not self._asked and (full := self._is_full(self._sink.size, self._since)) | self._state_is_due():
            self._asked = True
            self._frame(new_part=full)

    def _write_records(self, end: int) -> None:
        if self._writer and end > self._writer.end:
            if self._writer.end < self._session.ring.first:
                lost = self._session.ring.first - self._writer.end
                raise RecordingError(f"{self._sink.name} is too slow: {lost} records could not be written in time.")
            self._writer.records(self._session.ring, end)
            self._records = self._writer.end - self._first

    def _write(self, one: _Waiting) -> None:
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

    def _write_frame(self, one: _Waiting, frame: Frame) -> None:
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
        if self._writer is None or self._writer.offset - offset < STATE_SHARE * size:
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
        self._writer = (
            RedactedWriter(self._sink, start, self._label, self._redactor)
            if self._redactor
            else Writer(self._sink, start, self._label)
        )

    def _end_part(self) -> None:
        if self._writer:
            self._writer.finish(self._session.ring)
        self._sink.close()

    def _label(self, nsid: int, seq: int) -> tuple[str, str]:
        tenure = self._session.tenures.at(nsid, seq)
        says = f"namespace id {tenure.key.id}" if tenure and tenure.key and tenure.key.id > 0 else ""
        return self._session.names.netns(nsid, seq), says
