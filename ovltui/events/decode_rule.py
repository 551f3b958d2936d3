"""RTM_NEWRULE and RTM_DELRULE: policy routing rules.

Source: ``linux/fib_rules.h``; groups RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE. Privileges: none. Incomplete: DSCP
and flow-label selectors of new kernels are left to the detail view.
"""

import struct
from typing import Any

from ovltui.events.addresses import inet
from ovltui.events.attributes import Readers, be64, read, s32, u8, u32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import AF_INET, AF_INET6, FAMILIES, PROTOCOLS, TABLES, hexadecimal, word
from ovltui.kernel.wire import Rtm
from ovltui.text import clean_bytes

_FIB_RULE_HDR = struct.Struct("=BBBBBxxBI").unpack_from
"""family, dst_len, src_len, tos, table, action, flags."""
_HOST_BITS = {AF_INET: 32, AF_INET6: 128}
_INVERT, _IIF_DETACHED, _OIF_DETACHED = 0x2, 0x8, 0x10
_TO_TABLE = 1
_ACTIONS = {0: "none", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
_IP_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 58: "ipv6-icmp", 132: "sctp"}
_NONE = -1
_UIDS = struct.Struct("=II").unpack_from
_PORTS = struct.Struct("=HH").unpack_from


def _hex(raw: bytes) -> str:
    return hexadecimal(u32(raw))


def _ip_protocol(raw: bytes) -> str:
    return word(_IP_PROTOCOLS, u8(raw))


def _protocol(raw: bytes) -> str:
    return word(PROTOCOLS, u8(raw))


_READERS: Readers = {
    6: ("priority", u32),
    2: ("src", inet),
    1: ("dst", inet),
    10: ("fwmark", _hex),
    16: ("fwmask", _hex),
    3: ("iif", clean_bytes),
    17: ("oif", clean_bytes),
    19: ("l3mdev", u8),
    20: ("uids", _UIDS),
    22: ("ipproto", _ip_protocol),
    23: ("sports", _PORTS),
    24: ("dports", _PORTS),
    12: ("tun_id", be64),
    15: ("table", u32),
    14: ("suppress_prefixlen", s32),
    13: ("suppress_ifgroup", s32),
    4: ("goto", u32),
    21: ("protocol", _protocol),
}


def decode_rule(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of a rule message, its fields as in ``ip -json -d rule`` and ``family``."""
    family, dst_len, src_len, tos, table, action, flags = _FIB_RULE_HDR(raw, 16)
    fields: dict[str, Any] = {
        "priority": 0,
        "family": word(FAMILIES, family),
        "src": "all",
        "table": table,
        "protocol": "unspec",
    }
    read(fields, raw, 28, _READERS)
    host_bits = _HOST_BITS.get(family)
    for key, length in (("src", src_len), ("dst", dst_len)):
        if length and length != host_bits:
            fields[f"{key}len"] = length
    if tos:
        fields["tos"] = f"{tos:#04x}"
    fields |= {
        key: None
        for key, bit in (("not", _INVERT), ("iif_detached", _IIF_DETACHED), ("oif_detached", _OIF_DETACHED))
        if flags & bit
    }
    _settle(fields)
    if action != _TO_TABLE and "goto" not in fields:
        fields["action"] = word(_ACTIONS, action)
    return Event(Object.RULE, Action.DEL if rtm_type == Rtm.DELRULE else Action.NEW, fields)


def _settle(fields: dict[str, Any]) -> None:
    table = fields.pop("table")
    if table:
        fields["table"] = word(TABLES, table)
    for key in ("suppress_prefixlen", "suppress_ifgroup"):
        if fields.get(key) == _NONE:
            del fields[key]
    if fields.get("fwmask") == "0xffffffff":
        del fields["fwmask"]
    if "l3mdev" in fields:
        fields["l3mdev"] = None
    if "uids" in fields:
        fields["uid_start"], fields["uid_end"] = fields.pop("uids")
    for key, ports in (("sport", "sports"), ("dport", "dports")):
        if ports in fields:
            start, end = fields.pop(ports)
            fields |= {key: start} if start == end else {f"{key}_start": start, f"{key}_end": end}
