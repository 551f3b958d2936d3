"""What waits to be recorded beside the records of the ring: notes, each with its place among them.

Source: ``Tap``, in any thread, often with locks of the session held: it only takes note. Privileges: none. Incomplete:
where ``most`` is told, notes beyond that many are not kept, and ``torn`` says so.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ovltui.capture.inputs import Bound, Clock, Failed, Intended, Loaded, Mark, Sighted
from ovltui.capture.notes import NoteKind
from ovltui.events.look import Look
from ovltui.events.ring import Ring
from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import EngineView, Identity
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.judged import Judged
from ovltui.session.kept import Kept
from ovltui.session.keyframe import reading
from ovltui.session.news import Known
from ovltui.session.tap import Tap
from ovltui.state.addresses import Address
from ovltui.state.links import Link
from ovltui.state.tenure import Tenure


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be written before record ``seq``."""

    seq: int
    time_ns: int
    kind: NoteKind
    value: Any


class Notebook(Tap):
    """Takes notes of a session.

    Args:
        ring: its records.
        most: how many notes may wait; 0 for any number.
    """

    def __init__(self, ring: Ring, most: int = 0) -> None:
        self._ring = ring
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self.torn = False
        """Whether notes were left out since ``forget``."""
        self.known = Known((), {}, ())
        """All names, as they were told last."""
        self.failures: dict[NetnsKey, str] = {}
        """Why tables of namespaces cannot be read."""
        self.intent: Intended | None = None
        """What the engines intend."""
        self.judgement: Judged | None = None
        """What the checks found."""

    def taken(self) -> tuple[int, list[Waiting]]:
        """Return the record before which all notes so far hold, and those notes; they wait no more."""
        with self._lock:
            end, waiting = self._ring.end, self._waiting
            self._waiting = []
        return end, waiting

    def forget(self) -> None:
        """Throw away what waits: a key frame that comes says it all."""
        with self._lock:
            self._waiting, self.torn = [], False

    def wait(self, kind: NoteKind, value: Any) -> None:
        """Let a note wait."""
        with self._lock:
            if self._most and len(self._waiting) >= self._most:
                self.torn = True
                return
            self._waiting.append(Waiting(self._ring.end, time.time_ns(), kind, value))

    def mark(self, says: str, seq: int | None = None) -> None:
        """Leave a mark at a record, or at this moment."""
        self.wait(NoteKind.MARK, Mark(says, seq))

    def clock(self, token: int) -> None:
        """Answer whoever leads the recording."""
        self.wait(NoteKind.CLOCK, Clock(token, time.time_ns()))

    def named(
        self, netnses: Sequence[Netns], identities: Mapping[NetnsKey, Identity], views: Sequence[EngineView]
    ) -> None:
        """Take note of names."""
        self.known = Known(tuple(netnses), dict(identities), tuple(views))
        self.wait(NoteKind.NAMED, self.known)

    def bound(self, nsid: int, key: NetnsKey, seq: int, *, home: bool = False) -> None:
        """Take note of a number."""
        self.wait(NoteKind.BOUND, Bound(nsid, key, seq, home))

    def loaded(
        self, tenure: Tenure, seq: int, time_ns: int, links: Sequence[tuple[Link, Look]], addresses: Sequence[Address]
    ) -> None:
        """Take note of links and addresses."""
        self.wait(NoteKind.LOADED, Loaded(tenure.nsid, tenure.born, seq, time_ns, tuple(links), tuple(addresses)))

    def sighted(self, tenure: Tenure, there: int, seq: int, here: int) -> None:
        """Take note of a number inside of a namespace."""
        self.wait(NoteKind.SIGHTED, Sighted(tenure.nsid, tenure.born, there, seq, here))

    def read(self, kept: Kept, tables: Sequence[Table]) -> None:
        """Take note of tables."""
        self.wait(NoteKind.READ, reading(kept, tables))

    def failed(self, key: NetnsKey, says: str) -> None:
        """Take note of a failure."""
        self.failures[key] = says
        if not says:
            del self.failures[key]
        self.wait(NoteKind.FAILED, Failed(key, says))

    def intended(self, intents: Sequence[Intent], seats: Sequence[Seat]) -> None:
        """Take note of intents."""
        self.intent = Intended(tuple(intents), tuple(seats))
        self.wait(NoteKind.INTENT, self.intent)

    def judged(self, judged: Judged) -> None:
        """Take note of findings."""
        self.judgement = judged
        self.wait(NoteKind.FINDINGS, judged)
