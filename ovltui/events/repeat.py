"""Which records only say again what a row of their pane says already, so that they are counted there.

Source: the bytes of messages, in the order in which the ring takes them in. Pure. A record repeats the one before it in
its pane and namespace where both say the same: the same bytes behind the header, of links the same decoded fields,
since every message of a link bears counters. A lookup that missed comes once a packet, and those for several addresses
alternate: it also repeats an earlier one where only lookups that missed came between. Incomplete: what a row counts
ends ``ROWS_BACK`` rows later, after ``SPAN_NS``, at a gap, an event of Docker or the end of its namespace, and with its
block of the ring, so that a row never stands far from what it counts.
"""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import eq, itemgetter

from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object, Pane
from ovltui.kernel.wire import ATTRIBUTE_HEADER, Rtm, attributes

ROWS_BACK = 8
"""A record counts in a row while fewer rows of its pane came after that."""
SPAN_NS = 60 * 10**9
"""A row counts for so many nanoseconds: its time stays about right."""
_HEAD = slice(4, 8)
"""nlmsg_type and nlmsg_flags; nlmsg_seq and nlmsg_pid behind them only tell who asked for the change."""
_BODY, _NSID_ATTRIBUTES, _NEIGH_ATTRIBUTES = 16, 20, 28
_ALL_BODY = slice(_BODY, None)
_IFINFOMSG = slice(16, 32)
_KIND = 4
_Words = Callable[[bytes], object]
Columns = tuple[Sequence[int], Sequence[int], Sequence[bytes]]
"""Of some messages: when each came in nanoseconds, their nsids, their bytes."""
_LINK_WORDS: _Words = itemgetter(_KIND, _IFINFOMSG)
_BODY_OF: _Words = itemgetter(_ALL_BODY)
_WORDS: _Words = itemgetter(_KIND, _ALL_BODY)
"""Messages of which these differ do not say the same; links of which they do not may, and are decoded."""
_NDA_CACHEINFO, _NETNSA_NSID = 3, 1
# Plain numbers: to compare with members of an enumeration would cost as much as all else here.
_GETNEIGH = int(Rtm.GETNEIGH)
_NSIDS = (int(Rtm.NEWNSID), int(Rtm.DELNSID))
_LINKS = (int(Rtm.NEWLINK), int(Rtm.DELLINK))
_SPECIAL = frozenset((_GETNEIGH, *_NSIDS))
"""Types that count by more than what came before."""
_Row = tuple[int, int, int]
"""Sequence number of the record that leads it, when it came in nanoseconds, and its number in the pane."""
_header = ATTRIBUTE_HEADER.unpack_from
_NUMBER = struct.Struct("=i")


class _Rows:
    """The newest rows of one pane."""

    __slots__ = ("count", "last", "misses")

    def __init__(self) -> None:
        self.count = 0
        self.last: dict[int, tuple[bytes, _Row]] = {}
        """By nsid: the newest message that was no miss, and the row that it leads or counts in."""
        self.misses: dict[int, dict[bytes, _Row]] = {}
        """By nsid, then by what was looked up; only those since the last record that was no miss."""

    def reaches(self, row: _Row, time_ns: int) -> bool:
        """Return whether a row still counts records that come at ``time_ns``."""
        return self.count - row[2] < ROWS_BACK and abs(time_ns - row[1]) < SPAN_NS

    def begin(self, seq: int, time_ns: int) -> _Row:
        """Return a new row."""
        self.count += 1
        return seq, time_ns, self.count


class Repeats:
    """Remembers what the newest rows say. One thread uses it, for one record after the other."""

    def __init__(self) -> None:
        self._panes = {pane: _Rows() for pane in Pane}

    def end_rows(self) -> None:
        """Have every record from now on lead a row of its own, or count in one that is new."""
        for rows in self._panes.values():
            rows.last.clear()
            rows.misses.clear()

    def folds(
        self, first: int, by_pane: Mapping[Pane, Sequence[int]], kinds: Iterable[int], columns: Columns
    ) -> list[tuple[int, int]]:
        """Return, of messages that follow each other, those that lead no row, each with the one in whose row it counts.

        Args:
            first: sequence number of the first.
            by_pane: sequence numbers of those of each pane.
            kinds: the low bytes of their types, each once.
            columns: time, nsid and bytes of each.
        """
        if self._all_lead(first, by_pane, _words_of(kinds), columns):
            return []
        panes = [next(iter(by_pane))] * len(columns[0])
        for pane, seqs in by_pane.items():
            for seq in seqs:
                panes[seq - first] = pane
        return self._folds(first, panes, zip(*columns, strict=True))

    def _all_lead(
        self, first: int, by_pane: Mapping[Pane, Sequence[int]], words_of: Mapping[int, _Words], columns: Columns
    ) -> bool:
        """Take in messages of one namespace, if each is unlike the one before it and so leads a row; return whether.

        A storm is told by this at less than half of the cost of ``_folds``.
        """
        times, nsids, raws = columns
        if not words_of or len(set(nsids)) > 1 or min(map(len, raws)) <= _BODY:
            return False
        nsid = nsids[0]
        for pane, seqs in by_pane.items():
            before = self._panes[pane].last.get(nsid)
            some = raws if len(by_pane) == 1 else [raws[seq - first] for seq in seqs]
            if _any_alike([before[0], *some] if before else some, words_of):
                return False
        for pane, seqs in by_pane.items():
            rows, last = self._panes[pane], seqs[-1]
            rows.misses.pop(nsid, None)
            rows.count += len(seqs)
            rows.last[nsid] = (raws[last - first], (last, times[last - first], rows.count))
        return True

    def _folds(
        self, seq: int, panes: Iterable[Pane], stamps: Iterable[tuple[int, int, bytes]]
    ) -> list[tuple[int, int]]:
        """Take in messages one by one; ``stamps`` are time, nsid and bytes of each."""
        found = []
        rows_of, special, links = self._panes, _SPECIAL, _LINKS
        for pane, (time_ns, nsid, raw) in zip(panes, stamps, strict=True):
            rows = rows_of[pane]
            before = rows.last.get(nsid)
            # Most messages are unlike the one before them: that is seen here, without another call.
            if len(raw) <= _BODY or raw[4] in special:
                alike = True
            elif before is None or len(before[0]) != len(raw) or before[0][4] != raw[4]:
                alike = False
            else:
                part = _IFINFOMSG if raw[4] in links else _ALL_BODY
                alike = before[0][part] == raw[part]
            if alike:
                if (leader := self.leader(pane, seq, time_ns, nsid, raw)) != seq:
                    found.append((seq, leader))
            else:
                if rows.misses:
                    rows.misses.pop(nsid, None)
                rows.count = number = rows.count + 1
                rows.last[nsid] = (raw, (seq, time_ns, number))
            seq += 1
        return found

    def leader(self, pane: Pane, seq: int, time_ns: int, nsid: int, raw: bytes) -> int:
        """Return the record in whose row message ``seq`` counts: itself where it leads one."""
        rows = self._panes[pane]
        if len(raw) <= _BODY:
            return seq
        kind = raw[4]
        if kind == _GETNEIGH:
            return self._miss(rows, seq, time_ns, nsid, raw)
        if kind in _NSIDS and nsid == OWN_NSID:
            self._forget(raw)
        if rows.misses:
            rows.misses.pop(nsid, None)
        before = rows.last.get(nsid)
        if before is not None and _says_again(before[0], raw) and rows.reaches(before[1], time_ns):
            return before[1][0]
        rows.last[nsid] = (raw, rows.begin(seq, time_ns))
        return seq

    def _forget(self, raw: bytes) -> None:
        """End the rows of the namespace whose number came or went: it may mean another one now."""
        numbers = [
            _NUMBER.unpack(payload)[0]
            for kind, payload in attributes(raw, _NSID_ATTRIBUTES)
            if kind == _NETNSA_NSID and len(payload) == _NUMBER.size
        ]
        for rows in self._panes.values():
            for number in numbers:
                rows.last.pop(number, None)
                rows.misses.pop(number, None)

    def _miss(self, rows: _Rows, seq: int, time_ns: int, nsid: int, raw: bytes) -> int:
        rows.last.pop(nsid, None)
        misses = rows.misses.setdefault(nsid, {})
        wanted = _wanted(raw)
        row = misses.get(wanted)
        if row is not None and rows.reaches(row, time_ns):
            return row[0]
        if len(misses) >= 2 * ROWS_BACK:
            rows.misses[nsid] = misses = {key: row for key, row in misses.items() if rows.reaches(row, time_ns)}
        misses[wanted] = rows.begin(seq, time_ns)
        return seq


def _words_of(kinds: Iterable[int]) -> dict[int, _Words]:
    """Return what to compare in messages of these types; none where one counts by more than what came before."""
    several = frozenset(kinds)
    if several & _SPECIAL:
        return {}
    others = _BODY_OF if len(several) == 1 else _WORDS
    return {kind: _LINK_WORDS if kind in _LINKS else others for kind in several}


def _any_alike(raws: Sequence[bytes], words_of: Mapping[int, _Words]) -> bool:
    """Return whether one of some messages may say the same as the one before it.

    Args:
        raws: the bytes of each.
        words_of: what to compare, by type; the first message may be of another one.
    """
    if len(words_of) == 1:
        words = list(map(next(iter(words_of.values())), raws))
    else:
        words = [words_of.get(raw[_KIND], _WORDS)(raw) for raw in raws]
    return any(map(eq, words, islice(words, 1, None)))


def _says_again(one: bytes, other: bytes) -> bool:
    """Return whether two messages say the same."""
    if len(one) != len(other) or one[_HEAD] != other[_HEAD]:
        return False
    if one[_BODY:] == other[_BODY:]:
        return True
    # Of the same link with the same flags the rest is decoded, since counters and timers always differ.
    if other[4] not in _LINKS or one[_IFINFOMSG] != other[_IFINFOMSG]:
        return False
    event = _event(one)
    return event.object is Object.LINK and event == _event(other)


@lru_cache(maxsize=64)
def _event(raw: bytes) -> Event:
    return decode(Record(0, 0, OWN_NSID, Kind.MESSAGE, raw))


def _wanted(raw: bytes) -> bytes:
    """Return what a lookup that missed says, without the ages that differ each time."""
    start, end = _NEIGH_ATTRIBUTES, len(raw)
    while start + 4 <= end:
        length, kind = _header(raw, start)
        if length < ATTRIBUTE_HEADER.size:
            break
        if kind == _NDA_CACHEINFO:
            return raw[_HEAD] + raw[_BODY:start] + raw[start + length :]
        start += (length + 3) & ~3
    return raw[_HEAD] + raw[_BODY:]
