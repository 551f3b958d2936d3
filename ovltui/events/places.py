"""Which messages may show because of the name of their namespace, asked for many of them at once.

Source: the terms of a filter that a name decides, and names over time. Pure. Incomplete: where names change between two
records, each record in between is asked for alone.
"""

from functools import lru_cache

from ovltui.events.alike import DatedNames
from ovltui.events.block import Lasting, Where
from ovltui.events.filter import Holds


class Places(Lasting):
    """Messages of namespaces by some names.

    Args:
        place: whether messages of a namespace of that name may show.
        names: names over time.
        where: whether they may show at all; None for all.
    """

    def __init__(self, place: Holds, names: DatedNames, where: Where | None = None) -> None:
        self._place = lru_cache(maxsize=1024)(place)  # the same few names come again and again
        self._names = names
        self._where = where

    def __call__(self, nsid: int, seq: int) -> bool:
        """Return whether a message of ``nsid`` may show."""
        return (self._where is None or self._where(nsid, seq)) and self._place(self._names.netns(nsid, seq))

    def lasting(self, nsid: int, low: int, high: int) -> bool | None:
        """Return the same of all records from ``low`` to ``high``; None where it is not the same, or not known."""
        if self._names.era(nsid, low) != self._names.era(nsid, high):
            return None
        if not self._place(self._names.netns(nsid, low)):
            return False
        return True if self._where is None else None
