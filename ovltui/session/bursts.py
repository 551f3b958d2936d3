"""Which events of the kernel belong to an event of Docker: those that ``docker start web`` caused.

Source: the ring, the acts of Docker, and what ties links to the namespace of a container. Pure but for what it reads.
Incomplete: true comes before whole. Only what happened at the time of an act counts, and only in the container's own
namespaces, in a network's that came or went with it, or about a link that is tied to one in there. What a bridge or
another machine's tables did in answer does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ovltui.events.record import MESSAGES, OWN_NSID, Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.sort import EVERY, only
from ovltui.events.vocabulary import Object, Pane, pane_of
from ovltui.netns.model import NetnsKey
from ovltui.session.acts import AFTER_NS, Act, Acts
from ovltui.session.names import SessionNames
from ovltui.session.ties import Ties
from ovltui.state.tenure import Tenures

_PATIENCE_NS = 60 * 10**9
"""For so long after an act the namespace of its container may still be found."""
_SETTLED_NS = 2 * 10**9
"""For so long after an act the numbers that tie links to it may still get a meaning."""
_MOST = 5_000
"""Records that one act decodes at most; where more happened in its namespaces it stays unfolded."""
_ACTS_A_TURN = 4
"""Acts that are looked at in one go, which takes some milliseconds each."""
_SPAN, _SPANS = 4096, 16
"""Records looked at in one go on each side of an event, and how often."""
_SLACK_NS = 10**9
"""Records are about in the order of their times: so much may one be out of it."""
_DOCKER = only(frozenset((Object.DOCKER,)))


@dataclass(frozen=True, slots=True)
class Burst:
    """An act of Docker, with what it caused."""

    head: int
    """The event of Docker under which the rest is folded."""
    told: tuple[int, ...]
    """The other events of Docker of the act."""
    members: tuple[int, ...]
    """The rows of the kernel's events, ascending."""
    panes: tuple[Pane, ...]
    """The pane of each."""

    def within(self, pane: Pane | None) -> tuple[int, ...]:
        """Return the members of a pane; None for all."""
        return tuple(seq for seq, where in zip(self.members, self.panes, strict=True) if pane in (None, where))


class Bursts:
    """The acts that the ring remembers, and what they caused. One thread uses it.

    Args:
        ring: the records.
        tenures: who held which nsid.
        names: where events of Docker took place.
    """

    def __init__(self, ring: Ring, tenures: Tenures, names: SessionNames) -> None:
        self._ring = ring
        self._tenures = tenures
        self._names = names
        self._next = self._kept = ring.first
        self._acts = Acts()
        self._unsettled: dict[Act, None] = {}
        self._found: dict[Act, Burst] = {}
        self.heads: dict[int, int] = {}
        """By record: the event of Docker to which it belongs."""
        self.news: list[tuple[int, int]] = []
        """For each time that something was found, the oldest and the newest record that are new in ``heads``."""

    def settle(self, now_ns: int, seq: int = -1) -> None:
        """Take in what happened, and look at a few acts that are over, the newest first.

        Args:
            now_ns: wall clock, in nanoseconds since the epoch: an act is looked at when it is over.
            seq: an event of Docker whose act comes before all others.
        """
        for record in self._docker_records():
            act = self._acts.tell(record)
            if act:
                self._unsettled.pop(act, None)
                self._unsettled[act] = None
        wanted = self._acts.of(seq)
        over = [act for act in reversed(self._unsettled) if abs(now_ns - act.last_ns) >= AFTER_NS]
        for act in sorted(over, key=lambda act: act is not wanted)[:_ACTS_A_TURN]:
            self._settle(act)
            if abs(now_ns - act.last_ns) >= (_SETTLED_NS if act in self._found else _PATIENCE_NS):
                del self._unsettled[act]
        self._prune()

    def of(self, seq: int) -> Burst | None:
        """Return the act of the event of Docker with sequence number ``seq``, with what it caused, where known."""
        act = self._acts.of(seq)
        return self._found.get(act) if act else None

    def _docker_records(self) -> Iterator[Record]:
        start, self._next = max(self._next, self._ring.first), self._ring.end
        for record in self._records(self._ring.judged(None, start, self._next, _DOCKER)[0]):
            if record.kind is Kind.DOCKER:
                yield record

    def _records(self, seqs: Iterable[int]) -> Iterator[Record]:
        for seq in seqs:
            try:
                yield self._ring[seq]
            except KeyError:  # dropped meanwhile
                continue

    def _settle(self, act: Act) -> None:
        """Find what an act caused."""
        head, own = act.head, self._names.netnses_of(act.container)
        if head is None or not own:
            return
        places = {key for one in act.told for key in self._names.places.of(one.event.fields)}
        places |= own | {key for one in act.told if (key := self._names.places.home(one.event.fields))}
        found = islice(self._near(head.record.seq, act.window, places), _MOST + 1)
        near = sorted(found, key=lambda record: record.seq)
        if not near or len(near) > _MOST:
            return
        own |= {key for key in places if self._lived_within(key, near[0].seq, near[-1].seq)}
        seqs = {one.record.seq for one in act.told}
        free = (None, *seqs)
        members = tuple(
            seq for seq in Ties(self._tenures, self._names, own).members(near) if self.heads.get(seq) in free
        )
        if not members:
            return
        told = tuple(sorted(seqs - {head.record.seq}))
        types = {record.seq: int.from_bytes(record.raw[4:6], "little") for record in near}
        self._found[act] = Burst(head.record.seq, told, members, tuple(pane_of(types[seq]) for seq in members))
        new = [seq for seq in (*members, *told) if seq not in self.heads]
        self.heads.pop(head.record.seq, None)
        self.heads.update(dict.fromkeys((*members, *told), head.record.seq))
        if new:
            self.news.append((min(new), max(new)))

    def _lived_within(self, key: NetnsKey, first: int, last: int) -> bool:
        """Return whether a namespace came or went between two records."""
        tenure = self._tenures.of(key)
        if tenure is None or tenure.nsid == OWN_NSID or tenure.home:
            return False
        return (tenure.announced and first <= tenure.born <= last) or (
            tenure.died is not None and first <= tenure.died <= last
        )

    def _near(self, seq: int, window: tuple[int, int], places: set[NetnsKey]) -> Iterator[Record]:
        """Yield the messages of some namespaces within a window of time, around record ``seq``."""
        tenures = [tenure for key in places if (tenure := self._tenures.of(key))]
        homes = [home for key in places if (home := self._tenures.home_of(key))]
        nsids = {OWN_NSID, *(tenure.nsid for tenure in (*homes, *tenures))}
        low, high = window
        for spans in (_spans_back(seq, self._ring.first), _spans_on(seq, self._ring.end)):
            for start, end in spans:
                records = self._records(self._ring.judged(None, start, end, EVERY, lambda nsid, _seq: nsid in nsids)[0])
                yield from (one for one in records if one.kind in MESSAGES and low <= one.time_ns <= high)
                if not low - _SLACK_NS <= self._time(start if end <= seq else end - 1) <= high + _SLACK_NS:
                    break

    def _time(self, seq: int) -> int:
        """Return when a record came; 0 where it was dropped meanwhile."""
        return next((record.time_ns for record in self._records((seq,))), 0)

    def _prune(self) -> None:
        """Forget what the ring has dropped."""
        first = self._ring.first
        if first > self._kept:
            self._kept = first
            self._acts.prune(first)
            self._found = {act: burst for act, burst in self._found.items() if burst.head >= first}
            for seq in [seq for seq, head in self.heads.items() if min(seq, head) < first]:
                del self.heads[seq]


def _spans_back(seq: int, first: int) -> Iterator[tuple[int, int]]:
    for _ in range(_SPANS):
        if seq <= first:
            return
        yield max(first, seq - _SPAN), seq
        seq -= _SPAN


def _spans_on(seq: int, end: int) -> Iterator[tuple[int, int]]:
    for _ in range(_SPANS):
        if seq >= end:
            return
        yield seq, min(end, seq + _SPAN)
        seq += _SPAN
