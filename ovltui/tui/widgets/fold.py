"""What is folded in an event pane: what the kernel did, beneath the event of Docker that caused it."""

from time import time_ns

from ovltui.events.ring import Ring
from ovltui.events.view import View
from ovltui.events.vocabulary import Pane
from ovltui.session.bursts import Bursts


class Fold:
    """The rows of one pane that are folded, from now on.

    Args:
        ring: the records.
        pane: which of them the pane shows; None for all.
        bursts: what belongs to events of Docker.
    """

    def __init__(self, ring: Ring, pane: Pane | None, bursts: Bursts) -> None:
        self._ring = ring
        self._pane = pane
        self._bursts = bursts
        bursts.settle(time_ns())
        self._news = len(bursts.news)

    def head(self, seq: int) -> int:
        """Return the record beneath which ``seq`` is folded, else ``seq``."""
        return self._bursts.heads.get(seq, seq)

    def fold_on(self, view: View) -> bool:
        """Fold in ``view`` what has become known to belong together; return whether rows went."""
        self._bursts.settle(time_ns())
        news, self._news = self._bursts.news[self._news :], len(self._bursts.news)
        for since, until in news:
            view.fold(self._bursts.heads, since, until)
        return bool(news)

    def beneath(self, seq: int) -> int:
        """Return how many events of the pane belong to the event of Docker ``seq``."""
        burst = self._bursts.of(seq)
        first = self._ring.first
        members = burst.within(self._pane) if burst and burst.head == seq else ()
        return sum(self._ring.count(member) for member in members if member >= first)
