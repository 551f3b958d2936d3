"""Which rows an event pane has: the records that pass what was chosen, folded or not, up to the moment of freezing."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from ovltui.events.alike import DatedNames
from ovltui.events.block import Where
from ovltui.events.filter import Filter
from ovltui.events.record import Record
from ovltui.events.ring import Ring
from ovltui.events.view import View
from ovltui.events.vocabulary import Object, Pane
from ovltui.session.bursts import Bursts
from ovltui.tui.widgets.choice import Choice
from ovltui.tui.widgets.fold import Fold
from ovltui.tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from textual.timer import Timer

BUDGET = 400
"""Records that a filter looks at before the clock is."""
FOLD_S = 0.5
"""Seconds between two looks for what belongs together."""
_LOOKS = 25
"""Looks of a filter after which a record that was not found counts as not shown."""
SEARCH_S = 0.004
"""Seconds for which a filter looks through records before keys and other panes get their turn."""


class EventRows(LineList):
    """A list of records; subclasses draw them.

    Args:
        ring: the records.
        names: names for lines.
        pane: which kind; None for all of them in one order.
        bursts: what belongs to events of Docker.
    """

    def __init__(self, ring: Ring, names: DatedNames, pane: Pane | None, bursts: Bursts, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ring = ring
        self._names = names
        self._pane = pane
        self._bursts = bursts
        self._fold: Fold | None = None
        self._folding: Timer | None = None
        self._choice = Choice()
        self._view = View(ring, pane)
        self._moved = False
        self._rows = 0
        self._cursor: int | None = None
        self._frozen: int | None = None

    def advance(self, *, changed: bool = False) -> None:
        """Look at new records, and draw if there is something new to see.

        Args:
            changed: draw in any case.
        """
        raise NotImplementedError

    def rebase(self, ring: Ring, names: DatedNames, bursts: Bursts) -> None:
        """Show the records of another session, up to its newest one."""
        self._ring, self._names, self._bursts = ring, names, bursts
        self._frozen = self._cursor = None
        self._restart()

    @property
    def row_count(self) -> int:
        """Matching records, up to the moment of freezing."""
        return self._rows

    @property
    def behind(self) -> bool:
        """Whether there are records that were not looked at yet."""
        return self._view.behind

    @property
    def filter(self) -> Filter | None:
        """The filter of this pane alone."""
        return self._choice.wanted

    def narrow(self, test: Callable[[Record], bool] | None, where: Where | None = None) -> None:
        """Show only records that pass ``test``, and of messages only those of ``where``; None for all."""
        self._choice = replace(self._choice, test=test, where=where)
        self._restart()

    def apply_filter(self, wanted: Filter | None) -> None:
        """Show only records whose line passes ``wanted``; None for all."""
        self._choice = replace(self._choice, wanted=wanted)
        self._restart()

    def choose_kinds(self, objects: frozenset[Object] | None) -> None:
        """Show only records about ``objects``, and gaps; None for all."""
        self._choice = replace(self._choice, kinds=objects)
        self._restart()

    def search(self) -> bool:
        """Look for more records that pass the filter, and draw nothing; return whether some are left to look at."""
        if self._choice == Choice():
            return False
        until = monotonic() + SEARCH_S
        while self._view.behind and monotonic() < until:
            self._moved |= self._look_on()
        return self._view.behind

    def has(self, seq: int) -> bool:
        """Return whether a record leads a row here, as far as is known after some looking."""
        for _ in range(_LOOKS):
            if not self.search():
                break
        self._look_on()
        row = self._view.row_of(seq)
        return row < self._rows and self._view[row] == seq

    def show_all(self) -> None:
        """Show every record of this pane, unfolded."""
        self._choice = Choice(self._choice.test, self._choice.where)
        if self._folding:
            self.action_fold()
        else:
            self._restart()

    def action_fold(self) -> None:
        """Fold what the kernel did beneath the event of Docker that caused it, or show all lines again."""
        if self._folding is None:
            # Which events belong together is known when all is quiet again, and no record wakes us.
            self._folding = self.set_interval(FOLD_S, self.advance)
        else:
            self._folding.stop()
            self._folding = None
        self._restart()
        if self._cursor is not None and self._rows:
            self._cursor = self._fold.head(self._cursor) if self._fold else self._cursor
            self.bring_into_sight(min(self._view.row_of(self._cursor), self._rows - 1))

    def _restart(self) -> None:
        self._fold = Fold(self._ring, self._pane, self._bursts) if self._folding else None
        self._view = View(
            self._ring, self._pane, self._choice.sieve(self._names), self._bursts.heads if self._fold else None
        )
        self._rows = 0
        self.advance(changed=True)

    def _fold_on(self) -> bool:
        """Fold what is known by now, but not under the eyes of who looks back; return whether rows went."""
        folded = self._fold is not None and self._frozen is None and self._fold.fold_on(self._view)
        if folded:
            self._rows = len(self._view)
            self._top = self.last_top
        return folded

    def _look_on(self) -> bool:
        """Look at more records; return whether there is something new to see.

        While frozen, the record in the first line stays there, though older rows come or go.
        """
        top = self._top_seq()
        moved = self._view.step(BUDGET)
        rows = len(self._view) if self._frozen is None else self._view.row_of(self._frozen)
        new = moved and (self._frozen is None or rows != self._rows)
        self._rows = rows
        self._top = self.last_top if top is None else self._view.row_of(top)
        return new

    def _top_seq(self) -> int | None:
        """Return the record in the first line, while frozen."""
        top = self.top
        if self._frozen is None or top >= min(self._rows, len(self._view)):
            return None
        return self._view[top]
