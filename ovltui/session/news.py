"""What is new of namespaces, names and engines since it was told last.

Source: what a session tells its tap. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ovltui.capture.inputs import Named
from ovltui.identity.model import EngineView, Identity
from ovltui.netns.model import Netns, NetnsKey


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known."""

    netnses: tuple[Netns, ...]
    identities: Mapping[NetnsKey, Identity]
    views: tuple[EngineView, ...]


class News:
    """Remembers what was told; at first, that is nothing."""

    def __init__(self) -> None:
        self._netnses: dict[NetnsKey, Netns] = {}
        self._identities: dict[NetnsKey, Identity] = {}
        self._views: tuple[EngineView, ...] | None = None
        self._gaps: tuple[str, ...] = ()

    def of(self, known: Known, gaps: tuple[str, ...]) -> Named:
        """Return what is new, and remember it."""
        living, identities = {netns.key: netns for netns in known.netnses}, known.identities
        named = Named(
            tuple(living),
            tuple(netns for key, netns in living.items() if _is_new(netns, self._netnses.get(key))),
            tuple(pair for pair in identities.items() if _is_new(pair[1], self._identities.get(pair[0]))),
            known.views if known.views != self._views else None,
            gaps,
            tuple(key for key in self._identities if key not in identities),
        )
        self._netnses, self._identities, self._views, self._gaps = living, dict(identities), known.views, gaps
        return named

    def gaps_changed(self, gaps: tuple[str, ...]) -> Named | None:
        """Return what is new where nothing but what cannot be seen may have changed; None for nothing."""
        if gaps == self._gaps:
            return None
        self._gaps = gaps
        return Named(tuple(self._netnses), (), (), None, gaps)


def _is_new(now: object, before: object) -> bool:
    return now is not before and now != before
