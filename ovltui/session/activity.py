"""How much happens in each namespace: its messages of the last seconds.

Source: the nsid column of the ring, counted as a whole between two looks, never record by record. Pure but for the
clock. Incomplete: between two looks an nsid may change its holder; its messages then count for the new one.
"""

from collections import Counter, deque
from time import monotonic

from ovltui.events.ring import Ring
from ovltui.netns.model import NetnsKey
from ovltui.state.tenure import Tenures

WINDOW_S = 5.0
"""Seconds that count."""


class Activity:
    """Counts; one thread looks and asks.

    Args:
        ring: the records.
        tenures: who holds which nsid.
    """

    def __init__(self, ring: Ring, tenures: Tenures) -> None:
        self._ring = ring
        self._tenures = tenures
        self._next = ring.end
        self._looks: deque[tuple[float, dict[NetnsKey, int]]] = deque()
        self._counts: Counter[NetnsKey] = Counter()

    def look(self) -> None:
        """Count what came since the last look, and forget what is older than ``WINDOW_S``."""
        now, end = monotonic(), self._ring.end
        if end > self._next:
            fresh: Counter[NetnsKey] = Counter()
            for nsid, count in self._ring.messages_by_nsid(self._next, end).items():
                tenure = self._tenures.latest(nsid, end)
                if tenure and tenure.key:
                    fresh[tenure.key] += count
            self._next = end
            self._looks.append((now, fresh))
            self._counts.update(fresh)
        while self._looks and now - self._looks[0][0] > WINDOW_S:
            self._counts -= Counter(self._looks.popleft()[1])

    def of(self, key: NetnsKey) -> int:
        """Return how many messages a namespace had in the last ``WINDOW_S`` seconds."""
        return self._counts[key]

    @property
    def active(self) -> frozenset[NetnsKey]:
        """The namespaces that had any."""
        return frozenset(key for key, count in self._counts.items() if count)


def rate(count: int) -> str:
    """Return messages a second in a few characters; empty for none."""
    if not count:
        return ""
    per_second = count / WINDOW_S
    return f"{per_second:.0f}" if per_second >= 1 else "<1"
