"""Each subject of a namespace, read now: as a table to show, and as the objects of ``--json``.

Source: the tables of a ``Place`` for what events tell; short visits for sockets, counters and the VLANs of bridges;
``/proc`` for processes. Privileges: those of a visit, CAP_SYS_PTRACE for who holds sockets. Incomplete: what could not
be read is said by the table, and its objects are missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from ovltui.errors import NetnsError
from ovltui.kernel.dump import dump
from ovltui.kernel.sock_diag import dump_sockets
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns
from ovltui.session import processes
from ovltui.session.socket_holders import socket_holders
from ovltui.session.visit import visited
from ovltui.topology import bridges, sheets, sockets
from ovltui.topology.counters import Meter, counters
from ovltui.topology.names import PlaceNames
from ovltui.topology.place import Place
from ovltui.topology.sheet import Sheet, Subject

NOT_RECORDED = frozenset((Subject.SOCKETS, Subject.PROCESSES, Subject.COUNTERS))
"""Subjects of which a recording holds nothing."""
Objects = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to read."""

    netns: Netns
    place: Place
    """Its tables."""
    names: PlaceNames
    """Which know this place and those that it is tied to."""
    meter: Meter
    """Remembers its counters."""

    def dev(self, ifindex: int) -> str:
        """Return the name of one of its links."""
        return self.names.link(self.names.record(self.place.key, b"").nsid, ifindex, 0)

    def messages(self, table: Table, what: str) -> tuple[bytes, ...]:
        """Read one table anew; errors as in ``visit.visited``."""
        return visited(self.netns, lambda namespace: dump(namespace, (table,), own=self.netns.own), what)[table]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one subject, to be worded either way."""

    sheet: Callable[[], Sheet]
    objects: Callable[[], Objects]


def reading(subject: Subject, spot: Spot) -> Reading:
    """Read a subject now."""
    read = _READERS.get(subject)
    return read(spot) if read else _table(subject, spot)


def recorded(subject: Subject, spot: Spot) -> Reading:
    """Return a subject as a recording has it, which must not be one of ``NOT_RECORDED``; of bridges only the ports."""
    return _recorded_bridges(spot) if subject is Subject.BRIDGES else _table(subject, spot)


def _table(subject: Subject, spot: Spot) -> Reading:
    told = (spot.place, subject, spot.names)
    return Reading(partial(sheets.sheet, *told), partial(sheets.objects, *told))


def _bridges(spot: Spot) -> Reading:
    place, says = spot.place, list[str]()
    try:
        told = spot.messages(Table.PORTS, "bridges")
    except NetnsError as error:
        told = place.contents.messages.get(Table.PORTS, ())
        says.append(str(error))
    return Reading(partial(bridges.sheet, place, told, tuple(says)), partial(bridges.objects, place, spot.names, told))


def _recorded_bridges(spot: Spot) -> Reading:
    place, told = spot.place, spot.place.contents.messages.get(Table.PORTS, ())
    return Reading(partial(bridges.sheet, place, told), partial(bridges.objects, place, spot.names, told))


def _sockets(spot: Spot) -> Reading:
    netns = spot.netns
    try:
        told = visited(netns, lambda namespace: dump_sockets(namespace, own=netns.own), "sockets")
    except NetnsError as error:
        return Reading(partial(sockets.sheet, (), {}, spot.dev, (str(error),)), tuple)
    found = sockets.sockets(told)
    held = socket_holders({one.inode for one in found})
    named = (found, held.holders, spot.dev)
    rows = partial(sockets.objects, *named)
    return Reading(partial(sockets.sheet, *named, held.says), lambda: _of(spot, rows()))


def _processes(spot: Spot) -> Reading:
    found = processes.processes(spot.netns)
    return Reading(partial(processes.sheet, spot.netns, found), lambda: _of(spot, processes.objects(found)))


def _counters(spot: Spot) -> Reading:
    says: tuple[str, ...] = ()
    try:
        spot.meter.take(monotonic(), counters(spot.messages(Table.LINKS, "counters")))
    except NetnsError as error:
        says = (str(error),)
    return Reading(partial(spot.meter.sheet, says), lambda: _of(spot, () if says else spot.meter.objects()))


def _of(spot: Spot, rows: Objects) -> Objects:
    return ({"netns": spot.place.name, **row} for row in rows)


_READERS: Mapping[Subject, Callable[[Spot], Reading]] = {
    Subject.BRIDGES: _bridges,
    Subject.SOCKETS: _sockets,
    Subject.PROCESSES: _processes,
    Subject.COUNTERS: _counters,
}
