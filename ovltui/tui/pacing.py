"""When to draw on a line of any speed: what is under way to the terminal, as the terminal's own answers tell.

Source: after what was drawn, the cursor is sent to a place and the terminal asked where it is; it answers when it has
drawn all before that. The place is the number of the question, so that a lost answer is made up for by the next one.
Privileges: none; the clock is passed in. Incomplete: a terminal that never answered is drawn on as if it were fast.
"""

from collections import deque
from dataclasses import dataclass

ROW = 2
"""The row of the places; a report of the first row looks like F3 with a modifier."""
LATE_S = 0.1
"""Seconds by which an answer may be later than the fastest one before the line is taken to be busy."""
PATIENCE_S = 3.0
"""Seconds after the last painting in which it is waited for answers; more on a line that is slower than that."""
WINDOW = 6 * 1024
"""Bytes that may be under way on a busy line."""
_LEAST, _LEAST_FAST = 1024, 4096
"""Bytes that are worth a question; on a fast line."""
_NUMBERS = 16
_MOST = 8
"""Questions without an answer; fewer than numbers, so that an answer is to one of them alone."""
_KEPT = 16
"""Answers whose time is kept."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked."""

    number: int
    at: float
    size: int
    """Bytes that were written since the question before."""


class Pace:
    """What is under way to a terminal; times are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._open: deque[_Question] = deque()
        self._unasked = 0
        self._number = 0
        self._wrote = 0.0
        self._fastest: float | None = None
        self._took: deque[float] = deque(maxlen=_KEPT)

    def wrote(self, size: int, now: float) -> None:
        """Take in that ``size`` bytes were sent."""
        self._unasked += size
        self._wrote = now

    def question(self, now: float) -> str:
        """Return what to send behind a painting; nothing where it is not worth its bytes."""
        if len(self._open) >= (1 if self._fastest is None else _MOST):
            return ""
        if self._fastest is not None and self._unasked < (_LEAST if self._delay() else _LEAST_FAST):
            return ""
        self._number = self._number % _NUMBERS + 1
        self._open.append(_Question(self._number, now, self._unasked))
        self._unasked = 0
        return f"\x1b7\x1b[{ROW};{self._number}H\x1b[6n\x1b8"

    def answered(self, row: int, column: int, now: float) -> None:
        """Take in where the terminal said that the cursor was, counted from 1."""
        asked = next((question for question in self._open if (ROW, question.number) == (row, column)), None)
        if asked is None:
            return
        while self._open.popleft() is not asked:
            pass
        took = now - asked.at
        self._took.append(took)
        self._fastest = took if self._fastest is None else min(took, self._fastest)

    def is_awaited(self) -> bool:
        """Whether a terminal that answers has not yet answered all."""
        return bool(self._open) and self._fastest is not None

    def trip_s(self) -> float:
        """Return the longest that one of the last answers took; 0 without any."""
        return max(self._took, default=0.0)

    def busy_s(self, painted: float, now: float) -> float:
        """Return for how long, at most, nothing new should be drawn, if such was drawn last at ``painted``.

        It waits while something is under way, and then as long again: half of the line is left to keys.
        """
        return max(0.0, painted + (self._patience() if self._is_late(now) else 2 * self._delay()) - now)

    def full_s(self, now: float) -> float:
        """Return for how long, at most, nothing at all should be sent."""
        under_way = self._unasked + sum(question.size for question in self._open)
        return max(0.0, self._wrote + self._patience() - now) if under_way > WINDOW and self._is_late(now) else 0.0

    def _is_late(self, now: float) -> bool:
        return self._fastest is not None and bool(self._open) and now - self._open[0].at > self._fastest + LATE_S

    def _delay(self) -> float:
        """Return how long the last painting was under way because others, or itself, filled the line."""
        delay = self._took[-1] - self._fastest if self._fastest is not None else 0.0
        return delay if delay > LATE_S else 0.0

    def _patience(self) -> float:
        return max(PATIENCE_S, 2 * self._delay())
