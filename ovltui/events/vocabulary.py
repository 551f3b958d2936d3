"""The words of the stream: what an event is about, what happened, and in which pane it belongs.

Source: message types of ``linux/rtnetlink.h`` (numbers in ``ovltui.kernel.wire``). Privileges: none.
Incomplete: a message type that is not named here has the object ``unknown`` and stands in the link pane, so
that it is seen.
"""

from enum import StrEnum

from ovltui.kernel.wire import Rtm


class Object(StrEnum):
    """What an event is about, as ``ip monitor`` and ``bridge monitor`` divide it."""

    LINK = "link"
    ADDR = "addr"
    ROUTE = "route"
    RULE = "rule"
    NEIGH = "neigh"
    FDB = "fdb"
    NEXTHOP = "nexthop"
    NSID = "nsid"
    NETCONF = "netconf"
    PREFIX = "prefix"
    MDB = "mdb"
    VLAN = "vlan"
    STATS = "stats"
    TUNNEL = "tunnel"
    MROUTE = "mroute"
    DOCKER = "docker"
    GAP = "gap"
    """A place in the stream where messages were lost."""
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What happened to the object."""

    NEW = "new"
    """The kernel sent RTM_NEW…: it is so now. Whether it existed before is told only for links and routes."""
    DEL = "del"
    CHANGE = "change"
    """It existed before and differs now."""
    MOVE = "move"
    """A link left for another namespace."""
    MISS = "miss"
    """The kernel looked an entry up and did not find it."""
    LOST = "lost"
    """Events are missing here."""


class Pane(StrEnum):
    """The three streams of the events screen."""

    LINK = "link"
    ROUTE = "route"
    NEIGH = "neigh"


_GETMDB = 86
_PANES: dict[int, Pane] = {
    Rtm.NEWROUTE: Pane.ROUTE,
    Rtm.DELROUTE: Pane.ROUTE,
    Rtm.GETROUTE: Pane.ROUTE,
    Rtm.NEWRULE: Pane.ROUTE,
    Rtm.DELRULE: Pane.ROUTE,
    Rtm.NEWNEXTHOP: Pane.ROUTE,
    Rtm.DELNEXTHOP: Pane.ROUTE,
    Rtm.NEWPREFIX: Pane.ROUTE,
    Rtm.NEWNEIGH: Pane.NEIGH,
    Rtm.DELNEIGH: Pane.NEIGH,
    Rtm.GETNEIGH: Pane.NEIGH,
    Rtm.NEWMDB: Pane.NEIGH,
    Rtm.DELMDB: Pane.NEIGH,
    _GETMDB: Pane.NEIGH,
}


def pane_of(rtm_type: int) -> Pane:
    """Return the pane of a message type; link for every type that no other pane claims."""
    return _PANES.get(rtm_type, Pane.LINK)


_OBJECTS: dict[int, Object] = {
    Rtm.NEWLINK: Object.LINK,
    Rtm.DELLINK: Object.LINK,
    Rtm.NEWADDR: Object.ADDR,
    Rtm.DELADDR: Object.ADDR,
    Rtm.NEWROUTE: Object.ROUTE,
    Rtm.DELROUTE: Object.ROUTE,
    Rtm.NEWRULE: Object.RULE,
    Rtm.DELRULE: Object.RULE,
    Rtm.NEWNEIGH: Object.NEIGH,
    Rtm.DELNEIGH: Object.NEIGH,
    Rtm.GETNEIGH: Object.NEIGH,
    Rtm.NEWNEXTHOP: Object.NEXTHOP,
    Rtm.DELNEXTHOP: Object.NEXTHOP,
    Rtm.NEWNSID: Object.NSID,
    Rtm.DELNSID: Object.NSID,
    Rtm.NEWNETCONF: Object.NETCONF,
    Rtm.DELNETCONF: Object.NETCONF,
    Rtm.NEWPREFIX: Object.PREFIX,
    Rtm.NEWMDB: Object.MDB,
    Rtm.DELMDB: Object.MDB,
    Rtm.NEWVLAN: Object.VLAN,
    Rtm.DELVLAN: Object.VLAN,
    Rtm.NEWSTATS: Object.STATS,
    Rtm.NEWTUNNEL: Object.TUNNEL,
    Rtm.DELTUNNEL: Object.TUNNEL,
}
_AF_BRIDGE, _IPMR, _IP6MR = 7, 128, 129
_OBJECTS_OF_FAMILIES: dict[tuple[Object, int], Object] = {
    (Object.NEIGH, _AF_BRIDGE): Object.FDB,
    (Object.ROUTE, _IPMR): Object.MROUTE,
    (Object.ROUTE, _IP6MR): Object.MROUTE,
}


def object_of(rtm_type: int, family: int) -> Object:
    """Return what a message is about, by its type and the family in the first byte of its body.

    A lookup that missed (RTM_GETNEIGH) is ``neigh`` here: that it was one for a MAC stands only in its attributes.
    """
    kind = _OBJECTS.get(rtm_type, Object.UNKNOWN)
    return _OBJECTS_OF_FAMILIES.get((kind, family), kind)
