"""Keys come first: what comes in waits a moment while a key is being answered.

In a storm two threads share one interpreter, and a key would take twice as long. Pure but for the clock; nothing is
lost, since the reader process keeps what is not taken. Incomplete: of keys that follow each other fast, most share
with what comes in.
"""

from threading import Event
from time import monotonic

MOST_S = 0.03
"""Seconds that a key may have for itself: one that paints nothing tells no end."""
_PERIOD_S = 0.06
"""Seconds in which one key has them: half of the time at least is left to what comes in."""


class Precedence:
    """Which of two threads goes first: the one that answers keys, or the one that takes in."""

    def __init__(self) -> None:
        self._free = Event()
        self._free.set()
        self._claimed = 0.0

    def claim(self) -> None:
        """Go first from now on, if it has been long enough since the last time."""
        now = monotonic()
        if now - self._claimed > _PERIOD_S:
            self._claimed = now
            self._free.clear()

    def release(self) -> None:
        """Go first no longer."""
        self._free.set()

    def wait(self) -> None:
        """Wait until nobody goes first, but not for long."""
        if not self._free.wait(MOST_S):
            self._free.set()
