"""Frames of the pipe between the reader process and whoever keeps the records; bytes in, bytes out.

A frame is a header (time in ns since the epoch, nsid, kind, length) and a payload: a netlink message, a gap, or one
JSON object that says what the reader can and cannot hear. Pure, no privileges. A frame cut off at the end of a
buffer stays for the next call.
"""

import struct
from enum import IntEnum

HEADER = struct.Struct("=qiBxxxI")
"""time_ns, nsid, kind, length of the payload in bytes."""
OWN_NSID = -1
"""The nsid in frames from the namespace that listens: the kernel labels its messages with none."""

GAP = struct.Struct("=QQ")
"""Payload of a gap: messages lost, and the nanoseconds before ``time_ns`` in which they were."""
UNCOUNTED = 2**64 - 1
"""A loss whose count is not known."""


class FrameKind(IntEnum):
    """What the payload is."""

    MESSAGE = 0
    GAP = 1
    HELLO = 2
    """First frame of a reader: JSON with ``all_nsid``, ``rcvbuf`` and ``says``."""


def frame(kind: FrameKind, time_ns: int, nsid: int, payload: bytes) -> bytes:
    """Return one frame."""
    return HEADER.pack(time_ns, nsid, kind, len(payload)) + payload


def gap(time_ns: int, lost: int, span_ns: int) -> bytes:
    """Return the frame of a gap that ended at ``time_ns``."""
    return frame(FrameKind.GAP, time_ns, OWN_NSID, GAP.pack(lost, span_ns))
