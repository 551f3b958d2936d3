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
from ovltui.session.looking import Looking, same
from ovltui.session.rechecks import scene_of
from ovltui.session.translate_checks import way_there
from ovltui.session.wiring import Wiring

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession

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
            f"{status.name} is {status.state}: its own namespaces are as of then"
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
        judgements = tuple(host.judged for host in session.members)
        basis = (topology, session.netnses, session.engines, session.intended, *judgements)
        if not same(basis, self._basis):
            scene = scene_of(session, topology, self._ways(), time.time_ns())
            found = {one.key: one for one in find_all(scene, defect=self._defects.finding)}
            for one in self._own(judgements):
                found.setdefault(one.key, one)
            self._found, self._basis = tuple(found.values()), basis
        self._take(self._found)

    def _own(self, judgements: tuple[Judged | None, ...]) -> Iterator[Finding]:
        """Yield what only the machines themselves could find."""
        for judged in judgements:
            for case in judged.cases if judged else ():
                if case.finding.check in OWN_CHECKS:
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
            there, mntns = way_there(host.feed.machine.url), host.start.mntns if host.start else None
            for key, raw in host.names.raw_keys.items():
                netns = host.names.netnses.get(raw)
                way = prefix(netns, mntns) if netns else None
                if there is not None and way is not None:
                    found[key] = f"{there} {way}".strip()
        return found
