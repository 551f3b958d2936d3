"""What is read of the namespaces by which overlays send, beyond their tables; kept current in a thread.

Source: one short visit each (``kernel.listening``, ``kernel.xfrm``, ``kernel.netfilter``), every five seconds, and at
once where nftables tell that they changed; rules are printed anew only after such a change. Privileges: CAP_SYS_ADMIN
for the visit, CAP_NET_ADMIN inside. Incomplete: ``Underfoot.gaps`` says what could not be read; rules of the older
``ip_tables`` are up to five seconds old.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ovltui.checks.scene import Drop, Listening, Underfoot
from ovltui.kernel import netfilter, xfrm
from ovltui.kernel.filter_rules import dropping
from ovltui.kernel.listening import listening
from ovltui.kernel.namespace import opened, visit
from ovltui.kernel.netfilter import Rules
from ovltui.kernel.rulewatch import RuleWatch
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns, NetnsKey

PERIOD_S = 5.0
"""Seconds between two readings when nothing calls."""
_GATHER_S = 0.1
"""Seconds for which calls are gathered."""
_REST_FACTOR, _REST_S = 5, 0.3
"""How many times as long as a reading took comes none after it, and for how many seconds at most."""
SWARM_PORTS = frozenset((2377, 4789, 7946))
"""Ports of a swarm: management, vxlan, gossip."""


@dataclass(frozen=True, slots=True)
class Footing:
    """A namespace to read."""

    netns: Netns
    ports: frozenset[int]
    """Ports by which rules are sought."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one namespace."""

    underfoot: Underfoot
    generation: int | None = None
    """Of its nftables; None where there are none, or other tables beside them."""
    rules: Rules = field(default_factory=Rules)


def read(footing: Footing, before: Reading | None = None) -> Reading:
    """Read a namespace, its rules only where they changed since ``before``."""
    says = "nothing that leads into it was found"
    for path in ways_in(footing.netns):
        try:
            with opened(path) as namespace:
                if namespace.is_still(footing.netns.key.id):
                    return visit(namespace.fd, lambda: _read_here(footing.ports, before))
        except OSError as error:
            says = error.strerror or str(error)
    return Reading(Underfoot(gaps=(f"its sockets and rules cannot be read ({says})",)))


def _read_here(ports: frozenset[int], before: Reading | None) -> Reading:
    gaps: list[str] = []
    states: int | None = None
    try:
        states = xfrm.states()
    except OSError as error:
        gaps.append(f"its IPsec states cannot be counted ({error.strerror})")
    generation, rules = None, Rules()
    try:
        generation, legacy = netfilter.generation(), netfilter.has_legacy()
        known = before is not None and generation is not None and generation == before.generation
        rules = before.rules if before and known else _rules(generation, legacy=legacy)
        generation = None if legacy else generation
    except OSError as error:
        gaps.append(f"rules of the packet filter cannot be read ({error.strerror})")
    found = Underfoot(
        listening=tuple(Listening(*one) for one in listening()),
        drops=tuple(Drop(*one) for one in dropping(rules.iptables, rules.nft, ports)),
        states=states,
        gaps=(*gaps, *rules.gaps),
    )
    same = before is not None and found == before.underfoot
    return Reading(before.underfoot if before and same else found, generation, rules)


def _rules(generation: int | None, *, legacy: bool) -> Rules:
    nftables = bool(generation)
    return netfilter.rules(nftables=nftables, legacy=legacy) if nftables or legacy else Rules()


class UnderfootKeeper:
    """The thread.

    Args:
        wanted: returns which namespaces to read.
        on_change: called in the thread when something differs from what was known.
    """

    def __init__(self, wanted: Callable[[], Mapping[NetnsKey, Footing]], on_change: Callable[[], None]) -> None:
        self._wanted = wanted
        self._on_change = on_change
        self._closing = threading.Event()
        self._watch = RuleWatch()
        self._readings: dict[NetnsKey, Reading] = {}
        self._known: Mapping[NetnsKey, Underfoot] = {}
        self._thread = threading.Thread(target=self._run, name="ovltui-underfoot", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._watch.now()
        if self._thread.is_alive():
            self._thread.join()
        self._watch.close()

    def doubt(self) -> None:
        """Read again soon; any thread may call it."""
        self._watch.now()

    def known(self) -> Mapping[NetnsKey, Underfoot]:
        """Return what was read last; the very same value while nothing in it changed."""
        return self._known

    def _run(self) -> None:
        while not self._closing.is_set():
            begun = time.monotonic()
            self._read()
            self._closing.wait(min(_REST_S, _REST_FACTOR * (time.monotonic() - begun)))
            if self._watch.wait(PERIOD_S):
                self._closing.wait(_GATHER_S)

    def _read(self) -> None:
        wanted = self._wanted()
        self._readings = {key: read(footing, self._readings.get(key)) for key, footing in wanted.items()}
        found = {key: reading.underfoot for key, reading in self._readings.items()}
        if found != self._known:
            self._known = found
            self._on_change()
