"""A finding: what is wrong, where, by which evidence, with what consequence, what caused it and what would mend it.

- A check (``table``) is a pure function ``Scene -> Iterable[Finding]``. - The same wrong thing has the same
``Finding.key`` at each look, so that since when it stands can be told (``cases``). - What caused it is a ``Trace``:
what to look for in the ring, newest first (``session.findings`` looks).

Pure values; every string is clean text.
"""

from dataclasses import dataclass
from enum import StrEnum

from ovltui.events.vocabulary import Object
from ovltui.netns.model import NetnsKey
from ovltui.topology.links import LinkKey


class Severity(StrEnum):
    """How bad it is, worst first."""

    ERROR = "error"
    """Traffic is lost now, or as soon as someone tries."""
    WARNING = "warning"
    """Something will break, or breaks for some."""
    NOTE = "note"
    """Worth to know: left over, unusual, cannot be told."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row that shows it."""

    source: str
    """What prints it: ``bridge fdb in mynet01``, ``docker network inspect -v mynet01 on node1``."""
    text: str
    """The row, or ``no row for 02:42:0a:0d:11:03``."""


UNTIED = "no master"
"""What a link has in ``Trace.holds`` that is no port of a bridge."""


@dataclass(frozen=True, slots=True)
class Trace:
    """An event that would have caused it."""

    netns: NetnsKey
    object: Object
    gone: bool | None
    """Whether it is a RTM_DEL…; None where that does not matter."""
    ifindex: int | None = None
    holds: tuple[str, ...] = ()
    """Values (a MAC, an address, the state of a link) that the event's decoded fields have, all of them."""
    lasts: bool = False
    """Whether the last of these values is a state, which later events tell again: the first that told it is meant."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would mend it; never run by ovltui."""

    commands: tuple[str, ...]
    """For a shell of root on this host, in this order; complete, with the way into the namespace."""
    risk: str
    """What it may cost, in a sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong."""

    check: str
    """Name of the check: ``fdb-lost``."""
    severity: Severity
    netns: NetnsKey | None
    """Where; None where it is of no one namespace."""
    link: LinkKey | None
    subject: str
    """What of that place: a MAC, an address, a peer; with check and place it identifies the finding."""
    says: str
    """What is wrong, one sentence."""
    consequence: str
    """What that means for traffic, one sentence."""
    evidence: tuple[Evidence, ...]
    traces: tuple[Trace, ...] = ()
    """Events that may have caused it, likeliest first."""
    remedies: tuple[Remedy, ...] = ()
    settles: bool = True
    """Whether Docker, which converges for a while after each change, may mend it by itself within seconds."""
    slow: bool = False
    """Whether it looks so, too, for as long as a container takes to start on a busy machine."""
    parts: tuple[str, ...] = ()
    """The members or rows that it tells of together, where these may be others a moment later; each settles for itself.
    """

    @property
    def key(self) -> tuple[str, NetnsKey | None, LinkKey | None, str]:
        """The same for the same wrong thing at another time."""
        return (self.check, self.netns, self.link, self.subject)
