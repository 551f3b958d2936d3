"""The ring: the newest records, packed tightly, found by sequence number or by the rows of a pane.

Source: frames of the reader process, as the session appends them. Bodies stand back to back in blocks; a record is
built when it is asked for. A record that only repeats another one leads no row: it counts in that one's. One thread
appends, any thread reads without a lock: what is behind ``end`` never changes, but for the counts of the newest rows,
and the list of blocks is replaced as a whole. Incomplete: beyond ``limit`` records the oldest block is dropped, which
``first`` tells.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterator, Sequence

from ovltui.events.block import Block, Where
from ovltui.events.excerpt import Excerpt, of_nothing
from ovltui.events.record import Kind, Record
from ovltui.events.repeat import Repeats
from ovltui.events.sort import REPEAT, TYPE_OF, in_panes, sort_of, sorts_of
from ovltui.events.vocabulary import Pane

BLOCK = 8192
"""Records in a block, the unit that is dropped; at most 65,536."""
PLAIN_BYTES = 64 << 20
"""Bytes of full blocks, the newest, that are kept as they are; those of older ones are compressed."""
_MESSAGE = Kind.MESSAGE
"""By a name of its own: to look it up in the enumeration takes as long as to append a column."""


class Ring:
    """The newest ``limit`` records or a little more.

    Args:
        limit: records to keep; rounded up to whole blocks.
        first: sequence number of the first record.
    """

    def __init__(self, limit: int = 1_000_000, first: int = 0) -> None:
        self._blocks: tuple[Block, ...] = (Block(first, BLOCK),)
        # The block that fills up now does not count: the others alone hold the limit.
        self._most = 1 + max(1, -(-limit // BLOCK))
        self._end = first
        self._newest = Repeats()
        self.repeats = 0
        """Records so far that led no row."""

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
            block = self._add_block(seq)
        sort = sort_of(kind, raw)
        leader = seq
        if kind is _MESSAGE and len(panes) == 1:
            leader = self._newest.leader(panes[0], seq, time_ns, nsid, raw)
        else:
            self._newest.end_rows()
        block.extend((time_ns,), (nsid,), kind, (raw,), bytes((sort if leader == seq else sort | REPEAT,)))
        if leader == seq:
            for pane in panes:
                block.panes[pane].append(seq)
        else:
            block.fold(seq - block.first, leader - block.first)
            self.repeats += 1
        self._end = seq + 1  # last: from here on it may be read
        return seq

    def extend(self, times: Sequence[int], nsids: Sequence[int], kind: Kind, raws: Sequence[bytes]) -> None:
        """Append messages, each of which shows in the pane of its type; ``append`` for many at once.

        Args:
            times: of each, in nanoseconds since the epoch.
            nsids: of each.
            kind: of all, one of ``MESSAGES``.
            raws: of each, its bytes.
        """
        done = 0
        while done < len(raws):
            block = self._blocks[-1]
            if self._end - block.first == BLOCK:
                block = self._add_block(self._end)
            part = slice(done, done + BLOCK - (self._end - block.first))
            self._fill(block, times[part], nsids[part], kind, raws[part])
            done = part.stop

    def _fill(
        self, block: Block, times: Sequence[int], nsids: Sequence[int], kind: Kind, raws: Sequence[bytes]
    ) -> None:
        """Append messages for which the newest block has room."""
        first, types = self._end, list(map(TYPE_OF, raws))
        several = set(types)
        sorts, by_pane = sorts_of(kind, raws, types, several), in_panes(first, types, several)
        folds: list[tuple[int, int]] = []
        if kind is _MESSAGE:
            kinds = {rtm_type[0] for rtm_type in several if rtm_type}
            folds = self._newest.folds(first, by_pane, kinds, (times, nsids, raws))
        else:
            self._newest.end_rows()
        for seq, _ in folds:
            sorts[seq - first] |= REPEAT
        folded = {seq for seq, _ in folds}
        for pane, seqs in by_pane.items():
            block.panes[pane].extend([seq for seq in seqs if seq not in folded] if folded else seqs)
        block.extend(times, nsids, kind, raws, sorts)
        for seq, leader in folds:
            block.fold(seq - block.first, leader - block.first)
        self.repeats += len(folds)
        self._end = first + len(raws)  # last: from here on they may be read

    def _add_block(self, first: int) -> Block:
        full, block = self._blocks[-1], Block(first, BLOCK)
        full.close()
        self._newest.end_rows()
        self._blocks = (*self._blocks[1 - self._most :], block)
        plain = 0
        for older in self._blocks[-2::-1]:
            plain += len(older.body)
            if plain > PLAIN_BYTES and older.body:
                older.pack()
        return block

    def __getitem__(self, seq: int) -> Record:
        """Return record ``seq``.

        Raises:
            KeyError: it was dropped, or has not come yet.
        """
        return self._block(seq).record(seq)

    def count(self, seq: int, end: int | None = None) -> int:
        """Return how many records the row of record ``seq`` stands for, itself and those before record ``end``.

        Raises:
            KeyError: it was dropped, or has not come yet.
        """
        return 1 + self._repeats(seq, end)[0]

    def last(self, seq: int, end: int | None = None) -> int:
        """Return the newest record, before record ``end``, in the row of record ``seq``.

        Raises:
            KeyError: it was dropped, or has not come yet.
        """
        return self._repeats(seq, end)[1]

    def leader(self, seq: int) -> int:
        """Return the record in whose row record ``seq`` counts.

        Raises:
            KeyError: it was dropped, or has not come yet.
        """
        block = self._block(seq)
        return block.first + block.leader(seq - block.first)

    def sift(self, seqs: "array[int]", where: Where) -> "array[int]":
        """Return those of ``seqs`` that are no messages, or whose nsid and sequence number pass ``where``.

        They must be ascending and have been given out by ``seqs``; what was dropped since is left out.
        """
        blocks = self._blocks
        found: array[int] = array("Q")
        low = bisect_left(seqs, blocks[0].first)
        while low < len(seqs):
            block = blocks[(seqs[low] - blocks[0].first) // BLOCK]
            high = bisect_left(seqs, block.first + BLOCK, low)
            found.extend([seq for seq in seqs[low:high] if block.passes(seq, where)])
            low = high
        return found

    def messages_by_nsid(self, start: int, end: int) -> dict[int, int]:
        """Return how many messages of each nsid stand from ``start`` up to before ``end``; what was dropped is not."""
        end, blocks = min(end, self._end), self._blocks
        found: Counter[int] = Counter()
        for block in blocks:
            low, high = max(0, start - block.first), min(BLOCK, end - block.first)
            if low < high:
                found.update(block.nsids[low:high])
                kinds = block.kinds[low:high]
                if any(kinds):  # few are no messages
                    found.subtract([block.nsids[low + at] for at, kind in enumerate(kinds) if kind])
        return {nsid: count for nsid, count in found.items() if count}

    def sorts(self) -> Counter[int]:
        """Return how many records of each sort are kept, repeats with their bit; see ``ovltui.events.sort``."""
        found: Counter[int] = Counter()
        for block in self._blocks:
            found.update(bytes(block.sorts))
        return found

    def seqs(self, pane: Pane | None, start: int, end: int) -> "array[int]":
        """Return the records from ``start`` up to before ``end`` that lead a row of ``pane``, ascending.

        Args:
            pane: None stands for all panes together.
            start: the lowest sequence number that is wanted.
            end: the first that is too high.
        """
        found: array[int] = array("Q")
        end = min(end, self._end)
        for block in self.blocks(start, end):
            found += block.rows(pane, start, end)
        return found

    def judged(
        self, pane: Pane | None, start: int, end: int, verdicts: bytes, where: Where | None = None
    ) -> "tuple[array[int], bytes]":
        """Return as ``seqs`` does, but only what ``verdicts`` and ``where`` do not refuse, and the verdict on each.

        Args:
            pane: as of ``seqs``.
            start: as of ``seqs``.
            end: as of ``seqs``.
            verdicts: a table by sort, see ``ovltui.events.sort``.
            where: which messages may show at all, by nsid and sequence number.
        """
        found: array[int] = array("Q")
        judged = b""
        end = min(end, self._end)
        for block in self.blocks(start, end):
            rows, verdict = block.judged(pane, start, end, verdicts, where)
            found += rows
            judged += verdict
        return found, judged

    def received(self, start: int, end: int, wanted: Container[int]) -> Iterator[tuple[int, int, bytes]]:
        """Yield sequence number, nsid and bytes of each message that the kernel sent, repeats included, ascending.

        Args:
            start: the lowest sequence number.
            end: the first that is too high.
            wanted: the nsids of which.
        """
        end = min(end, self._end)
        for block in self.blocks(start, end):
            yield from block.received(start, end, wanted)

    def times(self, seqs: Sequence[int]) -> list[int]:
        """Return when some records came, in nanoseconds since the epoch.

        Raises:
            KeyError: the first was dropped.
        """
        blocks = self._blocks
        oldest = blocks[0].first
        if seqs and seqs[0] < oldest:
            raise KeyError(seqs[0])
        return [blocks[(seq - oldest) // BLOCK].times[(seq - oldest) % BLOCK] for seq in seqs]

    def excerpts(self, seqs: "array[int]") -> Iterator[Excerpt]:
        """Yield what a filter looks at of some records, block after block.

        Args:
            seqs: records that have come, ascending or descending.
        """
        done = 0
        while done < len(seqs):
            blocks = self._blocks
            oldest, seq = blocks[0].first, seqs[done]
            dropped = seq < oldest
            low, high = (0, oldest) if dropped else (seq - (seq - oldest) % BLOCK, seq - (seq - oldest) % BLOCK + BLOCK)
            stop = bisect_left(seqs, 1, done, key=lambda at: not low <= at < high)
            some, done = seqs[done:stop], stop
            yield of_nothing(some) if dropped else blocks[(seq - oldest) // BLOCK].excerpt(some)

    def blocks(self, start: int, end: int) -> tuple[Block, ...]:
        """Return the blocks that hold records from ``start`` up to before ``end``, to be read only."""
        blocks = self._blocks
        first = blocks[0].first
        return blocks[max(0, start - first) // BLOCK : max(0, end - first + BLOCK - 1) // BLOCK]

    def _block(self, seq: int) -> Block:
        end, blocks = self._end, self._blocks
        if not blocks[0].first <= seq < end:
            raise KeyError(seq)
        return blocks[(seq - blocks[0].first) // BLOCK]

    def _repeats(self, seq: int, end: int | None) -> tuple[int, int]:
        """Return how often a record was repeated, and the last time."""
        end = self._end if end is None else min(end, self._end)
        block = self._block(seq)
        times, last = block.repeats(seq - block.first, end - block.first)
        return times, block.first + last
