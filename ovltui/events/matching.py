"""Which messages a filter lets pass, without making the line of each.

Source: a filter, and names over time. Pure. A line follows from the bytes of its message and from the answers to the
questions about names that its making asked: of messages that differ in their addresses alone it is made once and filled
in, of messages that say the same it is judged once. Incomplete: of a history of messages that all differ in other
things, each line must be made.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from ovltui.events.asked import Asked
from ovltui.events.excerpt import Excerpt
from ovltui.events.filter import Filter
from ovltui.events.layout import Layout, Parts, layout_of
from ovltui.events.line import line
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.events.said import Judge, Said, judge_of

_MOST_LINES = _MOST_VERDICTS = 16_384
"""Lines and verdicts remembered when a run begins; else they are forgotten."""
_LAYOUTS = 8
"""Layouts remembered of messages of one length."""
_SORT_BITS = 8


class DatedNames(Names, Protocol):
    """Names that tell when they may change."""

    def era(self, nsid: int, seq: int) -> object:
        """Equal for two moments only if ``netns``, and ``link`` of each link, answer the same from one to the other."""


class _Alike:
    """Messages of one namespace that are laid out alike."""

    __slots__ = ("layout", "lines", "sure", "verdicts")

    def __init__(self, layout: Layout, verdicts: dict[Parts, bool]) -> None:
        self.layout = layout
        self.lines: dict[object, Said] = {}
        """By what is told of them, but for addresses."""
        self.sure: dict[object, Judge] = {}
        """What judges by those lines that hold as long as the era of the namespace lasts."""
        self.verdicts = verdicts
        """On messages judged by them, by all that is told; for all layouts that leave out the same."""


_Newest = tuple[Callable[[bytes, int], Parts], Callable[[Parts], bool | None], _Alike, list[_Alike]]
"""What tells all of a message, what returns the verdict on that, and the messages of the layout that came last and of
all layouts."""


class _Place:
    """What is known of the messages of one namespace, by length and sort."""

    __slots__ = ("alike", "era", "newest")

    def __init__(self) -> None:
        self.era: object = None
        """Of what is sure."""
        self.alike: dict[int, list[_Alike]] = {}
        self.newest: dict[int, _Newest] = {}
        """Of the layout that came last."""

    def begin(self, era: object) -> None:
        """Be sure of nothing that was learned in another era."""
        if self.era != era:
            for those in self.alike.values():
                for alike in those:
                    alike.sure.clear()
            self.forget()
        self.era = era

    def forget(self) -> None:
        """Forget all verdicts."""
        for those in self.alike.values():
            for alike in those:
                alike.verdicts.clear()


class Matching:
    """Judges the messages of a ring by one filter; one thread asks.

    Args:
        wanted: the filter.
        names: names for lines.
    """

    def __init__(self, wanted: Filter, names: DatedNames) -> None:
        self.wanted = wanted
        self._names = names
        self._places: dict[int, _Place] = {}
        self._layouts: dict[int, list[Layout]] = {}
        """Of the messages of all namespaces."""
        self._lines = self._verdicts = 0
        self._run = (0, 0)
        self._here: dict[int | None, dict[int, _Newest]] = {}
        """Of each namespace that has one era in this run, ``newest``."""
        self._eras: dict[int, object] = {}
        """Of each in this run; None where it changes within."""
        self.left = 0
        """Lines that may still be made."""

    def judge(self, excerpt: Excerpt, other: Callable[[int], bool]) -> list[bool]:
        """Return whether each record passes, up to the first that needs a line when none is ``left``.

        Args:
            excerpt: the records.
            other: judges one that is no message received from the kernel.
        """
        self._begin(excerpt.seqs)
        body, here, found = excerpt.body, self._here, []
        rows = zip(excerpt.seqs, excerpt.nsids, excerpt.sorts, excerpt.starts, excerpt.ends, strict=True)
        for seq, nsid, sort, start, end in rows:
            newest = here.get(nsid)
            if newest is None:
                newest = self._enter(nsid)
            those = newest.get((end - start) << _SORT_BITS | sort)
            passes = None
            if those is not None:
                told = those[0](body, start)
                passes = those[1](told)
                if passes is None:
                    passes = self._again(those, told, body, start)
            if passes is None:
                passes = self._other(seq, other) if nsid is None else self._unheard(seq, nsid, sort, body[start:end])
                if passes is None:
                    break
            found.append(passes)
        return found

    def _again(self, newest: _Newest, told: Parts, body: bytes, start: int) -> bool | None:
        """Return whether a message passes that was not heard before, but is sure; None if it is not."""
        _, _, alike, those = newest
        passes = self._sure(alike, told, body, start)
        if passes is None and len(those) > 1:
            for other in those:
                told = other.layout.heard(body, start)
                passes = other.verdicts.get(told)
                if passes is None:
                    passes = self._sure(other, told, body, start)
                if passes is not None:
                    break
        return passes

    def _sure(self, alike: _Alike, told: Parts, body: bytes, start: int) -> bool | None:
        parts = alike.layout.split(body, start)
        judge = alike.sure.get(alike.layout.told(parts))
        if judge is None:
            return None
        passes = alike.verdicts[told] = judge(parts)
        self._verdicts += 1
        return passes

    def _begin(self, seqs: Sequence[int]) -> None:
        """Begin a run of records, in which the era of a namespace is asked for once."""
        self._run = min(seqs[0], seqs[-1]), max(seqs[0], seqs[-1])
        self._eras.clear()
        self._here.clear()
        if self._lines > _MOST_LINES:
            self._places, self._lines = {}, 0
        elif self._verdicts > _MOST_VERDICTS:
            for place in self._places.values():
                place.forget()
            self._verdicts = 0

    def _other(self, seq: int, other: Callable[[int], bool]) -> bool | None:
        self.left -= 1
        return other(seq) if self.left >= 0 else None

    def _unheard(self, seq: int, nsid: int, sort: int, raw: bytes) -> bool | None:
        """Return whether a message passes that is laid out unlike the last one, or not sure to say what is known.

        Return None where no line is left to be made.
        """
        place, key = self._places[nsid], len(raw) << _SORT_BITS | sort
        era = self._eras[nsid]
        those = place.alike.setdefault(key, [])
        for alike in those:
            parts = alike.layout.split(raw, 0)
            said = alike.lines.get(alike.layout.told(parts))
            if said is not None and said.holds(seq, era):
                break
        else:
            if self.left <= 0:
                return None
            alike = self._alike(key, those, raw)
            parts = alike.layout.split(raw, 0)
            said = alike.lines[alike.layout.told(parts)] = self._say(seq, nsid, raw, alike.layout)
        if said.judge is None:
            return self._by_line(seq, nsid, raw)
        if said.steady and era is not None:
            alike.sure[alike.layout.told(parts)] = said.judge
            place.newest[key] = alike.layout.heard, alike.verdicts.get, alike, those
        return said.judge(parts)

    def _say(self, seq: int, nsid: int, raw: bytes, layout: Layout) -> Said:
        """Return what a message says, and all that are alike."""
        self.left -= 1
        self._lines += 1
        asked = Asked(self._names, nsid)
        marked = line(Record(seq, 0, nsid, Kind.MESSAGE, layout.marked(raw)), asked)
        return Said(judge_of(self.wanted, layout, marked), asked)

    def _by_line(self, seq: int, nsid: int, raw: bytes) -> bool | None:
        self.left -= 1
        if self.left < 0:
            return None
        return self.wanted.matches(line(Record(seq, 0, nsid, Kind.MESSAGE, raw), self._names))

    def _enter(self, nsid: int | None) -> dict[int, _Newest]:
        """Return what is known of a namespace in this run, by length and sort; nothing where its era changes within."""
        newest: dict[int, _Newest] = {}
        if nsid is not None:
            place = self._places.get(nsid) or self._places.setdefault(nsid, _Place())
            low, high = self._run
            era = self._names.era(nsid, low)
            if era == self._names.era(nsid, high):
                place.begin(era)
                self._eras[nsid], newest = era, place.newest
            else:
                self._eras[nsid] = None
        self._here[nsid] = newest
        return newest

    def _alike(self, key: int, those: list[_Alike], raw: bytes) -> _Alike:
        """Return the messages that are laid out like one; they are added to ``those`` if need be."""
        layouts = self._layouts.setdefault(key, [])
        layout = next((layout for layout in layouts if layout.fits(raw)), None)
        if layout is None:
            layout = layout_of(raw)
            del layouts[: 1 - _LAYOUTS]
            layouts.append(layout)
        for alike in those:
            if alike.layout is layout:
                return alike
        del those[: 1 - _LAYOUTS]
        verdicts = next((alike.verdicts for alike in those if alike.layout.hearing == layout.hearing), {})
        those.append(_Alike(layout, verdicts))
        return those[-1]
