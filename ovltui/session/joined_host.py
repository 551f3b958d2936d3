"""One machine of a joined session: its feed, its translation, and all that it said of itself.

Source: ``session.joined_feed``, as the joined session merges it. One thread uses it, except for ``status``. Incomplete:
while its line is lost, all of it is as of then.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ovltui.capture.inputs import Intended, Start
from ovltui.identity.model import Identity
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.joined_feed import Feed
from ovltui.session.judged import Judged
from ovltui.session.translate import Numbers, Seqs, Translation
from ovltui.session.translate_names import Names

_AHEAD_NS = 10**9
"""A clock that is wrong by less is corrected without a word."""


@dataclass(slots=True, eq=False)
class Host:
    """A machine."""

    feed: Feed
    number: int
    """From 1; no other machine of the session has or had it."""
    status: HostStatus
    key: str = ""
    """What it is called in keys: its name, with a count where it was booted anew; empty before it told its name."""
    start: Start | None = None
    """With what its connection began; None before the first one."""
    translation: Translation | None = None
    home: int | None = None
    """The session's nsid of the namespace that it listens in; None before its state was told."""
    stated: bool = False
    """Whether the state of this connection was told."""
    names: Names = field(default_factory=Names)
    intended: Intended | None = None
    judged: Judged | None = None
    since_lost_ns: int = 0
    _past: dict[int, int] = field(default_factory=dict)

    def there(self, nsid: int) -> int | None:
        """Return the machine's own number for one of the session that is or was its; None for another's."""
        found = self.translation.numbers.there.get(nsid) if self.translation else None
        return self._past.get(nsid) if found is None else found

    @property
    def name(self) -> str:
        """What it is called in front of its namespaces."""
        return self.status.name

    def be(self, state: HostState, says: str = "") -> None:
        """Be in another state from now on."""
        since_ns = self.status.since_ns if state is self.status.state else time.time_ns()
        self.status = replace(self.status, state=state, says=says, since_ns=since_ns)

    def rename(self, name: str) -> None:
        """Call it something else."""
        self.status = replace(self.status, name=name)

    def lose(self, count: int | None) -> None:
        """Count what was lost; None stands for an unknown number."""
        self.status = replace(self.status, lost=self.status.lost + (1 if count is None else count))

    @property
    def measured(self) -> HostStatus:
        """How it is, with what is known of its clock."""
        offset, status = self.feed.clock.offset, self.status
        return replace(status, offset_ns=offset.ns, uncertainty_ns=offset.uncertainty_ns) if offset else status

    def translate(self, start: Start, session: str, fresh: Callable[[], int], end: Callable[[], int]) -> None:
        """Begin to translate a connection, or a new section of one, of which nothing is known yet."""
        if self.translation:
            self._past |= self.translation.numbers.there
        self.start, self.stated, self.home = start, False, None
        self.translation = Translation(
            self.key, self.number, session, Numbers(fresh), Seqs(start.first, end()), end, self.feed.clock.here_ns
        )
        self.names = Names()
        self.status = replace(self.status, version=start.version)

    def owns(self, key: NetnsKey) -> bool:
        """Whether a namespace is of it."""
        return key in self.names.raw_keys or (key.id >= 0 and key.host == self.key)

    def raw(self, key: NetnsKey) -> tuple[Netns | None, Identity | None]:
        """Return a namespace and what it is, as the machine says it."""
        own = self.names.raw_keys.get(key)
        return (None, None) if own is None else (self.names.netnses.get(own), self.names.identities.get(own))

    def gaps(self, *, several: bool) -> tuple[str, ...]:
        """Return what cannot be seen or heard of it, each a sentence."""
        before = f"{self.name}: " if several else ""
        says = [f"{before}{gap}" for gap in (*self.names.gaps, *self.feed.damaged)]
        offset, uncertainty = self.measured.offset_ns, self.measured.uncertainty_ns
        if self.status.state in (HostState.LOST, HostState.ENDED):
            says.insert(0, f"{self.name} is {self.status.state}: {self.status.says.rstrip('.')}")
        if offset is not None and uncertainty is not None and abs(offset) - uncertainty > _AHEAD_NS:
            way = "ahead of" if offset > 0 else "behind"
            says.append(
                f"the clock of {self.name} is {abs(offset) / 1e9:.3f} s {way} ours: its times are corrected by that, "
                f"to {uncertainty / 1e6:.0f} ms"
            )
        return tuple(says)


def shown_name(wanted: str, machine: str, taken: set[str]) -> str:
    """Return what to call a machine, as no other one is called.

    Args:
        wanted: its own name.
        machine: what the user called it: its address.
        taken: what others are called.
    """
    name = wanted if wanted not in taken else f"{wanted}@{machine}"
    count = 2
    while name in taken:
        name, count = f"{wanted}@{machine}+{count}", count + 1
    return name
