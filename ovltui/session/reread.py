"""Reading the kernel's tables again, and putting into the stream what no event told.

Source: short visits (``kernel.dump``). While the tables are read, events go on: those that were received since are
applied to what was known and to what was read alike, and what differs then was not told. Privileges: CAP_SYS_ADMIN.
Incomplete: where events are under way for longer than ``PATIENCE_S``, one may come after the row that it equals.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event

from ovltui.kernel.dump import Dump, dump
from ovltui.kernel.namespace import opened
from ovltui.kernel.wire import Table
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns
from ovltui.session.kept import Kept, KeptTables
from ovltui.session.load import Loader
from ovltui.session.stream import Stream
from ovltui.state.difference import difference
from ovltui.state.tables import Tables

EVERY = frozenset(Table)
SETTLE_S = 0.1
"""Seconds for which events may be under way from the kernel to the ring."""
PATIENCE_S = 2.0
REST_S = 0.5
"""Seconds between two readings of one namespace, at least."""
REST_FACTOR = 20
"""How many times as long as a reading took the namespace is let alone."""
_REFUSED_S = 60.0
"""Seconds after which a namespace that may not be visited is tried again."""
_POLL_S = 0.02

Wanted = tuple[Kept, frozenset[Table]]
"""A namespace, and which of its tables to read."""


@dataclass(frozen=True, slots=True)
class _Reading:
    kept: Kept
    start: int
    """The next record when it began."""
    answers: Dump
    took_s: float


class Rereader:
    """Reads tables, in one thread.

    Args:
        stream: takes in what was found.
        tables: where tables are kept.
        loader: where names are taken from.
        closing: is set when nothing is to be waited for any more.
    """

    def __init__(self, stream: Stream, tables: KeptTables, loader: Loader, closing: Event) -> None:
        self._stream = stream
        self._tables = tables
        self._loader = loader
        self._closing = closing

    def read(self, wanted: Iterable[Wanted]) -> int:
        """Read tables of namespaces; return how many rows were put into the stream."""
        readings = [reading for kept, tables in wanted if (reading := self._visit(kept, tables))]
        if any(reading.kept.read_ns is not None for reading in readings):
            self._settle()
        return sum(self._finish(reading) for reading in readings if not self._closing.is_set())

    def _visit(self, kept: Kept, tables: frozenset[Table]) -> _Reading | None:
        if self._closing.is_set():
            return None
        with self._tables.lock:
            self._tables.catch_up()
            whole = kept.read_ns is None or tables == EVERY
            wanted = EVERY if whole else tables
            kept.tables.dirty -= wanted
            start = self._stream.ring.end
        begun = time.monotonic()
        try:
            answers = _dump(kept.netns, wanted)
        except OSError as error:
            kept.failed = f"its tables cannot be read ({error.strerror or error})"
            self._stream.tap.failed(kept.netns.key, kept.failed)
            kept.tables.dirty |= wanted
            kept.rest_until = time.monotonic() + (_REFUSED_S if isinstance(error, PermissionError) else PATIENCE_S)
            return None
        if kept.failed:
            kept.failed = ""
            self._stream.tap.failed(kept.netns.key, "")
        return _Reading(kept, start, answers, time.monotonic() - begun)

    def _settle(self) -> None:
        """Wait until the events that were under way are in the ring: it is quiet, or later ones come already."""
        ring = self._stream.ring
        asked, deadline = time.time_ns(), time.monotonic() + PATIENCE_S
        end, quiet_since = ring.end, time.monotonic()
        while time.monotonic() < deadline and not self._closing.wait(_POLL_S):
            if ring.end != end:
                end, quiet_since = ring.end, time.monotonic()
                if ring[end - 1].time_ns - asked > SETTLE_S * 10**9:
                    return
            elif time.monotonic() - quiet_since > SETTLE_S:
                return

    def _finish(self, reading: _Reading) -> int:
        begun = time.monotonic()
        kept, ring = reading.kept, self._stream.ring
        fresh = Tables(reading.answers)
        for table, messages in reading.answers.items():
            fresh.load(table, messages)
        with self._tables.lock:
            self._tables.catch_up()
            rows = self._stream.resync(kept.tenure.nsid, lambda end: self._difference(reading, fresh, end))
        if reading.answers.keys() == EVERY and reading.start >= ring.first:
            self._loader.load(kept.tenure, reading.start, reading.answers)
        spent = reading.took_s + time.monotonic() - begun
        kept.rest_until = time.monotonic() + max(REST_S, REST_FACTOR * spent)
        return rows

    def _difference(self, reading: _Reading, fresh: Tables, end: int) -> list[bytes]:
        """Bring both up to record ``end``, put what was read in the place of what was known; return what differs."""
        kept, ring = reading.kept, self._stream.ring
        self._tables.catch_up()
        if reading.start < ring.first or kept.tenure.died is not None:
            kept.tables.dirty |= reading.answers.keys()
            return []
        fresh.apply_all(raw for _, _, raw in ring.received(reading.start, end, (kept.tenure.nsid,)))
        told = kept.read_ns is not None
        rows = difference(kept.tables, fresh, fresh.tables) if told else []
        kept.tables.adopt(fresh)
        if reading.answers.keys() == EVERY:
            kept.read, kept.read_ns = reading.start, time.time_ns()
        self._tables.put(kept)
        self._stream.tap.read(kept, tuple(reading.answers))
        return rows


def _dump(netns: Netns, tables: frozenset[Table]) -> Dump:
    """Visit a namespace by the first path that leads to it.

    Raises:
        OSError: none does, or the visit was refused.
    """
    refusal: OSError = FileNotFoundError(2, "it is gone")
    for path in ways_in(netns):
        try:
            with opened(path) as namespace:
                if namespace.id == netns.key.id:
                    return dump(namespace, tables, own=netns.own)
        except OSError as error:
            refusal = error
    raise refusal
