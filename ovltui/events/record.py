"""One record of the stream: a netlink message as received, or a gap where some were lost.

Source: frames of the reader process. ``seq`` orders the records of all namespaces as one socket delivered them.
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


@dataclass(frozen=True, slots=True)
class Record:
    """One record, immutable."""

    seq: int
    """Position in the session's stream, from 0, without holes."""
    time_ns: int
    """Wall clock at reception, in nanoseconds since the epoch."""
    nsid: int
    """Id of the namespace it came from, in the namespace that listens; ``OWN_NSID`` for that one itself."""
    kind: Kind
    raw: bytes
    """The message as the kernel sent it, its ``nlmsghdr`` first."""
