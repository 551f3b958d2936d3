"""The way beneath a tunnel: by which link of the underlay each VTEP is reached.

Source: routes and links of the underlay's namespace. Pure; what was looked up is kept with the ``Underlay``.
Incomplete: as ``topology.lookup``; filters are not looked at here.
"""

from ovltui.checks.overlays import Overlay, Underlay, Way
from ovltui.checks.reading import remembered
from ovltui.topology.lookup import out_of, parsed, route
from ovltui.topology.model import Node


@remembered
def vteps(overlay: Overlay) -> tuple[str, ...]:
    """Return the addresses to which an overlay sends, by its tables, or by what its engine intends; without our own."""
    rows = (str(entry.fields["dst"]) for found in overlay.side.rows.tunnels.values() for entry in found)
    members = overlay.intent.members if overlay.intent else ()
    told = (member.host for member in members if member.host and not member.local)
    own = overlay.side.vteps
    return tuple(dict.fromkeys(one for one in (*rows, *told) if one not in own))


def way(underlay: Underlay, vtep: str) -> Way | None:
    """Return the way to a VTEP; None for what is no address."""
    if vtep not in underlay.known:
        underlay.known[vtep] = _way(underlay.node, vtep)
    return underlay.known[vtep]


def _way(node: Node, vtep: str) -> Way | None:
    to = parsed(vtep)
    if to is None:
        return None
    found = route(node, to)
    return Way(to, found, node.links.get(out_of(found)) if found else None)


@remembered
def ways(underlay: Underlay) -> tuple[Way, ...]:
    """Return the way to each VTEP of the overlays that send by a namespace."""
    wanted = sorted(set().union(*map(vteps, underlay.overlays)))
    return tuple(found for vtep in wanted if (found := way(underlay, vtep)))
