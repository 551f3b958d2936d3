"""One machine's stream, read in a thread of its own, again and again: what it says waits until it is merged.

Source: ``remote.machine``. Privileges: those of the connection. Incomplete: what a connection did not bring is
said by ``Ended`` and ``Began``; a note that cannot be understood is counted in ``damaged``.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from ovltui.capture.decode import Decoder, Item
from ovltui.capture.inputs import Clock, Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.values import decoded
from ovltui.errors import OvltuiError, RecordingError
from ovltui.events.record import Record
from ovltui.remote.machine import Machine, Pieces
from ovltui.session.joined_clock import OtherClock
from ovltui.session.replay import INPUTS

BACKOFF_S = (0.5, 1.0, 1.0, 1.5, 1.5, 2.0, 2.0, 2.0, *(3.0,) * 6, *(5.0,) * 12, 10.0)
"""Seconds before it is tried again, at most; the last ones from then on: a cut is short, or long."""
_LIVED_S = 5.0
"""Seconds after which a connection counts as one that lived: a recorder that breaks off at once is not hurried."""
_CHANCE = SystemRandom()
MOST = 200_000
"""Things that wait to be merged; beyond that nothing is read, so that the machine itself loses, and counts what."""
_PAUSE_S = 0.05
_END_S = 3.0
"""Seconds in which a connection ends; one that is being made may take longer, and ends by itself."""
_DAMAGES = 8
"""Sentences about damage that are kept, the newest."""
_DEFECT = "reading its stream failed by a defect of ovltui; the traceback is on stderr"


@dataclass(frozen=True, slots=True)
class Began:
    """A connection, or a new section of one, whose state comes next."""

    start: Start
    lost: int | None
    """Records that were lost since the section before; None where it is another connection."""


@dataclass(frozen=True, slots=True)
class Told:
    """An input that is no record."""

    kind: NoteKind
    value: Any
    note: Note


@dataclass(frozen=True, slots=True)
class Jumped:
    """Its clock was put forward or back."""

    by_ns: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A connection ended, or none could be made."""

    says: str


Thing = Record | Told | Began | Jumped | Ended
Waiting = tuple[int, int, Thing]
"""The time by which it is put in order, when it came, both ours in nanoseconds since the epoch, and what it is."""


def pause_s(tries: int) -> float:
    """Return for how many seconds to wait after so many tries in vain.

    It is another time for each of several machines, so that those that were lost together do not come back together.
    """
    longest = BACKOFF_S[min(tries, len(BACKOFF_S) - 1)]
    return longest * _CHANCE.uniform(0.5, 1)


class Feed:
    """The thread.

    Args:
        machine: whose.
        wake: called in the thread when something waits.
    """

    def __init__(self, machine: Machine, wake: Callable[[], None]) -> None:
        self.machine = machine
        self.clock = OtherClock()
        self.damaged: tuple[str, ...] = ()
        """What of the stream could not be read, each a sentence."""
        self._wake = wake
        self._waiting: deque[Waiting] = deque()
        self._fresh: list[Waiting] = []
        self._last_ns = 0
        self._next = 0
        self._start: Start | None = None
        self._line: Pieces | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ovltui-host", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the connection and the thread; a second call does nothing."""
        self._closing.set()
        if line := self._line:
            line.close()
        if self._thread.is_alive():
            self._thread.join(_END_S)  # it may be connecting

    @property
    def heard(self) -> bool:
        """Whether the machine is known to speak now."""
        return self._line is not None and self._line.heard

    @property
    def waits(self) -> bool:
        """Whether something waits to be merged."""
        return bool(self._waiting)

    def take(self, due_ns: int) -> Iterator[Waiting]:
        """Yield, and forget, what stands before a time, and what came before it."""
        waiting = self._waiting
        while waiting and (waiting[0][0] <= due_ns or waiting[0][1] <= due_ns):
            yield waiting.popleft()

    def _run(self) -> None:
        tries = 0
        while not self._closing.is_set():
            says, lived = _DEFECT, False
            try:
                says, lived = self._connect()
            finally:
                self._put(time.time_ns(), Ended(says))
                self._flush()
            tries = 0 if lived else tries + 1
            self._closing.wait(pause_s(tries))

    def _connect(self) -> tuple[str, bool]:
        """Read one connection to its end; return why it ended, and whether it lived."""
        self._start = None
        try:
            line = self._line = self.machine.open()
        except OvltuiError as error:
            return str(error), False
        began = time.monotonic()
        if self._closing.is_set():  # ``close`` came between the two
            line.close()
        try:
            self._read(line)
            says = line.ended or "its stream ended"
        except OvltuiError as error:
            says = line.ended or str(error)  # of a line that broke off early, the decoder knows less
        finally:
            line.close()
        return says, time.monotonic() - began > _LIVED_S

    def _read(self, line: Pieces) -> None:
        decoder = Decoder(self.machine.name)
        for item in decoder.items(self._flushed(line.pieces(), decoder)):
            if self._start is None and decoder.start is not None:
                self._begin(decoder.start, None)
            if self._start is None:
                raise RecordingError("what it sends is no recording of ovltui.")
            self._take(item)

    def _flushed(self, pieces: Iterable[bytes], decoder: Decoder) -> Iterator[bytes]:
        """Yield pieces; when the next one is asked for, all that the last one held has been taken."""
        for piece in pieces:
            yield piece
            if decoder.missing:  # not what it says at the end: a line is never closed as a file is
                self._miss(*decoder.missing)
            self._flush()

    def _miss(self, *says: str) -> None:
        self.damaged = tuple(dict.fromkeys((*self.damaged, *says)))[-_DAMAGES:]

    def _take(self, item: Item | Start) -> None:
        if isinstance(item, Record):
            self._next = item.seq + 1
            self._put(self.clock.here_ns(item.time_ns), item)
        elif isinstance(item, Start):
            self._begin(item, max(0, item.first - self._next))
        elif isinstance(item, Note):
            self._take_note(item)

    def _begin(self, start: Start, lost: int | None) -> None:
        self._start, self._next = start, start.first
        self._put(self._last_ns, Began(start, lost))

    def _take_note(self, note: Note) -> None:
        try:
            if note.kind is NoteKind.CLOCK:
                self._take_clock(decoded(Clock, note.value))
            elif kind := INPUTS.get(note.kind):
                self._put(self._last_ns, Told(note.kind, decoded(kind, note.value), note))
        except ValueError as error:
            self._miss(f"{error}, what it said is missing")

    def _take_clock(self, clock: Clock) -> None:
        jumped = self.clock.take(clock.token, clock.time_ns, time.time_ns())
        if jumped is not None:
            self._put(time.time_ns(), Jumped(jumped))

    def _put(self, time_ns: int, thing: Thing) -> None:
        # What one machine says stays in its order, also where its clock or an engine's goes back.
        self._last_ns = max(self._last_ns, time_ns)
        self._fresh.append((self._last_ns, 0, thing))

    def _flush(self) -> None:
        now_ns, fresh, self._fresh = time.time_ns(), self._fresh, []
        if not fresh:
            return
        self._waiting.extend([(key, now_ns, thing) for key, _, thing in fresh])
        self._wake()
        while len(self._waiting) > MOST and not self._closing.wait(_PAUSE_S):
            self._wake()
