"""Going to one record of many: to the next that caused a finding, or to one that another screen leads to."""

from ovltui.session.session import Session
from ovltui.tui.screens.arrangement import Arrangement
from ovltui.tui.shells import Shells
from ovltui.tui.widgets.event_pane import EventPane


class Seeking(Arrangement):
    """A screen of event panes in which a record can be found.

    Args:
        session: holds the records.
        shells: those that are open.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, shells: Shells, *, ascii_only: bool = False) -> None:
        super().__init__(shells, ascii_only=ascii_only)
        self._session = session
        self._caused: frozenset[int] = frozenset()

    @property
    def paused(self) -> bool:
        """Whether newer records wait."""
        raise NotImplementedError

    def action_pause(self) -> None:
        """Freeze the panes, or follow the newest again."""
        raise NotImplementedError

    def show_everything(self) -> None:
        """Undo whatever hides records: narrowing, filters, kinds, folds."""
        raise NotImplementedError

    def mark_causes(self) -> bool:
        """Mark the rows in which findings were caused; return whether others are marked than before."""
        if self.verdicts.causes == self._caused:
            return False
        self._caused = self.verdicts.causes
        for pane in self.query(EventPane):
            pane.causes = frozenset(self.causes())
        return True

    def show_record(self, seq: int) -> bool:
        """Put the cursor on a record and pause, in a pane that shows it; where none does, show everything again.

        Returns: whether the record is still kept.
        """
        ring = self._session.ring
        if not ring.first <= seq < ring.end:
            return False
        leader = ring.leader(seq)
        pane = self._pane_of(leader)
        if pane is None and self.paused:
            self.action_pause()
            pane = self._pane_of(leader)
        if pane is None:
            self.show_everything()
            pane = self._pane_of(leader)
        if pane is None:
            return False
        self.bring(pane)
        # Out of sight it had no height by which to choose the first line.
        self.call_after_refresh(self._stop_at, pane, leader)
        return True

    def action_finding(self, by: int) -> None:
        """Go to the next or previous event that caused a finding; from the newest line, to the last one."""
        focused = self.focused
        record = focused.record_at_cursor() if isinstance(focused, EventPane) else None
        here = self._session.ring.end if record is None else record.seq
        there = [seq for seq in self.causes() if self._pane_of(seq)]
        later, earlier = [seq for seq in there if seq > here], [seq for seq in there if seq < here]
        if by > 0 and later:
            self.show_record(later[0])
        elif earlier and (by < 0 or record is None):
            self.show_record(earlier[-1])
        else:
            what = "event shown here caused a finding" if not there else "later one" if by > 0 else "earlier one"
            self.notify(f"No {what}.", timeout=3, markup=False)

    def causes(self) -> list[int]:
        """Return the records in whose rows a finding was caused, ascending."""
        ring = self._session.ring
        return sorted({ring.leader(seq) for seq in self.verdicts.causes if ring.first <= seq < ring.end})

    def _stop_at(self, pane: EventPane, seq: int) -> None:
        if not self.paused:  # first, or new records would move the pane on before it is told to stop
            self.action_pause()
        pane.go_to(seq)

    def _pane_of(self, seq: int) -> EventPane | None:
        """Return the pane in which a record shows or can be shown, the focused one before others."""
        panes = [pane for pane in self.ring_of_panes() if isinstance(pane, EventPane)]
        panes.sort(key=lambda pane: pane is not self.focused)
        return next((pane for pane in panes if pane.has(seq)), None)
