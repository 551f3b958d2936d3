"""From messages to the bytes of a recording: what a host published, tick after tick, as if it had come through a pipe.

Source: messages of ``remote.nats_ticks`` in the order in which the server keeps them. Pure. It begins at a frame. Where
ticks are missing it waits for the next frame, whose first record tells how many records that were. What was published
twice is passed over. The clock of the host is told in between, as measured against the server's.
"""

from collections import deque

from ovltui.capture.inputs import Clock
from ovltui.capture.notes import Note, NoteKind, pack
from ovltui.capture.values import encoded
from ovltui.remote.nats_subjects import Class
from ovltui.remote.nats_ticks import Head, head_of, is_of_frame, merged

_SAMPLES = 64
_UNKNOWN_NS = 10**7
_DRIFT = 1e-4
"""By how much two clocks may part, as a share of the time that passes."""
_JUMP_NS = 10**9
"""What no message is late by, again and again."""


class Skew:
    """By how much the clock of a host is ahead of the server's, from when messages were sent and were kept."""

    def __init__(self) -> None:
        self._ages: deque[int] = deque(maxlen=_SAMPLES)
        self._best: tuple[int, int, int] | None = None
        """The least age of a message, when that was, and how long an answer took then."""

    def take(self, head: Head, kept_ns: int) -> None:
        """Take in a message, and when the server kept it, in nanoseconds since the epoch."""
        age, best = kept_ns - head.time_ns, self._best
        self._ages.append(age)
        if best and len(self._ages) == _SAMPLES and min(self._ages) - best[0] > _JUMP_NS:
            best = None  # a clock was set
        if best is None or age <= best[0] + int(max(0, kept_ns - best[1]) * _DRIFT):
            self._best = age, kept_ns, head.rtt_ns or _UNKNOWN_NS

    def note(self, now_ns: int) -> bytes:
        """Return the note that tells it, as an answer that came now."""
        age, _, rtt_ns = self._best or (0, 0, _UNKNOWN_NS)
        return pack(Note(NoteKind.CLOCK, 0, now_ns, encoded(Clock(now_ns - rtt_ns, now_ns - age))))


class Follower:
    """Follows one run of a recorder."""

    def __init__(self) -> None:
        self.run = 0
        """The run; 0 before its first frame."""
        self.over = False
        """Whether a newer run has begun."""
        self.done = False
        """Whether the recorder said that it ends."""
        self.torn = False
        """Whether ticks are missing, so that a frame is waited for."""
        self._next = -1
        self._found: dict[int, tuple[Head, bytes]] = {}
        self.skew = Skew()
        """Of its clock."""

    def take(self, message: bytes, kept_ns: int) -> bytes:
        """Take in a message; return the bytes of the recording that it completes.

        Args:
            message: as it was published.
            kept_ns: when the server took it, in nanoseconds since the epoch.

        Raises:
            ValueError: it is damaged; those after it are passed over up to the next frame.
        """
        head = head_of(message)
        if head.run < self.run or (head.run == self.run and head.tick < self._next):
            return b""  # of an older run, or published twice
        self.skew.take(head, kept_ns)
        if self.run and head.run > self.run:
            self.over = True
            return b""
        if head.kind is Class.END:
            self.done = True
            return b""
        if self._found and head.tick != next(iter(self._found.values()))[0].tick:
            self._tear()
        if head.tick != self._next and not head.begins:
            self._tear()
            return b""
        self._found[head.index] = head, message
        if len(self._found) < head.count:
            return b""
        return self._tick(head)

    def _tear(self) -> None:
        self._found.clear()
        self._next = -1
        self.torn = True

    def _tick(self, head: Head) -> bytes:
        found = [self._found[index] for index in sorted(self._found)]
        follows = head.tick == self._next and not head.anew
        try:
            blocks = merged(found)
        except ValueError:
            self._tear()
            raise
        self._found.clear()
        self.run, self._next, self.torn = head.run, head.tick + 1, False
        if head.begins and follows:
            blocks = [block for block in blocks if not is_of_frame(block)]
        return b"".join(blocks)
