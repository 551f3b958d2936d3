"""What changed in a table a moment ago: rows that came, cells that are others now, rows that went.

Pure; whoever calls tells the time, by a clock that never goes back.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ovltui.topology.sheet import Entry

HOLD_S = 2.0
"""Seconds for which a change stays marked."""


class Mark(StrEnum):
    """What happened to a row a moment ago."""

    NONE = " "
    NEW = "+"
    CHANGED = "~"
    GONE = "-"


@dataclass(frozen=True, slots=True)
class _Change:
    mark: Mark
    until: float
    cells: frozenset[int] = frozenset()
    """Which cells changed."""


_NOTHING = _Change(Mark.NONE, 0.0)


class Changes:
    """Remembers a table and what happened to it since the last moments."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Entry] | None = None
        self._changes: dict[Hashable, _Change] = {}
        self._gone: dict[Hashable, tuple[int, Entry]] = {}

    def begin(self) -> None:
        """Forget everything: what comes next is another table."""
        self._known = None
        self._changes.clear()
        self._gone.clear()

    def take(self, entries: Sequence[Entry], now: float, *, marked: bool) -> None:
        """Take in a table as it is now.

        Args:
            entries: its rows.
            now: seconds.
            marked: whether changes of cells are news; rows that come and go always are.
        """
        before, self._known = self._known, {entry.id: entry for entry in entries}
        if before is None:
            return
        for entry in entries:
            was = before.get(entry.id)
            if was is None:
                self._gone.pop(entry.id, None)
                self._changes[entry.id] = _Change(Mark.NEW, now + HOLD_S)
            elif marked and was.cells != entry.cells:
                self._changes[entry.id] = self._changed(was, entry, now)
        for at, (one, entry) in enumerate(before.items()):
            if one not in self._known:
                self._gone[one] = (at, entry)
                self._changes[one] = _Change(Mark.GONE, now + HOLD_S)

    def _changed(self, was: Entry, entry: Entry, now: float) -> _Change:
        last = self._changes.get(entry.id, _NOTHING)
        cells = frozenset(at for at, pair in enumerate(zip(was.cells, entry.cells, strict=True)) if pair[0] != pair[1])
        return _Change(Mark.NEW if last.mark is Mark.NEW else Mark.CHANGED, now + HOLD_S, cells | last.cells)

    def expire(self, now: float) -> bool:
        """Forget what happened too long ago; return whether something was forgotten."""
        old = [one for one, change in self._changes.items() if change.until <= now]
        for one in old:
            del self._changes[one]
            self._gone.pop(one, None)
        return bool(old)

    @property
    def next_expiry(self) -> float | None:
        """When something will be forgotten; None where there is nothing."""
        return min((change.until for change in self._changes.values()), default=None)

    def mark(self, one: Hashable) -> Mark:
        """Return what happened to a row."""
        return self._changes.get(one, _NOTHING).mark

    def cells(self, one: Hashable) -> frozenset[int]:
        """Return which cells of a row changed."""
        return self._changes.get(one, _NOTHING).cells

    def rows(self) -> list[Entry]:
        """Return the rows with those that went, where they stood."""
        rows = list((self._known or {}).values())
        for at, entry in sorted(self._gone.values(), key=lambda gone: gone[0]):
            rows.insert(min(at, len(rows)), entry)
        return rows
