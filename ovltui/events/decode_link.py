"""RTM_NEWLINK and RTM_DELLINK: links, their moves to other namespaces, and the state of bridge ports.

Source: ``linux/if_link.h``; group RTNLGRP_LINK. Privileges: none. Incomplete: statistics, queue counts and
limits are left to the detail view. A message of family ``bridge`` is about the link as a port of its bridge:
its deletion means that the link left the bridge, not that it is gone.
"""

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ovltui.events.addresses import inet, lladdr
from ovltui.events.attributes import Readers, each, nested, read, s32, text, u8, u32
from ovltui.events.event import Event
from ovltui.events.link_kinds import linkinfo, port
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import AF_UNSPEC, FAMILIES, LINK_TYPES, OPERSTATES, bits, word
from ovltui.kernel.wire import Rtm

_IFINFOMSG = struct.Struct("=BxHiII").unpack_from
"""ifi_family, ifi_type, ifi_index, ifi_flags, ifi_change."""
_BODY = 16
_ATTRIBUTES = 32
ALL_CHANGED = 0xFFFFFFFF
"""ifi_change of a link that was registered just now or came from another namespace."""

_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_FLAGS = {
    0x8: "LOOPBACK",
    0x2: "BROADCAST",
    0x10: "POINTOPOINT",
    0x1000: "MULTICAST",
    0x80: "NOARP",
    0x200: "ALLMULTI",
    0x100: "PROMISC",
    0x400: "MASTER",
    0x800: "SLAVE",
    0x4: "DEBUG",
    0x8000: "DYNAMIC",
    0x4000: "AUTOMEDIA",
    0x2000: "PORTSEL",
    0x20: "NOTRAILERS",
    0x1: "UP",
    0x10000: "LOWER_UP",
    0x20000: "DORMANT",
    0x40000: "ECHO",
}
_ADDRESSED_BY_IP = frozenset((768, 769, 776, 778, 823))
"""Link types (tunnels) whose link-layer address is an IP address."""
_EVENTS = (
    *("NONE", "REBOOT", "FEATURE CHANGE", "BONDING FAILOVER"),
    *("NOTIFY PEERS", "RESEND IGMP", "BONDING OPTION"),
)
_ALT_IFNAME = 53
_XDP: Readers = {2: ("mode", u8), 4: ("prog_id", u32)}


def _group(raw: bytes) -> str:
    number = u32(raw)
    return str(number) if number else "default"


def _operstate(raw: bytes) -> str:
    return word(OPERSTATES, u8(raw))


def _linkmode(raw: bytes) -> str:
    return word({0: "DEFAULT", 1: "DORMANT"}, u8(raw))


def _event(raw: bytes) -> str:
    return word(dict(enumerate(_EVENTS)), u32(raw))


def _altnames(raw: bytes) -> list[str]:
    return [text(name) for name in each(raw, 0, _ALT_IFNAME)]


_READERS: Readers = {
    5: ("link", u32),
    37: ("link_netnsid", s32),
    3: ("ifname", text),
    4: ("mtu", u32),
    43: ("xdp", nested(_XDP)),
    6: ("qdisc", text),
    10: ("master", u32),
    16: ("operstate", _operstate),
    17: ("linkmode", _linkmode),
    27: ("group", _group),
    13: ("txqlen", u32),
    44: ("event", _event),
    1: ("address", lladdr),
    2: ("broadcast", lladdr),
    54: ("permaddr", lladdr),
    45: ("new_netnsid", s32),
    49: ("new_ifindex", s32),
    30: ("promiscuity", u32),
    12: ("port", port),
    18: ("linkinfo", linkinfo),
    20: ("ifalias", text),
    52: ("altnames", _altnames),
    38: ("phys_port_name", text),
    56: ("parentdev", text),
    57: ("parentbus", text),
}

HEAD = (slice(_BODY, 28),)
"""The bytes before the attributes that say what a link is: all of ifinfomsg but ifi_change."""
START = _ATTRIBUTES
"""Where the attributes begin."""
PASSING = frozenset((7, 23, 26, 35, 47, 48))
"""Attributes that no reader asks for: statistics, settings of address families, counts of carrier changes."""


def decode_link(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of a link message.

    Beside the fields of ``ip -json -d link`` there are ``change`` (the mask of flags that changed),
    ``new_netnsid`` and ``new_ifindex`` (a move), ``family`` where the message is not about the link as such,
    and for family ``bridge`` the port's ``state``, ``cost`` and settings as ``bridge -json -d link`` names
    them.
    """
    family, link_type, ifindex, flags, change = _IFINFOMSG(raw, _BODY)
    fields: dict[str, Any] = {
        "ifindex": ifindex,
        "ifname": "",
        "flags": [*_flag_words(flags)],
        "change": change,
    }
    fields["link_type"] = LINK_TYPES.get(link_type) or f"[{link_type}]"
    read(fields, raw, _ATTRIBUTES, _READERS)
    for key, settle in _SETTLE:
        if key in fields:
            settle(fields)
    if link_type in _ADDRESSED_BY_IP:
        _show_as_ip(fields)
    if family != AF_UNSPEC:
        fields["family"] = word(FAMILIES, family)
    return Event(Object.LINK, _action(rtm_type, family, change, fields), fields)


def _action(rtm_type: int, family: int, change: int, fields: dict[str, Any]) -> Action:
    if rtm_type == Rtm.DELLINK:
        return Action.MOVE if "new_netnsid" in fields else Action.DEL
    return Action.NEW if change == ALL_CHANGED and family == AF_UNSPEC else Action.CHANGE


@lru_cache(maxsize=256)
def _flag_words(flags: int) -> tuple[str, ...]:
    words = bits(_FLAGS, flags & ~_IFF_RUNNING)
    return ("NO-CARRIER", *words) if flags & _IFF_UP and not flags & _IFF_RUNNING else tuple(words)


def _settle_link(fields: dict[str, Any]) -> None:
    # IFLA_LINK 0: the other end is gone. With IFLA_LINK_NETNSID it is an index of that namespace.
    if not fields["link"]:
        fields["link"] = None
    elif "link_netnsid" in fields:
        fields["link_index"] = fields.pop("link")


def _settle_port(fields: dict[str, Any]) -> None:
    fields.update(fields.pop("port"))


def _settle_permaddr(fields: dict[str, Any]) -> None:
    if fields["permaddr"] == fields.get("address"):
        del fields["permaddr"]


def _settle_xdp(fields: dict[str, Any]) -> None:
    if not fields["xdp"].get("mode"):
        del fields["xdp"]


_SETTLE: tuple[tuple[str, Callable[[dict[str, Any]], None]], ...] = (
    ("link", _settle_link),
    ("port", _settle_port),
    ("permaddr", _settle_permaddr),
    ("xdp", _settle_xdp),
)


def _show_as_ip(fields: dict[str, Any]) -> None:
    for key in ("address", "broadcast", "permaddr"):
        if key in fields:
            fields[key] = inet(bytes.fromhex(fields[key].replace(":", "")))
