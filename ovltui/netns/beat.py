"""When to look at everything that processes hold, and when what is cheap is enough.

Source: a clock and what the last look cost, both handed in. Pure. A full look follows the last one after ``REST_S``, or
later where it is dear: it takes at most a ``SHARE`` of one core. After a hint it comes sooner, ``HINT_REST_S`` after
the last one at the earliest. So a namespace that only a thread, a descriptor or a socket keeps is found some
``REST_S`` after it came to be so, with 20,000 open files some 30 s after.
"""

REST_S = 5.0
"""Seconds between full looks when nothing hints."""
HINT_REST_S = 1.0
"""Seconds between full looks while hints come."""
SHARE = 0.001
"""Share of a core that full looks may take."""
HINT_SHARE = 0.005
"""The same while hints come."""


class Beat:
    """Tells before each sweep whether it is to be a full look."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._cost = 0.0
        self._hinted = False

    def hint(self) -> None:
        """Take in that something happened; it is remembered until a full look was taken."""
        self._hinted = True

    def is_due(self, now: float) -> bool:
        """Whether a full look is to be taken at ``now``, in seconds of a clock that only rises."""
        if self._last is None:
            return True
        rest, share = (HINT_REST_S, HINT_SHARE) if self._hinted else (REST_S, SHARE)
        return now - self._last >= max(rest, self._cost / share)

    def took(self, now: float, cost: float) -> None:
        """Take in that a full look ended at ``now`` and how many seconds of a core it took."""
        self._last, self._cost, self._hinted = now, cost, False
