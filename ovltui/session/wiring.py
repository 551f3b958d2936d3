"""The topology of all living namespaces as the session knows it now, built anew only where something changed.

Source: the tables that the session keeps; the ring tells in which namespaces something changed since the last look, so
that a look costs little however many there are. Privileges: none beyond the session's. Incomplete: as the contents of
the places say; a namespace whose tables were not read yet is there without links.
"""

from threading import Lock
from typing import TYPE_CHECKING

from ovltui.netns.model import NetnsKey
from ovltui.session.picture import place_of
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.topology.builder import build, rebuilt
from ovltui.topology.model import Node, Topology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ovltui.topology.place import Place

_MOST = 20_000
"""Records since the last look, more than which are not looked through: then every namespace is asked about."""


class _Every:
    """All nsids."""

    def __contains__(self, nsid: object) -> bool:
        return True


_EVERY = _Every()


class Wiring:
    """Answers how links hang together; all screens and checks of a session ask the same one.

    Args:
        session: whose namespaces.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._known = Topology()
        self._rows: dict[NetnsKey, Row] = {}
        self._basis: tuple[object, ...] = ()
        self._end = 0
        self._unsettled: frozenset[NetnsKey] = frozenset()
        """Namespaces whose contents are not whole, or may change without a record."""

    def look(self) -> Topology:
        """Return the newest topology, in any thread; the very same value while nothing in it changed."""
        with self._lock:
            session = self._session
            # What follows is read after these, so that what comes meanwhile is looked at the next time.
            end, basis = session.ring.end, (session.version, session.tenures.last_gap, session.stream.hearing)
            changed = None if basis != self._basis else self._changed(end)
            if changed is None:
                self._take_all(session.snapshot().rows)
            elif changed:
                self._take(changed & self._rows.keys())
            self._basis, self._end = basis, end
            return self._known

    def _changed(self, end: int) -> frozenset[NetnsKey] | None:
        """Return the namespaces in which something may have changed since the last look; None for all."""
        ring, tenures = self._session.ring, self._session.tenures
        if end - self._end > _MOST or self._end < ring.first:
            return None
        if end == self._end:
            return self._unsettled
        nsids = {nsid for _, nsid, _ in ring.received(self._end, end, _EVERY)}
        held = (tenures.at(nsid, end) for nsid in nsids)
        return self._unsettled | {tenure.key for tenure in held if tenure and tenure.key}

    def _take_all(self, rows: tuple[Row, ...]) -> None:
        before: Mapping[NetnsKey, Place] = {key: node.place for key, node in self._known.nodes.items()}
        self._rows = {row.netns.key: row for row in rows}
        places = [place_of(self._session, row, before.get(key)) for key, row in self._rows.items()]
        if len(places) != len(before) or any(before.get(place.key) is not place for place in places):
            self._known = build(places, self._known)
        self._unsettled = frozenset(key for key, node in self._known.nodes.items() if _is_unsettled(node))

    def _take(self, keys: frozenset[NetnsKey]) -> None:
        """Ask about some of the namespaces whose names and number are the same as before."""
        before = self._known.nodes
        rows = [self._session.refreshed(self._rows[key]) for key in keys]
        places = [place_of(self._session, row, before[row.netns.key].place) for row in rows]
        self._known = rebuilt(self._known, [place for place in places if before[place.key].place is not place])
        unsettled = frozenset(key for key in keys if _is_unsettled(self._known.nodes[key]))
        self._unsettled = (self._unsettled - keys) | unsettled


def _is_unsettled(node: Node) -> bool:
    """Whether what is known of a namespace may change without a record of it: by reading, or by learning a number."""
    numbers = {link.nsid for link in node.links.values() if link.nsid is not None and link.nsid >= 0}
    return not node.place.contents.complete or not numbers <= node.place.sights.keys()
