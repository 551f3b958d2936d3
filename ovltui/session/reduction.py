"""What of a recording is published, where not all of it is: some classes, some namespaces, so many events a second.

Source: the arguments of ``record``, and names as they become known. Pure but for the clock. Whoever looks is told:
what is left out on purpose is a gap of the host, what is beyond the rate a gap record with its count. Links are always
there, since names rest on them, and so is the host's own namespace, since every overlay goes through it.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from ovltui.events.gap import pack_gap
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Pane, pane_of
from ovltui.kernel.wire import Table

CLASSES = (*(str(pane) for pane in Pane), "docker")
_TABLES = {
    "route": (Table.ROUTES4, Table.ROUTES6, Table.RULES, Table.NEXTHOPS),
    "neigh": (Table.NEIGHBOURS, Table.FDB),
}
_KEPT = 1 << 17
"""Records of which is known which number they got."""
_S = 10**9
_QUIET_S, _PAUSE_S, _LONGEST_S = 2.0, 10.0, 60.0
"""All is told anew when nothing was left out for so long, not more often than that, but at least so often."""


class Reduction:
    """What is published, and how it is numbered; it lasts as long as the recorder.

    Args:
        only: these classes; all where there is none.
        netns: only namespaces of these names, which may be patterns of the shell.
        rate: events a second of each class; 0 for all.
    """

    def __init__(self, only: tuple[str, ...] = (), netns: tuple[str, ...] = (), rate: int = 0) -> None:
        self.classes = frozenset((*only, "link")) if only else frozenset(CLASSES)
        self._netns = netns
        self._rate = rate
        self.chooses = bool(netns)
        """Whether some namespaces may be left out."""
        self.reduces = bool(only or netns or rate)
        """Whether anything may be left out."""
        self.end = 0
        """The number of the next record, as published."""
        self._begun = False
        self._sources: list[int] = []
        self._second = 0
        self._counts: Counter[str] = Counter()
        self._surplus: Counter[str] = Counter()
        self._surplus_at = 0.0
        self._anew_at = time.monotonic()
        self._stale = self._wanted = self._anew = False

    @property
    def left_out(self) -> frozenset[Table]:
        """The tables that are not published."""
        return frozenset(table for kind, tables in _TABLES.items() if kind not in self.classes for table in tables)

    @property
    def says(self) -> tuple[str, ...]:
        """What is left out on purpose, each a sentence."""
        missing = [kind for kind in CLASSES if kind not in self.classes]
        found = [f"its {_listed(missing)} events are not published"] if missing else []
        if self._netns:
            found.append(f"only {_listed(self._netns)} and its own namespace are published")
        if self._rate:
            found.append(f"beyond {self._rate} events a second of a class, none are published")
        return tuple(found)

    @property
    def is_due(self) -> bool:
        """Whether all must be told anew."""
        now = time.monotonic()
        since = now - self._anew_at
        calm = now - self._surplus_at > _QUIET_S and since > _PAUSE_S
        return self._wanted or (self._stale and (calm or since > _LONGEST_S))

    @property
    def begins_anew(self) -> bool:
        """Whether the part that begins says what nobody could know before; asked once for each."""
        anew, self._anew = self._anew, False
        return anew

    def ask(self) -> None:
        """Tell all anew soon: a namespace is published that was not."""
        self._wanted = True

    def begin(self, first: int) -> int:
        """Begin a part at record ``first`` of the source; return its number."""
        if not self._begun:
            self._begun, self.end = True, first
        if self._wanted or self._stale:
            self._anew, self._wanted, self._stale, self._anew_at = True, False, False, time.monotonic()
        return self.end

    def number(self, seq: int) -> int:
        """Return the number of a record of the source; of one that was left out, that of the next one."""
        behind = len(self._sources) - bisect_left(self._sources, seq)
        return max(0, self.end - behind)

    def shows(self, name: str) -> bool:
        """Return whether a namespace of that name is published."""
        return not self._netns or any(fnmatchcase(name, pattern) for pattern in self._netns)

    def sift(self, record: Record, name: Callable[[int], str]) -> Iterator[Record]:
        """Yield what is published of a record: it, before it perhaps a gap, or nothing.

        Args:
            record: of the source.
            name: returns what the namespace of an nsid is called.
        """
        yield from self._roll(record.time_ns)
        if record.kind is not Kind.GAP:
            kind = "docker" if record.kind is Kind.DOCKER else str(pane_of(int.from_bytes(record.raw[4:6], "little")))
            hidden = record.kind is not Kind.DOCKER and record.nsid != OWN_NSID and not self.shows(name(record.nsid))
            if kind not in self.classes or hidden:
                return
            self._counts[kind] += 1
            if self._rate and self._counts[kind] > self._rate:
                self._surplus[kind] += 1
                self._surplus_at, self._stale = time.monotonic(), True
                return
        yield record

    def published(self, seq: int) -> None:
        """Take in that a record got the next number; a gap counts as the record behind it."""
        self._sources.append(seq)
        self.end += 1
        if len(self._sources) > 2 * _KEPT:
            del self._sources[:_KEPT]

    def rest(self, now_ns: int) -> Iterator[Record]:
        """Yield the gap of a second that is over, where nothing came since."""
        if self._surplus:
            yield from self._roll(now_ns)

    def _roll(self, time_ns: int) -> Iterator[Record]:
        second = time_ns // _S
        if second != self._second:
            self._second = second
            self._counts.clear()
            if count := self._surplus.total():
                self._surplus.clear()
                yield Record(0, time_ns, OWN_NSID, Kind.GAP, pack_gap(count, _S))


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
