"""RTM_NEWNEXTHOP and RTM_DELNEXTHOP: nexthop objects and groups of them.

Source: ``linux/nexthop.h``; group RTNLGRP_NEXTHOP. Privileges: none. Incomplete: routes and forwarding
entries that use a nexthop object go with it without a message.
"""

import struct
from typing import Any

from ovltui.events.addresses import inet
from ovltui.events.attributes import Readers, nested, present, read, u16, u32, u64
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import FAMILIES, PROTOCOLS, SCOPES, bits, word
from ovltui.kernel.wire import Rtm

_NHMSG = struct.Struct("=BBBxI").unpack_from
"""nh_family, nh_scope, nh_protocol, nh_flags."""
_MEMBER = struct.Struct("=IBBxx")
"""id, weight - 1 (low byte), weight - 1 (high byte)."""
_USER_HZ = 100
_MULTIPATH = 0
_FLAGS = {
    0x1: "dead",
    0x4: "onlink",
    0x2: "pervasive",
    0x8: "offload",
    0x40: "trap",
    0x10: "linkdown",
    0x20: "unresolved",
}


def _group(raw: bytes) -> list[dict[str, int]]:
    members = []
    for number, low, high in _MEMBER.iter_unpack(raw):
        weight = low + (high << 8) + 1
        members.append({"id": number, "weight": weight} if weight > 1 else {"id": number})
    return members


def _seconds(raw: bytes) -> float:
    return u32(raw) / _USER_HZ


def _long_seconds(raw: bytes) -> float:
    return u64(raw) / _USER_HZ


_RESILIENT: Readers = {
    1: ("buckets", u16),
    2: ("idle_timer", _seconds),
    3: ("unbalanced_timer", _seconds),
    4: ("unbalanced_time", _long_seconds),
}
_READERS: Readers = {
    1: ("id", u32),
    2: ("group", _group),
    3: ("type", u16),
    12: ("resilient_args", nested(_RESILIENT)),
    6: ("gateway", inet),
    5: ("ifindex", u32),
    4: ("blackhole", present),
    11: ("fdb", present),
}


def decode_nexthop(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of a nexthop object, its fields as in ``ip -json -d nexthop`` and ``family``."""
    family, scope, protocol, flags = _NHMSG(raw, 16)
    fields: dict[str, Any] = {"id": 0, "family": word(FAMILIES, family)}
    read(fields, raw, 24, _READERS)
    kind = fields.pop("type", _MULTIPATH)
    if kind != _MULTIPATH:
        fields["type"] = "resilient" if kind == 1 else str(kind)
    # ip prints these two as keys without a value.
    fields |= {key: None for key in ("blackhole", "fdb") if key in fields}
    fields |= {
        "scope": word(SCOPES, scope),
        "protocol": word(PROTOCOLS, protocol),
        "flags": bits(_FLAGS, flags),
    }
    # NLM_F_REPLACE only repeats the request here: it does not tell whether the object existed.
    return Event(Object.NEXTHOP, Action.DEL if rtm_type == Rtm.DELNEXTHOP else Action.NEW, fields)
