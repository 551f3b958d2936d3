"""One namespace under inspection: each of its tabs as a table of this moment.

Source: ``session.subjects``; Docker Engines. Privileges: as there. Incomplete: what each table says of itself. It is
slow: whoever draws asks in a thread of its own, one question at a time.
"""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns
from ovltui.session.holders import commands_inside
from ovltui.session.inspect import Node, answer
from ovltui.session.overview import overview
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.session.subjects import Spot, reading
from ovltui.session.typed import typed
from ovltui.session.wiring import Wiring
from ovltui.topology import bridges
from ovltui.topology.counters import Meter
from ovltui.topology.names import PlaceNames
from ovltui.topology.place import Place
from ovltui.topology.sheet import Sheet, Subject

if TYPE_CHECKING:
    from ovltui.topology.model import Topology


class Tab(StrEnum):
    """What there is to see of a namespace, in the order of the tabs."""

    OVERVIEW = "overview"
    LINKS = "links"
    ADDRESSES = "addresses"
    ROUTES = "routes"
    NEIGHBOURS = "neighbours"
    FDB = "fdb"
    BRIDGES = "bridges"
    SOCKETS = "sockets"
    PROCESSES = "processes"
    DOCKER = "docker"
    COUNTERS = "counters"


READ_ANEW = frozenset((Tab.BRIDGES, Tab.SOCKETS, Tab.PROCESSES, Tab.COUNTERS))
"""Tabs whose changes no event tells: to be asked for each second while they are in sight."""
_SUBJECTS = {
    Tab.LINKS: Subject.LINKS,
    Tab.ADDRESSES: Subject.ADDRS,
    Tab.NEIGHBOURS: Subject.NEIGH,
    Tab.FDB: Subject.FDB,
    Tab.BRIDGES: Subject.BRIDGES,
    Tab.SOCKETS: Subject.SOCKETS,
    Tab.PROCESSES: Subject.PROCESSES,
    Tab.COUNTERS: Subject.COUNTERS,
}
_NOT_RECORDED = "this is a recording, which holds nothing of these"
_INSIDE = {Tab.SOCKETS: "ss -tunap", Tab.COUNTERS: "ip -s link"}
"""What shows in a namespace of another machine what is not told of it."""


class Inspection:
    """Answers what is in a namespace now.

    Args:
        session: what is known.
        wiring: how links hang together.
        row: the namespace.
    """

    def __init__(self, session: Session, wiring: Wiring, row: Row) -> None:
        self._session = session
        self._wiring = wiring
        self._topology: Topology | None = None
        self._names = PlaceNames(())
        self._meter = Meter()
        self._made: dict[Tab, tuple[Topology, Sheet]] = {}
        self.row = row
        """What the last look knew of it."""
        self.gone = False
        """Whether it had died by the last look."""

    def look(self) -> bool:
        """Take in what the newest snapshot says of the namespace; return whether it lives."""
        key = self.row.netns.key
        found = next((row for row in self._session.snapshot().rows if row.netns.key == key), None)
        self.gone = found is None
        self.row = found or self.row
        return not self.gone

    def sheet(self, tab: Tab) -> Sheet | None:
        """Return a tab as it is now; None where the namespace is gone, whose last table stays true."""
        if not self.look():
            return None
        if tab is Tab.OVERVIEW:
            return overview(self.row, self._session.mntns, self._session.host_of(self.row.netns), self._number())
        if tab in READ_ANEW:  # which need no names of others
            netns = self._session.visitable(self.row.netns)
            return self._untold(tab) if netns is None else reading(_SUBJECTS[tab], self._alone(netns)).sheet()
        known, topology = self._made.get(tab), self._wiring.look()
        if known and known[0] is topology:
            return known[1]
        spot = self._spot(topology)
        found = _routes(spot) if tab is Tab.ROUTES else reading(_SUBJECTS[tab], spot).sheet()
        self._made[tab] = (topology, found)
        return found

    def docker(self) -> tuple[Node, ...]:
        """Return what Docker Engines say of it; may take seconds."""
        return tuple(answer(question) for question in self._session.docker_questions(self.row))

    def commands(self, found: Sheet) -> tuple[str, ...]:
        """Return command lines that show a table by hand; none where there is no way in."""
        if found.outside:
            return found.commands
        inside = commands_inside(self.row.netns, found.commands, self._session.mntns)
        return typed(self._session.host_of(self.row.netns), inside)

    def _spot(self, topology: "Topology") -> Spot:
        """Return from where to read: the tables of the namespace, and names for what they are tied to."""
        if topology is not self._topology:
            self._topology = topology
            self._names = PlaceNames(node.place for node in topology.nodes.values())
        node = topology.node(self.row.netns.key)
        # Where there is none, it was found a moment ago.
        return Spot(self.row.netns, node.place, self._names, self._meter) if node else self._alone()

    def _untold(self, tab: Tab) -> Sheet:
        """Return what is told of a tab that is read anew otherwise, by a recording or another machine.

        It is of bridges their ports, else nothing.
        """
        if tab is Tab.BRIDGES:
            place = self._alone().place
            return bridges.sheet(place, place.contents.messages.get(Table.PORTS, ()))
        host = self._session.host_of(self.row.netns)
        if host is None:
            return Sheet((), (), (), (_NOT_RECORDED,))
        of_all = tab is Tab.PROCESSES
        command = f"ps -fp {','.join(map(str, self.row.netns.pids)) or 0}" if of_all else _INSIDE[tab]
        says = f"{host.name} does not tell these; in a shell there: {command}"
        return Sheet((), (), typed(host, (command,)) if of_all else (command,), (says,), outside=of_all)

    def _number(self) -> int | None:
        """Return the namespace's number on its own machine."""
        nsid = self.row.netns.nsid
        return None if nsid is None else self._session.number_of(nsid)[1]

    def _alone(self, netns: Netns | None = None) -> Spot:
        """Return the same with names for its own links only; ``netns`` is what to visit, where it is another value."""
        place = Place(self.row.netns.key, self.row.identity, self._session.tables_of(self.row.netns))
        return Spot(netns or self.row.netns, place, PlaceNames((place,)), self._meter)


def _routes(spot: Spot) -> Sheet:
    """Return the routes of all tables, and the rules that choose among these."""
    routes, rules = (reading(subject, spot).sheet() for subject in (Subject.ROUTES, Subject.RULES))
    below = tuple(
        replace(rule, cells=(f"rule {rule.cells[0]}", rule.cells[1].removeprefix("rule "))) for rule in rules.entries
    )
    return replace(routes, entries=routes.entries + below, commands=routes.commands + rules.commands)
