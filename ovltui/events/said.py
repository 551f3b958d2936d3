"""What messages say that differ in addresses alone: one line with blanks, and what follows from it when it is filled.

Source: ``ovltui.events.layout``; the line of a message with marks in the place of its addresses. Pure. Incomplete:
where a mark does not come back in the line as a word of its own, nothing is concluded: each line must be made.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from ovltui.events.asked import Asked, Question
from ovltui.events.layout import Layout, Parts, Word
from ovltui.events.line import Line

T = TypeVar("T")
Tell = Callable[[Parts], T]
"""Takes the parts of a message; returns what follows from its line."""


class Said(Generic[T]):
    """What some messages say, as long as which answers hold.

    Args:
        tell: what follows from the line of one of them; None where it must be made.
        asked: what the making asked.
    """

    __slots__ = ("_era", "_foreign", "_own", "steady", "tell")

    def __init__(self, tell: Tell[T] | None, asked: Asked) -> None:
        self.tell = tell
        self._own, self._foreign = tuple(asked.own), tuple(asked.foreign)
        self.steady = tell is not None and not self._foreign
        """Whether it holds throughout an era."""
        self._era: object = None
        """In which the answers about the own namespace were heard last."""

    def holds(self, seq: int, era: object) -> bool:
        """Return whether all answers are the same for record ``seq``.

        Args:
            seq: the record.
            era: of its namespace then; None where that is not known.
        """
        if era is None or (self._era is not era and self._era != era):
            if not _same(self._own, seq):
                return False
            self._era = era
        return not self._foreign or _same(self._foreign, seq)


def _same(questions: tuple[Question, ...], seq: int) -> bool:
    return all(ask(*what, seq) == answer for ask, what, answer in questions)


def filling(layout: Layout, marked: Line) -> Tell[str] | None:
    """Return what returns namespace and text, joined by a space, of messages that differ in addresses alone.

    Return None where each line must be made.

    Args:
        layout: of the messages.
        marked: the line of one of them, with the marks of the layout.
    """
    shown = f"{marked.netns} {marked.text}"
    if not all(_stands_alone(address.shown, shown) for address in layout.addresses):
        return None
    blank = shown.replace("%", "%%")
    for address in layout.addresses:
        blank = blank.replace(address.shown, "%s")
    addresses = sorted(layout.addresses, key=lambda address: shown.index(address.shown))
    return _filler(blank, tuple((address.word, address.part) for address in addresses))


def _stands_alone(word: str, shown: str) -> bool:
    """Return whether a text has an address just once, behind a space, and before one, a length, or the end."""
    before, _, after = f"{shown} ".partition(f" {word}")
    return word not in before and after[:1] in (" ", "/") and word not in after


def _filler(blank: str, words: tuple[tuple[Word, int], ...]) -> Tell[str]:
    """Return what puts addresses into the blanks; without a loop for one and two, as most have."""
    if not words:
        shown = blank % ()
        return lambda _: shown
    (word, part), *more = words
    if not more:
        return lambda parts: blank % word(parts[part])
    if len(more) == 1:
        other, place = more[0]
        return lambda parts: blank % (word(parts[part]), other(parts[place]))
    return lambda parts: blank % tuple([word(parts[part]) for word, part in words])
