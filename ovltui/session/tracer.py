"""Collects what was heard of one link in the namespaces that it was in, forward and backward from a record.

Source: the ring, by ``session.trail``; IFLA_NEW_NETNSID and IFLA_NEW_IFINDEX of a message that a link leaves tell where
it goes. An ifindex that is used again is another link. Privileges: none. Incomplete: of a namespace that was never
asked what its numbers mean, a move is followed only to a link of the same address that appears at once.
"""

import struct

from ovltui.events.decode import decode
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.session.session import Session
from ovltui.session.trail import Trail, begins, ends, ifindex_of, is_of_link

_NEAR = 4096
"""Records between the message that a link leaves and the one that it arrives: the kernel sends both in one go."""
_MOST_MOVES = 64
"""Moves that are followed in each direction."""
_NEW_IFINDEX = struct.Struct("=HHi")
_IFLA_NEW_IFINDEX = 49


class Tracer:
    """Collects the stays of a link, each in one namespace under one number.

    Args:
        session: whose ring, tenures and numbers to use.
        trail: how to search.
    """

    def __init__(self, session: Session, trail: Trail) -> None:
        self._session = session
        self._trail = trail

    def stay(self, record: Record, ifindex: int) -> list[Record]:
        """Return what was heard of link ``ifindex`` around ``record`` in its namespace."""
        own = is_of_link(record, record.nsid, ifindex)
        if own and begins(record):
            return self._after(record.nsid, ifindex, record.seq)
        before, end = self._before(record.nsid, ifindex, record.seq)
        if end and not own and decode(record).object is not Object.NETCONF:
            # The kernel tells settings of a link before it, and some of what goes with it after it.
            return self.stay(end, ifindex)
        return before + self._after(record.nsid, ifindex, record.seq, started=bool(before))

    def follow_back(self, records: list[Record]) -> None:
        """Put the stays before ``records`` in front of them."""
        for _ in range(_MOST_MOVES):
            move = self._came_by(records[0]) if records and begins(records[0]) else None
            if move is None:
                return
            before, _ = self._before(move.nsid, ifindex_of(move), move.seq)
            records[:0] = [*before, move]

    def follow_forth(self, records: list[Record]) -> None:
        """Put the stays after ``records`` behind them."""
        for _ in range(_MOST_MOVES):
            target = self._goes_to(records[-1]) if records and ends(records[-1]) else None
            if target is None:
                return
            there = self._after(*target, records[-1].seq + 1)
            if not there:
                return
            records += there

    def _before(self, nsid: int, ifindex: int, seq: int) -> tuple[list[Record], Record | None]:
        """Return what was heard before ``seq``, oldest first, and the end of an earlier life if one came there."""
        start, _ = self._span(nsid, seq)
        found: list[Record] = []
        for record in self._trail.of(nsid, ifindex, start, seq, back=True):
            if ends(record):
                return found[::-1], (None if any(one.kind is not Kind.GAP for one in found) else record)
            found.append(record)
            if begins(record):
                break
        return found[::-1], None

    def _after(self, nsid: int, ifindex: int, seq: int, *, started: bool = False) -> list[Record]:
        """Return what was heard from ``seq`` on, up to its end there, or that of its namespace."""
        start, end = self._span(nsid, seq)
        found: list[Record] = []
        for record in self._trail.of(nsid, ifindex, max(start, seq), end, back=False):
            if begins(record) and (found or started):
                return found
            found.append(record)
            if ends(record):
                return found
        died = self._death(nsid, seq)
        return [*found, died] if died and (found or started) else found

    def _span(self, nsid: int, seq: int) -> tuple[int, int]:
        """Return the first record that may be of the namespace which has ``nsid`` at ``seq``, and the one behind."""
        tenure = self._session.tenures.at(nsid, seq)
        end = self._session.ring.end
        if tenure is None:
            return 0, end
        return tenure.born, end if tenure.died is None else tenure.died

    def _death(self, nsid: int, seq: int) -> Record | None:
        """Return the message that the namespace died, which takes its links along without a word."""
        tenure = self._session.tenures.at(nsid, seq)
        try:
            record = None if tenure is None or tenure.died is None else self._session.ring[tenure.died]
        except KeyError:
            return None
        if record is None or decode(record).object is not Object.NSID:
            return None
        teller = self._session.tenures.at(record.nsid, record.seq)
        return record if record.nsid == OWN_NSID or (teller and teller.home) else None

    def _came_by(self, arrival: Record) -> Record | None:
        """Return the message by which a link left for where it arrived."""
        mark = _NEW_IFINDEX.pack(_NEW_IFINDEX.size, _IFLA_NEW_IFINDEX, ifindex_of(arrival))
        for move in self._trail.departures(arrival.seq - _NEAR, arrival.seq):
            if mark in move.raw and self._leads_to(move, arrival):
                return move
        return None

    def _goes_to(self, move: Record) -> tuple[int, int] | None:
        """Return nsid and ifindex of a link after it left, or None where that is not known."""
        fields = decode(move).fields
        if "new_netnsid" not in fields:
            return None
        ifindex = fields.get("new_ifindex", ifindex_of(move))
        nsid = self._target(move)
        if nsid is not None:
            return nsid, ifindex
        for arrival in self._trail.arrivals(move.seq + 1, move.seq + _NEAR):
            if is_of_link(arrival, arrival.nsid, ifindex) and self._leads_to(move, arrival):
                return arrival.nsid, ifindex
        return None

    def _leads_to(self, move: Record, arrival: Record) -> bool:
        target = self._target(move)
        if target is not None:
            return target == arrival.nsid
        gone, come = decode(move).fields, decode(arrival).fields
        return move.nsid != arrival.nsid and bool(gone.get("address")) and gone["address"] == come.get("address")

    def _target(self, move: Record) -> int | None:
        """Return our own nsid for the namespace that a link leaves for."""
        there = decode(move).fields.get("new_netnsid", -1)
        return None if there < 0 else self._session.names.seen_from(move.nsid, there, move.seq)
