"""A block of the ring: some thousand records that follow each other, in columns.

Source: what the ring appends. A record that only repeats another one of the block leads no row: it counts there.
One thread appends, any thread reads what is behind the ring's end. Pure.
"""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, compress
from typing import TypeVar

from ovltui.events.excerpt import Excerpt
from ovltui.events.record import MESSAGES, Kind, Record
from ovltui.events.sort import EVERY, REPEAT
from ovltui.events.vocabulary import Pane

T = TypeVar("T")
_KINDS = tuple(Kind)
"""By their numbers: calling the enumeration would cost as much as all else of a record."""
_MESSAGE = bytes((Kind.MESSAGE,))
_LOW = 0xFFFF
_NO_CHECKSUM = -zlib.MAX_WBITS
"""Deflate as such: a checksum of what never leaves the memory takes half as long as unpacking it."""
Where = Callable[[int, int], bool]
"""Takes nsid and sequence number of a message."""


class Lasting:
    """A ``Where`` that knows for how long it says the same."""

    def __call__(self, nsid: int, seq: int) -> bool:
        """Return whether a message may show."""
        raise NotImplementedError

    def lasting(self, nsid: int, low: int, high: int) -> bool | None:
        """Return the same of all messages from ``low`` to ``high``; None where each has to be asked for."""
        raise NotImplementedError


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> bytes:
    # Each pane, and whoever else looks through old records, does so block after block.
    return zlib.decompress(packed, _NO_CHECKSUM)


class Block:
    """Up to ``size`` records, at most 65,536, from ``first`` on: their bytes, and columns for the rest."""

    __slots__ = (
        *("body", "ends", "first", "folds", "fresh", "kinds", "nsids", "packed", "panes", "size", "sorts", "times"),
    )

    def __init__(self, first: int, size: int) -> None:
        self.first = first
        self.size = size
        self.fresh: list[bytes] | None = []
        """The bytes of each record while the block fills up; None once it is full."""
        self.body = b""
        """The bytes of all records of a full block, back to back."""
        self.packed: bytes | None = None
        """The body compressed, once it is looked at seldom; ``body`` is empty then."""
        self.ends = array("I")
        self.times = array("q")
        self.nsids = array("i")
        self.kinds = array("B")
        self.sorts = bytearray()
        """What ``sort_of`` says, and whether it is a repeat."""
        self.panes: dict[Pane, array[int]] = {pane: array("Q") for pane in Pane}
        """Records that lead a row."""
        self.folds: array[int] | None = None
        """Where anything is repeated: of a leader the index of its last repeat in the high half; of a repeat how many
        it is the last of there, and the index of its leader in the low half."""

    @property
    def plain(self) -> bytes:
        """The bytes of all records of a full block, back to back."""
        body = self.body  # first: it goes when the packed ones are there
        return body if body or self.packed is None else _unpacked(self.packed)

    def close(self) -> None:
        """Put the bytes of a full block into one piece."""
        assert self.fresh is not None
        self.body = b"".join(self.fresh)
        self.fresh = None  # last: from here on the body counts

    def pack(self) -> None:
        """Compress the bytes of a full block: the kernel says much the same again and again."""
        self.packed = zlib.compress(self.body, zlib.Z_BEST_SPEED, _NO_CHECKSUM)
        self.body = b""

    def extend(
        self, times: Sequence[int], nsids: Sequence[int], kind: Kind, raws: Sequence[bytes], sorts: bytes | bytearray
    ) -> None:
        """Append the columns of records of one kind; their panes and folds are the caller's affair."""
        assert self.fresh is not None
        self.fresh.extend(raws)
        ends = accumulate(map(len, raws), initial=self.ends[-1] if self.ends else 0)
        next(ends)
        self.ends.extend(ends)
        self.times.extend(times)
        self.nsids.extend(nsids)
        self.kinds.frombytes(bytes((kind,)) * len(raws))
        self.sorts += sorts

    def record(self, seq: int) -> Record:
        """Return record ``seq``."""
        index = seq - self.first
        return Record(seq, self.times[index], self.nsids[index], _KINDS[self.kinds[index]], self.raw(index))

    @property
    def columns(self) -> "tuple[array[int], array[int], array[int], list[bytes] | None, bytes]":
        """Return kinds, nsids, and where the bytes of records end; while it fills up those of each, else of all."""
        fresh = self.fresh  # first: it goes when the body is there
        return self.kinds, self.nsids, self.ends, fresh, self.plain if fresh is None else b""

    def raw(self, index: int) -> bytes:
        """Return the bytes of the record at ``index``."""
        fresh = self.fresh
        if fresh is not None:
            return fresh[index]
        return self.plain[self.ends[index - 1] if index else 0 : self.ends[index]]

    def raws(self, low: int, high: int) -> list[bytes]:
        """Return the bytes of the records from index ``low`` up to before ``high``."""
        fresh = self.fresh  # first: it goes when the body is there
        if fresh is not None:
            return fresh[low:high]
        body, ends = self.plain, self.ends[low:high]
        starts = [self.ends[low - 1] if low else 0, *ends]
        return [body[start:end] for start, end in zip(starts, ends, strict=False)]

    def fold(self, index: int, leader: int) -> None:
        """Count record ``index`` in the row of record ``leader``."""
        folds = self.folds
        if folds is None:
            folds = self.folds = array("I", bytes(4 * self.size))
        last = folds[leader] >> 16
        folds[index] = ((folds[last] >> 16) + 1 if last else 1) << 16 | leader
        folds[leader] = index << 16  # last: from here on it counts

    def repeats(self, leader: int, end: int) -> tuple[int, int]:
        """Return how often record ``leader`` was repeated before record ``end``, and the last such record."""
        folds = self.folds
        last = folds[leader] >> 16 if folds and not self.sorts[leader] & REPEAT else 0
        while folds and last >= end:
            last -= 1
            while last > leader and (not self.sorts[last] & REPEAT or folds[last] & _LOW != leader):
                last -= 1
        return (folds[last] >> 16, last) if folds and last > leader else (0, leader)

    def rows(self, pane: Pane | None, start: int, end: int) -> "array[int]":
        """Return the records from ``start`` up to before ``end`` that lead a row of ``pane``."""
        if pane is not None:
            column = self.panes[pane]
            return column[bisect_left(column, start) : bisect_left(column, end)]
        low, high = max(start, self.first), min(end, self.first + len(self.sorts))
        leads = self.sorts[low - self.first : high - self.first].translate(EVERY)
        return array("Q", compress(range(low, high), leads))

    def judged(
        self, pane: Pane | None, start: int, end: int, verdicts: bytes, where: Where | None
    ) -> "tuple[array[int], bytes]":
        """Return what ``Ring.judged`` does of the records of this block."""
        first, sorts = self.first, self.sorts
        if pane is None:  # no table lets repeats pass, which are all that lead no row
            low = max(start, first)
            judged = bytes(sorts[low - first : max(0, end - first)]).translate(verdicts)
            rows = array("Q", compress(range(low, low + len(judged)), judged))
        else:
            rows = self.rows(pane, start, end)
            judged = bytes([sorts[seq - first] for seq in rows]).translate(verdicts)
            rows = array("Q", compress(rows, judged))
        found = judged.translate(None, b"\0")
        if where is not None and rows:
            kept = self._kept(rows, where)
            rows, found = array("Q", compress(rows, kept)), bytes(compress(found, kept))
        return rows, found

    def _kept(self, rows: "array[int]", where: Where) -> list[bool]:
        """Return of each row whether it is no message, or ``where`` says yes."""
        index = [seq - self.first for seq in rows]
        nsids, kinds = [self.nsids[at] for at in index], bytes([self.kinds[at] for at in index])
        known: dict[int, bool | None] = {}
        if isinstance(where, Lasting):
            known = {nsid: where.lasting(nsid, rows[0], rows[-1]) for nsid in set(nsids)}
            if None not in known.values() and not kinds.strip(_MESSAGE):
                return [known[nsid] is True for nsid in nsids]
        return [
            kind not in MESSAGES or (where(nsid, seq) if (answer := known.get(nsid)) is None else answer)
            for kind, nsid, seq in zip(kinds, nsids, rows, strict=True)
        ]

    def excerpt(self, seqs: "array[int]") -> Excerpt:
        """Return what a filter looks at of some records of this block, which ascend or descend."""
        kinds, nsids, ends, fresh, body = self.columns
        low, step = min(seqs[0], seqs[-1]) - self.first, 1 if seqs[0] <= seqs[-1] else -1
        part = slice(low, max(seqs[0], seqs[-1]) - self.first + 1)
        every = part.stop - low == len(seqs)
        chosen = bytearray(part.stop - low)
        for seq in () if every else seqs:
            chosen[seq - self.first - low] = True

        def some(column: Sequence[T]) -> Sequence[T]:
            return column[::step] if every else list(compress(column, chosen))[::step]

        there: Sequence[int | None] = some(nsids[part])
        if any(kinds[part]):
            there = [None if kind else nsid for kind, nsid in zip(some(kinds[part]), there, strict=True)]
        if fresh is None:
            starts = some((array("I", (0,)) + ends)[part])
            return Excerpt(seqs, there, some(self.sorts[part]), starts, some(ends[part]), body)
        raws = some(fresh[part])
        bounds = list(accumulate(map(len, raws), initial=0))
        return Excerpt(seqs, there, some(self.sorts[part]), bounds[:-1], bounds[1:], b"".join(raws))

    def received(self, start: int, end: int, wanted: Container[int]) -> Iterator[tuple[int, int, bytes]]:
        """Yield number, nsid and bytes of the messages received from ``start`` up to before ``end`` of some nsids."""
        first, message = self.first, int(Kind.MESSAGE)
        kinds, nsids, ends, fresh, body = self.columns
        for index in range(max(0, start - first), min(self.size, end - first)):
            if nsids[index] in wanted and kinds[index] == message:
                raw = body[ends[index - 1] if index else 0 : ends[index]] if fresh is None else fresh[index]
                yield first + index, nsids[index], raw

    def received_by_nsid(
        self, start: int, end: int, wanted: Container[int]
    ) -> Iterator[tuple[int, Sequence[int], Sequence[bytes]]]:
        """Yield nsid, numbers and bytes of what ``received`` yields: many at once, in order for each nsid alone."""
        low, high = max(start, self.first), min(end, self.first + self.size)
        part = slice(low - self.first, high - self.first)
        nsids, kinds, rows = self.nsids[part], self.kinds[part], range(low, high)
        raws, message = self.raws(part.start, part.stop), int(Kind.MESSAGE)
        if len(set(nsids)) == 1 and kinds.count(message) == len(kinds):  # as in a storm in one namespace
            if nsids[0] in wanted:
                yield nsids[0], rows, raws
            return
        found: dict[int, tuple[list[int], list[bytes]]] = {}
        for seq, nsid, kind, raw in zip(rows, nsids, kinds, raws, strict=True):
            if nsid in wanted and kind == message:
                seqs, those = found.get(nsid) or found.setdefault(nsid, ([], []))
                seqs.append(seq)
                those.append(raw)
        for nsid, (seqs, those) in found.items():
            yield nsid, seqs, those

    def passes(self, seq: int, where: Where) -> bool:
        """Return whether a record is no message, or ``where`` says yes."""
        index = seq - self.first
        return self.kinds[index] not in MESSAGES or where(self.nsids[index], seq)

    def leader(self, index: int) -> int:
        """Return the index of the record in whose row record ``index`` counts."""
        return self.folds[index] & _LOW if self.folds and self.sorts[index] & REPEAT else index
