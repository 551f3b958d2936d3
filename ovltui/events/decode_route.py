"""RTM_NEWROUTE and RTM_DELROUTE: routes of IPv4, IPv6 and MPLS, and multicast forwarding entries.

Source: ``linux/rtnetlink.h``; groups RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_MROUTE,
RTNLGRP_IPV6_MROUTE. Privileges: none. Incomplete: IPv4 routes that go with a link, an address or a nexthop
object are removed without a message. The parameters of an encapsulation are left to the detail view.
"""

import struct
from typing import Any

from ovltui.events.addresses import inet
from ovltui.events.attributes import Readers, read, u8, u16, u32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import (
    AF_INET,
    AF_INET6,
    AF_MPLS,
    FAMILIES,
    PROTOCOLS,
    ROUTE_TYPES,
    SCOPES,
    TABLES,
    bits,
)
from ovltui.kernel.wire import NLM_F_REPLACE, Rtm
from ovltui.text import clean_bytes

_RTMSG = struct.Struct("=BBBBBBBBI").unpack_from
"""rtm_family, rtm_dst_len, rtm_src_len, rtm_tos, rtm_table, rtm_protocol, rtm_scope, rtm_type, rtm_flags."""
_ATTRIBUTES = 28
_RTNEXTHOP = struct.Struct("=HBBi")
"""rtnh_len, rtnh_flags, rtnh_hops, rtnh_ifindex."""
_CACHEINFO = struct.Struct("=IIiI").unpack_from
"""rta_clntref, rta_lastuse, rta_expires, rta_error."""
_USER_HZ = 100
_MROUTE_FAMILIES = frozenset((128, 129))
_HOST_BITS = {AF_INET: 32, AF_INET6: 128, AF_MPLS: 20, 128: 32, 129: 128}
_RTM_F_CLONED = 0x200
_FLAGS = {
    0x1: "dead",
    0x4: "onlink",
    0x2: "pervasive",
    0x8: "offload",
    0x40: "trap",
    0x100: "notify",
    0x10: "linkdown",
    0x20: "unresolved",
    0x4000: "rt_offload",
    0x8000: "rt_trap",
    0x20000000: "rt_offload_failed",
    _RTM_F_CLONED: "cloned",
}
_PREFERENCES = {0: "medium", 1: "high", 3: "low"}
_ENCAPS = {
    1: "mpls",
    2: "ip",
    3: "ila",
    4: "ip6",
    5: "seg6",
    6: "bpf",
    7: "seg6local",
    8: "rpl",
    9: "ioam6",
    10: "xfrm",
}
_RTAX_LOCK = 1
_METRICS = {
    2: "mtu",
    3: "window",
    4: "rtt",
    5: "rttvar",
    6: "ssthresh",
    7: "cwnd",
    8: "advmss",
    9: "reordering",
    10: "hoplimit",
    11: "initcwnd",
    12: "features",
    13: "rto_min",
    14: "initrwnd",
    15: "quickack",
    17: "fastopen_no_cookie",
}
_SCALED = {"rtt": 8, "rttvar": 4}
_CC_ALGO = 16


def _via(raw: bytes) -> dict[str, str]:
    family = u16(raw)
    return {"family": FAMILIES.get(family) or str(family), "host": inet(raw[2:])}


def _preference(raw: bytes) -> str:
    return _PREFERENCES.get(u8(raw)) or str(u8(raw))


def _encap(raw: bytes) -> str:
    return _ENCAPS.get(u16(raw)) or str(u16(raw))


def _flow(raw: bytes) -> dict[str, str]:
    source, to = divmod(u32(raw), 0x10000)
    return {"from": str(source), "to": str(to)} if source else {"to": str(to)}


def _label(raw: bytes) -> str:
    # An MPLS label stack: 20 bits of each four bytes, the bottom one marked by bit 8.
    return "/".join(str(entry >> 12) for (entry,) in struct.iter_unpack("!I", raw))


def _metrics(raw: bytes) -> list[dict[str, Any]]:
    values: dict[str, Any] = {}
    readers: dict[int, Any] = {kind: (name, u32) for kind, name in _METRICS.items()}
    read(values, raw, 0, readers | {_CC_ALGO: ("congestion", clean_bytes), _RTAX_LOCK: ("lock", u32)})
    for name, unit in _SCALED.items():
        if name in values:
            values[name] //= unit
    lock = values.pop("lock", 0)
    if lock:
        values["locked"] = [name for kind, name in _METRICS.items() if lock & 1 << kind]
    return [values]


_NEXTHOP_READERS: Readers = {
    21: ("encap", _encap),
    19: ("to", inet),
    5: ("gateway", inet),
    18: ("via", _via),
    11: ("flow", _flow),
}


def _nexthops(raw: bytes) -> list[dict[str, Any]]:
    found, start = [], 0
    while start < len(raw):
        length, flags, hops, ifindex = _RTNEXTHOP.unpack_from(raw, start)
        if length < _RTNEXTHOP.size or start + length > len(raw):
            raise ValueError("broken nexthop")
        nexthop: dict[str, Any] = {}
        read(nexthop, raw[: start + length], start + _RTNEXTHOP.size, _NEXTHOP_READERS)
        found.append(nexthop | {"ifindex": ifindex, "weight": hops + 1, "flags": _flag_words(flags)})
        start += (length + 3) & ~3
    return found


_READERS: Readers = {
    1: ("dst", inet),
    2: ("from", inet),
    30: ("nhid", u32),
    5: ("gateway", inet),
    4: ("ifindex", u32),
    15: ("table", u32),
    7: ("prefsrc", inet),
    6: ("metric", u32),
    8: ("metrics", _metrics),
    9: ("nexthops", _nexthops),
    18: ("via", _via),
    19: ("to", inet),
    20: ("pref", _preference),
    21: ("encap", _encap),
    3: ("iif", u32),
    11: ("flow", _flow),
    12: ("cacheinfo", _CACHEINFO),
    16: ("mark", u32),
    25: ("uid", u32),
}
_MPLS_READERS: Readers = {**_READERS, 1: ("dst", _label), 19: ("to", _label)}


def decode_route(raw: bytes, rtm_type: int, nlmsg_flags: int) -> Event:
    """Return the event of a route message, its fields as in ``ip -json -d route`` and ``family``.

    A route that replaces another one of the same destination is a ``change``.
    """
    family, dst_len, src_len, tos, table, protocol, scope, kind, flags = _RTMSG(raw, 16)
    fields: dict[str, Any] = {
        "type": ROUTE_TYPES.get(kind) or str(kind),
        "dst": "",
        "family": FAMILIES.get(family) or str(family),
        "table": table,
        "protocol": PROTOCOLS.get(protocol) or str(protocol),
        "scope": SCOPES.get(scope) or str(scope),
    }
    read(fields, raw, _ATTRIBUTES, _MPLS_READERS if family == AF_MPLS else _READERS)
    bits_of_host = _HOST_BITS.get(family, 0)
    fields["dst"] = _prefix(fields["dst"], dst_len, bits_of_host) or "default"
    fields["table"] = TABLES.get(fields["table"]) or str(fields["table"])
    fields["flags"] = _flag_words(flags) if flags else []
    if src_len:
        fields["from"] = _prefix(fields.get("from", ""), src_len, bits_of_host)
    if tos:
        fields["tos"] = f"{tos:#04x}"
    if "cacheinfo" in fields:
        _settle_cacheinfo(fields)
    action = Action.CHANGE if nlmsg_flags & NLM_F_REPLACE else Action.NEW
    return Event(
        Object.MROUTE if family in _MROUTE_FAMILIES else Object.ROUTE,
        Action.DEL if rtm_type == Rtm.DELROUTE else action,
        fields,
    )


def _prefix(address: str, length: int, bits_of_host: int) -> str:
    if length == bits_of_host:
        return address
    return f"{address or '0'}/{length}" if address or length else ""


def _flag_words(flags: int) -> list[str]:
    return bits(_FLAGS, flags) if flags else []


def _settle_cacheinfo(fields: dict[str, Any]) -> None:
    _, _, expires, error = fields.pop("cacheinfo")
    if expires:
        fields["expires"] = int(expires / _USER_HZ)
    if error:
        fields["error"] = error
