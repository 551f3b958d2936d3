"""What messages said before, found again by their bytes: the same few come thousands of times in a storm.

Source: netlink messages with attributes. The kernel sends a link whole, its counters included, whenever anything about
it changes; two messages that differ in counters and stamps alone say the same. Pure, no privileges. Incomplete: of a
length that several layouts share, the one that came last is remembered.
"""

from collections.abc import Callable
from struct import Struct
from typing import Generic, TypeVar

from ovltui.kernel.wire import ATTRIBUTE_HEADER, NLA_TYPE_MASK

T = TypeVar("T")

_MOST = 4096
"""Messages remembered of one kind, before all are forgotten."""
_header = ATTRIBUTE_HEADER.unpack_from


class _Known(Generic[T]):
    """The messages of one layout.

    Args:
        parts: what matters of each, ascending.
        size: bytes of each.
    """

    __slots__ = ("parts", "take", "values")

    def __init__(self, parts: tuple[slice, ...], size: int) -> None:
        self.parts = parts
        # Once for all parts: half the cost of a slice for each.
        between = zip((0, *(part.stop for part in parts)), parts, strict=False)
        taken = "".join(f"{part.start - end}x{part.stop - part.start}s" for end, part in between)
        self.take = Struct(f"={taken}{size - parts[-1].stop}x").unpack
        self.values: dict[tuple[bytes, ...], T] = {}


class Recall(Generic[T]):
    """Values read from messages of one kind.

    Args:
        read: reads the value; None for a message that says nothing. It must not look at what is left out here.
        head: the bytes before the attributes that matter.
        start: where the attributes begin.
        passing: types of attributes whose payload does not matter.
    """

    def __init__(
        self, read: Callable[[bytes], T | None], head: tuple[slice, ...], start: int, passing: frozenset[int]
    ) -> None:
        self._read = read
        self._head = head
        self._start = start
        self._passing = passing
        # By length: what matters of such a message, every attribute's header included, and the values by that.
        self._known: dict[int, _Known[T]] = {}
        self._size = 0

    def of(self, raw: bytes) -> T | None:
        """Return the value of a message."""
        known = self._known.get(len(raw))
        if known is not None:
            # Equal bytes at the same places, headers among them: the same layout and the same value.
            value = known.values.get(known.take(raw))
            if value is not None:
                return value
        value = self._read(raw)
        if value is not None:
            self._keep(raw, value)
        return value

    def forget(self) -> None:
        """Forget all."""
        self._known, self._size = {}, 0

    def _keep(self, raw: bytes, value: T) -> None:
        if self._size >= _MOST:
            self.forget()
        parts = (*self._head, *self._parts(raw))
        known = self._known.get(len(raw))
        if known is None or known.parts != parts:
            known = self._known[len(raw)] = _Known(parts, len(raw))
        known.values[known.take(raw)] = value
        self._size += 1

    def _parts(self, raw: bytes) -> list[slice]:
        """Return all of the attributes but for the payloads that do not matter."""
        parts: list[slice] = []
        begin = start = self._start
        while start < len(raw):
            length, kind = _header(raw, start)
            if kind & NLA_TYPE_MASK in self._passing:
                parts.append(slice(begin, start + ATTRIBUTE_HEADER.size))
                begin = start + length
            start = (start + length + 3) & ~3
        return [*parts, slice(begin, len(raw))]
