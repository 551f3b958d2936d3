"""Which findings follow from others and are left out beside them, so that one cause is told once.

Source: what each check explains (``table``), and which namespaces belong together: an overlay's, those attached to
it, that by which it sends, and the far ends with theirs. Pure. Incomplete: a second fault of an explained kind in the
same network is told once the first one is mended.
"""

from collections.abc import Iterable, Mapping
from itertools import chain

from ovltui.checks.finding import Finding
from ovltui.checks.index import Index
from ovltui.netns.model import NetnsKey


def sifted(found: Iterable[Finding], explains: Mapping[str, tuple[str, ...]], index: Index) -> tuple[Finding, ...]:
    """Return the findings that no other one explains.

    Args:
        found: all of them.
        explains: by name of a check, those whose findings follow from its own.
        index: of the same scene.
    """
    found = tuple(found)
    causes = [one for one in found if explains.get(one.check)]
    doubtful = set(chain.from_iterable(explains[one.check] for one in causes))
    if doubtful.isdisjoint(one.check for one in found):
        return found
    near = _near(index)
    return tuple(one for one in found if not any(_follows(one, cause, explains, near) for cause in causes))


def _follows(
    one: Finding,
    cause: Finding,
    explains: Mapping[str, tuple[str, ...]],
    near: Mapping[NetnsKey, set[NetnsKey]],
) -> bool:
    if one is cause or one.check not in explains[cause.check]:
        return False
    if one.netns is None or cause.netns is None or one.netns == cause.netns:
        return True
    return cause.netns in near.get(one.netns, ())


def _near(index: Index) -> dict[NetnsKey, set[NetnsKey]]:
    """Return which namespaces belong to each."""
    found: dict[NetnsKey, set[NetnsKey]] = {}
    for overlay in index.overlays:
        sides = (overlay.side, *overlay.far)
        beneath = {side.underlay.key for side in sides if side.underlay} | {overlay.key}
        found.setdefault(overlay.key, set()).update(beneath)
        for side in sides:
            if side.underlay:
                found.setdefault(side.underlay.key, set()).update(beneath)
        for one in overlay.side.attached:
            found.setdefault(one.key, set()).update(beneath)
    return found
