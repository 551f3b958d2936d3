"""Policy routing rules as ``ip monitor`` prints them.

Source: events of ``decode_rule``. Privileges: none. Incomplete: ``/etc/protocols`` is not read; protocols that are not
named here are printed as where it names none.
"""

import struct
from collections.abc import Iterator
from typing import Any

from ovltui.events.attributes import Readers, read, u32
from ovltui.events.event import Event
from ovltui.events.ipline_words import tos
from ovltui.events.vantage import Vantage

_ATTRIBUTES = 28
_FLAGS = struct.Struct("=I").unpack_from
_FLAGS_OFFSET, _UNRESOLVED = 24, 0x4
_READERS: Readers = {10: ("mark", u32), 16: ("mask", u32), 11: ("flow", u32)}
_IP_PROTOCOLS = {
    "2": "igmp",
    "4": "ipencap",
    "33": "dccp",
    "41": "ipv6",
    "51": "ah",
    "89": "ospf",
    "103": "pim",
    "112": "vrrp",
    "115": "l2tp",
    "136": "udplite",
}
_UNSAID_PROTOCOLS = ("unspec", "kernel")


def rule_lines(event: Event, _vantage: Vantage, raw: bytes) -> str:
    """Return the line of a rule."""
    fields = event.fields
    extra: dict[str, int] = {}
    read(extra, raw, _ATTRIBUTES, _READERS)
    head = f"{fields['priority']}:\t{'not ' if 'not' in fields else ''}"
    return head + "".join((*_packets(fields, extra), *_ports(fields), *_table(fields, extra), *_does(fields, raw)))


def _packets(fields: dict[str, Any], extra: dict[str, int]) -> Iterator[str]:
    source = "0" if fields["src"] == "all" and "srclen" in fields else fields["src"]
    yield f"from {source}{_length(fields, 'srclen')}"
    if "dst" in fields or "dstlen" in fields:
        yield f" to {fields.get('dst', '0')}{_length(fields, 'dstlen')}"
    if "tos" in fields:
        yield f" tos {tos(fields['tos'])}"
    if extra.keys() & {"mark", "mask"}:
        yield f" fwmark {fields.get('fwmark', '0')}"
    if "fwmask" in fields:
        yield f"/{fields['fwmask']}"
    for key in ("iif", "oif"):
        if key in fields:
            yield f" {key} {fields[key]}{' [detached]' if f'{key}_detached' in fields else ''}"
    if "l3mdev" in fields:
        yield " lookup [l3mdev-table]"


def _length(fields: dict[str, Any], key: str) -> str:
    return f"/{fields[key]}" if key in fields else ""


def _ports(fields: dict[str, Any]) -> Iterator[str]:
    if "uid_start" in fields:
        yield f" uidrange {fields['uid_start']}-{fields['uid_end']}"
    if "ipproto" in fields:
        protocol = fields["ipproto"]
        yield f" ipproto {_IP_PROTOCOLS.get(protocol, f'ipproto-{protocol}') if protocol.isdigit() else protocol}"
    for key in ("sport", "dport"):
        if key in fields:
            yield f" {key} {fields[key]}"
        elif f"{key}_start" in fields:
            yield f" {key} {fields[f'{key}_start']}-{fields[f'{key}_end']}"
    if "tun_id" in fields:
        yield f" tun_id {fields['tun_id']}"


def _table(fields: dict[str, Any], extra: dict[str, int]) -> Iterator[str]:
    if "table" in fields:
        yield f" lookup {fields['table']}"
        if "suppress_prefixlen" in fields:
            yield f" suppress_prefixlength {fields['suppress_prefixlen']}"
        if "suppress_ifgroup" in fields:
            yield f" suppress_ifgroup {fields['suppress_ifgroup'] or 'default'}"
    if "flow" in extra:
        source, to = divmod(extra["flow"], 0x10000)
        yield f" realms {f'{source}/' if source else ''}{to}"


def _does(fields: dict[str, Any], raw: bytes) -> Iterator[str]:
    if "goto" in fields or fields.get("action") == "goto":
        unresolved = " [unresolved]" if _FLAGS(raw, _FLAGS_OFFSET)[0] & _UNRESOLVED else ""
        yield f" goto {fields.get('goto', 'none')}{unresolved}"
    elif "action" in fields:
        yield f" {fields['action']}"
    if fields["protocol"] not in _UNSAID_PROTOCOLS:
        yield f" proto {fields['protocol']}"
