"""Which events a step of the tour points at: those that pass its filter, since it began.

Source: the ring. Incomplete: no more than ``MOST`` are marked, the newest; names are those known when it looks.
"""

from ovltui.events.filter import Filter, parse
from ovltui.events.record import Kind, Record
from ovltui.events.view import View
from ovltui.session.session import Session
from ovltui.tui.widgets.choice import Choice

MOST = 12
"""Events that are marked at once."""
_BUDGET = 300
"""Lines that are made at a look."""


class Pointer:
    """Points at events.

    Args:
        session: holds the records.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._wanted: Filter | None = None
        self._since = 0
        self.seqs: frozenset[int] = frozenset()
        """Records at which it points."""

    def point(self, filter_text: str, since: int) -> None:
        """Point at what passes a filter from record ``since`` on; at nothing where it is empty."""
        self._wanted = parse(filter_text) if filter_text else None
        self._since = since
        self.seqs = frozenset()

    def look(self) -> None:
        """Look again: records came, and namespaces have got their names."""
        ring = self._session.ring
        if self._wanted is None or self.seqs or ring.end == self._since:
            return
        view = View(ring, None, Choice(wanted=self._wanted).sieve(self._session.names))
        view.step(_BUDGET)
        found = [view[row] for row in range(view.row_of(self._since), len(view))]
        kept = [seq for seq in found if seq >= ring.first and ring[seq].kind is not Kind.GAP]
        self.seqs = frozenset(kept[-MOST:])

    def newest(self) -> Record | None:
        """Return the newest one of them, if it is still kept."""
        ring = self._session.ring
        kept = [seq for seq in self.seqs if seq >= ring.first]
        return ring[max(kept)] if kept else None
