"""What a filter looks at of some records of one block, in columns.

Source: ``ovltui.events.block``. Pure. Incomplete: of records that were not received from the kernel there is nothing
but the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some records, in the order in which they were asked for."""

    seqs: Sequence[int]
    nsids: Sequence[int | None]
    """None for what is no message received from the kernel, or was dropped."""
    sorts: Sequence[int]
    """See ``ovltui.events.sort``."""
    starts: Sequence[int]
    """Where the bytes of each begin in ``body``."""
    ends: Sequence[int]
    """Where they end."""
    body: bytes


def of_nothing(seqs: Sequence[int]) -> Excerpt:
    """Return the excerpt of records that were dropped."""
    zeros = bytes(len(seqs))
    return Excerpt(seqs, [None] * len(seqs), zeros, zeros, zeros, b"")
