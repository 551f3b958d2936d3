"""One record of the stream: a netlink message, a gap where some were lost, or an event of Docker.

Source: frames of the reader process, the event streams of Docker Engines, and tables of the kernel that were read
again where events were lost or never sent. ``seq`` orders the records of all namespaces as one socket delivered them;
an event of Docker stands where it arrived, what was read again where it was found.
"""

from dataclasses import dataclass
from enum import IntEnum

OWN_NSID = -1
"""The nsid of records from the namespace in which we listen: the kernel labels them with none."""


class Kind(IntEnum):
    """What a record holds."""

    MESSAGE = 0
    """``raw`` is one netlink message, header included."""
    GAP = 1
    """``raw`` is empty or a count: see ``ovltui.events.gap``."""
    DOCKER = 2
    """``raw`` is JSON: see ``ovltui.events.decode_docker``; ``nsid`` is ``OWN_NSID`` and says nothing."""
    RESYNC = 3
    """``raw`` is one netlink message that was not received: as a dump gave it (RTM_NEW…), or as it was known before,
    with RTM_DEL… as its type. Tables that were read again told it."""


MESSAGES = frozenset((Kind.MESSAGE, Kind.RESYNC))
"""Kinds whose ``raw`` is one netlink message, and whose ``nsid`` is its namespace."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, immutable."""

    seq: int
    """Position in the session's stream, from 0, without holes."""
    time_ns: int
    """Wall clock at reception, in nanoseconds since the epoch; of an event of Docker, when its engine says it was."""
    nsid: int
    """Id of the namespace it came from, in the namespace that listens; ``OWN_NSID`` for that one itself."""
    kind: Kind
    raw: bytes
    """Of a message, what the kernel sent, its ``nlmsghdr`` first."""
