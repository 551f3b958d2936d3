"""Plays a recording: a session as it was at any moment.

Source: ``capture.recording``. Privileges: the right to read the file. A moment is reached from the key frame before it:
the notes since then are taken in, and those records that tell of links, addresses and numbers; all others are only
there to be looked at. Incomplete: as the recording; ``missing`` says what could not be read.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, compress

from ovltui.capture.columns import PlayedRing
from ovltui.capture.index import Place
from ovltui.capture.inputs import Mark, Start
from ovltui.capture.notes import NoteKind
from ovltui.capture.recording import Recording
from ovltui.capture.source import Told
from ovltui.capture.values import decoded
from ovltui.events.block import Block
from ovltui.events.sort import REPEAT, object_in
from ovltui.events.vocabulary import Object
from ovltui.session.judged import Judged
from ovltui.session.replay import ReplaySession

_FOLLOWED = frozenset((Object.LINK, Object.ADDR, Object.NSID, Object.GAP))
_TELLS = bytes(sort & ~REPEAT & 0x1F < len(Object) and object_in(sort & ~REPEAT) in _FOLLOWED for sort in range(256))
"""By the sort of a record: whether a session follows it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark in a recording."""

    seq: int
    time_ns: int
    says: str


class Player:
    """A recording, and a session that plays it. One thread uses it.

    Args:
        path: of the file, ``-`` for stdin.
        told: is told how far it was read.

    Raises:
        RecordingError: it is no recording, or one that this version cannot read.
    """

    def __init__(self, path: str, told: Told | None = None) -> None:
        self._recording = Recording(path, told)
        self.name = self._recording.name
        self._ring = self._recording.ring
        self._notes = self._recording.index.notes
        self._blocks = self._ring.blocks(self._ring.first, self._ring.whole)
        self._states = [place for place in self._notes if place.kind is NoteKind.STATE]
        self._next_note = 0
        self.session = self._from_state(None)

    @property
    def start(self) -> Start:
        """With what the recording begins."""
        return self._recording.start

    @property
    def first(self) -> int:
        """The first record."""
        return self._ring.first

    @property
    def end(self) -> int:
        """The first record that is not in it any more."""
        return self._ring.whole

    @property
    def records(self) -> int:
        """How many there are."""
        return self.end - self.first

    @property
    def start_ns(self) -> int:
        """When it begins, in nanoseconds since the epoch."""
        times = [place.time_ns for place in self._states[:1]] or [self._blocks[0].times[0] if self.records else 0]
        return times[0]

    @property
    def end_ns(self) -> int:
        """When it ends, in nanoseconds since the epoch."""
        times = [place.time_ns for place in self._notes[-1:]] + ([self._blocks[-1].times[-1]] if self.records else [])
        return max(times, default=0)

    @property
    def missing(self) -> tuple[str, ...]:
        """What could not be read, each a sentence."""
        return tuple(dict.fromkeys(self._recording.missing))

    @property
    def marks(self) -> tuple[Marked, ...]:
        """The marks, in order."""
        return tuple(self._marks())

    def seek(self, seq: int) -> ReplaySession:
        """Return a new session, as it was before record ``seq``."""
        return self._seek(min(max(seq, self.first), self.end), None)

    def seek_ns(self, time_ns: int) -> ReplaySession:
        """Return a new session, as it was at a time, in nanoseconds since the epoch."""
        return self._seek(self.seq_at(time_ns), time_ns)

    def seq_at(self, time_ns: int) -> int:
        """Return the first record that came after a time."""
        before = [block for block in self._blocks if self._time_of(block) <= time_ns]
        if not before:
            return self.first
        times = list(accumulate(before[-1].times, max))
        return min(before[-1].first + bisect_right(times, time_ns), self.end)

    def time_of(self, seq: int) -> int:
        """Return when a record came, in nanoseconds since the epoch; when it begins, of one before all."""
        block = next((block for block in reversed(self._blocks) if block.first <= seq), None)
        return self.start_ns if block is None or seq < self.first else block.times[min(seq, self.end - 1) - block.first]

    def step(self, count: int) -> ReplaySession:
        """Return the session ``count`` records later; the same one where that is ahead, and it tells its listeners."""
        if count < 0:
            return self.seek(self.session.ring.end + count)
        self._advance(min(self.session.ring.end + count, self.end), None)
        self.session.tell()
        return self.session

    def play_to(self, time_ns: int) -> ReplaySession:
        """Return the session as it was at a later time; the same one, gone on."""
        self._advance(max(self.session.ring.end, self.seq_at(time_ns)), time_ns)
        return self.session

    def judgements(self) -> Iterator[tuple[int, Judged]]:
        """Yield what the checks found, and when, each time that it changed; nothing where they did not look."""
        for place in self._notes:
            note = self._recording.note(place.offset) if place.kind is NoteKind.FINDINGS else None
            try:
                if note:
                    yield place.time_ns, decoded(Judged, note.value)
            except ValueError:  # said when it is taken
                continue

    def close(self) -> None:
        """Close the file."""
        self._recording.close()

    def _seek(self, seq: int, time_ns: int | None) -> ReplaySession:
        states = [place for place in self._states if place.seq <= seq and (time_ns is None or place.time_ns <= time_ns)]
        self.session = self._from_state(states[-1] if states else None)
        self._advance(seq, time_ns)
        return self.session

    def _from_state(self, place: Place | None) -> ReplaySession:
        """Return a session as it was at a key frame, or at the beginning."""
        self._next_note = self._notes.index(place) if place else 0
        # A ring of its own: whoever still looks at the session before sees nothing of this one.
        self._ring = PlayedRing(self._blocks, self.first)
        self._ring.play(place.seq if place else self.first)
        session = ReplaySession(self._recording.start, self._ring)
        if not self._states:
            for interface in self._recording.index.interfaces:
                session.take(interface)
        self.session = session
        for judged in [one for one in self._notes[: self._next_note] if one.kind is NoteKind.FINDINGS][-1:]:
            self._take(judged)
        self._take_notes(lambda one: one is place or (place is None and one.seq <= self.first))
        return session

    def _advance(self, seq: int, time_ns: int | None) -> None:
        """Go on to record ``seq``, and over the notes before it, those later than ``time_ns`` left out."""
        while self._next_note < len(self._notes) and (place := self._notes[self._next_note]).seq <= seq:
            if time_ns is not None and place.time_ns > time_ns:
                break
            self._follow(place.seq)
            here = place.seq
            self._take_notes(lambda one: one.seq <= here and (time_ns is None or one.time_ns <= time_ns))  # noqa: B023
        self._follow(seq)

    def _take_notes(self, wanted: Callable[[Place], bool]) -> None:
        while self._next_note < len(self._notes) and wanted(self._notes[self._next_note]):
            place = self._notes[self._next_note]
            self._next_note += 1
            self._take(place)

    def _take(self, place: Place) -> None:
        note = self._recording.note(place.offset)
        try:
            if note:
                self.session.apply(note)
        except ValueError as error:
            self._recording.missing.append(f"{self.name}: {error}, what it said is missing")

    def _follow(self, seq: int) -> None:
        """Let the records before ``seq`` be there."""
        start = self._ring.end
        if seq <= start:
            return
        self._ring.play(seq)
        for block in self._ring.blocks(start, seq):
            low, high = max(start, block.first) - block.first, min(seq - block.first, block.size)
            for index in compress(range(low, high), block.sorts[low:high].translate(_TELLS)):
                self.session.stream.follow(block.record(block.first + index))

    def _marks(self) -> Iterator[Marked]:
        for place in self._notes:
            note = self._recording.note(place.offset) if place.kind is NoteKind.MARK else None
            if note:
                mark = decoded(Mark, note.value)
                kept = mark.seq is not None and self.first <= mark.seq < self.end
                seq, time_ns = (mark.seq, self.time_of(mark.seq)) if kept and mark.seq else (place.seq, place.time_ns)
                yield Marked(seq, time_ns, mark.says)

    def _time_of(self, block: Block) -> int:
        return block.times[max(0, self.first - block.first)]
