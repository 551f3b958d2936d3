"""Keeps the tables of all namespaces true, in a thread that nobody waits for.

Source: ``session.reread``: each namespace once when it is found, all after messages were lost, some when a message came
that silent changes may go with. Privileges: those of a visit. Incomplete: ``Contents.gaps`` says what was not read.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from ovltui.events.record import OWN_NSID
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.kept import Kept, KeptTables
from ovltui.session.load import Loader
from ovltui.session.reread import EVERY, Rereader
from ovltui.session.sight import Sight
from ovltui.session.stream import Stream
from ovltui.state.tables import Contents, Tables
from ovltui.state.tenure import Tenure

PERIOD_S = 1.0
"""Seconds between looks when nothing calls."""
DEBOUNCE_S = 0.05
"""Seconds between a message that silent changes may go with and the reading."""
RESYNC_S = 1.0
"""Seconds between two readings of everything, at least."""
LAG = 400_000
"""Records that may wait for somebody to look before they are taken into the tables."""
_FIRST_S = 0.3
"""Seconds before the first reading: the first screen is drawn by then."""
_BATCH = 20
_BREATH_S = 0.02
"""Seconds between two batches of namespaces."""


class TableKeeper:
    """The thread, and the one place to look.

    Args:
        stream: whose records keep the tables current, and which takes in what no record told.
        sight: is asked for the peers of links that were found.
        tell: called when rows came into the stream.
        tables: where tables are kept; somewhere new where it is None.
    """

    def __init__(
        self, stream: Stream, sight: Sight, tell: Callable[[], None], tables: KeptTables | None = None
    ) -> None:
        self._stream = stream
        self._tell = tell
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._tables = tables or KeptTables(stream.ring, stream.tenures)
        self._rereader = Rereader(stream, self._tables, Loader(stream, sight), self._closing)
        self._netnses: dict[NetnsKey, Netns] = {}
        self._matched: dict[NetnsKey, Netns] | None = None
        self._new: dict[NetnsKey, Kept] = {}
        self._resynced = -1
        self._next_resync = 0.0
        self._thread = threading.Thread(target=self._run, name="ovltui-tables", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def doubt(self) -> None:
        """Look soon whether a table must be read again; any thread may call it, also while the stream is written."""
        if not self._wake.is_set():
            self._wake.set()

    def keep(self, netnses: Iterable[Netns]) -> None:
        """Take in which namespaces live."""
        living = {netns.key: netns for netns in netnses}
        born = not living.keys() <= self._netnses.keys()
        self._netnses = living
        if born:
            self.doubt()

    def contents(self, netns: Netns) -> Contents:
        """Return what is in a namespace now, in any thread."""
        tenure = self._tenure(netns)
        if tenure is None:
            return Contents(gaps=("its events are not heard, its tables are not read",))
        kept = self._new.get(netns.key)
        if kept and kept.failed:
            return Contents(gaps=(kept.failed,))
        contents, hearing = self._tables.contents(tenure), self._stream.hearing
        if netns.own or hearing is None or hearing.all_nsid:
            return contents
        return replace(contents, gaps=(*contents.gaps, "its events are not heard, its tables grow old"))

    def _run(self) -> None:
        pause = _FIRST_S
        self._closing.wait(_FIRST_S)
        while not self._closing.is_set():
            if self._wake.wait(pause):
                self._closing.wait(DEBOUNCE_S)
                self._wake.clear()
                with self._tables.lock:
                    self._tables.catch_up()
            pause = self._step()

    def _step(self) -> float:
        """Read what must be read now; return how long to wait, in seconds."""
        self._match_living()
        now, gap = time.monotonic(), self._stream.tenures.last_gap
        pauses = [PERIOD_S]
        if gap > self._resynced and now >= self._next_resync:
            self._read((kept, EVERY) for kept in self._tables.all())
            self._resynced = gap
            self._next_resync = time.monotonic() + RESYNC_S
        elif gap > self._resynced:
            pauses.append(self._next_resync - now)
        else:
            pauses += self._read_dirty()
        self._read_new()
        self._follow()
        return min(pauses)

    def _match_living(self) -> None:
        """Begin with namespaces that were born, and end with those that died."""
        netnses = self._netnses
        if netnses is self._matched:
            return
        self._matched = netnses
        for kept in (*self._tables.all(), *self._new.values()):
            netns = netnses.get(kept.netns.key)
            if netns is None or self._tenure(netns) is not kept.tenure:
                with self._tables.lock:
                    self._tables.drop(kept)
                self._new.pop(kept.netns.key, None)
            else:
                kept.netns = netns
        for netns in netnses.values():
            tenure = self._tenure(netns)
            if tenure and tenure.died is None and netns.key not in self._new and not self._tables.of(tenure):
                self._new[netns.key] = Kept(tenure, netns, Tables())

    def _read_new(self) -> None:
        """Read namespaces of which nothing is known yet, a few at a time."""
        due = iter([kept for kept in self._new.values() if kept.rest_until <= time.monotonic()])
        while batch := list(islice(due, _BATCH)):
            self._read((kept, EVERY) for kept in batch)
            for kept in batch:
                if self._tables.of(kept.tenure) is kept:
                    self._new.pop(kept.netns.key, None)
            if self._closing.wait(_BREATH_S):
                return

    def _read_dirty(self) -> Iterator[float]:
        """Read tables that may have changed silently; yield how long those wait that were read a moment ago."""
        now = time.monotonic()
        doubtful = [kept for kept in self._tables.all() if kept.tables.dirty or kept.read_ns is None]
        self._read((kept, frozenset(kept.tables.dirty)) for kept in doubtful if kept.rest_until <= now)
        yield from (kept.rest_until - now for kept in doubtful if kept.rest_until > now)

    def _read(self, wanted: Iterable[tuple[Kept, frozenset[Table]]]) -> None:
        if self._rereader.read(wanted):
            self._tell()

    def _follow(self) -> None:
        """Take in all records that wait before the ring may drop them."""
        ring, lag = self._stream.ring, self._tables.lag
        if lag > LAG or (ring.first and lag > (ring.end - ring.first) // 2):
            with self._tables.lock:
                self._tables.catch_up()

    def _tenure(self, netns: Netns) -> Tenure | None:
        tenures = self._stream.tenures
        return tenures.at(OWN_NSID, self._stream.ring.end) if netns.own else tenures.of(netns.key)
