"""By how much another machine's clock is ahead of ours, and how far that may be wrong.

Source: answers to lines that said our time: whoever answers adds its own. The truth lies within half of the way there
and back, wherever on the way the answer was given. Pure. Incomplete: until the first answer nothing is known; a clock
that is put forward or back by less than the uncertainty is not told from one that drifts.
"""

from dataclasses import dataclass

_DRIFT = 1e-4
"""By how much two clocks may part, as a share of the time that passes: what cheap quartz does."""
_LONGEST_NS = 10 * 10**9
"""Of an answer that took longer, our own clock was put back or forward meanwhile."""
_JUMP_NS = 20 * 10**6
"""What differs by less than this beyond all uncertainty is taken for a clock that is being slewed."""


@dataclass(frozen=True, slots=True)
class Offset:
    """A measured difference."""

    ns: int
    """By how much the other clock is ahead."""
    uncertainty_ns: int


class OtherClock:
    """The clock of one machine; whoever takes answers in is one thread, any thread reads."""

    def __init__(self) -> None:
        self._best: Offset | None = None
        self._best_ns = 0

    @property
    def offset(self) -> Offset | None:
        """The best that is known; None before the first answer."""
        return self._best

    def take(self, sent_ns: int, there_ns: int, now_ns: int) -> int | None:
        """Take in an answer; return by how many nanoseconds the other clock jumped since, None where it did not.

        Args:
            sent_ns: our time when we asked, in nanoseconds since the epoch, as the next two.
            there_ns: what the other clock said.
            now_ns: our time when the answer came.
        """
        half = (now_ns - sent_ns) // 2
        if not 0 <= half <= _LONGEST_NS:
            return None
        found, known = Offset(there_ns - sent_ns - half, half), self._grown(now_ns)
        if known is None:
            self._best, self._best_ns = found, now_ns
            return None
        apart = found.ns - known.ns
        if abs(apart) > found.uncertainty_ns + known.uncertainty_ns + _JUMP_NS:
            self._best, self._best_ns = found, now_ns
            return apart
        if found.uncertainty_ns <= known.uncertainty_ns:
            self._best, self._best_ns = found, now_ns
        return None

    def here_ns(self, there_ns: int) -> int:
        """Return our time for one of the other clock; the same where the two may be equal."""
        best = self._best
        return there_ns if best is None or abs(best.ns) <= best.uncertainty_ns else there_ns - best.ns

    def _grown(self, now_ns: int) -> Offset | None:
        """Return the best that is known, as uncertain as it has become."""
        best = self._best
        if best is None:
            return None
        return Offset(best.ns, best.uncertainty_ns + int(abs(now_ns - self._best_ns) * _DRIFT))
