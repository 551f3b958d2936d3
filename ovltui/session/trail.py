"""Finds the messages of one link in the ring, outward from a record and without decoding them.

Source: the header of link messages, which has type, family, ifindex and changed flags at fixed places. Privileges:
none. Incomplete: a search ends after ``BUDGET`` records, which ``exhausted`` tells: the memory may hold more.
"""

import struct
import sys
from collections.abc import Callable, Iterator

from ovltui.events.decode_link import ALL_CHANGED
from ovltui.events.record import Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane
from ovltui.events.words import AF_BRIDGE, AF_UNSPEC
from ovltui.kernel.wire import Rtm

BUDGET = 15_000
"""Records that all searches of one trail read together; passing one over costs ``_PASSED`` of them less."""
_PASSED = 8
_FIRST_WINDOW, _LARGEST_WINDOW = 256, 8192
"""Sequence numbers looked at in one go: few at first, since most of a life is near."""
_HEAD = struct.Struct("=BxHiII").unpack_from
_HEAD_AT, _HEAD_END = 16, 32
_NEW, _DEL = (int(kind).to_bytes(2, sys.byteorder) for kind in (Rtm.NEWLINK, Rtm.DELLINK))
_WORDLESS = (Kind.GAP, Kind.DOCKER)
_FAMILIES = (AF_UNSPEC, AF_BRIDGE)
"""Families of messages that tell of the link itself, or of it as a port."""
Wanted = Callable[[Record], bool]


def is_of_link(record: Record, nsid: int, ifindex: int) -> bool:
    """Return whether a record is a message about that link, as such or as a bridge port."""
    if record.nsid != nsid or not _is_link_message(record):
        return False
    family, _, index, _, _ = _HEAD(record.raw, _HEAD_AT)
    return index == ifindex and family in _FAMILIES


def ifindex_of(record: Record) -> int:
    """Return the number of the link that a link message is about, even where the rest of it cannot be read."""
    index: int = _HEAD(record.raw, _HEAD_AT)[2]
    return index


def begins(record: Record) -> bool:
    """Return whether a record announces a link that was not in its namespace before."""
    return record.raw[4:6] == _NEW and _about(record) == (AF_UNSPEC, ALL_CHANGED)


def ends(record: Record) -> bool:
    """Return whether a record says that a link left its namespace or was deleted."""
    return record.raw[4:6] == _DEL and _about(record)[0] == AF_UNSPEC


def _about(record: Record) -> tuple[int, int]:
    """Return family and changed flags; (-1, 0) where the record is no link message."""
    if not _is_link_message(record):
        return -1, 0
    family, _, _, _, change = _HEAD(record.raw, _HEAD_AT)
    return family, change


def _is_link_message(record: Record) -> bool:
    raw = record.raw
    return record.kind not in _WORDLESS and len(raw) >= _HEAD_END and raw[4:6] in (_NEW, _DEL)


class Trail:
    """Searches that share one budget.

    Args:
        ring: where to look.
        budget: how many records to read.
    """

    def __init__(self, ring: Ring, budget: int = BUDGET) -> None:
        self._ring = ring
        self._left = budget

    @property
    def exhausted(self) -> bool:
        """Whether a search may have ended early."""
        return self._left <= 0

    def of(self, nsid: int, ifindex: int, start: int, end: int, *, back: bool) -> Iterator[Record]:
        """Yield the messages of a link, and the gaps, among the records from ``start`` up to before ``end``.

        Args:
            nsid: the link's namespace.
            ifindex: its number there.
            start: the lowest sequence number.
            end: the first that is too high.
            back: the newest first.
        """
        yield from self._search(
            start,
            end,
            lambda record: record.kind is Kind.GAP or is_of_link(record, nsid, ifindex),
            lambda found, _seq: found == nsid,
            back=back,
        )

    def departures(self, start: int, end: int) -> Iterator[Record]:
        """Yield messages of any namespace that say that a link left, the newest first."""
        yield from self._search(start, end, ends, lambda _nsid, _seq: True, back=True)

    def arrivals(self, start: int, end: int) -> Iterator[Record]:
        """Yield messages of any namespace that announce a link, the oldest first."""
        yield from self._search(start, end, begins, lambda _nsid, _seq: True, back=False)

    def _search(
        self, start: int, end: int, wanted: Wanted, where: Callable[[int, int], bool], *, back: bool
    ) -> Iterator[Record]:
        for low, high in _windows(max(start, self._ring.first), min(end, self._ring.end), back=back):
            seqs = self._ring.seqs(Pane.LINK, low, high)
            near = self._ring.sift(seqs, where)
            self._left -= len(seqs) // _PASSED
            for seq in reversed(near) if back else near:
                if self.exhausted:
                    return
                self._left -= 1
                try:
                    record = self._ring[seq]
                except KeyError:  # dropped meanwhile
                    continue
                if wanted(record):
                    yield record


def _windows(start: int, end: int, *, back: bool) -> Iterator[tuple[int, int]]:
    size = _FIRST_WINDOW
    while start < end:
        size = min(size, end - start)
        if back:
            yield end - size, end
            end -= size
        else:
            yield start, start + size
            start += size
        size = min(2 * size, _LARGEST_WINDOW)
