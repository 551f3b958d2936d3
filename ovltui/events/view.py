"""What one pane shows: the rows of the ring that pass a sieve, kept up to date in small steps.

Source: the ring. A view follows the newest records first and then works its way back, a bounded number of records a
step, so that a new filter shows something at once however long the history is. Incomplete: until ``complete``, older
matches may be missing.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import compress

from ovltui.events.block import Where
from ovltui.events.matching import Matching
from ovltui.events.record import Record
from ovltui.events.ring import Ring
from ovltui.events.sort import ASK, EVERY, verdicts
from ovltui.events.vocabulary import Pane

SPAN = 4096
"""Records that a step passes over at most, where no line has to be asked."""
Test = Callable[[Record], bool]
_ASK_ALL = verdicts(lambda _: ASK)
_ASKED = bytes(verdict == ASK for verdict in range(256))


@dataclass(frozen=True, slots=True)
class Sieve:
    """What lets a row show; the cheapest is asked first."""

    verdicts: bytes = EVERY
    """A table by sort, see ``ovltui.events.sort``."""
    where: Where | None = None
    """Which messages may show, by nsid and sequence number; None for all."""
    test: Test | None = None
    """Decides of records on which the verdict is ``ASK``."""
    lines: Matching | None = None
    """Decides of messages among them instead."""

    @classmethod
    def by(cls, test: Test, where: Where | None = None) -> "Sieve":
        """Return the sieve that asks ``test`` of every record that ``where`` lets pass."""
        return cls(_ASK_ALL, where, test)

    @property
    def open(self) -> bool:
        """Whether all rows pass."""
        return self.where is None and self.verdicts == EVERY


class View:
    """Rows of one pane.

    Args:
        ring: where records come from.
        pane: which of them can show at all; None for every pane's.
        sieve: which of those do.
        heads: rows that are folded beneath another one, by that, unless the other one does not pass.
    """

    def __init__(
        self, ring: Ring, pane: Pane | None, sieve: Sieve | None = None, heads: Mapping[int, int] | None = None
    ) -> None:
        self._ring = ring
        self._pane = pane
        self._sieve = sieve or Sieve()
        self._heads = heads
        self._passing_heads: dict[int, bool] = {}
        self._older = self._newer = ring.end
        self._back: array[int] = array("Q")
        self._forth: array[int] = array("Q")

    @property
    def complete(self) -> bool:
        """Whether the whole ring was looked at."""
        return self._older <= self._ring.first

    @property
    def behind(self) -> bool:
        """Whether there are records that were not looked at yet."""
        return self._newer < self._ring.end or not self.complete

    def __len__(self) -> int:
        return len(self._back) + len(self._forth)

    def __getitem__(self, row: int) -> int:
        """Return the sequence number of the record that leads row ``row``, oldest first."""
        older = len(self._back)
        return self._back[older - 1 - row] if row < older else self._forth[row - older]

    def row_of(self, seq: int) -> int:
        """Return the row of the first match at or after ``seq``; the number of rows where there is none."""
        return bisect_left(self, seq)

    def step(self, budget: int) -> bool:
        """Look at more records of each direction, at up to ``budget`` lines; return whether rows came or went."""
        return self._forward(budget) | self._backward(budget) | self._forget()

    def fold(self, heads: Mapping[int, int], since: int, until: int) -> None:
        """Fold by ``heads`` from now on, in which only records from ``since`` to ``until`` are new."""
        self._heads = heads
        older = len(self._back)
        low, high = self.row_of(since), self.row_of(until + 1)
        if low < older:
            newest = max(0, older - high)
            self._back[newest : older - low] = self._unfolded(self._back[newest : older - low])
        low, high = max(0, low - older), max(0, high - older)
        self._forth[low:high] = self._unfolded(self._forth[low:high])

    def _unfolded(self, seqs: "array[int]") -> "array[int]":
        """Return those of ``seqs`` that are not folded beneath another one."""
        heads = self._heads
        if not heads:
            return seqs
        return array("Q", [seq for seq in seqs if seq not in heads or not self._head_passes(heads[seq])])

    def _head_passes(self, head: int) -> bool:
        if head not in self._passing_heads:
            self._passing_heads[head] = bool(self._passing(*self._look(head, head + 1), 1)[0])
        return self._passing_heads[head]

    def _forward(self, budget: int) -> bool:
        end = self._ring.end
        if not self._sieve.open:
            end = min(end, self._newer + SPAN)
        found, stopped = self._passing(*self._look(self._newer, end), budget)
        self._newer = end if stopped is None else stopped
        self._forth += self._unfolded(found)
        return bool(found)

    def _backward(self, budget: int) -> bool:
        if self.complete:
            return False
        start = 0 if self._sieve.open else max(0, self._older - SPAN)
        seqs, judged = self._look(start, self._older)
        seqs.reverse()
        found, stopped = self._passing(seqs, judged[::-1], budget)
        self._older = start if stopped is None else stopped + 1
        self._back += self._unfolded(found)
        return bool(found)

    def _passing(self, seqs: "array[int]", judged: bytes, budget: int) -> "tuple[array[int], int | None]":
        """Return those of ``seqs`` that pass, and the first that was not looked at for want of ``budget``."""
        if ASK not in judged:
            return seqs, None
        asked = seqs if judged.count(ASK) == len(judged) else array("Q", compress(seqs, judged.translate(_ASKED)))
        told = self._told(asked, budget)
        stopped = None if len(told) == len(asked) else asked[len(told)]
        if len(asked) < len(seqs):
            answers = iter(told)
            looked = judged if stopped is None else judged[: seqs.index(stopped)]
            told = [verdict != ASK or next(answers) for verdict in looked]
        return array("Q", compress(seqs, told)), stopped

    def _told(self, asked: "array[int]", budget: int) -> list[bool]:
        """Return whether each of some records passes by its line, up to the first that ``budget`` has none left for."""
        lines = self._sieve.lines
        if lines is None:
            return [self._passes(seq) for seq in asked[:budget]]
        found: list[bool] = []
        lines.left = (budget + 1) // 2  # one that stands for many takes twice as long
        for excerpt in self._ring.excerpts(asked):
            told = lines.answers(excerpt, self._passes)
            found += told
            if len(told) < len(excerpt.seqs):
                break
        return found

    def _look(self, start: int, end: int) -> "tuple[array[int], bytes]":
        if self._sieve.open:
            return self._ring.seqs(self._pane, start, end), b""
        return self._ring.judged(self._pane, start, end, self._sieve.verdicts, self._sieve.where)

    def _passes(self, seq: int) -> bool:
        try:
            record = self._ring[seq]
        except KeyError:  # dropped meanwhile
            return False
        return self._sieve.test is None or self._sieve.test(record)

    def _forget(self) -> bool:
        """Drop rows that the ring has dropped."""
        first = self._ring.first
        before = len(self)
        while self._back and self._back[-1] < first:
            self._back.pop()
        if not self._back and self._forth and self._forth[0] < first:
            del self._forth[: self.row_of(first)]
        return len(self) != before
