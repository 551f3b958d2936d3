"""What is wrong, kept current: the checks are made again soon after each change, in a thread that nobody waits for.

Source: ``session.wiring``, ``session.intents``, ``session.underfoot``; causes out of the ring. Privileges: those of the
session. Incomplete: a finding appears when the tables show it, which is at most a second after its cause; what could
not be looked at is said by ``gaps``.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ovltui.checks.finding import Finding
from ovltui.checks.index import index
from ovltui.checks.scene import Scene
from ovltui.checks.table import find_all
from ovltui.session.asker import Answer
from ovltui.session.defects import is_defect
from ovltui.session.intents import Intents, intents_of, seats_of, unknowns
from ovltui.session.looking import DEBOUNCE_S, READING, Looking, is_being_read, same
from ovltui.session.misses import Missed, Misses
from ovltui.session.scene import Living, footings
from ovltui.session.session import Session
from ovltui.session.underfoot import Footing, UnderfootKeeper
from ovltui.session.wiring import Wiring
from ovltui.topology.model import Topology

if TYPE_CHECKING:
    from ovltui.netns.model import NetnsKey

EBB_S, _POURING = 3.0, 250
"""For how many seconds at most a look waits while so many records come within ``DEBOUNCE_S``, and more."""
ASK_S = 1.5
"""Seconds between questions while a case settles: what engines have learned meanwhile may mend it."""
_UNREAD = "not read yet"
"""What a gap says of the tables of a namespace that was just found."""


class Findings(Looking):
    """Looks at the living kernel.

    Args:
        session: whose namespaces; it is told when cases changed.
        wiring: its topology.
        find: returns what is wrong in a scene; None for all checks.
    """

    def __init__(
        self, session: Session, wiring: Wiring, find: Callable[[Scene], Iterable[Finding]] | None = None
    ) -> None:
        super().__init__(session)
        self._wiring = wiring
        self._find = find or partial(find_all, defect=self._defects.finding)
        self.intents = Intents(lambda: session.engines, self.doubt)
        self._footings: dict[NetnsKey, Footing] = {}
        self._underfoot = UnderfootKeeper(lambda: self._footings, self.doubt)
        self._living = Living(session)
        self._misses = Misses(session.ring)
        self._missed: Mapping[Missed, int] = {}
        self._tunneling: dict[int, NetnsKey] = {}
        self._ground: tuple[object, ...] = ()
        self._told: tuple[object, ...] = ()
        self._unread: frozenset[NetnsKey] | None = None
        """Namespaces whose tables will be whole in a moment; None before the first look."""
        self._known = Topology()
        self._next_ask = 0.0

    def start(self) -> None:
        """Begin."""
        self._underfoot.start()
        super().start()

    def close(self) -> None:
        """End the threads."""
        self.intents.close()
        self._underfoot.close()
        super().close()

    def ask(self) -> None:
        """Make every check again soon, whether or not anything changed, and read anew what no event tells."""
        self._read_anew()
        super().ask()

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be looked at, each a sentence."""
        known = self._underfoot.known()
        names = self._wiring.look()
        under = [f"{names.name(key)}: {gap}" for key, one in known.items() for gap in one.gaps]
        failed = [case.finding.says.rstrip(".") for case in self.cases() if is_defect(case.finding)]
        return (*failed, *unknowns(self._session.engines, self.intents.answers()), *under)

    def _gather(self) -> None:
        """Wait for what comes together; while records pour in, for longer: what is found then is old at once."""
        until, end = time.monotonic() + EBB_S, self._session.ring.end
        while not self._closing.wait(DEBOUNCE_S) and time.monotonic() < until:
            end, before = self._session.ring.end, end
            if end - before < _POURING:
                return

    def _is_expectant(self) -> bool:
        """Whether to look again though nothing may tell of a change."""
        return bool(self._cases.settling or self._unread is None or self._unread or self._missed)

    def _note_unread(self, topology: Topology) -> None:
        news = topology.besides(self._known)
        known = ((self._unread or frozenset()) & topology.nodes.keys()) - {node.key for node in news}
        unread = {node.key for node in news if is_being_read(topology, node.key, READING, _UNREAD)}
        self._known, self._unread = topology, known | unread

    def _look(self) -> None:
        self.intents.follow()
        topology, answers, underfoot = self._wiring.look(), self.intents.answers(), self._underfoot.known()
        self._tell_tap(answers)
        self._missed = self._misses.look(self._tunneling, time.time_ns())
        basis = (topology, underfoot, self._missed, self._session.netnses, self._session.engines, *answers)
        if not same(basis, self._basis):
            scene = replace(self._living.scene(topology, answers, underfoot), misses=self._missed)
            self._stand_on(scene)
            self._found = (*self._find(scene),)
            self._basis = basis
            self._note_unread(topology)
        held = self._held(topology)
        self._take((*held, *self._found), _asked_ns(answers))

    def _take(self, found: Iterable[Finding], asked_ns: int | None = None) -> None:
        """Take in what is wrong now; while a case settles, ask anew what may mend it."""
        super()._take(found, asked_ns)
        if self._cases.settling and time.monotonic() >= self._next_ask:
            self._next_ask = time.monotonic() + ASK_S
            self._read_anew()

    def _read_anew(self) -> None:
        self.intents.doubt()
        self._underfoot.doubt()

    def _tell_tap(self, answers: tuple[Answer, ...]) -> None:
        """Tell what engines intend to whoever records, once."""
        told = (self._session.stream.tap, *answers)
        if not same(told, self._told):
            self._told = told
            self._session.stream.tap.intended(intents_of(answers), seats_of(answers))

    def _stand_on(self, scene: Scene) -> None:
        """Have the namespaces read by which overlays send now."""
        tunnels = index(scene).tunnels
        ground = (tunnels, scene.netnses, scene.engines, *scene.seats)
        if same(ground, self._ground):
            return
        self._ground, wanted = ground, footings(scene)
        changed = {key: one.ports for key, one in wanted.items()} != {
            key: one.ports for key, one in self._footings.items()
        }
        self._footings = wanted
        tenures = (self._session.tenures.of(key) for key in {tunnel.netns for tunnel in tunnels})
        self._tunneling = {tenure.nsid: tenure.key for tenure in tenures if tenure and tenure.key}
        if changed:
            self._underfoot.doubt()

    def _held(self, topology: Topology) -> tuple[Finding, ...]:
        """Return what was wrong of which nobody can say that it was mended.

        It is that in namespaces whose tables are being read again, and what a check found that fails now.
        """
        found = {finding.key for finding in self._found}
        failed = {finding.check for finding in self._found if is_defect(finding)}
        return tuple(
            finding
            for finding in (case.finding for case in self._looked.cases)
            if finding.key not in found
            and (is_being_read(topology, finding.netns, READING) or (finding.check in failed))
        )


def _asked_ns(answers: Iterable[Answer]) -> int | None:
    """Return since when every engine that answers was asked; None where there is none."""
    return min((answer.asked_ns for answer in answers if not answer.says), default=None)
