"""The columns of a block of the ring as bytes, and a block whose messages stay in the file until somebody looks.

Source: ``events.block``. Pure but for what a played block reads. What is read comes from a file that anybody may have
written: columns that contradict each other are none.
"""

from array import array
from collections.abc import Callable, Sequence
from itertools import compress

from ovltui.events.block import Block
from ovltui.events.record import OWN_NSID, Kind
from ovltui.events.ring import BLOCK, Ring
from ovltui.events.sort import REPEAT, sort_of
from ovltui.events.vocabulary import Pane, pane_of

_LOW, _HIGH_SHIFT = 0xFFFF, 16
_TYPES = "IqiB"
"""Of ends, times, nsids and kinds."""
NOWHERE = sort_of(Kind.MESSAGE, b"") | REPEAT
"""The sort of a place in a block where no record is: it shows in no pane."""


def columns_of(block: Block, start: int, end: int) -> tuple[bytes, ...]:
    """Return the columns of the records of a block from ``start`` up to before ``end``; more may come meanwhile."""
    low, high = start - block.first, end - block.first
    base = block.ends[low - 1] if low else 0
    ends = array("I", [stop - base for stop in block.ends[low:high]]) if base else block.ends[low:high]
    sorts, panes, folds = bytearray(block.sorts[low:high]), bytearray(high - low), array("I", block.folds or ())[:high]
    for bit, pane in enumerate(Pane):
        rows, mask = block.rows(pane, start, end), 1 << bit
        if len(rows) == len(panes):  # as in a storm: all at once
            panes = panes.translate(bytes(value | mask for value in range(256)))
            continue
        for seq in rows:
            panes[seq - start] |= mask
    for index, fold in enumerate(folds[low:], low):
        if sorts[index - low] & REPEAT:
            if fold & _LOW < low:  # its row is in no record of these: it gets one of its own
                _lead(block, index, sorts, panes, low)
                folds[index] = 0
        elif fold >> _HIGH_SHIFT >= high:
            folds[index] = (block.repeats(index, high)[1]) << _HIGH_SHIFT
    numbers = (ends, block.times[low:high], block.nsids[low:high], block.kinds[low:high])
    return (*(column.tobytes() for column in numbers), bytes(sorts), bytes(panes), folds[low:].tobytes())


def _lead(block: Block, index: int, sorts: bytearray, panes: bytearray, low: int) -> None:
    pane = pane_of(int.from_bytes(block.raw(index)[4:6], "little"))
    sorts[index - low] &= ~REPEAT
    panes[index - low] = 1 << tuple(Pane).index(pane)


class PlayedBlock(Block):
    """A block whose messages are read when they are needed.

    Args:
        first: sequence number of its first record.
        read: returns the bytes of all its messages, back to back.
    """

    __slots__ = ("_read",)

    def __init__(self, first: int, read: Callable[[], bytes]) -> None:
        super().__init__(first, BLOCK)
        self.fresh = None
        self._read = read

    @property
    def plain(self) -> bytes:
        """The bytes of all records, back to back."""
        return self._read()


def played(first: int, skip: int, count: int, columns: Sequence[bytes], read: Callable[[], bytes]) -> PlayedBlock:
    """Return the block that has these columns.

    Args:
        first: sequence number of the first record.
        skip: how many records before it belong to the block and are not there.
        count: how many records there are.
        columns: as ``columns_of`` returns them.
        read: returns the bytes of the records, back to back.

    Raises:
        ValueError: they contradict each other.
    """
    *numbers, sorts, panes, folds = columns
    found = [array(code) for code in _TYPES]
    for column, raw in zip(found, numbers, strict=True):
        column.frombytes(raw)
    ends, times, nsids, kinds = found
    if {*map(len, found), len(sorts), len(panes)} != {count} or not 0 < count <= BLOCK - skip <= BLOCK:
        raise ValueError("columns of different lengths")
    if list(ends) != sorted(ends) or max(kinds) > max(Kind):
        raise ValueError("messages overlap")
    block = PlayedBlock(first - skip, read)
    blank = bytes((NOWHERE,)) * skip
    block.ends = array("I", bytes(4 * skip)) + ends
    block.times = array("q", (times[0],)) * skip + times
    block.nsids = array("i", (OWN_NSID,)) * skip + nsids
    block.kinds = array("B", bytes(skip)) + kinds
    block.sorts = bytearray(blank + sorts)
    for bit, pane in enumerate(Pane):
        mask = bytes(value >> bit & 1 for value in range(256))
        block.panes[pane] = array("Q", compress(range(first, first + count), panes.translate(mask)))
    if folds:
        block.folds = array("I", bytes(4 * skip)) + _folds(folds, skip, count)
    return block


def _folds(raw: bytes, skip: int, count: int) -> "array[int]":
    folds = array("I")
    folds.frombytes(raw)
    end = skip + count
    if len(folds) != count or max(folds) >> _HIGH_SHIFT >= end or max(fold & _LOW for fold in folds) >= end:
        raise ValueError("rows that count records which are not there")
    return folds


class PlayedRing(Ring):
    """The records of a recording, of which those up to some moment are there.

    Args:
        blocks: all of them, each but the last full.
        first: the first record; the first block may begin before it.
    """

    def __init__(self, blocks: Sequence[Block], first: int) -> None:
        super().__init__(len(blocks) * BLOCK, first)
        self._begin = first
        if blocks:
            self._blocks = tuple(blocks)
        self.whole = blocks[-1].first + len(blocks[-1].times) if blocks else first
        """The first record that is not in the recording."""

    @property
    def first(self) -> int:
        """Sequence number of the oldest record."""
        return self._begin

    def play(self, end: int) -> None:
        """Let those records be there that come before record ``end``."""
        self._end = max(self._begin, min(end, self.whole))
