"""The machines of a joined session: how the line to each is, and what may be said about its clock.

Source: ``session.joined``. Pure, frozen values; every string is clean text.
"""

from dataclasses import dataclass
from enum import StrEnum


class HostState(StrEnum):
    """How the line to a machine is."""

    CONNECTING = "connecting"
    """Its state is not known yet."""
    LIVE = "live"
    LOST = "lost"
    """Its line broke off; what is shown of it is as of then. It is tried again."""
    ENDED = "ended"
    """It is not tried again."""


@dataclass(frozen=True, slots=True)
class HostStatus:
    """A machine, as a line of status."""

    name: str
    """What it is called in front of its namespaces."""
    url: str
    """``ssh://node2``; empty for this machine."""
    state: HostState
    says: str = ""
    """Why it is not live, a sentence; empty where it is."""
    offset_ns: int | None = None
    """By how much its clock is ahead of ours, in nanoseconds; None until that was measured."""
    uncertainty_ns: int | None = None
    """By how much that may be wrong."""
    lost: int = 0
    """Its records that did not come, uncounted losses counting one."""
    since_ns: int = 0
    """Since when it is in this state, in nanoseconds since the epoch."""
    version: str = ""
    """Of ovltui there; empty until it told."""
