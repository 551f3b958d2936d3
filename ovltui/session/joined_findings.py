"""What is wrong on several machines, kept current: the checks are made on the whole, soon after each change.

Source: the tables, names and intents of all machines, and what each machine's own checks say that only it can look at:
sockets and filters beneath overlays, and what is asked for in vain. Privileges: none here. Incomplete: as each machine
says; what could not be looked at is said by ``gaps``.
"""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ovltui.checks.cases import Case, Cases, Change
from ovltui.checks.finding import Finding
from ovltui.checks.scene import Scene
from ovltui.checks.table import find_all
from ovltui.netns.model import NetnsKey
from ovltui.session.asker import Answer
from ovltui.session.causes import Causes
from ovltui.session.defects import ALL, Defects, is_defect
from ovltui.session.findings import DEBOUNCE_S, TICK_S, Looked, is_of
from ovltui.session.holders import prefix
from ovltui.session.hosts import HostState
from ovltui.session.intents import Told, names_of, unknowns
from ovltui.session.judged import Judged
from ovltui.session.translate_checks import way_there
from ovltui.session.wiring import Wiring

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession

OWN_CHECKS = frozenset(("filtered", "gossip-silent", "encrypted-bare", "misses-repeat"))
"""Checks that look at what no recording holds: each machine makes them for itself."""
_REST_FACTOR, _REST_S = 10, 0.6
_TOLD = 50


class JoinedFindings:
    """The thread, and the one place to ask.

    Args:
        session: whose machines; it is told when cases changed.
        wiring: its topology.
    """

    def __init__(self, session: "JoinedSession", wiring: Wiring) -> None:
        self._session = session
        self._wiring = wiring
        self._defects = Defects()
        causes = Causes(session)
        self._cases = Cases(causes.cause, causes.mend)
        self._basis: tuple[object, ...] = ()
        self._found: tuple[Finding, ...] = ()
        self._looked = Looked()
        self._tap = session.stream.tap
        self._named: tuple[object, Told] = (None, {})
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ovltui-findings", daemon=True)
        session.on_change(self.doubt)

    def start(self) -> None:
        """Begin, with a look at what is known already."""
        self._wake.set()
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def doubt(self) -> None:
        """Look again soon; any thread may call it."""
        if threading.current_thread() is not self._thread:
            self._wake.set()

    def ask(self) -> None:
        """Make every check again soon, whether or not anything changed; machines read anew by themselves."""
        self._basis = ()
        self.doubt()

    @property
    def looked(self) -> Looked:
        """What the last look found; a frozen value, replaced as a whole."""
        return self._looked

    def cases(self) -> tuple[Case, ...]:
        """Return what is wrong, the worst first, what settles last."""
        return self._looked.cases

    def log(self) -> tuple[Change, ...]:
        """Return the newest changes, the oldest first."""
        return self._looked.log

    def of(self, netns: NetnsKey) -> tuple[Case, ...]:
        """Return what is wrong in one namespace."""
        return tuple(case for case in self.cases() if is_of(case.finding, netns))

    def told(self) -> Told:
        """Return the names of all endpoints that engines tell of, by id of the network and address."""
        intended = self._session.intended
        if self._named[0] is not intended:
            self._named = (intended, names_of(intended.intents if intended else ()))
        return self._named[1]

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be looked at, each a sentence."""
        failed = [case.finding.says.rstrip(".") for case in self.cases() if is_defect(case.finding)]
        absent = [
            f"{status.name} is {status.state}: its own namespaces are as of then"
            for status in self._session.hosts
            if status.state is not HostState.LIVE
        ]
        return (*failed, *absent, *unknowns(self._session.engines, self._answers()))

    def _answers(self) -> Iterator[Answer]:
        """Yield what engines intend, as if they had been asked from here."""
        intended = self._session.intended
        for seat in intended.seats if intended else ():
            intents = tuple(one for one in intended.intents if one.url == seat.url) if intended else ()
            yield Answer(seat.url, min((one.asked_ns for one in intents), default=0), intents, seat)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(TICK_S if self._cases.settling else None)
            self._closing.wait(DEBOUNCE_S)
            self._wake.clear()
            begun = time.monotonic()
            if not self._closing.is_set():
                self._try_to_look()
            self._closing.wait(min(_REST_S, _REST_FACTOR * (time.monotonic() - begun)))

    def _try_to_look(self) -> None:
        """Look; where that fails as a whole, all that was found stands, and it is said that nothing new is."""
        try:
            self._look()
        except Exception as error:  # noqa: BLE001  (it is said as a finding, and written to a report)
            self._basis = ()
            self._take((*(case.finding for case in self._cases.cases()), self._defects.finding(ALL, error)))

    def _look(self) -> None:
        session, topology = self._session, self._wiring.look()
        judgements = tuple(host.judged for host in session.members)
        basis = (topology, session.netnses, session.engines, session.intended, *judgements)
        if len(basis) != len(self._basis) or any(a is not b for a, b in zip(basis, self._basis, strict=True)):
            found = {one.key: one for one in find_all(self._scene(), defect=self._defects.finding)}
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

    def _take(self, found: tuple[Finding, ...]) -> None:
        now_ns = time.time_ns()
        changes, cases = self._cases.take(found, now_ns), self._cases.cases()
        news = bool(changes) or cases != self._looked.cases or self._looked.when_ns is None
        self._looked = Looked(cases, self._cases.log() if news else self._looked.log, now_ns)
        tap = self._session.stream.tap
        if tap is not self._tap and (intended := self._session.intended):
            tap.intended(intended.intents, intended.seats)
        if news or tap is not self._tap:
            tap.judged(Judged(cases, self._looked.log[-_TOLD:]))
        self._tap = tap
        if news:
            self._session.tell()

    def _scene(self) -> Scene:
        session, intended = self._session, self._session.intended
        return Scene(
            topology=self._wiring.look(),
            netnses={netns.key: netns for netns in session.netnses},
            engines=session.engines,
            intents=intended.intents if intended else (),
            seats=intended.seats if intended else (),
            ways=self._ways(),
            now_ns=time.time_ns(),
        )

    def _ways(self) -> dict[NetnsKey, str]:
        """Return what to write before a command here so that it runs in each namespace, there."""
        found = {}
        for host in self._session.members:
            there, mntns = way_there(host.feed.machine.url), host.start.mntns if host.start else None
            for key, raw in host.names.raw_keys.items():
                netns = host.names.netnses.get(raw)
                way = prefix(netns, mntns) if netns else None
                if there is not None and way is not None:
                    found[key] = f"{there} {way}".strip()
        return found
