"""Events of Docker that belong together: one start or one end of a container, however many events tell of it.

Source: events of Docker in the order of the stream. Pure. Create, connect and start of one container that follow each
other are one act; kill, die, disconnect, stop and destroy are another. One event heads it: the one that a person asked
for, or that says most. Incomplete: an act that pauses longer than ``PAUSE_NS`` is taken for two.
"""

from dataclasses import dataclass, field

from ovltui.events.decode import decode
from ovltui.events.decode_docker import container_of
from ovltui.events.event import Event
from ovltui.events.record import Record
from ovltui.events.vocabulary import Object

_MS = 1_000_000
_BEFORE_NS = 500 * _MS
"""Docker tells of a start after the kernel's work for it, and of a connection in its middle."""
_JUST_BEFORE_NS = 20 * _MS
"""A death begins with its event: what a container did before it was its own affair."""
AFTER_NS = 300 * _MS
"""For so long after its last event an act goes on in the kernel."""
PAUSE_NS = 15_000 * _MS
"""Docker waits ten seconds between a signal and a death."""
_BIRTH, _END = 0, 1
_DEATH = 3
_EVENTS: dict[tuple[str, str], tuple[int, int]] = {
    ("container", "create"): (_BIRTH, 0),
    ("network", "connect"): (_BIRTH, 1),
    ("container", "start"): (_BIRTH, 2),
    ("container", "kill"): (_END, 0),
    ("container", "destroy"): (_END, 0),
    ("network", "disconnect"): (_END, 1),
    ("container", "stop"): (_END, 2),
    ("container", "die"): (_END, _DEATH),
}
"""By type and action: whether a birth or an end, and how well it heads the act; 0 for not at all."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event of Docker in an act."""

    record: Record
    event: Event
    rank: int
    """How well it heads the act."""


@dataclass(slots=True, eq=False)
class Act:
    """A birth or an end of a container, or its connection to a network."""

    container: str
    """Id of the container."""
    phase: int
    after_ns: int
    """What is older belongs to the act before it."""
    told: list[Told] = field(default_factory=list)
    """Its events, the oldest first; never empty."""

    @property
    def head(self) -> Told | None:
        """The event under which the rest is folded; None while there is none that causes anything."""
        best = max(self.told, key=lambda one: one.rank)
        return best if best.rank else None

    @property
    def last_ns(self) -> int:
        """When its last event happened."""
        return max(one.record.time_ns for one in self.told)

    @property
    def window(self) -> tuple[int, int]:
        """From when to when it may have caused anything, in nanoseconds since the epoch."""
        begun = min(one.record.time_ns for one in self.told)
        deaths = [one.record.time_ns - _JUST_BEFORE_NS for one in self.told if one.rank == _DEATH]
        low = min(deaths, default=begun - _BEFORE_NS)
        # Unless the clock was put back meanwhile.
        return max(low, self.after_ns) if self.after_ns <= begun else low, self.last_ns + AFTER_NS


class Acts:
    """Groups events of Docker as they come."""

    def __init__(self) -> None:
        self._newest: dict[str, Act] = {}
        self._by_seq: dict[int, Act] = {}

    def tell(self, record: Record) -> Act | None:
        """Take in an event of Docker; return the act that it belongs to, or None where it belongs to none."""
        event = decode(record)
        if event.object is not Object.DOCKER:
            return None
        phase, rank = _EVENTS.get((event.fields["type"], event.fields["event"]), (None, 0))
        container = container_of(event.fields)
        if phase is None or not container:
            return None
        act = self._newest.get(container)
        if act is None or act.phase != phase or abs(record.time_ns - act.last_ns) > PAUSE_NS:
            act = Act(container, phase, act.last_ns if act else 0)
            self._newest[container] = act
        act.told.append(Told(record, event, rank))
        self._by_seq[record.seq] = act
        return act

    def of(self, seq: int) -> Act | None:
        """Return the act to which the event of Docker with sequence number ``seq`` belongs."""
        return self._by_seq.get(seq)

    def prune(self, first: int) -> None:
        """Forget acts of which no event is left from record ``first`` on."""
        for seq in [seq for seq in self._by_seq if seq < first]:
            act = self._by_seq.pop(seq)
            if act.told[-1].record.seq < first and self._newest.get(act.container) is act:
                del self._newest[act.container]
