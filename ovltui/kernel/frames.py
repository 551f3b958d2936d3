"""Frames of the pipe between the reader process and whoever keeps the records; bytes in, bytes out.

A frame is a header (time in ns since the epoch, nsid, kind, length) and a payload: one netlink message or several, a
gap, or one JSON object that says what the reader can and cannot hear. Pure, no privileges. A frame cut off at the end
of a buffer stays for the next call.
"""

import struct
from array import array
from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import accumulate, pairwise

HEADER = struct.Struct("=qiBxxxI")
"""time_ns, nsid, kind, length of the payload in bytes."""
OWN_NSID = -1
"""The nsid in frames from the namespace that listens: the kernel labels its messages with none."""

GAP = struct.Struct("=QQ")
"""Payload of a gap: messages lost, and the nanoseconds before ``time_ns`` in which they were."""
_COUNT = struct.Struct("=I")
"""Begins the payload of a batch: how many messages it is of. Their nsids follow, their lengths, their bytes."""
UNCOUNTED = 2**64 - 1
"""A loss whose count is not known."""


class FrameKind(IntEnum):
    """What the payload is."""

    MESSAGE = 0
    GAP = 1
    HELLO = 2
    """First frame of a reader: JSON with ``all_nsid``, ``rcvbuf`` and ``says``."""
    BATCH = 3
    """Netlink messages that were received together, see ``messages_in``; the header's nsid says nothing."""


def frame(kind: FrameKind, time_ns: int, nsid: int, payload: bytes) -> bytes:
    """Return one frame."""
    return HEADER.pack(time_ns, nsid, kind, len(payload)) + payload


def batch(time_ns: int, nsids: Sequence[int], lengths: Sequence[int], bodies: Iterable[bytes | memoryview]) -> bytes:
    """Return one frame of messages.

    Args:
        time_ns: when they were received, in nanoseconds since the epoch.
        nsids: of each.
        lengths: bytes of each.
        bodies: the bytes.
    """
    head = b"".join((_COUNT.pack(len(lengths)), array("i", nsids), array("I", lengths)))
    header = HEADER.pack(time_ns, OWN_NSID, FrameKind.BATCH, len(head) + sum(lengths))
    return b"".join((header, head, *bodies))


def messages_in(payload: bytes) -> tuple[Sequence[int], list[bytes]]:
    """Return the nsid and the bytes of each message of a ``BATCH``."""
    number = _COUNT.unpack_from(payload)[0]
    nsids, lengths = array("i"), array("I")
    start = _COUNT.size + number * nsids.itemsize
    nsids.frombytes(payload[_COUNT.size : start])
    end = start + number * lengths.itemsize
    lengths.frombytes(payload[start:end])
    return nsids, [payload[begin:after] for begin, after in pairwise(accumulate(lengths, initial=end))]


def gap(time_ns: int, lost: int, span_ns: int) -> bytes:
    """Return the frame of a gap that ended at ``time_ns``."""
    return frame(FrameKind.GAP, time_ns, OWN_NSID, GAP.pack(lost, span_ns))
