"""Vxlan devices: by which namespace they send, and to which addresses.

Source: IFLA_INFO_DATA, IFLA_LINK_NETNSID (the underlay's namespace, where it is another), and forwarding entries with
NDA_DST. Pure. Incomplete: entries of nexthop groups (``nhid``) are not followed.
"""

from collections.abc import Iterator

from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Join, JoinKind, Unseen, Vtep
from ovltui.topology.names import fields_of
from ovltui.topology.place import Place


def joins(place: Place, link: Link) -> Iterator[Join]:
    """Yield the ties of a vxlan device to its underlay and to each far end."""
    if link.vxlan is None:
        return
    netns = place.key if link.nsid is None else place.sights.get(link.nsid)
    if netns is None:
        yield Join(JoinKind.UNDERLAY, link.key, Unseen(link.nsid, link.vxlan.dev))
    else:
        yield Join(JoinKind.UNDERLAY, link.key, LinkKey(netns, link.vxlan.dev) if link.vxlan.dev else netns)
    for address in vteps(place, link):
        yield Join(JoinKind.VTEP, link.key, Vtep(netns, address))


def vteps(place: Place, link: Link) -> tuple[str, ...]:
    """Return the addresses to which a vxlan device sends, each once."""
    rows = (fields_of(raw) for raw in place.contents.rows(Object.FDB))
    found = [fields["dst"] for fields in rows if fields.get("ifindex") == link.key.ifindex and "dst" in fields]
    remote = [link.vxlan.remote] if link.vxlan and link.vxlan.remote else []
    return tuple(dict.fromkeys((*remote, *found)))
