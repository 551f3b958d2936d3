"""All namespaces with what is in them, as the topology and ``ovltui show`` need it.

Source: the tables that the session keeps (``kept``), or one short visit to each namespace (``visited``), for commands
that look once and give no nsids. Privileges: CAP_SYS_ADMIN for a visit. Incomplete: what could not be visited has its
``gaps``; places are of moments near each other.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from ovltui.events.record import OWN_NSID
from ovltui.identity.model import Identity
from ovltui.kernel.dump import Dump, dump
from ovltui.kernel.namespace import opened
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.meanings import Seen, meanings, ways
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.state.tables import Contents
from ovltui.topology.place import Place

Told = Callable[[int, int], None]
"""Takes in how many namespaces were visited, and of how many."""
_WAYS = 4
"""Paths by which a namespace is tried to be entered."""


def kept(session: Session, before: Mapping[NetnsKey, Place]) -> tuple[Place, ...]:
    """Return a place for each living namespace, the one of ``before`` itself where nothing changed."""
    return tuple(place_of(session, row, before.get(row.netns.key)) for row in session.snapshot().rows)


def place_of(session: Session, row: Row, before: Place | None) -> Place:
    """Return the place of a namespace, ``before`` itself where nothing changed."""
    contents = session.tables_of(row.netns)
    numbers = {link.peer_nsid for link in row.links if link.peer_nsid is not None}
    sights = {number: key for number in numbers if (key := _meant(session, row.netns, number))}
    if before and (before.identity, before.sights) == (row.identity, sights) and _same(before.contents, contents):
        return before
    return Place(row.netns.key, row.identity, contents, sights)


def _same(before: Contents, now: Contents) -> bool:
    return before.messages == now.messages and before.gaps == now.gaps


def _meant(session: Session, netns: Netns, number: int) -> NetnsKey | None:
    """Return which namespace a number means inside of another."""
    here = OWN_NSID if netns.own else netns.nsid
    nsid = None if here is None else session.names.seen_from(here, number, session.ring.end)
    tenure = None if nsid is None else session.tenures.latest(nsid, session.ring.end)
    return tenure.key if tenure and tenure.died is None else None


def untold(_done: int, _number: int) -> None:
    """Take in how far it is, and do nothing."""


def visited(
    rows: Iterable[Row], tables: Collection[Table], whole: Collection[NetnsKey] = (), told: Told = untold
) -> tuple[Place, ...]:
    """Visit namespaces and return a place for each.

    Args:
        rows: which.
        tables: what to read of each; links are always read.
        whole: those of which to read all tables; with any, only what numbers mean inside of these is found out.
        told: is told how many were visited, and of how many.
    """
    rows = tuple(rows)
    wanted = {Table.LINKS, *tables}
    contents: dict[NetnsKey, Contents] = {}
    for done, row in enumerate(rows):
        told(done, len(rows))
        contents[row.netns.key] = _visit(row.netns, set(Table) if row.netns.key in whole else wanted)
    identities = {row.netns.key: row.identity for row in rows}
    seen = [Seen(row.netns, contents[row.netns.key].messages.get(Table.LINKS, ())) for row in rows]
    return tuple(_places(contents, identities, meanings(seen, set(whole) or None)))


def deepened(rows: Iterable[Row], places: Iterable[Place], keys: Collection[NetnsKey]) -> tuple[Place, ...]:
    """Return ``places`` with all tables of some of them, which are visited again."""
    netnses = {row.netns.key: row.netns for row in rows if row.netns.key in keys}
    return tuple(
        replace(place, contents=_visit(netnses[place.key], set(Table))) if place.key in netnses else place
        for place in places
    )


def _places(
    contents: Mapping[NetnsKey, Contents],
    identities: Mapping[NetnsKey, Identity],
    sights: Mapping[NetnsKey, Mapping[int, NetnsKey]],
) -> Iterator[Place]:
    for key, content in contents.items():
        yield Place(key, identities[key], content, sights.get(key, {}))


def _visit(netns: Netns, tables: Collection[Table]) -> Contents:
    says = "nothing that leads into it was found"
    for number, path in enumerate(ways(netns)):
        if number == _WAYS:
            break
        try:
            with opened(path) as namespace:
                if namespace.is_still(netns.key.id):
                    answers: Dump = dump(namespace, tables, own=netns.own)
                    return Contents(answers, 0, time.time_ns())
        except OSError as error:
            says = f"its tables cannot be read ({error.strerror or error})"
    return Contents(gaps=(says,))
