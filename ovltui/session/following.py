"""What links, addresses and numbers do, as messages tell it: tenures follow along.

Source: link, address and nsid messages, in the order of the stream. Pure. Incomplete: a number of another namespace
means nothing until somebody found out what; ``asked`` says which.
"""

from collections.abc import Iterable
from itertools import count
from threading import Lock

from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.look import Look
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.kernel import wire
from ovltui.state import told
from ovltui.state.links import Link
from ovltui.state.tenure import Tenure, Tenures

_NEWLINK, _DELLINK = int(wire.Rtm.NEWLINK), int(wire.Rtm.DELLINK)
_NEWADDR, _DELADDR = int(wire.Rtm.NEWADDR), int(wire.Rtm.DELADDR)
FOLLOWED = {
    int(kind).to_bytes(2, "little"): int(kind)
    for kind in (
        *(_NEWLINK, _DELLINK, _NEWADDR, _DELADDR),
        *(wire.Rtm.NEWNSID, wire.Rtm.DELNSID),
    )
}
"""Types whose messages are decoded at once, by the bytes in which they stand in a message."""
_ADDRESSES = (_NEWADDR, _DELADDR)
_TYPE = slice(4, 6)
"""Where the type of a message stands."""


class Follower:
    """Takes messages in; one thread at a time.

    Args:
        tenures: who holds which nsid, updated as messages come.
        turn: held while messages are taken in, since tenures are added and ended.
    """

    def __init__(self, tenures: Tenures, turn: Lock) -> None:
        self.asked: list[tuple[int, int, int]] = []
        """Questions since they were taken last: an nsid, a number inside of it, the record from which on it is used."""
        self.numbers_changed = False
        """Whether a namespace may have been born or has died since this was taken back."""
        self._tenures = tenures
        self._turn = turn
        self._links = told.links()
        self._addresses = told.addresses()
        self._held: dict[int, Tenure] = {}
        """Who holds a number; while the turn is held, that changes by a message about numbers alone."""

    def follow(self, first: int, times: Iterable[int], nsids: Iterable[int], raws: Iterable[bytes]) -> None:
        """Take in messages, of which those of other types than ``FOLLOWED`` tell nothing.

        Args:
            first: sequence number of the first; the others follow.
            times: when each was received, in nanoseconds since the epoch.
            nsids: of each.
            raws: the bytes of each.
        """
        with self._turn:
            held = self._held
            held.clear()
            for seq, time_ns, nsid, raw in zip(count(first), times, nsids, raws, strict=False):
                kind = FOLLOWED.get(raw[_TYPE])
                if kind is None:
                    continue
                if kind == _NEWLINK:
                    if description := self._links.of(raw):
                        self._learn_link(held.get(nsid) or self._heard(seq, nsid), seq, time_ns, *description)
                elif kind in _ADDRESSES:
                    if address := self._addresses.of(raw):
                        addresses = (held.get(nsid) or self._heard(seq, nsid)).addresses
                        change = addresses.learn if kind == _NEWADDR else addresses.forget
                        change(seq, address)
                else:
                    self._follow_end(seq, nsid, kind, decode(Record(seq, time_ns, nsid, Kind.MESSAGE, raw)))

    def _follow_end(self, seq: int, nsid: int, kind: int, event: Event) -> None:
        """Follow the end of a link, and the births and deaths of numbers."""
        if event.object is Object.NSID:
            # With a label it speaks of that namespace's own numbering, not of ours.
            there = event.fields["nsid"]
            home = None if nsid == OWN_NSID or there is None else self._heard(seq, nsid)
            if nsid == OWN_NSID:
                self._nsid(seq, kind, there)
            elif home and home.home:
                # Who joins several machines says before what such a number means.
                if (here := home.sights.at(there, seq)) is not None:
                    self._nsid(seq, kind, here)
            elif home:
                self._foreign_nsid(seq, nsid, kind, there)
        # Of another family it is about the link as a port or an IPv6 interface: that ends, not the link.
        elif event.object is Object.LINK and "family" not in event.fields:
            self._heard(seq, nsid).links.forget(seq, event.fields["ifindex"])

    def _heard(self, seq: int, nsid: int) -> Tenure:
        tenure = self._held[nsid] = self._tenures.heard(nsid, seq)
        return tenure

    def _learn_link(self, tenure: Tenure, seq: int, time_ns: int, link: Link, look: Look) -> None:
        tenure.links.hear(seq, time_ns, link, look)
        if link.peer_nsid is not None and tenure.sights.at(link.peer_nsid, seq) is None:
            self.asked.append((tenure.nsid, link.peer_nsid, seq))

    def _foreign_nsid(self, seq: int, nsid: int, kind: int, there: int) -> None:
        """A number of another namespace begins or ends."""
        sights = self._heard(seq, nsid).sights
        if kind == wire.Rtm.NEWNSID:
            sights.forget(there, seq)
            self.asked.append((nsid, there, seq))
        else:
            sights.forget(there, seq + 1)

    def _nsid(self, seq: int, kind: int, nsid: int) -> None:
        if kind == wire.Rtm.NEWNSID:
            self._tenures.begin(nsid, seq)
        else:
            self._tenures.end(nsid, seq)
        self._held.clear()
        self.numbers_changed = True
