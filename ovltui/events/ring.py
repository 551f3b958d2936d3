"""The ring: the newest records, packed tightly, found by sequence number or by pane.

Source: frames of the reader process, as the session appends them. Bodies stand back to back in blocks; a record is
built when it is asked for. One thread appends, any thread reads without a lock: what is behind ``end`` never changes,
and the list of blocks is replaced as a whole. Incomplete: beyond ``limit`` records the oldest block is dropped, which
``first`` tells.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable

from ovltui.events.record import Kind, Record
from ovltui.events.vocabulary import Pane

BLOCK = 8192
"""Records in a block, the unit that is dropped."""
_KINDS = tuple(Kind)
"""By their numbers: calling the enumeration would cost as much as all else of a record."""


class _Block:
    """Up to ``BLOCK`` records from ``first`` on: their bytes, and columns for the rest."""

    __slots__ = ("body", "ends", "first", "kinds", "nsids", "panes", "times")

    def __init__(self, first: int) -> None:
        self.first = first
        self.body: bytearray | bytes = bytearray()
        self.ends = array("I")
        self.times = array("q")
        self.nsids = array("i")
        self.kinds = array("B")
        self.panes: dict[Pane, array[int]] = {pane: array("Q") for pane in Pane}

    def record(self, seq: int) -> Record:
        index = seq - self.first
        start = self.ends[index - 1] if index else 0
        raw = bytes(self.body[start : self.ends[index]])
        return Record(seq, self.times[index], self.nsids[index], _KINDS[self.kinds[index]], raw)


class Ring:
    """The newest ``limit`` records or a little more.

    Args:
        limit: records to keep; rounded up to whole blocks.
    """

    def __init__(self, limit: int = 1_000_000) -> None:
        self._blocks: tuple[_Block, ...] = (_Block(0),)
        # The block that fills up now does not count: the others alone hold the limit.
        self._most = 1 + max(1, -(-limit // BLOCK))
        self._end = 0

    @property
    def first(self) -> int:
        """Sequence number of the oldest record that is kept."""
        return self._blocks[0].first

    @property
    def end(self) -> int:
        """Sequence number that the next record will get."""
        return self._end

    def append(self, time_ns: int, nsid: int, kind: Kind, raw: bytes, panes: tuple[Pane, ...]) -> int:
        """Append one record that shows in ``panes``; return its sequence number."""
        seq = self._end
        block = self._blocks[-1]
        if seq - block.first == BLOCK:
            block.body = bytes(block.body)  # without the room to grow
            block = _Block(seq)
            self._blocks = (*self._blocks[1 - self._most :], block)
        block.body += raw
        block.ends.append(len(block.body))
        block.times.append(time_ns)
        block.nsids.append(nsid)
        block.kinds.append(kind)
        for pane in panes:
            block.panes[pane].append(seq)
        self._end = seq + 1  # last: from here on it may be read
        return seq

    def __getitem__(self, seq: int) -> Record:
        """Return record ``seq``.

        Raises:
            KeyError: it was dropped, or has not come yet.
        """
        end, blocks = self._end, self._blocks
        if not blocks[0].first <= seq < end:
            raise KeyError(seq)
        return blocks[(seq - blocks[0].first) // BLOCK].record(seq)

    def sift(self, seqs: "array[int]", where: Callable[[int, int], bool]) -> "array[int]":
        """Return those of ``seqs`` that are no messages, or whose nsid and sequence number pass ``where``.

        They must be ascending and have been given out by ``seqs``; what was dropped since is left out.
        """
        blocks = self._blocks
        found: array[int] = array("Q")
        low = bisect_left(seqs, blocks[0].first)
        while low < len(seqs):
            block = blocks[(seqs[low] - blocks[0].first) // BLOCK]
            high = bisect_left(seqs, block.first + BLOCK, low)
            first, kinds, nsids = block.first, block.kinds, block.nsids
            found.extend([seq for seq in seqs[low:high] if kinds[seq - first] or where(nsids[seq - first], seq)])
            low = high
        return found

    def seqs(self, pane: Pane | None, start: int, end: int, newest: int | None = None) -> "array[int]":
        """Return the sequence numbers from ``start`` up to before ``end`` that show in ``pane``, ascending.

        Args:
            pane: None stands for all panes together.
            start: the lowest that is wanted.
            end: the first that is too high.
            newest: return at most the newest so many.
        """
        end, blocks = min(end, self._end), self._blocks
        start = max(start, blocks[0].first)
        most = max(0, end - start) if newest is None else newest
        if pane is None:
            return array("Q", range(max(start, end - most), end))
        parts: list[array[int]] = []
        for block in reversed(blocks):
            if most <= 0 or block.first + BLOCK <= start:
                break
            column = block.panes[pane]
            low, high = bisect_left(column, start), bisect_left(column, end)
            parts.append(column[max(low, high - most) : high])
            most -= len(parts[-1])
        found: array[int] = array("Q")
        for part in reversed(parts):
            found += part
        return found
