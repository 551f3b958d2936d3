"""Finds the overlay networks of a scene, making again only those that something changed of.

Source: ``Scene``. Pure, but for the index that was made last, which is kept. Incomplete: as ``overlays`` says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from ovltui.checks.ends import group, maker
from ovltui.checks.finding import Finding
from ovltui.checks.overlays import Overlay, Tunnel, Underlay
from ovltui.checks.scene import Scene
from ovltui.checks.side import Beneath, Shape, Side, beneath, shape, side
from ovltui.identity.model import Kind
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link
from ovltui.topology.model import Node, Topology, Unseen
from ovltui.topology.place import Place

_REMEMBERED = frozenset((Table.NEIGHBOURS, Table.FDB))
"""Tables in which others are remembered, which change all the time."""
Told = dict[int, tuple[Finding, ...]]
"""By identity of the overlay."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What one namespace is, by its own tables."""

    node: Node
    shape: Shape | None
    vxlans: tuple[Link, ...]
    nameless: bool
    """Whether it looks like one of Docker's, and no engine knows it."""

    @property
    def is_noted(self) -> bool:
        """Whether checks have to do with it by itself."""
        return bool(self.shape or self.vxlans or self.nameless)


@dataclass(slots=True)
class Index:
    """The overlay networks of a scene."""

    scene: Scene
    overlays: tuple[Overlay, ...] = ()
    underlays: tuple[Underlay, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    """All vxlan devices."""
    looked: dict[int, Looked] = field(default_factory=dict)
    """By identity of the node."""
    noted: dict[int, Looked] = field(default_factory=dict)
    """Those of them that are sides of overlays, have vxlan devices, or have no name, though they look like Docker's."""
    sides: dict[int, Side] = field(default_factory=dict)
    """By identity of the node."""
    beneath: dict[NetnsKey, Beneath] = field(default_factory=dict)
    """Namespaces by which sides send."""
    told: dict[str, Told] = field(default_factory=dict)
    """By check: what it says of each overlay of which it says anything."""
    told_before: Mapping[str, Told] = field(default_factory=dict)
    """The same of the index before, which has all overlays but ``fresh``."""
    fresh: tuple[Overlay, ...] = ()
    """Overlays that the index before does not have."""

    @property
    def nameless(self) -> Iterator[Node]:
        """Namespaces that look like Docker's, and that no engine knows."""
        return (one.node for one in self.noted.values() if one.nameless)

    dead: dict[NetnsKey, str] = field(default_factory=dict)
    """Why a namespace with a vxlan device belongs to nothing that lives; kept while nothing told otherwise."""
    twins: dict[int, int] = field(default_factory=dict)
    """By identity of a fresh overlay: that of the one before, from which it differs by its far ends alone."""

    def ask(self, name: str, find: Callable[[Overlay], Iterable[Finding]], *, far: bool) -> Iterator[Finding]:
        """Yield what a check says of all overlays; only those that are new are looked at.

        Args:
            name: of the check.
            find: the check.
            far: whether it looks at the far ends.
        """
        if name not in self.told:
            before = self.told_before.get(name)
            asked = self.overlays if before is None else self.fresh
            known = {id(one): one for one in self.overlays} if before else {}
            kept = {number: found for number, found in (before or {}).items() if number in known}
            twins = {} if far or before is None else self.twins
            told = before or {}
            news = {id(one): told.get(twins[id(one)], ()) if id(one) in twins else tuple(find(one)) for one in asked}
            self.told[name] = kept | {number: found for number, found in news.items() if found}
        return chain.from_iterable(self.told[name].values())


class Indexer:
    """Keeps the index that was made last."""

    def __init__(self) -> None:
        self._last = Index(Scene(Topology()))

    def index(self, scene: Scene) -> Index:
        """Return the index of a scene, made of parts of the one before where nothing changed."""
        last = self._last
        if last.scene is not scene:
            last = self._last = _indexed(scene, last)
        return last


_INDEXER = Indexer()


def index(scene: Scene) -> Index:
    """Return the overlay networks of a scene."""
    return _INDEXER.index(scene)


def _indexed(scene: Scene, last: Index) -> Index:
    made, old = Index(scene), last.looked
    now, then = scene.topology, last.scene.topology
    nodes = {id(node): node for node in now.besides(then)}
    news, gone = nodes.keys() - old.keys(), {id(node) for node in then.besides(now)} - nodes.keys()
    made.looked = _without(old, gone) | {number: _look(nodes[number]) for number in news}
    notes = {number: one for number in news if (one := made.looked[number]).is_noted}
    made.noted = _without(last.noted, gone) | notes
    touched = set(_touched([made.looked[number].node for number in news], [old[number].node for number in gone]))
    _add_sides(made, last, touched)
    tunnels = tuple(_tunnels(made, last, touched))
    made.tunnels = last.tunnels if _are(tunnels, last.tunnels) else tunnels
    made.overlays = tuple(_overlays(made, last))
    made.underlays = tuple(_underlays(made, last))
    before = {id(overlay) for overlay in last.overlays}
    made.fresh = tuple(overlay for overlay in made.overlays if id(overlay) not in before)
    made.told_before = last.told
    made.dead = last.dead if _is_found_the_same(scene, last.scene) else {}
    return made


def _touched(news: Iterable[Node], gone: Iterable[Node]) -> Iterator[NetnsKey]:
    """Yield namespaces that changed in more than what they remember of their neighbours."""
    before = {node.key: node for node in gone}
    for node in news:
        old = before.pop(node.key, None)
        if old is None or not _alike(old.place, node.place):
            yield node.key
    yield from before


def _alike(old: Place, new: Place) -> bool:
    if (old.identity, old.sights, old.contents.gaps) != (new.identity, new.sights, new.contents.gaps):
        return False
    tables = old.contents.messages.keys() | new.contents.messages.keys()
    if (old.contents.read_ns is None) != (new.contents.read_ns is None):
        return False
    return all(old.contents.messages.get(one) == new.contents.messages.get(one) for one in tables - _REMEMBERED)


def _add_sides(made: Index, last: Index, touched: set[NetnsKey]) -> None:
    """Add the sides, those of ``last`` where nothing of them changed."""
    topology = made.scene.topology
    for number, one in made.noted.items():
        if one.shape:
            below = _beneath(made, last, one.shape.underlay)
            known = last.sides.get(number)
            same = known is not None and touched.isdisjoint(one.shape.keys) and _is_still(known.underlay, below)
            made.sides[number] = known if known is not None and same else side(one.shape, topology, below)


def _is_still(before: Beneath | None, now: Beneath | None) -> bool:
    return before is now or before == now


def _beneath(made: Index, last: Index, key: NetnsKey | None) -> Beneath | None:
    if key is None or key in made.beneath:
        return None if key is None else made.beneath[key]
    node = made.scene.topology.node(key)
    if node is None:
        return None
    same = key in last.beneath and id(node) in last.looked
    made.beneath[key] = last.beneath[key] if same else beneath(node)
    return made.beneath[key]


def _without(known: dict[int, Looked], gone: Iterable[int]) -> dict[int, Looked]:
    kept = known.copy()
    for number in gone:
        kept.pop(number, None)
    return kept


def _look(node: Node) -> Looked:
    identity = node.place.identity
    known = identity.container or identity.network_id
    nameless = identity.kind in (Kind.CONTAINER, Kind.OVERLAY) and not known
    return Looked(node, shape(node), tuple(link for link in node.links.values() if link.vxlan), nameless)


def _tunnels(made: Index, last: Index, touched: set[NetnsKey]) -> Iterator[Tunnel]:
    before = {id(tunnel.link): tunnel for tunnel in last.tunnels}
    unsure = {None, *touched}
    for one in made.noted.values():
        for link in one.vxlans:
            known = before.get(id(link))
            same = known is not None and known.name == one.node.name and known.underlay not in unsure
            yield known if known is not None and same else _tunnel(made.scene.topology, one, link)


def _tunnel(topology: Topology, one: Looked, link: Link) -> Tunnel:
    key, of_side = topology.underlay(link.key), one.shape is not None and one.shape.vxlan is link
    underlay = None if isinstance(key, Unseen) else key
    vni, port = (link.vxlan.vni, link.vxlan.port) if link.vxlan else (0, 0)
    return Tunnel(one.node.key, one.node.name, link, vni, port, underlay, of_side)


def _overlays(made: Index, last: Index) -> Iterator[Overlay]:
    """Yield the overlays, those of ``last`` where nothing of their network changed."""
    scene, sides = made.scene, made.sides.values()
    before = {id(overlay.side): overlay for overlay in last.overlays}
    quiet = _is_told_the_same(scene, last.scene)
    if quiet and _are([*sides], [overlay.side for overlay in last.overlays]):
        yield from last.overlays
        return
    kept = {number: overlay.group for number, overlay in before.items() if quiet}
    groups = {id(one): kept.get(id(one)) or group(one, scene) for one in sides}
    changed = {groups[number] for number in groups.keys() - before.keys()}
    changed |= {before[number].group for number in before.keys() - groups.keys()}
    make: Callable[[Side], Overlay] | None = None
    wrong = {number for told in last.told.values() for number in told}
    by_key = {overlay.key: overlay for overlay in last.overlays if not quiet or overlay.group in changed}
    for one in sides:
        known = before.get(id(one))
        if quiet and known and known.group not in changed:
            yield known
            continue
        make = make or maker(scene, [each for each in sides if not quiet or groups[id(each)] in changed], groups)
        fresh = make(one)
        old = by_key.get(fresh.key)
        own = old is not None and _is_alike(old, fresh)
        if old and own and _same(old, fresh, found=id(old) in wrong):
            yield old
            continue
        if old and own and old.intent is fresh.intent:
            made.twins[id(fresh)] = id(old)
        yield fresh


def _is_told_the_same(now: Scene, before: Scene) -> bool:
    """Whether all that is known beside the topology is the same as before."""
    whole = ((now.netnses, before.netnses), (now.ways, before.ways), (now.underfoot, before.underfoot))
    lists = ((now.engines, before.engines), (now.intents, before.intents), (now.seats, before.seats))
    return all(one is other for one, other in whole) and all(_are(*pair) for pair in lists)


def _is_found_the_same(now: Scene, before: Scene) -> bool:
    return now.netnses is before.netnses and _are(now.engines, before.engines)


def _are(now: Sequence[object], before: Sequence[object]) -> bool:
    return now is before or (len(now) == len(before) and all(map(_is, now, before)))


def _is(left: object, right: object) -> bool:
    return left is right


def _is_alike(before: Overlay, now: Overlay) -> bool:
    """Whether two differ by their far ends and by what engines intend at most."""
    told = (before.home, before.seat, before.foot, before.ways) == (now.home, now.seat, now.foot, now.ways)
    return before.side is now.side and told


def _same(before: Overlay, now: Overlay, *, found: bool) -> bool:
    """Whether nothing changed; an answer that an engine gave again is a change only where something was found."""
    if not _are(before.far, now.far):
        return False
    intents = [[one.intent, *(intent for _, intent, _ in one.others)] for one in (before, now)]
    if _are(*intents):
        return True
    undated = [[intent and replace(intent, asked_ns=0) for intent in each] for each in intents]
    return not found and undated[0] == undated[1]


def _underlays(made: Index, last: Index) -> Iterator[Underlay]:
    found: dict[NetnsKey, list[Overlay]] = {}
    for overlay in made.overlays:
        if overlay.side.underlay:
            found.setdefault(overlay.side.underlay.key, []).append(overlay)
    before = {id(one.node): one for one in last.underlays}
    for key, overlays in found.items():
        node = made.scene.topology.nodes[key]
        yield _underlay(made.scene, node, overlays, before.get(id(node)))


def _underlay(scene: Scene, node: Node, overlays: Iterable[Overlay], before: Underlay | None) -> Underlay:
    foot, way, own = scene.underfoot.get(node.key), scene.ways.get(node.key), tuple(overlays)
    if before and (before.foot, before.way) == (foot, way) and _are(before.overlays, own):
        return before
    return Underlay(node, own, foot, way, before.known if before else {})
