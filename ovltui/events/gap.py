"""The payload of a gap record: how much was lost there.

Source: the reader process, from the kernel's drop counter (SO_MEMINFO). Privileges: none. Incomplete: on
kernels that do not tell the count it is ``UNKNOWN_COUNT``; which messages were lost nobody knows.
"""

from ovltui.kernel.frames import GAP, UNCOUNTED

UNKNOWN_COUNT = UNCOUNTED
"""Stands for a number of lost messages that is not known."""


def pack_gap(lost: int, span_ns: int) -> bytes:
    """Return the payload of a gap record.

    Args:
        lost: how many messages were dropped, or ``UNKNOWN_COUNT``.
        span_ns: the time before the record, in nanoseconds, within which they were sent.

    Raises:
        struct.error: a number is negative or needs more than 64 bits.
    """
    return GAP.pack(lost, span_ns)


def unpack_gap(raw: bytes) -> tuple[int | None, int | None]:
    """Return (lost, span in nanoseconds) of a gap record; None for what it does not tell."""
    if len(raw) != GAP.size:
        return None, None
    lost, span_ns = GAP.unpack(raw)
    return (None if lost == UNKNOWN_COUNT else lost), span_ns
