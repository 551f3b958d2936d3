"""Veth pairs: which link is the other end, in which namespace.

Source: IFLA_LINK and IFLA_LINK_NETNSID. Pure. An index without a number counts in the same namespace, also where it
equals the link's own in another one. Incomplete: some old kernels leave IFLA_LINK out where both ends have one index;
the number then says that there is another namespace, and the index is the link's own. Without either, the other end is
gone, or was never told.
"""

from collections.abc import Iterator

from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Join, JoinKind, Unseen
from ovltui.topology.place import Place


def joins(place: Place, link: Link) -> Iterator[Join]:
    """Yield the tie of a link to the other end of its pair."""
    if link.kind != "veth" or (link.tied is None and link.nsid is None):
        return
    ifindex = link.tied or link.key.ifindex
    netns = place.key if link.nsid is None else place.sights.get(link.nsid)
    yield Join(JoinKind.VETH, link.key, LinkKey(netns, ifindex) if netns else Unseen(link.nsid, ifindex))
