"""A table to show or print: columns, and rows that keep their identity while their cells change.

Pure values. Every text in them is clean. Incomplete: ``says`` tells what is missing.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

OF_THE_STREAM = ("seq", "time", "nsid", "object", "action", "change")
"""Keys of an event that no row of a table has."""
_DIGITS = re.compile(r"([0-9]+)")


class Subject(StrEnum):
    """What a table is about."""

    LINKS = "links"
    ADDRS = "addrs"
    ROUTES = "routes"
    RULES = "rules"
    NEIGH = "neigh"
    FDB = "fdb"
    BRIDGES = "bridges"
    SOCKETS = "sockets"
    PROCESSES = "processes"
    COUNTERS = "counters"


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    rank: int = 0
    """Lower ones stay where there is no room for all."""
    right: bool = False
    """Whether it holds numbers, which stand at the right."""
    least: int = 0
    """Cells of the terminal that do at need, the rest being cut; 0 where it must be whole."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row."""

    id: Hashable
    """What it is, while its cells change."""
    cells: tuple[str, ...]
    by: tuple[float | None, ...] = ()
    """The numbers by which the cells sort, the highest first; None for a cell that sorts by its text."""

    def order(self, column: int) -> tuple[tuple[float, str], ...]:
        """Return what the row sorts by in a column: numbers inside of a text count as numbers."""
        number = self.by[column] if self.by else None
        return natural(self.cells[column]) if number is None else ((-number, ""),)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table."""

    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    commands: tuple[str, ...]
    """What prints the same by hand."""
    says: tuple[str, ...] = ()
    """What is missing or may be old, each a sentence without its full stop."""
    outside: bool = False
    """Whether the commands are for our own namespace, not for inside."""
    passing: bool = False
    """Whether its cells change all the time, so that a change is no news."""
    fixed: bool = False
    """Whether its order tells something."""

    def without(self, title: str) -> "Sheet":
        """Return the table without the column of that title."""
        kept = [at for at, column in enumerate(self.columns) if column.title != title]
        rows = tuple(Entry(entry.id, tuple(entry.cells[at] for at in kept)) for entry in self.entries)
        return replace(self, columns=tuple(self.columns[at] for at in kept), entries=rows)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells alone."""
        return tuple(entry.cells for entry in self.entries)


def entries(rows: Iterable[tuple[Hashable, tuple[str, ...]]]) -> tuple[Entry, ...]:
    """Return rows with an identity each: where several share one, a number tells them apart."""
    seen: Counter[Hashable] = Counter()
    found = []
    for one, cells in rows:
        found.append(Entry((one, seen[one]), cells))
        seen[one] += 1
    return tuple(found)


@lru_cache(maxsize=4096)
def natural(text: str) -> tuple[tuple[float, str], ...]:
    """Return what a text sorts by, so that ``eth10`` comes behind ``eth9``."""
    parts = enumerate(_DIGITS.split(text))  # each second one is a number: the longer one is the larger one
    return tuple(_number(part.lstrip("0")) if at % 2 else (-1.0, part) for at, part in parts if part)


def _number(digits: str) -> tuple[float, str]:
    return float(len(digits)), digits
