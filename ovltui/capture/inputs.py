"""What a session takes in beside messages, as values: the notes of a recording say these.

Pure. A tenure is named by its nsid and the record since which it holds it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ovltui.events.look import Look
from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import EngineView, Identity
from ovltui.kernel.wire import NLMSG_HEADER, Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.state.addresses import Address
from ovltui.state.links import Link
from ovltui.state.tenure import TenuresMemory

FORMAT = 1
"""Rises when older versions can no longer read what is written."""


@dataclass(frozen=True, slots=True)
class Start:
    """With what a recording begins."""

    format: int
    version: str
    """Of ovltui."""
    host: str
    own: NetnsKey | None
    """The namespace in which events are received."""
    first: int
    """Sequence number of the first record."""
    mntns: int | None = None
    unprivileged: bool = False
    kernel: str = ""
    """Its release."""
    redacted: bool = False
    boot: str = ""
    """The kernel's id of its boot; empty where it was not told."""


FOREIGN = Start(FORMAT, "", "", NetnsKey("", 0), 0)
"""With what a file of another tool begins."""


@dataclass(frozen=True, slots=True)
class Named:
    """What became known of namespaces and engines."""

    living: tuple[NetnsKey, ...]
    """All namespaces that live, in the order of the sweep."""
    netnses: tuple[Netns, ...]
    """Those of them that are new or changed."""
    identities: tuple[tuple[NetnsKey, Identity], ...]
    """What is new or changed of what they are, of dead ones too."""
    views: tuple[EngineView, ...] | None
    """What the engines say; None where that did not change."""
    gaps: tuple[str, ...]
    """What cannot be seen or heard."""
    forgotten: tuple[NetnsKey, ...] = ()
    """Dead namespaces of which nothing is known any more."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An nsid got a meaning; see ``Tenures.bind``."""

    nsid: int
    key: NetnsKey
    seq: int
    home: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """Links and addresses of a namespace; see ``Stream.load``."""

    nsid: int
    born: int
    seq: int
    time_ns: int
    links: tuple[tuple[Link, Look], ...]
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Sighted:
    """A number got a meaning inside of a namespace; see ``Sights.learn``."""

    nsid: int
    born: int
    there: int
    seq: int
    here: int


@dataclass(frozen=True, slots=True)
class Read:
    """Tables of a namespace; their messages are the blobs of the note, in the same order."""

    nsid: int
    born: int
    netns: Netns
    tables: tuple[Table, ...]
    dirty: tuple[Table, ...]
    read: int
    read_ns: int | None
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The tables of a namespace could not be read."""

    key: NetnsKey
    says: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that somebody wanted to find again."""

    says: str
    seq: int | None = None
    """Which record it is at; None for the moment at which it was made."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is there, in answer to a line that came in."""

    token: int
    """What the line said: the time of whoever sent it, in nanoseconds since the epoch."""
    time_ns: int
    """When it was read, in nanoseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Intended:
    """What the engines intend."""

    intents: tuple[Intent, ...]
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class State:
    """All that was known at one moment; the tables of ``reads`` are the blobs of the note, one after the other."""

    named: Named
    tenures: TenuresMemory
    reads: tuple[Read, ...]
    applied: int
    """The first record that is not in the tables."""
    lost: int
    failed: tuple[Failed, ...] = ()
    intended: Intended | None = None


def joined(messages: Iterable[bytes]) -> bytes:
    """Return netlink messages as one blob."""
    return b"".join(messages)


def parted(blob: bytes) -> Iterator[bytes]:
    """Yield the messages of a blob, up to the first broken one."""
    start = 0
    while start + NLMSG_HEADER.size <= len(blob):
        length = NLMSG_HEADER.unpack_from(blob, start)[0]
        if length < NLMSG_HEADER.size or start + length > len(blob):
            return
        yield blob[start : start + length]
        start += length
