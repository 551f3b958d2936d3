"""Which messages a filter lets pass: the line of each is made once, and remembered with the names that it asked for.

Source: a filter, and names over time. Pure. A line follows from the bytes of its message and from the answers to the
questions about names that its making asked; where all answers are the same, the line is. Incomplete: of a long history
of messages that all differ, each line must be made.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from ovltui.events import decode_link
from ovltui.events.decode import decode
from ovltui.events.filter import Filter
from ovltui.events.line import line
from ovltui.events.look import Look
from ovltui.events.names import Names
from ovltui.events.recall import Recall
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import ATTRIBUTE_HEADER, Rtm

REMEMBERED, MADE = 1, 16
"""What it costs to judge a line that is remembered, and one that must be made."""
_MOST = 16_384
"""Lines remembered, before all are forgotten."""
_TYPE, _HEADER_BYTES = slice(4, 6), 16
_UP_TO_FLAGS, _BODY = slice(0, 8), slice(16, None)
"""All of a message but nlmsg_seq and nlmsg_pid, which only tell who asked for a change."""
_NEIGH_ATTRIBUTES, _NDA_CACHEINFO, _AGES = 28, 3, 16
"""Bytes of NDA_CACHEINFO: ages, which no line tells."""
_LINK_HEAD = (_UP_TO_FLAGS, slice(16, decode_link.START))
_LINKS, _NEIGHS = (
    frozenset(int(kind).to_bytes(2, "little") for kind in kinds)
    for kinds in ((Rtm.NEWLINK, Rtm.DELLINK), (Rtm.NEWNEIGH, Rtm.DELNEIGH, Rtm.GETNEIGH))
)

T = TypeVar("T")
_Question = tuple[Callable[..., object], tuple[int, ...], object]
"""What was asked, with what but for the record, and the answer."""


class DatedNames(Names, Protocol):
    """Names that tell when they may change."""

    def era(self, nsid: int, seq: int) -> object:
        """Equal for two moments only if ``netns``, and ``link`` of each link, answer the same from one to the other."""


class _Verdict:
    """Whether a line passes, and as long as which answers hold."""

    __slots__ = ("era", "questions", "steady", "told")

    def __init__(self, questions: tuple[_Question, ...], *, passes: bool, steady: bool, era: object) -> None:
        self.told = passes, REMEMBERED
        self.questions = questions
        self.steady = steady
        """Whether the answers stay what they are within an era."""
        self.era = era
        """In which the answers were heard last."""

    def holds(self, seq: int) -> bool:
        """Return whether all answers are the same for record ``seq``."""
        return all(ask(*what, seq) == answer for ask, what, answer in self.questions)


_Verdicts = dict[bytes, dict[int, _Verdict]]
"""By what a message says, then by nsid."""
_NO_AGES: tuple[int, _Verdicts] = (_NEIGH_ATTRIBUTES, {})


class _Asked:
    """Names that note each question about a message, with its answer."""

    def __init__(self, names: Names, nsid: int) -> None:
        self._names = names
        self._nsid = nsid
        self.questions: list[_Question] = []
        self.steady = True

    def netns(self, nsid: int, seq: int) -> str:
        self.steady &= nsid == self._nsid  # an era is that of the namespace of the message alone
        return self._noted(self._names.netns, seq, nsid)

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        self.steady &= nsid == self._nsid
        return self._noted(self._names.link, seq, nsid, ifindex)

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        return self._names.docker_netns(fields)  # no message asks it

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        self.steady = False
        return self._noted(self._names.netns_seen_from, seq, nsid, peer_nsid)

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        self.steady = False
        return self._noted(self._names.link_seen_from, seq, nsid, peer_nsid, ifindex)

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        self.steady = False
        return self._noted(self._names.look_before, seq, nsid, ifindex)

    def _noted(self, ask: Callable[..., T], seq: int, *what: int) -> T:
        answer = ask(*what, seq)
        self.questions.append((ask, what, answer))
        return answer


class Matching:
    """Judges the messages of a ring by one filter; one thread asks.

    Args:
        wanted: the filter.
        names: names for lines.
    """

    def __init__(self, wanted: Filter, names: DatedNames) -> None:
        self._wanted = wanted
        self._names = names
        self._known: _Verdicts = {}
        self._size = 0
        self._links = Recall(_of_nobody, _LINK_HEAD, decode_link.START, decode_link.PASSING)
        self._by_place: dict[tuple[int, int], _Verdicts] = {}
        self._aged: dict[int, tuple[int, _Verdicts]] = {}
        self._finders = dict.fromkeys(_LINKS, self._of_link) | dict.fromkeys(_NEIGHS, self._of_neighbour)
        self._run = (0, 0)
        self._eras: dict[int, object] = {}

    def begin(self, low: int, high: int) -> None:
        """Take in that the next messages to be judged are among the records from ``low`` up to and with ``high``."""
        self._run, self._eras = (low, high), {}

    def judge(self, seq: int, nsid: int, raw: bytes) -> tuple[bool, int]:
        """Return whether the line of a message passes, and what it cost to find out."""
        find = self._finders.get(raw[_TYPE])
        by_nsid = find(raw) if find else self._known.get(raw[_UP_TO_FLAGS] + raw[_BODY]) or self._by_bytes(raw)
        era = self._eras[nsid] if nsid in self._eras else self._era(nsid)
        known = by_nsid.get(nsid)
        if known is not None:
            if known.steady and known.era is era and era is not None:
                return known.told
            if (known.steady and era is not None and known.era == era) or known.holds(seq):
                known.era = era
                return known.told
        asked = _Asked(self._names, nsid)
        said = line(Record(seq, 0, nsid, Kind.MESSAGE, raw), asked)
        passes = self._wanted.matches(said)
        by_nsid[nsid] = _Verdict(tuple(asked.questions), passes=passes, steady=asked.steady, era=era)
        self._size += 1
        if self._size > _MOST:
            self._forget()
        return passes, MADE

    def _by_bytes(self, raw: bytes) -> dict[int, _Verdict]:
        """Return what is known of messages that say the same, by nsid."""
        if len(raw) <= _HEADER_BYTES:
            return {}
        return self._known.setdefault(raw[_UP_TO_FLAGS] + raw[_BODY], {})

    def _of_link(self, raw: bytes) -> dict[int, _Verdict]:
        found = self._links.of(raw)
        return self._by_bytes(raw) if found is None else found

    def _of_neighbour(self, raw: bytes) -> dict[int, _Verdict]:
        # Messages of one length mostly have the ages at one place. Where all bytes but those are the same, the headers
        # among them, they are ages in both messages or in none: to look for them once is enough.
        start, aged = self._aged.get(len(raw), _NO_AGES)
        found = aged.get(raw[_UP_TO_FLAGS] + raw[16:start] + raw[start + _AGES :])
        if found is None:
            start = _ages_in(raw)
            if not start:
                return self._by_bytes(raw)
            aged = self._by_place.setdefault((len(raw), start), {})
            self._aged[len(raw)] = start, aged
            found = aged.setdefault(raw[_UP_TO_FLAGS] + raw[16:start] + raw[start + _AGES :], {})
        return found

    def _forget(self) -> None:
        self._known, self._by_place, self._aged, self._size = {}, {}, {}, 0
        self._links.forget()

    def _era(self, nsid: int) -> object:
        """Return the era of a namespace that lasts for the whole run; None where it changes within."""
        low, high = self._run
        era = self._names.era(nsid, low)
        self._eras[nsid] = era if era == self._names.era(nsid, high) else None
        return self._eras[nsid]


def _ages_in(raw: bytes) -> int:
    """Return where the ages of a neighbour stand in a message, 0 for nowhere."""
    start = _NEIGH_ATTRIBUTES
    while start + ATTRIBUTE_HEADER.size <= len(raw):
        length, kind = ATTRIBUTE_HEADER.unpack_from(raw, start)
        if kind == _NDA_CACHEINFO and length == ATTRIBUTE_HEADER.size + _AGES:
            return start + ATTRIBUTE_HEADER.size
        if length < ATTRIBUTE_HEADER.size:
            break
        start += (length + 3) & ~3
    return 0


def _of_nobody(raw: bytes) -> dict[int, _Verdict] | None:
    """Return room for verdicts on messages like this one; None where it breaks off."""
    return None if decode(Record(0, 0, OWN_NSID, Kind.MESSAGE, raw)).object is Object.UNKNOWN else {}
