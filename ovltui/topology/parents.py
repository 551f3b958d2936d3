"""Links that stand on another: vlan, macvlan, ipvlan and whatever else names a lower link.

Source: IFLA_LINK and IFLA_LINK_NETNSID. Pure. Incomplete: a tunnel names no lower link unless it is bound to one.
"""

from collections.abc import Iterator

from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Join, JoinKind, Unseen
from ovltui.topology.place import Place

_OTHERWISE = frozenset(("veth", "vxlan"))
"""Kinds for which the same attributes mean something else."""


def joins(place: Place, link: Link) -> Iterator[Join]:
    """Yield the tie of a link to the one that it stands on."""
    if link.kind in _OTHERWISE or not link.tied or (link.nsid is None and link.tied == link.key.ifindex):
        return
    netns = place.key if link.nsid is None else place.sights.get(link.nsid)
    yield Join(JoinKind.PARENT, link.key, LinkKey(netns, link.tied) if netns else Unseen(link.nsid, link.tied))
