"""Lookups that miss again and again: somebody keeps sending to an address that vxlan0 does not know.

Source: misses as the session counts them (``Scene.misses``). Pure. Incomplete: silent where nobody counts.
"""

import re
from collections.abc import Iterator

from ovltui.checks.finding import Evidence, Finding, Severity, Trace
from ovltui.checks.index import index
from ovltui.checks.scene import Scene
from ovltui.events.vocabulary import Object

PAGE = """\
Counted: lookups of vxlan0 that missed (ip monitor neigh: miss) within the last minute, by address. Told from the
tenth on, where no other check tells of that address: somebody keeps sending to a member that is gone, or never was.
Can be wrong: where somebody scans the network on purpose.
People met it: moby#52661, forum classics."""
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
MANY = 10
"""Misses in a minute."""


def find(scene: Scene) -> Iterator[Finding]:
    """Find addresses that are looked up in vain."""
    sides = {overlay.key: overlay for overlay in index(scene).overlays} if scene.misses else {}
    for (netns, ifindex, address), count in scene.misses.items():
        overlay = sides.get(netns)
        vxlan = overlay.side.vxlan if overlay else None
        if overlay is None or vxlan is None or vxlan.key.ifindex != ifindex or count < MANY:
            continue
        what = Object.FDB if _MAC.fullmatch(address) else Object.NEIGH
        yield Finding(
            check="misses-repeat",
            severity=Severity.NOTE,
            netns=netns,
            link=vxlan.key,
            subject=address,
            says=f"{vxlan.ifname} of {overlay.side.name} is asked for {address} again and again, and does not know it.",
            consequence="whoever sends to it gets no answer.",
            evidence=(Evidence(f"ip monitor neigh in {overlay.side.name}", f"{count} misses of {address}"),),
            traces=(Trace(netns, what, gone=False, ifindex=ifindex, holds=(address,)),),
        )
