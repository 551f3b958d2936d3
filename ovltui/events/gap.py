"""The payload of a gap record: how much was lost there, and on which machine.

Source: the reader process, from the kernel's drop counter (SO_MEMINFO); where several machines are shown, also who
joins them, which tells of lines that broke off and of clocks that jumped. Privileges: none. Incomplete: on kernels that
do not tell the count it is ``UNKNOWN_COUNT``; which messages were lost nobody knows.
"""

import json
from dataclasses import dataclass

from ovltui.kernel.frames import GAP, UNCOUNTED
from ovltui.text import clean

_TEXTS = ("host", "says", "key")
UNKNOWN_COUNT = UNCOUNTED
"""Stands for a number of lost messages that is not known."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a gap says beside its numbers."""

    host: str
    """What the machine is called of which messages were lost."""
    says: str = ""
    """What happened, a sentence; empty where messages were lost and no more is known."""
    anew: bool = False
    """Whether all that was known of that machine ends here: what is true of it is told after this record."""
    key: str = ""
    """The machine, as its namespaces have it in their keys, where that is not what it is called."""

    @property
    def machine(self) -> str:
        """The machine, as its namespaces have it in their keys."""
        return self.key or self.host


def pack_gap(lost: int, span_ns: int, notice: Notice | None = None) -> bytes:
    """Return the payload of a gap record.

    Args:
        lost: how many messages were dropped, or ``UNKNOWN_COUNT``.
        span_ns: the time before the record, in nanoseconds, within which they were sent.
        notice: what else there is to say; None for this machine, where it is the only one.

    Raises:
        struct.error: a number is negative or needs more than 64 bits.
    """
    packed = GAP.pack(lost, span_ns)
    if notice is None:
        return packed
    more = {**({"anew": True} if notice.anew else {}), **({"key": notice.key} if notice.key else {})}
    return packed + json.dumps({"host": notice.host, "says": notice.says, **more}).encode()


def unpack_gap(raw: bytes) -> tuple[int | None, int | None]:
    """Return (lost, span in nanoseconds) of a gap record; None for what it does not tell."""
    if len(raw) < GAP.size:
        return None, None
    lost, span_ns = GAP.unpack_from(raw)
    return (None if lost == UNKNOWN_COUNT else lost), span_ns


def notice_of(raw: bytes) -> Notice | None:
    """Return what a gap record says beside its numbers, as clean text; None where that is nothing."""
    if len(raw) <= GAP.size:
        return None
    try:
        told = json.loads(raw[GAP.size :])
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    host, says, key = (clean(text) if isinstance(text := told.get(name), str) else "" for name in _TEXTS)
    return Notice(host, says, told.get("anew") is True, key)
