"""RTM_NEWMDB, RTM_NEWVLAN, RTM_NEWTUNNEL and their deletions: what a bridge or a vxlan device forwards.

Source: ``linux/if_bridge.h``, ``linux/if_link.h``; groups RTNLGRP_MDB, RTNLGRP_BRVLAN, RTNLGRP_TUNNEL.
Privileges: none. Incomplete: source lists of multicast groups and per-VLAN options are left to the detail
view.
"""

import struct
from typing import Any

from ovltui.events.addresses import inet, ipv4, ipv6, lladdr
from ovltui.events.attributes import Readers, each, read, u8, u16, u32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import bits, word
from ovltui.kernel.wire import Rtm

_INDEXED = struct.Struct("=Bxxxi").unpack_from
"""family and ifindex, as br_port_msg, br_vlan_msg and tunnel_msg begin."""
_BODY, _ATTRIBUTES = 16, 24
_BR_MDB_ENTRY = struct.Struct("=iBBH16s2s").unpack_from
"""ifindex of the port, state, flags, vid, address, protocol (network order)."""
_ETH_P_IP, _ETH_P_IPV6 = b"\x08\x00", b"\x86\xdd"
_MDB_PERMANENT = 0x1
_MDB_FLAGS = {
    0x1: "offload",
    0x2: "fast_leave",
    0x4: "added_by_star_ex",
    0x8: "blocked",
    0x10: "offload_failed",
}
_MDB, _ROUTER, _MDB_ENTRY, _MDB_ENTRY_INFO, _ROUTER_PORT = 1, 2, 1, 1, 1
_VLAN_FLAGS = {0x2: "PVID", 0x4: "Egress Untagged"}
_VLAN_NOISE = 0x1 | 0x8 | 0x10 | 0x20
"""Bits of bridge_vlan_info that say how a message is laid out, not what the VLAN is."""
_VLAN_STATES = {0: "disabled", 1: "listening", 2: "learning", 3: "forwarding", 4: "blocking"}
_VLAN_INFO = struct.Struct("=HH").unpack_from
_ENTRY = 1


def _action(deleted: bool) -> Action:
    return Action.DEL if deleted else Action.NEW


def decode_mdb(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of a group or router port: ``mdb`` and ``router`` as in ``bridge -json mdb``."""
    _, ifindex = _INDEXED(raw, _BODY)
    fields: dict[str, Any] = {"ifindex": ifindex}
    groups = [
        _group(info)
        for mdb in each(raw, _ATTRIBUTES, _MDB)
        for entry in each(mdb, 0, _MDB_ENTRY)
        for info in each(entry, 0, _MDB_ENTRY_INFO)
    ]
    if groups:
        fields["mdb"] = groups
    routers = [
        {"port": u32(port)} for router in each(raw, _ATTRIBUTES, _ROUTER) for port in each(router, 0, _ROUTER_PORT)
    ]
    if routers:
        fields["router"] = routers
    return Event(Object.MDB, _action(rtm_type == Rtm.DELMDB), fields)


def _group(info: bytes) -> dict[str, Any]:
    port, state, flags, vid, address, protocol = _BR_MDB_ENTRY(info)
    entry: dict[str, Any] = {"port": port}
    if protocol == _ETH_P_IP:
        entry["grp"] = ipv4(address[:4])
    elif protocol == _ETH_P_IPV6:
        entry["grp"] = ipv6(address)
    else:
        entry["grp"] = lladdr(address[:6])
    entry |= {"state": "permanent" if state & _MDB_PERMANENT else "temp", "flags": bits(_MDB_FLAGS, flags)}
    return entry | {"vid": vid} if vid else entry


def _vlan_info(raw: bytes) -> dict[str, Any]:
    flags, vid = _VLAN_INFO(raw)
    return {"vlan": vid, "flags": bits(_VLAN_FLAGS, flags & ~_VLAN_NOISE)}


def _vlan_state(raw: bytes) -> str:
    return word(_VLAN_STATES, u8(raw))


_VLAN_ENTRY: Readers = {1: ("info", _vlan_info), 2: ("vlanEnd", u16), 3: ("state", _vlan_state)}
_VNI_ENTRY: Readers = {1: ("vni", u32), 2: ("vniEnd", u32), 3: ("remote", inet), 4: ("remote", inet)}


def decode_vlan(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of VLANs of a bridge or a port: ``vlans`` as in ``bridge -json vlan``."""
    _, ifindex = _INDEXED(raw, _BODY)
    vlans = []
    for entry in each(raw, _ATTRIBUTES, _ENTRY):
        vlan: dict[str, Any] = {}
        read(vlan, entry, 0, _VLAN_ENTRY)
        vlans.append(vlan.pop("info", {}) | vlan)
    return Event(Object.VLAN, _action(rtm_type == Rtm.DELVLAN), {"ifindex": ifindex, "vlans": vlans})


def decode_tunnel(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of VNIs that a vxlan device accepts: ``vnis`` as in ``bridge -json vni``."""
    _, ifindex = _INDEXED(raw, _BODY)
    vnis = []
    for entry in each(raw, _ATTRIBUTES, _ENTRY):
        vni: dict[str, Any] = {}
        read(vni, entry, 0, _VNI_ENTRY)
        vnis.append(vni)
    return Event(Object.TUNNEL, _action(rtm_type == Rtm.DELTUNNEL), {"ifindex": ifindex, "vnis": vnis})
