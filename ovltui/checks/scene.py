"""All that checks look at, at one moment.

Source: ``session.scene``, which fills it from the living session, from one visit, or from a recording. Pure.
Incomplete: what was not read is said by ``Contents.gaps`` of a place and by ``Underfoot.gaps``; an engine that does
not answer has no ``Intent``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import EngineView
from ovltui.netns.model import Netns, NetnsKey
from ovltui.topology.model import Topology


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that waits."""

    protocol: str
    """``tcp`` or ``udp``."""
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Drop:
    """A rule of a filter that may drop what overlays need."""

    text: str
    """As ``iptables -S`` or ``nft list ruleset`` prints it."""
    port: int
    """The UDP or TCP port that it names."""
    undo: str = ""
    """The command that deletes it, in that namespace; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Underfoot:
    """What was read of a namespace beyond its tables; only for those by which overlays send."""

    listening: tuple[Listening, ...] = ()
    drops: tuple[Drop, ...] = ()
    states: int | None = None
    """How many xfrm states it has; None where that was not read."""
    gaps: tuple[str, ...] = ()
    """What could not be read, each a sentence."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment."""

    topology: Topology
    netnses: Mapping[NetnsKey, Netns] = field(default_factory=dict)
    """How each was found, and what holds it alive."""
    engines: tuple[EngineView, ...] = ()
    intents: tuple[Intent, ...] = ()
    """Of each engine that answers, one for each overlay network that it knows."""
    seats: tuple[Seat, ...] = ()
    underfoot: Mapping[NetnsKey, Underfoot] = field(default_factory=dict)
    ways: Mapping[NetnsKey, str] = field(default_factory=dict)
    """What to write before a command so that it runs inside: ``nsenter --net=/proc/812/root/run/docker/netns/1-i5``;
    empty for our own namespace; missing where nothing leads into it."""
    misses: Mapping[tuple[NetnsKey, int, str], int] = field(default_factory=dict)
    """How often each address was looked up in vain within the last minute: namespace, ifindex, IP address or MAC."""
    now_ns: int = 0
