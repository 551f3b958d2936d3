"""RTM_NEWNEIGH, RTM_DELNEIGH and RTM_GETNEIGH: neighbours, forwarding entries, and lookups that failed.

Source: ``linux/neighbour.h``; group RTNLGRP_NEIGH, which carries all three. Privileges: none. Incomplete:
NUD_INCOMPLETE is not notified; ages and reference counts are left to the detail view.

A message of family AF_BRIDGE is a forwarding entry (fdb), of a bridge or of a vxlan device. The kernel
multicasts RTM_GETNEIGH in three cases, kept apart by the field ``miss``: ``l3``, a vxlan device with
``l3miss`` answers for neighbours and has none for the address; ``l2``, a vxlan device with ``l2miss`` has no
forwarding entry for the MAC (family AF_INET nevertheless); ``solicit``, a daemon is asked to resolve
(``app_solicit``, marked NLM_F_REQUEST).
"""

import struct
from functools import lru_cache
from typing import Any

from ovltui.events.addresses import inet, lladdr
from ovltui.events.attributes import Readers, be16, read, s32, u8, u16, u32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import AF_BRIDGE, FAMILIES, PROTOCOLS, bits, hexadecimal, word
from ovltui.kernel.wire import NLM_F_REQUEST, Rtm

_NDMSG = struct.Struct("=BxxxiHBB").unpack_from
"""ndm_family, ndm_ifindex, ndm_state, ndm_flags, ndm_type."""
_ATTRIBUTES = 28
_NUD_NOARP, _NUD_PERMANENT, _NUD_STALE, _NUD_REACHABLE = 0x40, 0x80, 0x04, 0x02
_NUD = {
    0x01: "INCOMPLETE",
    _NUD_REACHABLE: "REACHABLE",
    _NUD_STALE: "STALE",
    0x08: "DELAY",
    0x10: "PROBE",
    0x20: "FAILED",
    _NUD_NOARP: "NOARP",
    _NUD_PERMANENT: "PERMANENT",
}
_STATES = {value: bits(_NUD, value) for value in range(0x100)}
_FDB_STATES = {
    _NUD_PERMANENT: "permanent",
    _NUD_NOARP: "static",
    _NUD_STALE: "stale",
    _NUD_REACHABLE: "",
}
"""Words of bridge(8), the first bit that is set decides."""
_NEIGH_FLAGS = {0x80: "router", 0x08: "proxy", 0x10: "extern_learn", 0x20: "offload"}
_FDB_FLAGS = {
    0x02: "self",
    0x80: "router",
    0x10: "extern_learn",
    0x20: "offload",
    0x04: "master",
    0x40: "sticky",
}
_FDB_FLAG_WORDS = {value: bits(_FDB_FLAGS, value) for value in range(0x100)}
_NEIGH_EXT_FLAGS = {0x1: "managed", 0x4: "extern_valid"}
_FDB_EXT_FLAGS = {0x2: "locked"}


def _protocol(raw: bytes) -> str:
    return word(PROTOCOLS, u8(raw))


_NEIGH_READERS: Readers = {
    1: ("dst", inet),
    2: ("lladdr", lladdr),
    4: ("probes", u32),
    5: ("vlan", u16),
    6: ("port", be16),
    7: ("vni", u32),
    9: ("master", u32),
    12: ("protocol", _protocol),
    15: ("ext_flags", u32),
}
_FDB_READERS: Readers = {
    2: ("mac", lladdr),
    1: ("dst", inet),
    5: ("vlan", u16),
    6: ("port", be16),
    7: ("vni", u32),
    11: ("src_vni", u32),
    8: ("viaIf", u32),
    13: ("nhid", u32),
    10: ("linkNetNsId", s32),
    9: ("master", u32),
    12: ("protocol", _protocol),
    15: ("ext_flags", u32),
}


def decode_neigh(raw: bytes, rtm_type: int, flags: int) -> Event:
    """Return the event of a message of object ``neigh`` or ``fdb``, action ``new``, ``del`` or ``miss``.

    The fields are those of ``ip -json neigh`` (where a flag is a key with the value None) or ``bridge -json
    fdb``.
    """
    family, ifindex, state, ndm_flags, _ = _NDMSG(raw, 16)
    if rtm_type == Rtm.GETNEIGH:
        return _miss(raw, flags, family, ifindex, state)
    action = Action.DEL if rtm_type == Rtm.DELNEIGH else Action.NEW
    if family == AF_BRIDGE:
        return Event(Object.FDB, action, _fdb(raw, ifindex, state, ndm_flags))
    return Event(Object.NEIGH, action, _neigh(raw, family, ifindex, state, ndm_flags))


def _neigh(raw: bytes, family: int, ifindex: int, state: int, flags: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"family": FAMILIES.get(family) or str(family), "ifindex": ifindex}
    read(fields, raw, _ATTRIBUTES, _NEIGH_READERS)
    if flags:
        fields.update(dict.fromkeys(bits(_NEIGH_FLAGS, flags)))
    if "ext_flags" in fields:
        fields.update(dict.fromkeys(bits(_NEIGH_EXT_FLAGS, fields.pop("ext_flags"))))
    if state:
        fields["state"] = list(_STATES.get(state) or bits(_NUD, state))
    return fields


def _fdb(raw: bytes, ifindex: int, state: int, flags: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"ifindex": ifindex}
    read(fields, raw, _ATTRIBUTES, _FDB_READERS)
    # NDA_IFINDEX counts in the namespace of NDA_LINK_NETNSID where there is one.
    if "linkNetNsId" in fields and "viaIf" in fields:
        fields["viaIfIndex"] = fields.pop("viaIf")
    if not fields.get("vlan", 1):
        del fields["vlan"]
    fields["flags"] = [*_FDB_FLAG_WORDS[flags]]
    if "ext_flags" in fields:
        fields["flags"] += bits(_FDB_EXT_FLAGS, fields.pop("ext_flags"))
    fields["state"] = _fdb_state(state)
    return fields


@lru_cache(maxsize=64)
def _fdb_state(state: int) -> str:
    return next((name for bit, name in _FDB_STATES.items() if state & bit), hexadecimal(state))


def _miss(raw: bytes, flags: int, family: int, ifindex: int, state: int) -> Event:
    fields = _neigh(raw, family, ifindex, state, 0)
    # A vxlan device fills NDA_VNI with a constant that names no network.
    fields.pop("vni", None)
    if flags & NLM_F_REQUEST:
        fields["miss"] = "solicit"
    elif "dst" in fields:
        fields["miss"] = "l3"
    else:
        fields["miss"] = "l2"
        fields["mac"] = fields.pop("lladdr", None)
    return Event(Object.FDB if fields["miss"] == "l2" else Object.NEIGH, Action.MISS, fields)
