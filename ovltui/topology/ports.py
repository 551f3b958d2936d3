"""Bridge ports, and slaves of bonds, teams and vrfs: which link is above them.

Source: IFLA_MASTER, which counts in the same namespace. Pure. Incomplete: nothing.
"""

from collections.abc import Iterator

from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Join, JoinKind
from ovltui.topology.place import Place


def joins(place: Place, link: Link) -> Iterator[Join]:
    """Yield the tie of a link to its master."""
    if link.master:
        yield Join(JoinKind.PORT, link.key, LinkKey(place.key, link.master))
