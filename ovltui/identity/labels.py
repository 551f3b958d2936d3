"""A short name for each engine, by which two of them can be told apart.

Source: the engines' own names, names in /run/netns, socket paths, ids. Pure. Incomplete: a label is unique
among the engines known at that moment, and may become longer when another engine appears.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from ovltui.identity.model import EngineView
from ovltui.identity.sandboxes import names
from ovltui.netns.model import Netns, NetnsKey

_MIN_ID = 4
"""Characters of an engine's id that a label shows at least."""


def distinct(views: Iterable[EngineView]) -> tuple[EngineView, ...]:
    """Return each engine once, though it may be reached in several ways: by the view that tells most."""
    first: dict[str, EngineView] = {}
    for view in sorted(views, key=lambda view: (not view.answers, view.mntns is None)):
        first.setdefault(view.id or view.url, view)
    return tuple(first.values())


def labels(views: Iterable[EngineView], netnses: Iterable[Netns]) -> dict[str, str]:
    """Return a label for each engine, by its URL; an engine reached in two ways has one label."""
    views = tuple(views)
    engines = distinct(views)
    places = {netns.key: (names(netns) or ("",))[0] for netns in netnses if not netns.own}
    found = {view.url: view.label for view in engines if view.label}
    for choose in (_by_name, _by_netns(places), _by_name, _by_directory, _by_id, _by_url):
        rest = tuple(view for view in engines if view.url not in found)
        wanted = {view.url: choose(view, rest) for view in rest}
        counts = Counter((*wanted.values(), *found.values()))
        found.update({url: label for url, label in wanted.items() if label and counts[label] == 1})
    for view in engines:
        if view.url not in found:
            found[view.url] = _free(view.url, set(found.values()))
    by_id = {view.id: found[view.url] for view in engines if view.id}
    return {view.url: found.get(view.url) or by_id[view.id] for view in views}


Choose = Callable[[EngineView, Sequence[EngineView]], str]
"""Returns what to call an engine among those that have no label yet; empty for nothing."""


def _by_name(view: EngineView, _rest: Sequence[EngineView]) -> str:
    return view.name


def _by_netns(places: Mapping[NetnsKey, str]) -> Choose:
    def choose(view: EngineView, _rest: Sequence[EngineView]) -> str:
        return places.get(view.netns, "") if view.netns else ""

    return choose


def _by_directory(view: EngineView, rest: Sequence[EngineView]) -> str:
    """Return the shortest part of its path that no other path has, the nearest to the socket among equals."""
    others = {part for other in rest if other is not view for part in _parts(other)}
    own = [part for part in reversed(_parts(view)) if part not in others]
    return min(own, key=len, default="")


def _parts(view: EngineView) -> list[str]:
    return [part for part in view.url.partition("://")[2].split("/") if part]


def _by_id(view: EngineView, rest: Sequence[EngineView]) -> str:
    others = [other.id for other in rest if other is not view]
    lengths = range(min(_MIN_ID, len(view.id)), len(view.id) + 1)
    return next((view.id[:n] for n in lengths if not any(o.startswith(view.id[:n]) for o in others)), "")


def _by_url(view: EngineView, _rest: Sequence[EngineView]) -> str:
    return view.url


def _free(label: str, taken: set[str]) -> str:
    """Return ``label``, longer if another engine calls itself so."""
    while label in taken:
        label += "+"
    return label
