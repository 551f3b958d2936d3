"""Which links, of some records, are tied to some namespaces, and which of the records are about those.

Source: link messages: a veth names its peer, a link that moves names where it goes. Pure but for what it reads.
Incomplete: a link is tied by a veth pair or a move alone; of a bridge only that it takes, or gives up, the MAC of a
tied port. Where a number of another namespace has no meaning yet, there is no tie.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.record import OWN_NSID, Record
from ovltui.events.vocabulary import Action, Object
from ovltui.netns.model import NetnsKey
from ovltui.session.names import SessionNames
from ovltui.state.tenure import Tenures

_Link = tuple[int, int]
"""Nsid of a namespace and ifindex there; neither comes again within the seconds that are looked at."""


class Ties:
    """Ties of links among some records.

    Args:
        tenures: who held which nsid.
        names: what nsids inside other namespaces mean.
        own: the namespaces to which links may be tied.
    """

    def __init__(self, tenures: Tenures, names: SessionNames, own: frozenset[NetnsKey]) -> None:
        self._tenures = tenures
        self._names = names
        self._own = own

    def members(self, records: Sequence[Record]) -> Iterator[int]:
        """Yield the sequence numbers of records of these namespaces, and of those about links tied to them."""
        decoded = [(record, decode(record)) for record in records]
        edges = [
            edge
            for record, event in decoded
            if event.object is Object.LINK
            for edge in self._edges(record, event.action, event.fields)
        ]
        tied = _connected(edges, {link for edge in edges for link in edge if self._is_own(link[0], records[-1].seq)})
        answers = self._answers(decoded, tied)
        for record, event in decoded:
            inside = self._is_own(record.nsid, record.seq) or record.seq in answers
            about = not tied.isdisjoint(_links(record, event.fields))
            if inside or about or (event.object is Object.NSID and self._means_own(record, event.fields["nsid"])):
                yield record.seq

    def _answers(self, decoded: Iterable[tuple[Record, Event]], tied: set[_Link]) -> set[int]:
        """Return the records by which bridges took the MAC of a tied port, or another one when it left."""
        links = [
            ((record.nsid, event.fields["ifindex"]), record.seq, event.fields.get("address"))
            for record, event in decoded
            if event.object is Object.LINK
        ]
        macs = {address for link, _, address in links if link in tied and address}
        found: set[int] = set()
        worn: dict[tuple[int, int | None], set[str | None]] = {}
        for link, seq, address in links:
            before = None if link in tied else self._names.look_before(*link, seq)
            if before and before.address != address and not macs.isdisjoint((before.address, address)):
                worn[link] = {before.address, address}
                found.add(seq)
        for record, event in decoded:
            # A bridge keeps an entry for its own MAC.
            dev = (record.nsid, event.fields.get("ifindex"))
            if event.object is Object.FDB and event.fields.get("mac") in worn.get(dev, ()):
                found.add(record.seq)
        return found

    def _is_own(self, nsid: int, seq: int) -> bool:
        tenure = self._tenures.latest(nsid, seq)
        return tenure is not None and tenure.key in self._own

    def _means_own(self, record: Record, nsid: int | None) -> bool:
        here = None if nsid is None else self._names.seen_from(record.nsid, nsid, record.seq)
        return here is not None and here != OWN_NSID and self._is_own(here, record.seq)

    def _edges(self, record: Record, action: Action, fields: Mapping[str, Any]) -> Iterator[tuple[_Link, _Link]]:
        """Yield the link of a message with each other one that it is tied to, or was before it moved."""
        link = (record.nsid, fields["ifindex"])
        if action is Action.MOVE and "new_ifindex" in fields:
            yield from self._edge(record, link, fields["new_netnsid"], fields["new_ifindex"])
        if "link_index" in fields:
            yield from self._edge(record, link, fields["link_netnsid"], fields["link_index"])
        elif fields.get("link") and fields.get("linkinfo", {}).get("info_kind") == "veth":
            yield link, (record.nsid, fields["link"])

    def _edge(self, record: Record, link: _Link, there: int, ifindex: int) -> Iterator[tuple[_Link, _Link]]:
        here = self._names.seen_from(record.nsid, there, record.seq)
        if here is not None:
            yield link, (here, ifindex)


def _connected(edges: Iterable[tuple[_Link, _Link]], seeds: set[_Link]) -> set[_Link]:
    """Return ``seeds`` and whatever is tied to them, also through others."""
    beside: defaultdict[_Link, set[_Link]] = defaultdict(set)
    for one, other in edges:
        beside[one].add(other)
        beside[other].add(one)
    found, rest = set(seeds), list(seeds)
    while rest:
        new = beside[rest.pop()] - found
        found |= new
        rest += new
    return found


def _links(record: Record, fields: Mapping[str, Any]) -> Iterator[_Link]:
    """Yield the links that a message is about."""
    if "ifindex" in fields:
        yield record.nsid, fields["ifindex"]
    for group in fields.get("mdb", ()):
        yield record.nsid, group["port"]
