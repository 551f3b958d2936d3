"""What messages say that differ in addresses alone: one line with blanks, and whether it passes a filter when filled.

Source: ``ovltui.events.layout``; the line of a message with marks in the place of its addresses. Pure. Incomplete:
where a mark does not come back in the line as a word of its own, nothing is concluded: each line must be made.
"""

from collections.abc import Callable

from ovltui.events.asked import Asked, Question
from ovltui.events.filter import Filter, Holds, devices
from ovltui.events.layout import Address, Layout, Parts, Word
from ovltui.events.line import Line

Judge = Callable[[Parts], bool]
"""Takes the parts of a message; returns whether its line passes."""


class Said:
    """What some messages say, as long as which answers hold.

    Args:
        judge: whether the line of one of them passes; None where it must be made.
        asked: what the making asked.
    """

    __slots__ = ("_era", "_foreign", "_own", "judge", "steady")

    def __init__(self, judge: Judge | None, asked: Asked) -> None:
        self.judge = judge
        self._own, self._foreign = tuple(asked.own), tuple(asked.foreign)
        self.steady = judge is not None and not self._foreign
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


def judge_of(wanted: Filter, layout: Layout, marked: Line) -> Judge | None:
    """Return what judges messages that are alike but for their addresses; None where each line must be made.

    Args:
        wanted: the filter.
        layout: of the messages.
        marked: the line of one of them, with the marks of the layout.
    """
    if not layout.addresses:
        return _always(wanted.matches(marked))
    shown = f"{marked.netns} {marked.text}"
    words = [(address, str(address.word(address.mark))) for address in layout.addresses]
    if not all(_stands_alone(word, shown) for _, word in words):
        return None
    if any(word in name for name in devices(marked) for _, word in words):
        return None
    if not wanted.matches_but_for_text(marked):
        return _always(False)
    if not wanted.texts:
        return _always(True)
    words.sort(key=lambda each: shown.index(each[1]))
    blank = shown.replace("%", "%%")
    for _, word in words:
        blank = blank.replace(word, "%s")
    return _filled(blank, tuple(address for address, _ in words), wanted.texts)


def _stands_alone(word: str, shown: str) -> bool:
    """Return whether a text has an address just once, behind a space, and before one, a length, or the end."""
    before, _, after = f"{shown} ".partition(f" {word}")
    return word not in before and after[:1] in (" ", "/") and word not in after


def _always(passes: bool) -> Judge:
    return lambda _: passes


def _filled(blank: str, addresses: tuple[Address, ...], texts: tuple[Holds, ...]) -> Judge:
    fill = _filler(blank, tuple((address.word, address.part) for address in addresses))
    if len(texts) == 1:
        holds = texts[0]
        return lambda parts: holds(fill(parts))

    def judge(parts: Parts) -> bool:
        shown = fill(parts)
        return all(holds(shown) for holds in texts)

    return judge


def _filler(blank: str, words: tuple[tuple[Word, int], ...]) -> Callable[[Parts], str]:
    """Return what puts addresses into the blanks; without a loop for one and two, as most have."""
    (word, part), *more = words
    if not more:
        return lambda parts: blank % word(parts[part])
    if len(more) == 1:
        other, place = more[0]
        return lambda parts: blank % (word(parts[part]), other(parts[place]))
    return lambda parts: blank % tuple([word(parts[part]) for word, part in words])
