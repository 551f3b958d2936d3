"""What a namespace was to Docker stays its name for a moment after Docker forgot it: it is being taken apart.

Source: identities before and after something changed. Pure but for the clock. Incomplete: a namespace that lives on
without its container, since something else holds it, is called after that only ``LINGER_S`` later; where another one
bears the name by then, at once.
"""

from collections.abc import Mapping
from time import monotonic

from ovltui.identity.model import Identity
from ovltui.netns.model import NetnsKey

LINGER_S = 2.0
"""Seconds: Docker takes a tenth of one to unmount what it forgot."""


class Farewell:
    """Identities that linger; one thread at a time asks."""

    def __init__(self) -> None:
        self._since: dict[NetnsKey, float] = {}

    @property
    def pending(self) -> bool:
        """Whether an identity lingers, so that it must be looked at again."""
        return bool(self._since)

    def hold(self, before: Mapping[NetnsKey, Identity], fresh: Mapping[NetnsKey, Identity]) -> dict[NetnsKey, Identity]:
        """Return what the namespaces of ``fresh`` are, those that Docker forgot just now as they were ``before``."""
        now, names = monotonic(), {identity.name for identity in fresh.values()}
        lost = {
            key
            for key, identity in fresh.items()
            if key in before and _is_forgotten(before[key], identity) and before[key].name not in names
        }
        self._since = {key: self._since.get(key, now) for key in lost}
        lingers = {key for key, since in self._since.items() if now - since < LINGER_S}
        self._since = {key: since for key, since in self._since.items() if key in lingers}
        return {key: before[key] if key in lingers else identity for key, identity in fresh.items()}


def _is_forgotten(before: Identity, now: Identity) -> bool:
    return (before.container_id is not None and now.container_id is None) or (
        before.network_id is not None and now.network_id is None
    )
