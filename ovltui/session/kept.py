"""The tables of all namespaces, kept current by the records of the ring, in bulk and not as each comes.

Source: ``Ring``; who reads the kernel's tables puts them here (``session.reread``). Privileges: none. Incomplete: of a
namespace that was not read, or not since messages were lost, it says so.
"""

from bisect import bisect_right
from dataclasses import dataclass
from threading import Lock

from ovltui.events.ring import Ring
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns
from ovltui.state.tables import Contents, Tables
from ovltui.state.tenure import Tenure, Tenures


@dataclass(slots=True, eq=False)
class Kept:
    """One namespace."""

    tenure: Tenure
    netns: Netns
    """By which paths it can be entered."""
    tables: Tables
    read: int = -1
    """The next record when all tables were last read; -1 for never."""
    read_ns: int | None = None
    """When that was, in nanoseconds since the epoch."""
    rest_until: float = 0.0
    """When tables may be read again, by the monotonic clock."""
    failed: str = ""
    """Why the last reading failed, a sentence."""


class KeptTables:
    """The tables of namespaces, by nsid; whoever touches them holds ``lock``.

    Args:
        ring: the records.
        tenures: who holds which nsid.
    """

    def __init__(self, ring: Ring, tenures: Tenures) -> None:
        self.lock = Lock()
        self._ring = ring
        self._tenures = tenures
        self._kept: dict[int, Kept] = {}
        self._next = ring.end

    @property
    def applied(self) -> int:
        """The first record of the stream that is not in the tables yet."""
        return self._next

    def begin(self, seq: int) -> None:
        """Take in that the tables, which are put now, hold the records before ``seq``."""
        self._next = seq

    @property
    def lag(self) -> int:
        """How many records of the stream are not in the tables yet."""
        return self._ring.end - self._next

    def all(self) -> tuple[Kept, ...]:
        """Return every namespace."""
        return tuple(self._kept.values())

    def of(self, tenure: Tenure) -> Kept | None:
        """Return the namespace that ``tenure`` stands for."""
        kept = self._kept.get(tenure.nsid)
        return kept if kept and kept.tenure is tenure else None

    def put(self, kept: Kept) -> None:
        """Begin to keep a namespace, whose tables contain all records so far."""
        self._kept[kept.tenure.nsid] = kept

    def drop(self, kept: Kept) -> None:
        """Keep a namespace no longer."""
        if self._kept.get(kept.tenure.nsid) is kept:
            del self._kept[kept.tenure.nsid]

    def catch_up(self) -> None:
        """Bring all tables up to the last record."""
        start, end = self._next, self._ring.end
        if start < self._ring.first:  # records went that no table contains
            for kept in self._kept.values():
                kept.read_ns = None
        for block in self._ring.blocks(start, end):
            for nsid, seqs, raws in block.received_by_nsid(start, end, self._kept):
                kept = self._kept[nsid]
                died = kept.tenure.died
                kept.tables.apply_all(raws if died is None else raws[: bisect_right(seqs, died)])
        self._next = end

    def contents(self, tenure: Tenure) -> Contents:
        """Return what is in a namespace now."""
        with self.lock:
            kept = self.of(tenure)
            if kept is None:
                return Contents(gaps=("its tables were not read yet",))
            self.catch_up()
            return Contents(kept.tables.messages(), self._next, kept.read_ns, self._gaps(kept))

    def _gaps(self, kept: Kept) -> tuple[str, ...]:
        says = [kept.failed] if kept.failed else []
        if kept.read_ns is None:
            says.append("its tables were not read yet")
        elif kept.read <= self._tenures.last_gap_of(kept.tenure.key):
            says.append("messages were lost, its tables are being read again")
        elif kept.tables.dirty:
            which = ", ".join(table.value for table in Table if table in kept.tables.dirty)
            says.append(f"being read again: {which}")
        return tuple(says)
