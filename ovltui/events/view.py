"""What one pane shows: the sequence numbers of the ring that pass a test, kept up to date in small steps.

Source: the ring. A view follows the newest records first and then works its way back, a bounded number of records a
step, so that a new filter shows something at once however long the history is. Incomplete: until ``complete``, older
matches may be missing.
"""

from array import array
from collections.abc import Callable

from ovltui.events.record import Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane

Test = Callable[[Record], bool]
Where = Callable[[int, int], bool]


class View:
    """Matching records of one pane.

    Args:
        ring: where records come from.
        pane: which of them can show at all; None for every pane's.
        test: which of those do; None for all.
        where: which messages to ask ``test`` about, by nsid and sequence number; None for all.
    """

    def __init__(self, ring: Ring, pane: Pane | None, test: Test | None = None, where: Where | None = None) -> None:
        self._ring = ring
        self._pane = pane
        self._test = test
        self._where = where
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
        """Return the sequence number of row ``row``, oldest first."""
        older = len(self._back)
        return self._back[older - 1 - row] if row < older else self._forth[row - older]

    def row_of(self, seq: int) -> int:
        """Return the row of the first match at or after ``seq``; the number of rows where there is none."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < seq:
                low = middle + 1
            else:
                high = middle
        return low

    def step(self, budget: int) -> bool:
        """Look at up to ``budget`` more records of each direction; return whether rows came or went."""
        return self._forward(budget) | self._backward(budget) | self._forget()

    def _forward(self, budget: int) -> bool:
        end = self._ring.end
        seqs = self._ring.seqs(self._pane, self._newer, end)
        if self._test is None:
            self._newer = end
            self._forth.extend(seqs)
            return bool(seqs)
        if len(seqs) > budget:
            seqs = seqs[:budget]
            end = seqs[-1] + 1
        self._newer = end
        found = self._matching(seqs)
        self._forth.extend(found)
        return bool(found)

    def _backward(self, budget: int) -> bool:
        if self.complete:
            return False
        most = None if self._test is None else budget
        seqs = self._ring.seqs(self._pane, 0, self._older, most)
        self._older = 0 if most is None or len(seqs) < most else seqs[0]
        found = seqs if self._test is None else self._matching(seqs)
        found.reverse()
        self._back.extend(found)
        return bool(found)

    def _matching(self, seqs: "array[int]") -> "array[int]":
        found: array[int] = array("Q")
        assert self._test is not None
        for seq in seqs if self._where is None else self._ring.sift(seqs, self._where):
            try:
                record = self._ring[seq]
            except KeyError:  # dropped meanwhile
                continue
            if self._test(record):
                found.append(seq)
        return found

    def _forget(self) -> bool:
        """Drop rows that the ring has dropped."""
        first = self._ring.first
        before = len(self)
        while self._back and self._back[-1] < first:
            self._back.pop()
        if not self._back and self._forth and self._forth[0] < first:
            del self._forth[: self.row_of(first)]
        return len(self) != before
