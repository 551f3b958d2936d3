"""Finds the overlay networks of a scene, making again only those that something changed of.

Source: ``Scene``. Pure, but for the index that was made last, which is kept. Incomplete: as ``overlays`` says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import is_

from ovltui.checks.change import is_same_tunnel, is_told_alike, upon, upon_all
from ovltui.checks.ends import group, maker
from ovltui.checks.finding import Finding
from ovltui.checks.looked import Looked, came, noted, touched, went
from ovltui.checks.overlays import Overlay, Tunnel, Underlay
from ovltui.checks.reading import Asked, Memory
from ovltui.checks.scene import Scene
from ovltui.checks.side import Beneath, Side, beneath, side
from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link
from ovltui.topology.model import Node, Topology, Unseen

Find = Asked[Overlay, tuple[Finding, ...]]
Told = dict[int, tuple[Finding, ...]]
"""By identity of the overlay."""


@dataclass(slots=True)
class Index:
    """The overlay networks of a scene."""

    scene: Scene
    overlays: tuple[Overlay, ...] = ()
    underlays: tuple[Underlay, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    """All vxlan devices."""
    devices: dict[int, tuple[Tunnel, ...]] = field(default_factory=dict)
    """The same by identity of the node."""
    noted: dict[int, Looked] = field(default_factory=dict)
    """Namespaces that are sides of overlays, have vxlan devices, or have no name, though they look like Docker's; by
    identity of the node."""
    sides: dict[int, Side] = field(default_factory=dict)
    """By identity of the node."""
    beneath: dict[NetnsKey, Beneath] = field(default_factory=dict)
    """Namespaces by which sides send."""
    by_side: dict[int, Overlay] = field(default_factory=dict)
    """The overlays by identity of the side."""
    told: dict[Find, Told] = field(default_factory=dict)
    """By check: what it says of each overlay of which it says anything."""
    told_before: Mapping[Find, Told] = field(default_factory=dict)
    """The same of the index before, which has all overlays but ``fresh``."""
    fresh: tuple[Overlay, ...] = ()
    """Overlays that the index before does not have."""
    apart: tuple[tuple[Tunnel, str], ...] | None = None
    """Vxlan devices that are none of a living overlay's namespace, with why that belongs to nothing that lives; kept
    while nothing tells otherwise, None where that is to be found out."""

    @property
    def nameless(self) -> Iterator[Node]:
        """Namespaces that look like Docker's, and that no engine knows."""
        return (one.node for one in self.noted.values() if one.nameless)

    def ask(self, find: Find) -> Iterator[Finding]:
        """Yield what a check says of all overlays; only those that are new are asked about."""
        if find not in self.told:
            before = self.told_before.get(find)
            known = {id(one) for one in self.overlays} if before else set()
            told = {number: found for number, found in before.items() if number in known} if before else {}
            for one in self.overlays if before is None else self.fresh:
                if found := find(one):
                    told[id(one)] = found
            self.told[find] = told
        return chain.from_iterable(self.told[find].values())


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
    made, now, then = Index(scene), scene.topology, last.scene.topology
    news = came(now, then)
    gone = went(news, now, then)
    made.noted = noted(last.noted, gone, news)
    changed = frozenset(touched(news, gone))
    _add_sides(made, last, changed)
    _add_tunnels(made, last, changed)
    _add_overlays(made, last)
    made.underlays = tuple(_underlays(made, last))
    made.told_before = last.told
    same = made.tunnels is last.tunnels and _is_found_the_same(scene, last.scene)
    made.apart = last.apart if same else None
    return made


def _add_sides(made: Index, last: Index, changed: frozenset[NetnsKey]) -> None:
    """Add the sides, those of ``last`` where nothing of them changed."""
    topology = made.scene.topology
    still = {id(one) for key, one in last.beneath.items() if _beneath(made, last, key) is one}
    before = {last.noted[number].node.key: one for number, one in last.sides.items() if number not in made.noted}
    for number, one in made.noted.items():
        if (found := one.shape) is None:
            continue
        known = last.sides.get(number)
        if known and id(known.underlay) in still and (not changed or changed.isdisjoint(found.keys)):
            made.sides[number] = known
            continue
        known, below = known or before.get(one.node.key), _beneath(made, last, found.underlay)
        made.sides[number] = side(found, topology, below, known, changed)


def _beneath(made: Index, last: Index, key: NetnsKey | None) -> Beneath | None:
    if key is None or key in made.beneath:
        return None if key is None else made.beneath[key]
    node = made.scene.topology.node(key)
    if node is None:
        return None
    known = last.beneath.get(key)
    fresh = known if known and last.scene.topology.nodes.get(key) is node else beneath(node)
    made.beneath[key] = known if known and known == fresh else fresh
    return made.beneath[key]


def _add_tunnels(made: Index, last: Index, changed: frozenset[NetnsKey]) -> None:
    """Add the vxlan devices, those of ``last`` where nothing of them changed."""
    unsure = {id(one) for one in last.tunnels if one.underlay is None or (changed and one.underlay in changed)}
    before = {last.noted[one].node.key: found for one, found in last.devices.items() if one not in made.noted}
    for number, one in made.noted.items():
        if one.vxlans:
            known = last.devices.get(number)
            if known is None or (unsure and not unsure.isdisjoint(map(id, known))):
                fresh = tuple(_tunnel(made.scene.topology, one, link) for link in one.vxlans)
                old = known or before.get(one.node.key, ())
                known = old if len(old) == len(fresh) and all(map(is_same_tunnel, old, fresh)) else fresh
            made.devices[number] = known
    tunnels = tuple(chain.from_iterable(made.devices.values()))
    made.tunnels = last.tunnels if _are(tunnels, last.tunnels) else tunnels


def _tunnel(topology: Topology, one: Looked, link: Link) -> Tunnel:
    key, of_side = topology.underlay(link.key), one.shape is not None and one.shape.vxlan is link
    underlay = None if isinstance(key, Unseen) else key
    vni, port = (link.vxlan.vni, link.vxlan.port) if link.vxlan else (0, 0)
    return Tunnel(one.node.key, one.node.name, link, vni, port, underlay, of_side)


def _add_overlays(made: Index, last: Index) -> None:
    """Add the overlays, those of ``last`` where nothing of their network changed."""
    scene, before = made.scene, last.by_side
    sides = {id(one): one for one in made.sides.values()}
    known = before if _is_told_the_same(scene, last.scene) else {}
    news, lost = sides.keys() - known.keys(), before.keys() - sides.keys()
    if known and not news and not lost:
        made.overlays, made.by_side = last.overlays, before
        return
    groups = {number: group(sides[number], scene) for number in news}
    changed = {*groups.values(), *(before[number].group for number in lost)}
    asked = {number: one for number, one in sides.items() if number not in known or before[number].group in changed}
    groups |= {number: before[number].group for number in asked.keys() - groups.keys()}
    by_key = {overlay.key: overlay for overlay in last.overlays if not known or overlay.group in changed}
    make = maker(scene, tuple(asked.values()), groups)
    fresh = {number: _overlay(make(one), by_key.get(one.key), last) for number, one in asked.items()}
    made.by_side = {number: fresh.get(number) or before[number] for number in sides}
    made.overlays = tuple(made.by_side.values())
    kept = {id(one) for one in by_key.values()}
    made.fresh = tuple(one for one in fresh.values() if id(one) not in kept)


def _overlay(fresh: Overlay, old: Overlay | None, last: Index) -> Overlay:
    """Return an overlay, that of before itself where nothing of it changed."""
    if old is None:
        return fresh
    found = any(id(old) in told for told in last.told.values())
    return old if _same(old, fresh, found=found) else replace(fresh, memory=upon(old, fresh))


def _is_told_the_same(now: Scene, before: Scene) -> bool:
    """Whether all that is known beside the topology is the same as before."""
    whole = ((now.netnses, before.netnses), (now.ways, before.ways), (now.underfoot, before.underfoot))
    lists = ((now.engines, before.engines), (now.intents, before.intents), (now.seats, before.seats))
    return all(one is other for one, other in whole) and all(_are(*pair) for pair in lists)


def _is_found_the_same(now: Scene, before: Scene) -> bool:
    return now.netnses is before.netnses and _are(now.engines, before.engines)


def _are(now: Sequence[object], before: Sequence[object]) -> bool:
    return now is before or (len(now) == len(before) and all(map(is_, now, before)))


def _same(before: Overlay, now: Overlay, *, found: bool) -> bool:
    """Whether nothing changed; an answer that an engine gave again is a change only where something was found."""
    if before.side is not now.side or not _are(before.far, now.far) or not is_told_alike(before, now):
        return False
    intents = [[one.intent, *(intent for _, intent, _ in one.others)] for one in (before, now)]
    if _are(*intents):
        return True
    undated = [[intent and replace(intent, asked_ns=0) for intent in each] for each in intents]
    return not found and undated[0] == undated[1]


def _underlays(made: Index, last: Index) -> Iterator[Underlay]:
    found: dict[int, list[Overlay]] = {id(one): [] for one in made.beneath.values()}
    for overlay in made.overlays:
        if below := overlay.side.underlay:
            found[id(below)].append(overlay)
    before = {id(one.node): one for one in last.underlays}
    for below in made.beneath.values():
        node = made.scene.topology.nodes[below.key]
        if found[id(below)]:
            yield _underlay(made.scene, node, found[id(below)], before.get(id(node)))


def _underlay(scene: Scene, node: Node, overlays: Iterable[Overlay], before: Underlay | None) -> Underlay:
    foot, way, own = scene.underfoot.get(node.key), scene.ways.get(node.key), tuple(overlays)
    if before is None:
        return Underlay(node, own, foot, way, {})
    same = (before.foot, before.way) == (foot, way)
    if same and _are(before.overlays, own):
        return before
    return replace(before, overlays=own, foot=foot, way=way, memory=upon_all(before, own) if same else Memory())
