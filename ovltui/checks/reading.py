"""What a check reads is noted while it looks; so what it said stands for as long as what it read is the same.

Source: the values themselves: what changes often is a property that calls ``note``; everything else of them is
compared each time (``change``). Pure, but for the notes of the look that runs, which are those of its own thread.
Incomplete: of a row that changed, all rows of that table count as changed.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from functools import update_wrapper
from typing import Any, Generic, Protocol, TypeVar


class Part(Enum):
    """What changes often of an end of an overlay network; of the far ends by names of their own."""

    ROWS = "rows"
    """Forwarding entries and neighbours of its namespace, as ``side.Rows``."""
    TABLES = "tables"
    """All tables of its namespace."""
    INSIDE = "inside"
    """Tables of the namespaces attached to it."""
    FAR_ROWS = "far rows"
    FAR_TABLES = "far tables"
    FAR_INSIDE = "far inside"
    FAR = "far"
    """Which far ends there are, and who is attached to them."""
    OTHERS = "others"
    """What other engines intend."""


FAR_OF = {Part.ROWS: Part.FAR_ROWS, Part.TABLES: Part.FAR_TABLES, Part.INSIDE: Part.FAR_INSIDE}
"""The same of a far end."""
NEAR_OF = {far: near for near, far in FAR_OF.items()}
Reads = frozenset[Any]
"""Parts, and each ``Asked`` whose value was used."""
Noted = list[tuple[Any, object]]
"""What was read, and of which value."""
_NOTED: ContextVar[Noted | None] = ContextVar("noted", default=None)
"""Notes of the look that runs; None where none does."""


def note(what: "Part | Asked[Any, Any]", of: object) -> None:
    """Take note that something was read."""
    noted = _NOTED.get()
    if noted is not None:
        noted.append((what, of))


@dataclass(frozen=True, slots=True)
class Known:
    """What was found once, and all that it rests on."""

    value: Any
    parts: frozenset[Part]
    asked: "tuple[Asked[Any, Any], ...]"
    """Whose values were used; these have parts of their own."""


Knowns = dict["Asked[Any, Any]", Known]


@dataclass(frozen=True, slots=True)
class Memory:
    """What was found of one thing, and of that in the place of which it came."""

    kept: Knowns = field(default_factory=dict)
    before: Knowns = field(default_factory=dict)
    """What was found of the one before; empty where it differs by more than ``changed``."""
    changed: frozenset[Part] = frozenset()
    """All by which it differs from the one before."""
    over: "tuple[Remembering, ...]" = ()
    """Things that it consists of and that differ from those in the place of which they came."""


class Remembering(Protocol):
    """A thing of which is kept what was found of it."""

    @property
    def memory(self) -> Memory:
        """What was found."""

    def resolved(self, noted: Noted) -> Reads:
        """Return what notes mean for it."""


S = TypeVar("S", bound=Remembering)
T = TypeVar("T")


class Asked(Generic[S, T]):
    """A pure function of one thing, asked again only where something that it read is another.

    Args:
        find: the function; its value is complete when it returns, and is compared by ``==``.
    """

    def __init__(self, find: Callable[[S], T]) -> None:
        self._find = find
        update_wrapper(self, find)

    def __call__(self, of: S) -> T:
        """Return its value."""
        note(self, of)
        known = of.memory.kept.get(self)
        if known is None:
            before = of.memory.before.get(self)
            known = before if before and _stands(before, of) else self._look(of)
            of.memory.kept[self] = known
        value: T = known.value
        return value

    def _look(self, of: S) -> Known:
        noted: Noted = []
        token = _NOTED.set(noted)
        try:
            value = self._find(of)
        finally:
            _NOTED.reset(token)
        reads = of.resolved(noted)
        parts = frozenset(read for read in reads if isinstance(read, Part))
        return Known(value, parts, tuple(reads - parts))


def _stands(before: Known, of: Remembering) -> bool:
    """Whether all that was read is the same as before."""
    memory = of.memory
    if not memory.changed.isdisjoint(before.parts):
        return False
    return not before.asked or all(_is_same(asked, one) for one in (of, *memory.over) for asked in before.asked)


def _is_same(asked: Asked[Any, Any], of: Remembering) -> bool:
    known = of.memory.before.get(asked)
    return known is None or bool(asked(of) == known.value)


def remembered(find: Callable[[S], T]) -> Asked[S, T]:
    """Return a pure function of a thing so that it is asked again only where something that it read is another."""
    return Asked(find)


def collected(find: Callable[[S], Iterable[T]]) -> Asked[S, tuple[T, ...]]:
    """Return the same of a function that yields."""

    def found(of: S) -> tuple[T, ...]:
        return tuple(find(of))

    return Asked(update_wrapper(found, find))
