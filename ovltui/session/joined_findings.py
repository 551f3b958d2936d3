"""What is wrong on several machines, kept current: the checks are made on the whole, soon after each change.

Source: the tables, names and intents of all machines, and what each machine's own checks say that only it can look at:
sockets and filters beneath overlays, and what is asked for in vain. Privileges: none here. Incomplete: as each machine
says; what could not be looked at is said by ``gaps``.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ovltui.checks.finding import Finding
from ovltui.checks.table import find_all
from ovltui.netns.model import NetnsKey
from ovltui.session.asker import Answer
from ovltui.session.defects import is_defect
from ovltui.session.holders import prefix
from ovltui.session.hosts import HostState
from ovltui.session.intents import Told, names_of, unknowns
from ovltui.session.judged import Judged
from ovltui.session.looking import READING, Looking, is_being_read, same
from ovltui.session.rechecks import scene_of
from ovltui.session.translate_checks import mark_of, under_marks, way_there
from ovltui.session.wiring import Wiring

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession
    from ovltui.topology.model import Topology

OWN_CHECKS = frozenset(("filtered", "gossip-silent", "encrypted-bare", "misses-repeat"))
"""Checks that look at what no recording holds: each machine makes them for itself."""


class JoinedFindings(Looking):
    """Looks at the tables of all machines.

    Args:
        session: whose machines; it is told when cases changed.
        wiring: its topology.
    """

    def __init__(self, session: "JoinedSession", wiring: Wiring) -> None:
        super().__init__(session)
        self._joined = session
        self._wiring = wiring
        self._named: tuple[object, Told] = (None, {})

    def start(self) -> None:
        """Begin, with a look at what is known already."""
        self._wake.set()
        super().start()

    def told(self) -> Told:
        """Return the names of all endpoints that engines tell of, by id of the network and address."""
        intended = self._joined.intended
        if self._named[0] is not intended:
            self._named = (intended, names_of(intended.intents if intended else ()))
        return self._named[1]

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be looked at, each a sentence."""
        failed = [case.finding.says.rstrip(".") for case in self.cases() if is_defect(case.finding)]
        absent = [
            f"{status.name} is {status.state}: what is wrong in its own namespaces is as of then"
            for status in self._joined.hosts
            if status.state is not HostState.LIVE
        ]
        return (*failed, *absent, *unknowns(self._session.engines, self._answers()))

    def _answers(self) -> Iterator[Answer]:
        """Yield what engines intend, as if they had been asked from here."""
        intended = self._joined.intended
        for seat in intended.seats if intended else ():
            intents = tuple(one for one in intended.intents if one.url == seat.url) if intended else ()
            yield Answer(seat.url, min((one.asked_ns for one in intents), default=0), intents, seat)

    def _look(self) -> None:
        session, topology = self._joined, self._wiring.look()
        judgements = tuple((host.judged, host.status.state is HostState.LIVE) for host in session.members)
        told = (one for judgement in judgements for one in judgement)
        basis = (topology, session.netnses, session.engines, session.intended, *told)
        if not same(basis, self._basis):
            scene = scene_of(session, topology, self._ways(), time.time_ns())
            marks = self._marks()
            found = {one.key: under_marks(one, marks) for one in find_all(scene, defect=self._defects.finding)}
            for one in self._own(judgements):
                found.setdefault(one.key, one)
            self._found, self._basis = tuple(found.values()), basis
        self._take((*self._held(topology), *self._found))

    def _held(self, topology: "Topology") -> tuple[Finding, ...]:
        """Return what was wrong of which nobody can say that it was mended.

        It is that about machines that are lost, and in namespaces whose tables are being read again.
        """
        found = {finding.key for finding in self._found}
        known = (case.finding for case in self._looked.cases if case.finding.key not in found)
        lost = {host.key for host in self._joined.members if host.status.state is not HostState.LIVE}
        return tuple(
            finding
            for finding in known
            if any(key.host in lost for key in _places(finding)) or is_being_read(topology, finding.netns, READING)
        )

    def _own(self, judgements: tuple[tuple[Judged | None, bool], ...]) -> Iterator[Finding]:
        """Yield what only the machines themselves could find; of one that is lost, all that it had found by then."""
        before = {case.finding.key: case.finding for case in self._looked.cases}
        for judged, live in judgements:
            for case in judged.cases if judged else ():
                if not live:  # in the words of the whole, where it was found there as well
                    yield before.get(case.finding.key, case.finding)
                elif case.finding.check in OWN_CHECKS:
                    yield case.finding

    def _take(self, found: Iterable[Finding], asked_ns: int | None = None) -> None:
        """Take in what is wrong now; who has just begun to record is told what engines intend, too."""
        tap, intended = self._session.stream.tap, self._joined.intended
        if tap is not self._judged_for and intended:
            tap.intended(intended.intents, intended.seats)
        super()._take(found, asked_ns)

    def _ways(self) -> dict[NetnsKey, str]:
        """Return what to write before a command here so that it runs in each namespace, there."""
        found = {}
        for host in self._joined.members:
            there = way_there(host.feed.machine.url)
            there, mntns = mark_of(host.name) if there is None else there, host.start.mntns if host.start else None
            for key, raw in host.names.raw_keys.items():
                netns = host.names.netnses.get(raw)
                way = prefix(netns, mntns) if netns else None
                if way is not None:
                    found[key] = f"{there.strip()} {way}".strip()
        return found

    def _marks(self) -> frozenset[str]:
        """Return what marks commands for machines to which no way leads from here."""
        lost = (host for host in self._joined.members if way_there(host.feed.machine.url) is None)
        return frozenset(mark_of(host.name) for host in lost)


def _places(finding: Finding) -> frozenset[NetnsKey]:
    """Return the namespaces that a finding is about."""
    own = (finding.netns, finding.link.netns if finding.link else None)
    return frozenset(key for key in (*own, *(trace.netns for trace in finding.traces)) if key)
