"""The whole life of one link: all that was heard of it, through namespaces and renames, from birth to death.

Source: the ring, by ``session.tracer``. Privileges: none. Incomplete: what came before the memory or stands behind a
gap, and what a search left out that took too long.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.line import Line, line
from ovltui.events.look import Look, look_of
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Action, Object
from ovltui.session.session import Session
from ovltui.session.tracer import Tracer
from ovltui.session.trail import Trail, begins, ends

_DESCRIBED = (Action.NEW, Action.CHANGE)
"""What comes with a whole description of the link."""


@dataclass(frozen=True, slots=True)
class Life:
    """What was heard of a link."""

    records: tuple[Record, ...]
    """Messages about it and gaps meanwhile, oldest first; the record that was asked about is among them. The last may
    be the message that its namespace died."""
    begins: bool
    """Whether the first of them is its birth, or its arrival from where we do not hear."""
    ends: bool
    """Whether the last of them is its end."""
    counts: tuple[int, ...]
    """How often each record came in a row: those that only repeat it are not among them."""
    exhausted: bool
    """Whether the search ended before all of the memory was looked at."""

    def place(self, seq: int) -> int:
        """Return where record ``seq``, one of them, stands among the records."""
        return bisect_left(self.records, seq, key=lambda one: one.seq)

    def lines(self, shown: slice, names: Names) -> list[Line]:
        """Return the lines of some of the records: what changed is told by the message before, not by memory."""
        return [line(self.records[at], _Since(names, self._look_before(at))) for at in range(len(self.records))[shown]]

    def _look_before(self, at: int) -> Look | None:
        """Return what the link looked like before record ``at``, if the message before it tells."""
        for record in reversed(self.records[:at]):
            event = decode(record)
            if event.object not in (Object.LINK, Object.GAP) or "family" in event.fields:
                continue
            return look_of(event.fields) if event.action in _DESCRIBED else None
        return None

    def peer(self, seq: int, names: Names) -> str | None:
        """Return the other end of a veth as ``mynet01/veth2``, as of the last message up to ``seq`` that tells it."""
        upto = bisect_right(self.records, seq, key=lambda one: one.seq)
        for record in reversed(self.records[:upto]):
            event = decode(record)
            if event.object is Object.LINK and event.action in _DESCRIBED and "family" not in event.fields:
                return _peer(event, Vantage(names, record.nsid, record.seq))
        return None


@dataclass(frozen=True, slots=True)
class _Since:
    """Names where it is known better what a link looked like before."""

    names: Names
    before: Look | None

    def netns(self, nsid: int, seq: int) -> str:
        return self.names.netns(nsid, seq)

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        return self.names.link(nsid, ifindex, seq)

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        return self.names.docker_netns(fields)

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        return self.names.netns_seen_from(nsid, peer_nsid, seq)

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        return self.names.link_seen_from(nsid, peer_nsid, ifindex, seq)

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        return self.before or self.names.look_before(nsid, ifindex, seq)


def _peer(event: Event, vantage: Vantage) -> str | None:
    fields = event.fields
    if fields.get("linkinfo", {}).get("info_kind") != "veth":
        return None
    if "link_index" in fields:
        there = fields["link_netnsid"]
        return None if there < 0 else vantage.peer_link(there, fields["link_index"])
    return f"{vantage.netns()}/{vantage.link(fields['link'])}" if fields.get("link") else None


def life_of(session: Session, record: Record) -> Life | None:
    """Return the life of the link that a record is about or names; None where it names none."""
    ifindex = _ifindex_of(record)
    if ifindex is None:
        return None
    trail = Trail(session.ring)
    tracer = Tracer(session, trail)
    records = tracer.stay(_leader(session, record), ifindex)
    tracer.follow_back(records)
    tracer.follow_forth(records)
    born, over = bool(records) and begins(records[0]), bool(records) and _is_end(records[-1])
    if all(one.seq != record.seq for one in records):
        insort(records, record, key=lambda one: one.seq)
    counts = tuple(_count(session, one) for one in records)
    return Life(tuple(records), born, over, counts, trail.exhausted)


def _leader(session: Session, record: Record) -> Record:
    """Return the record that a record only repeats, or itself."""
    try:
        return session.ring[session.ring.leader(record.seq)]
    except KeyError:  # dropped meanwhile
        return record


def _count(session: Session, record: Record) -> int:
    try:
        return session.ring.count(record.seq)
    except KeyError:  # dropped meanwhile
        return 1


def _ifindex_of(record: Record) -> int | None:
    if record.kind in (Kind.GAP, Kind.DOCKER):
        return None
    ifindex = decode(record).fields.get("ifindex")
    return ifindex if isinstance(ifindex, int) and ifindex > 0 else None


def _is_end(record: Record) -> bool:
    event = decode(record)
    return event.object is Object.NSID or (ends(record) and event.action is Action.DEL)
