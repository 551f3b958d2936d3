"""Following the ring: every record once, in order, as soon as it can be named.

Source: ``Session.ring`` by sequence number, woken by ``Session.on_change``. Privileges: none. Incomplete:
records that the ring dropped before they were printed are counted and told as a gap.
"""

import sys
import threading
import time
from array import array

from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.events.decode import decode
from ovltui.events.excerpt import Excerpt
from ovltui.events.gap import pack_gap
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.sort import sorts_about
from ovltui.events.vocabulary import Action, Object
from ovltui.kernel.wire import Rtm
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session

PATIENCE_S = 2.0
"""How many seconds the records of a namespace may wait for its name, from the first of them on."""
_BATCH = 2048
"""Records printed before the output is flushed: less than 100 ms of work."""
_RETRY_S = 0.02
"""Seconds before a name that is not known yet is looked up again."""
_OF_NSIDS = tuple(kind.to_bytes(2, sys.byteorder) for kind in (Rtm.NEWNSID, Rtm.DELNSID))
"""Message types of nsid events, as they stand in the header."""
_OF_NEW_SETTINGS = int(Rtm.NEWNETCONF).to_bytes(2, sys.byteorder)
_ALONE = frozenset((Object.NSID, Object.NETCONF, Object.DOCKER, Object.GAP, Object.UNKNOWN))
_PLAIN = sorts_about(frozenset(Object) - _ALONE)
"""Sorts of records that are neither kept back nor left out for what they say."""
_LINK_PATIENCE_NS = 200_000_000
"""How old the settings of a new link may become while they wait for its name: the kernel announces it after them."""


class Wake:
    """Sleeps until something changes."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def now(self) -> None:
        """End the sleep; any thread may call it."""
        self._event.set()

    def wait(self, seconds: float | None) -> None:
        """Sleep until ``now`` was called since the last sleep, but not longer than ``seconds``."""
        self._event.wait(seconds)
        self._event.clear()


class Follower:
    """Prints the records of a session.

    Args:
        session: whose ring is followed.
        printer: what prints a record.
        out: what is flushed after each batch.
        keys: the namespaces that are wanted; all where it is empty.
        numbered: nsids that namespaces had when the session began: that they got them is no event, and their
            names are not waited for.
        first: the record to begin at; the first one of the ring where that is None.
    """

    def __init__(
        self,
        session: Session,
        printer: Printer,
        out: Output,
        keys: frozenset[NetnsKey],
        numbered: set[int],
        *,
        first: int | None = None,
    ) -> None:
        self._session = session
        self._printer = printer
        self._out = out
        self._keys = keys
        self._numbered = set(numbered)
        end = session.ring.end
        self._patience = {(nsid, session.tenures.at(nsid, end)): 0.0 for nsid in numbered}
        self._starting: dict[str, float] = {}
        self._next = self._handed_on = session.ring.first if first is None else first
        self._shown = 0

    @property
    def waiting(self) -> int:
        """Records that were received and whose lines were not yet handed on whole, wanted or not."""
        return self._session.ring.end - self._handed_on

    def follow(self, wake: Wake, *, deadline: float | None = None, most: int | None = None) -> None:
        """Print until the time or the stream is over, or enough was printed.

        Args:
            wake: told of each change of the session.
            deadline: when to end, by the monotonic clock; what was received until then is still printed.
            most: how many events to print.
        """
        last: int | None = None
        while True:
            if last is None and (self._session.ended or (deadline and time.monotonic() >= deadline)):
                last = self._session.ring.end
            end = self._session.ring.end if last is None else last
            waits = self._print(end, most, patient=last is None)
            self._out.flush()
            self._handed_on = self._next
            if self._shown == most or (last is not None and self._next >= last):
                return
            if waits or self._next >= end:
                wake.wait(_pause(deadline, waits=waits))

    def _print(self, end: int, most: int | None, *, patient: bool) -> bool:
        """Print a batch of the records before ``end``; return whether one of them waits for its name."""
        batch = min(end, self._next + _BATCH)
        if (most is None or most - self._shown >= batch - self._next) and self._print_together(batch, patient=patient):
            return False
        while self._next < batch and self._shown != most:
            try:
                record = self._session.ring[self._next]
            except KeyError:
                self._tell_dropped()
                continue
            if self._is_wanted(record):
                if patient and self._is_too_early(record):
                    return True
                self._shown += self._printer.print(record)
            self._next += 1
        return False

    def _print_together(self, end: int, *, patient: bool) -> bool:
        """Print the records before ``end`` if none has to be looked at alone; return whether that was so."""
        excerpts = self._together(end, patient=patient)
        if excerpts is None:
            return False
        try:
            self._shown += self._printer.print_all(self._session.ring, excerpts)
        except KeyError:  # some were dropped
            return False
        self._next = end
        return True

    def _together(self, end: int, *, patient: bool) -> list[Excerpt] | None:
        """Return what is wanted of the records before ``end``; None where one has to be looked at alone."""
        ring = self._session.ring
        found: list[Excerpt] = []
        for excerpt in ring.excerpts(array("Q", range(self._next, end))):
            rows = [(nsid, seq) for nsid, seq in zip(excerpt.nsids, excerpt.seqs, strict=True) if nsid is not None]
            if len(rows) < len(excerpt.seqs) or not _PLAIN.issuperset(excerpt.sorts):
                return None
            last, first = dict(rows), dict(reversed(rows))
            if patient and any(self._may_wait(*row) for row in (*first.items(), *last.items())):
                return None
            if self._keys:
                there = [seq for nsid, seq in rows if self._session.is_there(nsid, seq, self._keys)]
                found += ring.excerpts(array("Q", there))
            else:
                found.append(excerpt)
        return found

    def _is_wanted(self, record: Record) -> bool:
        if self._keys and not self._session.is_in(record, self._keys):
            return False
        return not self._is_first_number(record)

    def _is_first_number(self, record: Record) -> bool:
        """Whether a record says no more than that a namespace has the nsid that it had when we began."""
        nsid = self._nsid_of(record)
        if nsid not in self._numbered:
            return False
        self._numbered.discard(nsid)
        return decode(record).action is Action.NEW

    def _is_too_early(self, record: Record) -> bool:
        """Whether a name that a record needs may still come."""
        if record.kind is Kind.DOCKER:
            return self._starts_unnamed(record)
        if record.kind is Kind.GAP:
            return False
        about = self._nsid_of(record)
        if self._may_wait(record.nsid, record.seq) or (about is not None and self._may_wait(about, record.seq)):
            return True
        return self._awaits_link(record)

    def _nsid_of(self, record: Record) -> int | None:
        """Return the nsid of our own that a record is about, or None where it is about something else."""
        if record.kind is not Kind.MESSAGE or record.raw[4:6] not in _OF_NSIDS:
            return None
        tenure = self._session.tenures.at(record.nsid, record.seq)
        event = decode(record)
        if event.object is not Object.NSID or not (record.nsid == OWN_NSID or (tenure and tenure.home)):
            return None
        return self._session.names.seen_from(record.nsid, event.fields["nsid"], record.seq)

    def _may_wait(self, nsid: int, seq: int) -> bool:
        if self._session.names.settled(nsid, seq):
            return False
        tenure = self._session.tenures.at(nsid, seq)
        now = time.monotonic()
        return now < self._patience.setdefault((nsid, tenure), now + PATIENCE_S)

    def _starts_unnamed(self, record: Record) -> bool:
        """Whether Docker says that a container starts whose namespace may still be found."""
        event = decode(record)
        if event.object is not Object.DOCKER or self._session.names.places.settled(event.fields):
            return False
        now = time.monotonic()
        return now < self._starting.setdefault(event.fields["id"], now + PATIENCE_S)

    def _awaits_link(self, record: Record) -> bool:
        """Whether a record is about the settings of a link of which nothing is known yet."""
        if record.raw[4:6] != _OF_NEW_SETTINGS:
            return False
        ifindex = decode(record).fields.get("ifindex") or 0
        if ifindex <= 0 or self._session.names.link(record.nsid, ifindex, record.seq) != f"if{ifindex}":
            return False
        return 0 <= time.time_ns() - record.time_ns < _LINK_PATIENCE_NS

    def _tell_dropped(self) -> None:
        first = self._session.ring.first
        gap = pack_gap(first - self._next, 0)
        self._printer.print(Record(self._next, time.time_ns(), OWN_NSID, Kind.GAP, gap))
        self._next = first


def _pause(deadline: float | None, *, waits: bool) -> float | None:
    pauses = [_RETRY_S] if waits else []
    if deadline is not None:
        pauses.append(max(0.0, deadline - time.monotonic()))
    return min(pauses, default=None)
