"""What follows from the lines of messages, without making the line of each.

Source: names over time. Pure. A line follows from the bytes of its message and from the answers to the questions about
names that its making asked: of messages that differ in their addresses alone it is made once and filled in, of messages
that say the same there is one answer. Incomplete: of messages that all differ in other things, each line must be made.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from ovltui.events.asked import Asked
from ovltui.events.excerpt import Excerpt
from ovltui.events.layout import Layout, Parts, layout_of
from ovltui.events.line import Line, line
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.events.said import Said, Tell

T = TypeVar("T")
_MOST_LINES = _MOST_ANSWERS = 16_384
"""Lines and answers remembered when a run begins; else they are forgotten."""
_LAYOUTS = 8
"""Layouts remembered of messages of one length."""
_SORT_BITS = 8


class DatedNames(Names, Protocol):
    """Names that tell when they may change."""

    def era(self, nsid: int, seq: int) -> object:
        """Equal for two moments only if ``netns``, and ``link`` of each link, answer the same from one to the other."""


class _Group(Generic[T]):
    """Messages of one namespace that are laid out group."""

    __slots__ = ("answers", "layout", "lines", "sure")

    def __init__(self, layout: Layout, answers: dict[Parts, T]) -> None:
        self.layout = layout
        self.lines: dict[object, Said[T]] = {}
        """By what is told of them, but for addresses."""
        self.sure: dict[object, Tell[T]] = {}
        """What answers by those lines that hold as long as the era of the namespace lasts."""
        self.answers = answers
        """By all that is told of a message; for all layouts that leave out the same."""


_Newest = tuple[Callable[[bytes, int], Parts], Callable[[Parts], T | None], _Group[T], list[_Group[T]]]
"""What tells all of a message, what returns the answer to that, and the messages of the layout that came last and of
all layouts."""


class _Place(Generic[T]):
    """What is known of the messages of one namespace, by length and sort."""

    __slots__ = ("era", "groups", "newest")

    def __init__(self) -> None:
        self.era: object = None
        """Of what is sure."""
        self.groups: dict[int, list[_Group[T]]] = {}
        self.newest: dict[int, _Newest[T]] = {}
        """Of the layout that came last."""

    def begin(self, era: object) -> None:
        """Be sure of nothing that was learned in another era."""
        if self.era != era:
            for those in self.groups.values():
                for group in those:
                    group.sure.clear()
            self.forget()
        self.era = era

    def forget(self) -> None:
        """Forget all answers."""
        for those in self.groups.values():
            for group in those:
                group.answers.clear()


class Alike(Generic[T]):
    """Answers what follows from the lines of a ring's messages; one thread asks. No answer is None.

    Args:
        names: names for lines.
    """

    def __init__(self, names: DatedNames) -> None:
        self._names = names
        self._places: dict[int, _Place[T]] = {}
        self._layouts: dict[int, list[Layout]] = {}
        """Of the messages of all namespaces."""
        self._lines = self._answers = 0
        self._run = (0, 0)
        self._eras: dict[int, object] = {}
        """Of each in this run; None where it changes within."""
        self.left = 0
        """Lines that may still be made."""

    def derive(self, layout: Layout, marked: Line) -> Tell[T] | None:
        """Return what answers of messages that are laid out alike; None where each line must be made.

        Args:
            layout: theirs.
            marked: the line of one of them, with the marks of the layout in the place of its addresses.
        """
        raise NotImplementedError

    def conclude(self, shown: Line) -> T:
        """Return what follows from a line."""
        raise NotImplementedError

    def answers(self, excerpt: Excerpt, other: Callable[[int], T]) -> list[T]:
        """Return the answer of each record, up to the first that needs a line when none is ``left``.

        Args:
            excerpt: the records.
            other: answers of one that is no message received from the kernel.
        """
        self._begin(excerpt.seqs)
        body, here = excerpt.body, {nsid: self._enter(nsid).get for nsid in set(excerpt.nsids)}
        found: list[T] = []
        rows = zip(excerpt.seqs, excerpt.nsids, excerpt.sorts, excerpt.starts, excerpt.ends, strict=True)
        for seq, nsid, sort, start, end in rows:
            those = here[nsid]((end - start) << _SORT_BITS | sort)
            answer = None
            if those is not None:
                told = those[0](body, start)
                answer = those[1](told)
                if answer is None:
                    answer = self._again(those, told, body, start)
            if answer is None:
                answer = self._other(seq, other) if nsid is None else self._unheard(seq, nsid, sort, body[start:end])
                if answer is None:
                    break
            found.append(answer)
        return found

    def _again(self, newest: _Newest[T], told: Parts, body: bytes, start: int) -> T | None:
        """Return the answer of a message that was not heard before, but is sure; None if it is not."""
        _, _, group, those = newest
        answer = self._sure(group, told, body, start)
        if answer is None and len(those) > 1:
            for other in those:
                told = other.layout.heard(body, start)
                answer = other.answers.get(told)
                if answer is None:
                    answer = self._sure(other, told, body, start)
                if answer is not None:
                    break
        return answer

    def _sure(self, group: _Group[T], told: Parts, body: bytes, start: int) -> T | None:
        parts = group.layout.split(body, start)
        tell = group.sure.get(group.layout.told(parts))
        if tell is None:
            return None
        answer = group.answers[told] = tell(parts)
        self._answers += 1
        return answer

    def _begin(self, seqs: Sequence[int]) -> None:
        """Begin a run of records, in which the era of a namespace is asked for once."""
        self._run = min(seqs[0], seqs[-1]), max(seqs[0], seqs[-1])
        self._eras.clear()
        if self._lines > _MOST_LINES:
            self._places, self._lines = {}, 0
        elif self._answers > _MOST_ANSWERS:
            for place in self._places.values():
                place.forget()
            self._answers = 0

    def _other(self, seq: int, other: Callable[[int], T]) -> T | None:
        self.left -= 1
        return other(seq) if self.left >= 0 else None

    def _unheard(self, seq: int, nsid: int, sort: int, raw: bytes) -> T | None:
        """Return the answer of a message that is laid out unlike the last one, or not sure to say what is known.

        Return None where no line is left to be made.
        """
        place, key = self._places[nsid], len(raw) << _SORT_BITS | sort
        era = self._eras[nsid]
        those = place.groups.setdefault(key, [])
        for group in those:
            parts = group.layout.split(raw, 0)
            said = group.lines.get(group.layout.told(parts))
            if said is not None and said.holds(seq, era):
                break
        else:
            if self.left <= 0:
                return None
            group = self._group(key, those, raw)
            parts = group.layout.split(raw, 0)
            said = group.lines[group.layout.told(parts)] = self._say(seq, nsid, raw, group.layout)
        if said.tell is None:
            return self._by_line(seq, nsid, raw)
        if said.steady and era is not None:
            group.sure[group.layout.told(parts)] = said.tell
            place.newest[key] = group.layout.heard, group.answers.get, group, those
        return said.tell(parts)

    def _say(self, seq: int, nsid: int, raw: bytes, layout: Layout) -> Said[T]:
        """Return what a message says, and all that are alike."""
        self.left -= 1
        self._lines += 1
        asked = Asked(self._names, nsid)
        marked = line(Record(seq, 0, nsid, Kind.MESSAGE, layout.marked(raw)), asked)
        return Said(self.derive(layout, marked), asked)

    def _by_line(self, seq: int, nsid: int, raw: bytes) -> T | None:
        self.left -= 1
        if self.left < 0:
            return None
        return self.conclude(line(Record(seq, 0, nsid, Kind.MESSAGE, raw), self._names))

    def _enter(self, nsid: int | None) -> dict[int, _Newest[T]]:
        """Return what is known of a namespace in this run, by length and sort; nothing where its era changes within.

        What is learned in the run is in it, too.
        """
        newest: dict[int, _Newest[T]] = {}
        if nsid is not None:
            place = self._places.get(nsid) or self._places.setdefault(nsid, _Place())
            low, high = self._run
            era = self._names.era(nsid, low)
            if era == self._names.era(nsid, high):
                place.begin(era)
                self._eras[nsid], newest = era, place.newest
            else:
                self._eras[nsid] = None
        return newest

    def _group(self, key: int, those: list[_Group[T]], raw: bytes) -> _Group[T]:
        """Return the messages that are laid out like one; they are added to ``those`` if need be."""
        layouts = self._layouts.setdefault(key, [])
        layout = next((layout for layout in layouts if layout.fits(raw)), None)
        if layout is None:
            layout = layout_of(raw)
            del layouts[: 1 - _LAYOUTS]
            layouts.append(layout)
        for group in those:
            if group.layout is layout:
                return group
        del those[: 1 - _LAYOUTS]
        answers = next((group.answers for group in those if group.layout.hearing == layout.hearing), {})
        those.append(_Group(layout, answers))
        return those[-1]
