"""Walking through a drawing: from a thing to the next one.

Source: ``Drawing``. Pure. Incomplete: nothing.
"""

from collections.abc import Iterable

from ovltui.topology.draw.model import Drawing, Spot, Thing


def beside(drawing: Drawing, thing: Thing, way: int) -> Thing:
    """Return what a thing is wired to at its right (``way`` 1) or left (-1); else the nearest there, else itself."""
    here = drawing.spots[thing]
    wired = [drawing.spots[one] for one in here.wired if one in drawing.spots]
    for several in (wired, drawing.spots.values()):
        there = [spot for spot in several if (spot.lane - here.lane) * way > 0]
        if there:
            nearest = min((spot.lane for spot in there), key=lambda lane: abs(lane - here.lane))
            return _nearest(here, (spot for spot in there if spot.lane == nearest or several is wired))
    return thing


def above(drawing: Drawing, thing: Thing, way: int) -> Thing:
    """Return the next thing of the same column below (``way`` 1) or above (-1); else of any column, else itself."""
    here = drawing.spots[thing]
    there = [spot for spot in drawing.spots.values() if (spot.y - here.y) * way > 0]
    same = [spot for spot in there if spot.lane == here.lane]
    if not there:
        return thing
    return min(same or there, key=lambda spot: (abs(spot.y - here.y), abs(spot.x - here.x))).item.thing


def first(drawing: Drawing) -> Thing | None:
    """Return where a walk begins."""
    return next(iter(drawing.spots), None)


def _nearest(here: Spot, several: Iterable[Spot]) -> Thing:
    return min(several, key=lambda spot: (abs(spot.y - here.y), abs(spot.x - here.x))).item.thing
