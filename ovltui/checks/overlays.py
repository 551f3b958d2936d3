"""The overlay networks of a scene: each end with its far ends, what its engine intends, and the namespace beneath.

Source: ``checks.index``, which makes them out of a ``Scene``. Pure values, compared by identity: they are the same
objects as long as nothing that they are made of changed. Incomplete:
the far ends of a network whose id nobody tells are not known; nor is an engine of which nobody tells where it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ovltui.checks.reading import FAR_OF, Memory, Noted, Part, Reads, note
from ovltui.checks.scene import Scene, Underfoot
from ovltui.checks.side import Side
from ovltui.identity.intent import Intent, Seat
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.topology.links import Link
from ovltui.topology.lookup import Entry, Ip
from ovltui.topology.model import Node

Other = tuple["Home", Intent, Seat | None]
"""An engine, what it intends of a network, and its place in the swarm."""


@dataclass(frozen=True, slots=True)
class Home:
    """An engine, as far as checks need it."""

    url: str
    name: str
    netns: NetnsKey | None
    mntns: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One end of an overlay network, and all that it is compared with."""

    side: Side
    group: str
    """The beginning of the network's id; empty where nobody tells it."""
    home: Home | None
    """The engine that made it."""
    seat: Seat | None
    """That engine's place in the swarm."""
    intent: Intent | None
    """What that engine intends of the network; None where it does not answer."""
    foot: Underfoot | None
    """What was read of the namespace by which it sends."""
    told_ways: tuple[str | None, ...]
    """As ``Scene.ways``, of its namespace and of those attached to it, in this order; None where no way leads."""
    _far: tuple[Side, ...]
    _others: tuple[Other, ...]
    memory: Memory = field(default_factory=Memory)
    """What checks said of it, and what they found out for that."""

    @property
    def key(self) -> NetnsKey:
        """Its namespace."""
        return self.side.key

    @property
    def far(self) -> tuple[Side, ...]:
        """The other visible ends of the same network."""
        note(Part.FAR, self)
        return self._far

    @property
    def others(self) -> tuple[Other, ...]:
        """What other engines intend of it."""
        note(Part.OTHERS, self)
        return self._others

    @property
    def ways(self) -> Mapping[NetnsKey, str]:
        """As ``Scene.ways``, of the namespaces that it consists of."""
        keys = (self.key, *(one.key for one in self.side.attached))
        return {key: way for key, way in zip(keys, self.told_ways, strict=True) if way is not None}

    @property
    def network(self) -> str:
        """What a person calls the network."""
        return (self.intent.name if self.intent else None) or self.side.identity.network or self.side.name

    @property
    def engine(self) -> str:
        """What a person calls its engine."""
        return self.home.name if self.home else ""

    def resolved(self, noted: Noted) -> Reads:
        """Return what notes mean: what was read of any but its own end is of a far one."""
        own = {id(self.side), *map(id, self.side.attached)}
        return frozenset(what if id(one) in own else FAR_OF.get(what, what) for what, one in noted)


@dataclass(frozen=True, slots=True)
class Way:
    """From an underlay to one VTEP."""

    vtep: Ip
    route: Entry | None
    link: Link | None
    """By which it leaves; None where no route leads there."""

    @property
    def header(self) -> int:
        """Bytes that a packet grows by: Ethernet, VXLAN, UDP and IP headers."""
        return 50 if self.vtep.version == _IPV4 else 70


_IPV4 = 4


@dataclass(frozen=True, slots=True, eq=False)
class Underlay:
    """A namespace by which overlay networks send."""

    node: Node
    overlays: tuple[Overlay, ...]
    foot: Underfoot | None
    way: str | None
    """As in ``Scene.ways``."""
    known: dict[str, Way | None]
    """Ways that were looked up before, while the node stays the same."""
    memory: Memory = field(default_factory=Memory)
    """What checks said of it, and what they found out for that."""

    def resolved(self, noted: Noted) -> Reads:
        """Return what notes mean: what was read of any end."""
        return frozenset(what for what, _ in noted)


@dataclass(frozen=True, slots=True, eq=False)
class Tunnel:
    """A vxlan device, of an overlay or of anybody."""

    netns: NetnsKey
    name: str
    """What a person calls that namespace."""
    link: Link
    vni: int
    port: int
    underlay: NetnsKey | None
    """The namespace by which it sends, where that is visible."""
    side: bool
    """Whether it is that of an overlay's namespace."""


def is_sandbox(mount: Mount) -> bool:
    """Return whether a mount is where Docker mounts its namespaces."""
    return mount.path.rpartition("/")[0].endswith("docker/netns")


def prefix(netns: Netns | None) -> str:
    """Return the beginning of the network's id in the name of a mount like ``1-i570yv7rgz``; empty for none."""
    for mount in netns.mounts if netns else ():
        epoch, dash, found = mount.path.rpartition("/")[2].partition("-")
        if is_sandbox(mount) and epoch.isdecimal() and dash and found.isalnum():
            return found
    return ""


def unclaimed(scene: Scene, netns: Netns) -> str:
    """Return why the engine by which a namespace is mounted does not know its network; empty where it may."""
    engines = {view.mntns: view for view in scene.engines if view.answers and view.mntns}
    found, views = prefix(netns), [engines[one.mntns] for one in netns.mounts if one.mntns in engines]
    if not found or not views or any(one.id.startswith(found) for view in views for one in view.networks):
        return ""
    return f"whose network {found} {views[0].name} does not know"
