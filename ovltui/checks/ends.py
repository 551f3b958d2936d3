"""Makes an overlay of each side: with its far ends, the engine that made it, and what engines intend of its network.

Source: ``Scene``. Pure. Incomplete: as ``overlays`` says.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from ovltui.checks.overlays import Home, Overlay, is_sandbox, prefix
from ovltui.checks.scene import Scene
from ovltui.checks.side import Side
from ovltui.identity.intent import Intent

_ENOUGH = 9
"""Characters of a network's id that the name of a mount has at least."""


def maker(scene: Scene, sides: Sequence[Side], groups: Mapping[int, str]) -> Callable[[Side], Overlay]:
    """Return what makes an overlay of a side.

    Args:
        scene: all that is known.
        sides: all of the networks in question.
        groups: by identity of the side, the beginning of its network's id.
    """
    homes = tuple(_homes(scene))
    urls, seats = {home.url: home for home in homes}, {seat.url: seat for seat in scene.seats}
    ends: dict[str, list[Side]] = {}
    for one in sides:
        ends.setdefault(groups[id(one)], []).append(one)
    intents = _by_group(scene.intents, urls, ends)

    def make(one: Side) -> Overlay:
        own = groups[id(one)]
        home = _home(one, homes, scene)
        told = intents.get(own, []) if own else []
        return Overlay(
            side=one,
            group=own,
            home=home,
            seat=seats.get(home.url) if home else None,
            intent=next((intent for intent in told if home and intent.url == home.url), None),
            foot=scene.underfoot.get(one.underlay.key) if one.underlay else None,
            told_ways=tuple(map(scene.ways.get, (one.key, *(attached.key for attached in one.attached)))),
            _far=tuple(other for other in ends[own] if own and other is not one and _elsewhere(one, other)),
            _others=tuple(
                (urls[intent.url], intent, seats.get(intent.url))
                for intent in told
                if not home or intent.url != home.url
            ),
        )

    return make


def _by_group(intents: Iterable[Intent], urls: Container[str], groups: Container[str]) -> dict[str, list[Intent]]:
    found: dict[str, list[Intent]] = {}
    for intent in intents:
        own = intent.network[:_ENOUGH]
        if own in groups and intent.url in urls:
            found.setdefault(own, []).append(intent)
    return found


def _homes(scene: Scene) -> Iterator[Home]:
    """Yield the engines that answer, those of one name by the name of the namespace that each runs in."""
    names = Counter(view.name for view in scene.engines)
    for view in scene.engines:
        node = scene.topology.node(view.netns)
        name = node.name if node and names[view.name] > 1 else view.name
        if view.answers:
            yield Home(view.url, name, view.netns, view.mntns)


def _elsewhere(one: Side, other: Side) -> bool:
    """Whether two ends may be of different machines: they do not send by the same namespace."""
    return one.underlay is None or other.underlay is None or one.underlay.key != other.underlay.key


def group(one: Side, scene: Scene) -> str:
    """Return the beginning of the id of a side's network, as an engine or its mount tells; empty for none."""
    told = one.identity.network_id or prefix(scene.netnses.get(one.key))
    return told[:_ENOUGH]


def _home(one: Side, homes: Sequence[Home], scene: Scene) -> Home | None:
    """Return the engine that made a side: the one in whose mount namespace it is mounted, else where it sends.

    Only Docker mounts below ``docker/netns``; elsewhere anybody does, also beside an engine.
    """
    netns = scene.netnses.get(one.key)
    mounted = {mount.mntns for mount in netns.mounts if is_sandbox(mount)} if netns else set()
    label = one.identity.engine
    found = [home for home in homes if home.mntns in mounted]
    found = found or [home for home in homes if one.underlay and home.netns == one.underlay.key]
    named = [home for home in found if home.name == label]
    return found[0] if len(found) == 1 else named[0] if len(named) == 1 else None
