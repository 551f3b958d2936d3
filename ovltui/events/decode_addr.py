"""RTM_NEWADDR, RTM_DELADDR and RTM_NEWPREFIX: addresses of links, and prefixes that routers announce.

Source: ``linux/if_addr.h``, ``linux/rtnetlink.h``; groups RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
RTNLGRP_IPV6_PREFIX. Privileges: none. Incomplete: the time stamps of IFA_CACHEINFO are left to the detail
view.
"""

import struct
from typing import Any

from ovltui.events.addresses import inet
from ovltui.events.attributes import Readers, read, text, u8, u32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import AF_INET6, FAMILIES, SCOPES, word
from ovltui.kernel.wire import Rtm

FOREVER = 0xFFFFFFFF
"""A lifetime without an end, as the kernel and ``ip -json`` write it."""
_IFADDRMSG = struct.Struct("=BBBBi").unpack_from
"""ifa_family, ifa_prefixlen, ifa_flags, ifa_scope, ifa_index."""
_PREFIXMSG = struct.Struct("=BxxxiBBBx").unpack_from
"""prefix_family, prefix_ifindex, prefix_type, prefix_len, prefix_flags."""
_LIFETIMES = struct.Struct("=II").unpack_from
_SECONDARY, _PERMANENT = 0x01, 0x80
_FLAGS = {
    _SECONDARY: "secondary",
    0x02: "nodad",
    0x04: "optimistic",
    0x08: "dadfailed",
    0x10: "home",
    0x20: "deprecated",
    0x40: "tentative",
    0x100: "mngtmpaddr",
    0x200: "noprefixroute",
    0x400: "autojoin",
    0x800: "stable-privacy",
}
_PROTOCOLS = {0: "unspec", 1: "kernel_lo", 2: "kernel_ra", 3: "kernel_ll"}


def _protocol(raw: bytes) -> str:
    return word(_PROTOCOLS, u8(raw))


_READERS: Readers = {
    2: ("local", inet),
    1: ("address", inet),
    9: ("metric", u32),
    4: ("broadcast", inet),
    5: ("anycast", inet),
    7: ("multicast", inet),
    11: ("protocol", _protocol),
    3: ("label", text),
    8: ("flags", u32),
    6: ("lifetimes", _LIFETIMES),
}
_PREFIX_READERS: Readers = {1: ("prefix", inet), 2: ("lifetimes", _LIFETIMES)}

HEAD = (slice(16, 24),)
"""The bytes before the attributes that say which address it is: ifaddrmsg."""
START = 24
"""Where the attributes begin."""
PASSING = frozenset((6,))
"""IFA_CACHEINFO: how long the address lasts, and stamps."""


def decode_addr(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of an address message, its fields as in ``addr_info`` of ``ip -json addr``."""
    family, prefixlen, flags, scope, ifindex = _IFADDRMSG(raw, 16)
    fields: dict[str, Any] = {
        "ifindex": ifindex,
        "family": word(FAMILIES, family),
        "local": None,
        "prefixlen": prefixlen,
        "scope": word(SCOPES, scope),
        "flags": flags,
    }
    read(fields, raw, START, _READERS)
    # IFA_ADDRESS is the peer; IPv6 without a peer sends nothing else.
    peer = fields.pop("address", None)
    if fields["local"] is None:
        fields["local"] = peer
    elif peer not in (None, fields["local"]):
        fields["address"] = peer
    _settle(fields, family)
    return Event(Object.ADDR, Action.DEL if rtm_type == Rtm.DELADDR else Action.NEW, fields)


def _settle(fields: dict[str, Any], family: int) -> None:
    flags = fields.pop("flags")
    if not flags & _PERMANENT:
        fields["dynamic"] = True
    flags &= ~_PERMANENT
    for bit, name in _FLAGS.items():
        if flags & bit:
            fields["temporary" if bit == _SECONDARY and family == AF_INET6 else name] = True
            flags &= ~bit
    if flags:
        fields["ifa_flags"] = f"{flags:02x}"
    if "lifetimes" in fields:
        fields["preferred_life_time"], fields["valid_life_time"] = fields.pop("lifetimes")


def decode_prefix(raw: bytes, _rtm_type: int, _flags: int) -> Event:
    """Return the event of a prefix that a router announced, with the names of ``ip monitor prefix``."""
    family, ifindex, _, length, flags = _PREFIXMSG(raw, 16)
    fields: dict[str, Any] = {"ifindex": ifindex, "family": word(FAMILIES, family), "prefix": None}
    read(fields, raw, 28, _PREFIX_READERS)
    fields |= {"prefix_len": length, "onlink": bool(flags & 1), "autoconf": bool(flags & 2)}
    if "lifetimes" in fields:
        fields["preferred_lft"], fields["valid_lft"] = fields.pop("lifetimes")
    return Event(Object.PREFIX, Action.NEW, fields)
