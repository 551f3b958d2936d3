"""Turning a record into an event, whatever its bytes.

Source: one rtnetlink message as the kernel multicast it, a gap record, or an event of Docker; a table hands each
message type to the file that knows it. Privileges: none. Incomplete: a message of an unknown type, or one that breaks
off, becomes an event of object ``unknown`` with its ``type`` and ``length``; it never raises and never drops the
record.
"""

from collections.abc import Callable
from typing import Any

from ovltui.events.attributes import MALFORMED
from ovltui.events.decode_addr import decode_addr, decode_prefix
from ovltui.events.decode_bridge import decode_mdb, decode_tunnel, decode_vlan
from ovltui.events.decode_docker import decode_docker
from ovltui.events.decode_link import decode_link
from ovltui.events.decode_neigh import decode_neigh
from ovltui.events.decode_netconf import decode_netconf, decode_stats
from ovltui.events.decode_nexthop import decode_nexthop
from ovltui.events.decode_nsid import decode_nsid
from ovltui.events.decode_route import decode_route
from ovltui.events.decode_rule import decode_rule
from ovltui.events.event import Event
from ovltui.events.gap import notice_of, unpack_gap
from ovltui.events.record import MESSAGES, Kind, Record
from ovltui.events.vocabulary import Action, Object, Pane
from ovltui.kernel.wire import NLMSG_HEADER, Rtm

Decoder = Callable[[bytes, int, int], Event]
"""Takes one message, its type and its nlmsg_flags; raises one of ``MALFORMED`` on bytes that no kernel
sends."""

_DECODERS: dict[int, Decoder] = {
    Rtm.NEWLINK: decode_link,
    Rtm.DELLINK: decode_link,
    Rtm.NEWADDR: decode_addr,
    Rtm.DELADDR: decode_addr,
    Rtm.NEWROUTE: decode_route,
    Rtm.DELROUTE: decode_route,
    Rtm.NEWNEIGH: decode_neigh,
    Rtm.DELNEIGH: decode_neigh,
    Rtm.GETNEIGH: decode_neigh,
    Rtm.NEWRULE: decode_rule,
    Rtm.DELRULE: decode_rule,
    Rtm.NEWPREFIX: decode_prefix,
    Rtm.NEWNETCONF: decode_netconf,
    Rtm.DELNETCONF: decode_netconf,
    Rtm.NEWMDB: decode_mdb,
    Rtm.DELMDB: decode_mdb,
    Rtm.NEWNSID: decode_nsid,
    Rtm.DELNSID: decode_nsid,
    Rtm.NEWSTATS: decode_stats,
    Rtm.NEWNEXTHOP: decode_nexthop,
    Rtm.DELNEXTHOP: decode_nexthop,
    Rtm.NEWVLAN: decode_vlan,
    Rtm.DELVLAN: decode_vlan,
    Rtm.NEWTUNNEL: decode_tunnel,
    Rtm.DELTUNNEL: decode_tunnel,
}
_ACTIONS = (Action.NEW, Action.DEL, Action.CHANGE, Action.CHANGE)
"""By the two low bits of a message type: RTM_NEW, RTM_DEL, RTM_GET, RTM_SET."""


def decode(record: Record) -> Event:
    """Return what a record says; never raises."""
    raw = record.raw
    if record.kind not in MESSAGES:
        return _gap(raw) if record.kind is Kind.GAP else decode_docker(raw)
    if len(raw) < NLMSG_HEADER.size:
        return Event(Object.UNKNOWN, Action.CHANGE, {"type": None, "length": len(raw)})
    length, rtm_type, flags, _, _ = NLMSG_HEADER.unpack_from(raw)
    decoder = _DECODERS.get(rtm_type)
    if decoder is None or length != len(raw):
        return _unknown(rtm_type, raw)
    try:
        return decoder(raw, rtm_type, flags)
    except MALFORMED:
        return _unknown(rtm_type, raw)


def _unknown(rtm_type: int, raw: bytes) -> Event:
    return Event(Object.UNKNOWN, _ACTIONS[rtm_type & 3], {"type": rtm_type, "length": len(raw)})


def _gap(raw: bytes) -> Event:
    lost, span_ns = unpack_gap(raw)
    fields: dict[str, Any] = {"lost": lost, "span_ns": span_ns, "classes": [str(pane) for pane in Pane]}
    if notice := notice_of(raw):
        fields |= {"host": notice.host, "says": notice.says}
    return Event(Object.GAP, Action.LOST, fields)
