"""By what an overlay differs from that in the place of which it came, so that what rests on none of it stands.

Source: the two overlays. Pure. Incomplete: what differs by more than ``reading.Part`` names is another overlay, of
which all is asked anew; a part that was made again counts as changed, though it may say the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from ovltui.checks.overlays import Overlay, Tunnel, Underlay
from ovltui.checks.reading import FAR_OF, NEAR_OF, Memory, Part
from ovltui.checks.side import REMEMBERED, Attached, Side
from ovltui.topology.place import Place

Parts = frozenset[Part]
_NONE: Parts = frozenset()
_FAR: Parts = frozenset((Part.FAR, *FAR_OF.values()))


def _all_of(kind: type[Any], *apart: str) -> Callable[[Any], Any]:
    """Return what reads all fields of a dataclass but those that are a ``Part`` and are compared apart."""
    return attrgetter(*(one.name for one in fields(kind) if one.name not in apart))


_OF_OVERLAY = _all_of(Overlay, "side", "_far", "_others", "memory")
_OF_SIDE = _all_of(Side, "attached", "_node", "_rows")
_OF_ATTACHED = _all_of(Attached, "_node")
_OF_TUNNEL = _all_of(Tunnel)
_BUT_INTENT = _all_of(Overlay, "side", "intent", "_far", "_others", "memory")


def upon(before: Overlay, now: Overlay) -> Memory:
    """Return what may still stand of what was found of the overlay before."""
    own = _of_side(before.side, now.side) if _OF_OVERLAY(before) == _OF_OVERLAY(now) else None
    if own is None:
        return Memory()
    others = _NONE if before.others == now.others else frozenset((Part.OTHERS,))
    return Memory(before=before.memory.kept, changed=own | _of_far(before.far, now.far) | others)


def _of_far(before: Sequence[Side], now: Sequence[Side]) -> Parts:
    found: set[Part] = set()
    for one, other in zip(before, now, strict=False):
        changed = _of_side(one, other)
        if changed is None:
            return _FAR
        found.update(FAR_OF[part] for part in changed)
    return frozenset(found) if len(before) == len(now) else _FAR


def _of_side(before: Side, now: Side) -> Parts | None:
    """Return the parts by which an end differs; None for more than these."""
    if before is now:
        return _NONE
    if _OF_SIDE(before) != _OF_SIDE(now) or len(before.attached) != len(now.attached):
        return None
    other = [pair for pair in zip(before.attached, now.attached, strict=True) if pair[0] is not pair[1]]
    if any(_OF_ATTACHED(one) != _OF_ATTACHED(another) for one, another in other):
        return None
    changed = (
        (Part.ROWS, before.rows is not now.rows),
        (Part.TABLES, before.node is not now.node),
        (Part.INSIDE, any(one.node is not another.node for one, another in other)),
    )
    return frozenset(part for part, is_changed in changed if is_changed)


def upon_all(before: Underlay, overlays: Sequence[Overlay]) -> Memory:
    """Return what may still stand of what was found of an underlay.

    Args:
        before: the same namespace at the look before, with the same tables, filters and sockets.
        overlays: which send by it now.
    """
    pairs = [pair for pair in zip(before.overlays, overlays, strict=False) if pair[0] is not pair[1]]
    if len(before.overlays) != len(overlays) or any(now.memory.before is not one.memory.kept for one, now in pairs):
        return Memory()
    changed = frozenset(NEAR_OF.get(part, part) for _, now in pairs for part in now.memory.changed)
    return Memory(before=before.memory.kept, changed=changed, over=tuple(now for _, now in pairs))


def is_told_alike(before: Overlay, now: Overlay) -> bool:
    """Return whether the same is known of two, beside tables and what engines intend."""
    return bool(_BUT_INTENT(before) == _BUT_INTENT(now))


def is_same_tunnel(before: Tunnel, now: Tunnel) -> bool:
    """Return whether nothing that is known of a vxlan device changed."""
    return bool(_OF_TUNNEL(before) == _OF_TUNNEL(now))


def is_alike(old: Place, new: Place) -> bool:
    """Return whether a namespace differs at most by what it remembers of its neighbours."""
    before, now = old.contents, new.contents
    if (old.identity, old.sights, before.gaps) != (new.identity, new.sights, now.gaps):
        return False
    if (before.read_ns is None) != (now.read_ns is None):
        return False
    tables = before.messages.keys() | now.messages.keys()
    return all(before.messages.get(one) == now.messages.get(one) for one in tables - REMEMBERED)
