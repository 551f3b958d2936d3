"""Whoever looks at what is wrong: a thread that nobody waits for, and the one place to ask what it found.

Source: what a subclass looks at; causes out of the ring. Privileges: none here. Incomplete: a finding appears when the
tables show it, which is at most a second after its cause.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from ovltui.checks.cases import Case, Cases, Change
from ovltui.checks.finding import Finding
from ovltui.netns.model import NetnsKey
from ovltui.session.causes import Causes
from ovltui.session.defects import ALL, Defects
from ovltui.session.judged import Judged
from ovltui.session.session import Session
from ovltui.topology.model import Topology

DEBOUNCE_S = 0.05
"""Seconds between a change and the look at it: more will come with it."""
TICK_S = 1.0
"""Seconds between looks while a case may open by time alone."""
REST_FACTOR, REST_S = 10, 0.6
"""How many times as long as a look took comes none after it, and for how many seconds at most."""
_END_S = 0.3
"""Seconds that whoever ends waits for a look that goes on."""
READING = "read again"
"""What a gap says of tables that will be whole in a moment."""
_TOLD = 50
"""Changes that are told to whoever records, each time."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the last look found."""

    cases: tuple[Case, ...] = ()
    """The worst first, what settles last."""
    log: tuple[Change, ...] = ()
    """The newest changes, the oldest first."""
    when_ns: int | None = None
    """When that was, in nanoseconds since the epoch; None before the first look."""


class Looking:
    """The thread, and the one place to ask; a subclass looks.

    Args:
        session: whose namespaces; it is told when cases changed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._defects = Defects()
        causes = Causes(session)
        self._cases = Cases(causes.cause, causes.mend)
        self._basis: tuple[object, ...] = ()
        self._found: tuple[Finding, ...] = ()
        self._looked = Looked()
        self._judged_for = session.stream.tap
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ovltui-findings", daemon=True)
        session.on_change(self.doubt)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; where it looks at thousands of namespaces, that look tells nobody any more."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_END_S)

    def doubt(self) -> None:
        """Look again soon; any thread may call it."""
        if not self._wake.is_set() and threading.current_thread() is not self._thread:
            self._wake.set()

    def ask(self) -> None:
        """Make every check again soon, whether or not anything changed."""
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

    def _look(self) -> None:
        """Find what is wrong, and ``_take`` it."""
        raise NotImplementedError

    def _is_expectant(self) -> bool:
        """Whether to look again though nothing may tell of a change."""
        return self._cases.settling

    def _gather(self) -> None:
        """Wait for what comes together."""
        self._closing.wait(DEBOUNCE_S)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(TICK_S if self._is_expectant() else None)
            self._gather()
            self._wake.clear()
            begun = time.monotonic()
            if not self._closing.is_set():
                self._try_to_look()
            self._closing.wait(min(REST_S, REST_FACTOR * (time.monotonic() - begun)))

    def _try_to_look(self) -> None:
        """Look; where that fails as a whole, all that was found stands, and it is said that nothing new is."""
        try:
            self._look()
        except Exception as error:  # noqa: BLE001  (it is said as a finding, and written to a report)
            self._basis = ()
            known = (case.finding for case in self._cases.cases())
            self._take((*known, self._defects.finding(ALL, error)))

    def _take(self, found: Iterable[Finding], asked_ns: int | None = None) -> None:
        """Take in what is wrong now; tell what is new, and all of it to who has just begun to record.

        Args:
            found: all of it.
            asked_ns: since when every engine that answers was asked; None where there is none.
        """
        if self._closing.is_set():
            return
        changes = self._cases.take(found, time.time_ns(), asked_ns)
        cases = self._cases.cases()
        news = bool(changes) or cases != self._looked.cases or self._looked.when_ns is None
        self._looked = Looked(cases, self._cases.log() if news else self._looked.log, time.time_ns())
        tap = self._session.stream.tap
        if news or tap is not self._judged_for:
            self._judged_for = tap
            tap.judged(Judged(cases, self._looked.log[-_TOLD:]))
        if news:
            self._session.tell()


def is_of(finding: Finding, netns: NetnsKey) -> bool:
    """Return whether a finding is of a namespace."""
    return netns in (finding.netns, finding.link.netns if finding.link else None)


def is_being_read(topology: Topology, key: NetnsKey | None, *signs: str) -> bool:
    """Return whether a gap of a namespace has one of these signs."""
    node = topology.node(key)
    return node is not None and any(sign in gap for gap in node.place.contents.gaps for sign in signs)


def same(now: tuple[object, ...], before: tuple[object, ...]) -> bool:
    """Return whether these are the very same values."""
    return len(now) == len(before) and all(one is other for one, other in zip(now, before, strict=True))
