"""What a link of each kind says about itself: IFLA_LINKINFO, and the settings of a bridge port.

Source: ``linux/if_link.h``. Privileges: none. Incomplete: the settings that decide where frames go are read;
timers, multicast tuning and kinds without a table are left to the detail view.
"""

from ipaddress import ip_address
from typing import Any

from ovltui.events.addresses import inet, lladdr
from ovltui.events.attributes import Reader, Readers, be16, boolean, nested, present, read, text, u8, u16, u32
from ovltui.events.words import hexadecimal

_PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
_VLAN_PROTOCOLS = {0x8100: "802.1Q", 0x88A8: "802.1ad"}


def _named(words: dict[int, str], reader: Reader) -> Reader:
    def named(raw: bytes) -> str:
        number = reader(raw)
        return words.get(number) or str(number)

    return named


def _hex16(raw: bytes) -> str:
    return hexadecimal(u16(raw))


def _bridge_id(raw: bytes) -> str:
    # Priority and MAC, without leading zeros in the MAC, as bridges have always been written.
    return f"{raw[0]:02x}{raw[1]:02x}.{':'.join(f'{byte:x}' for byte in raw[2:8])}"


def _port_range(raw: bytes) -> dict[str, int]:
    return {"low": be16(raw[:2]), "high": be16(raw[2:4])}


_port_state = _named(dict(enumerate(_PORT_STATES)), u8)
_vlan_protocol = _named(_VLAN_PROTOCOLS, be16)

_PORT: Readers = {
    1: ("state", _port_state),
    2: ("priority", u16),
    3: ("cost", u32),
    4: ("hairpin", boolean),
    5: ("guard", boolean),
    6: ("root_block", boolean),
    7: ("fastleave", boolean),
    8: ("learning", boolean),
    9: ("flood", boolean),
    25: ("mcast_router", u8),
    27: ("mcast_flood", boolean),
    28: ("mcast_to_unicast", boolean),
    29: ("vlan_tunnel", boolean),
    30: ("bcast_flood", boolean),
    31: ("group_fwd_mask", _hex16),
    32: ("neigh_suppress", boolean),
    33: ("isolated", boolean),
    34: ("backup_port", u32),
    39: ("locked", boolean),
}
_BRIDGE: Readers = {
    1: ("forward_delay", u32),
    2: ("hello_time", u32),
    3: ("max_age", u32),
    4: ("ageing_time", u32),
    5: ("stp_state", u32),
    6: ("priority", u16),
    7: ("vlan_filtering", u8),
    8: ("vlan_protocol", _vlan_protocol),
    9: ("group_fwd_mask", _hex16),
    10: ("root_id", _bridge_id),
    11: ("bridge_id", _bridge_id),
    12: ("root_port", u16),
    13: ("root_path_cost", u32),
    14: ("topology_change", u8),
    15: ("topology_change_detected", u8),
    20: ("group_addr", lladdr),
    23: ("mcast_snooping", u8),
    25: ("mcast_querier", u8),
    36: ("nf_call_iptables", u8),
    37: ("nf_call_ip6tables", u8),
    38: ("nf_call_arptables", u8),
    39: ("vlan_default_pvid", u16),
}
_VXLAN: Readers = {
    1: ("id", u32),
    2: ("remote", inet),
    3: ("link", u32),
    4: ("local", inet),
    5: ("ttl", u8),
    6: ("tos", u8),
    7: ("learning", boolean),
    8: ("ageing", u32),
    9: ("limit", u32),
    10: ("port_range", _port_range),
    11: ("proxy", boolean),
    12: ("rsc", boolean),
    13: ("l2miss", boolean),
    14: ("l3miss", boolean),
    15: ("port", be16),
    16: ("remote6", inet),
    17: ("local6", inet),
    18: ("udp_csum", boolean),
    19: ("udp_zero_csum6_tx", boolean),
    20: ("udp_zero_csum6_rx", boolean),
    23: ("gbp", present),
    25: ("external", boolean),
    27: ("gpe", present),
    30: ("vnifilter", boolean),
}
_MACVLAN: Readers = {
    1: ("mode", _named({1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}, u32)),
}
_GRE: Readers = {6: ("local", inet), 7: ("remote", inet), 8: ("ttl", u8)}
_IPTUN: Readers = {2: ("local", inet), 3: ("remote", inet), 4: ("ttl", u8)}
_BOND_MODES = (
    "balance-rr",
    "active-backup",
    "balance-xor",
    "broadcast",
    "802.3ad",
    "balance-tlb",
    "balance-alb",
)
_DATA: dict[str, Readers] = {
    "bridge": _BRIDGE,
    "vxlan": _VXLAN,
    "vlan": {1: ("id", u16), 5: ("protocol", _vlan_protocol)},
    "macvlan": _MACVLAN,
    "macvtap": _MACVLAN,
    "ipvlan": {1: ("mode", _named({0: "l2", 1: "l3", 2: "l3s"}, u16))},
    "vrf": {1: ("table", u32)},
    "bond": {1: ("mode", _named(dict(enumerate(_BOND_MODES)), u8)), 2: ("active_slave", u32)},
    "tun": {3: ("type", _named({1: "tun", 2: "tap"}, u8)), 6: ("persist", boolean)},
    "geneve": {1: ("id", u32), 2: ("remote", inet), 5: ("port", be16), 7: ("remote6", inet)},
    "gre": _GRE,
    "gretap": _GRE,
    "ip6gre": _GRE,
    "ip6gretap": _GRE,
    "ipip": _IPTUN,
    "ip6tnl": _IPTUN,
    "sit": _IPTUN,
}
_SLAVE_DATA: dict[str, Readers] = {"bridge": _PORT, "vrf": {1: ("table", u32)}}
_TABLES = (("info_data", "info_kind", _DATA), ("info_slave_data", "info_slave_kind", _SLAVE_DATA))
_LINKINFO: Readers = {
    1: ("info_kind", text),
    2: ("info_data", bytes),
    4: ("info_slave_kind", text),
    5: ("info_slave_data", bytes),
}

port = nested(_PORT)
"""Reader of IFLA_PROTINFO of family ``bridge``: the port's state and settings."""


def linkinfo(raw: bytes) -> dict[str, Any]:
    """Return IFLA_LINKINFO: ``info_kind``, ``info_data``, ``info_slave_kind``, ``info_slave_data``.

    Raises:
        ValueError: an attribute is broken.
        struct.error: a payload is too short.
    """
    info: dict[str, Any] = {}
    read(info, raw, 0, _LINKINFO)
    for data, kind, tables in _TABLES:
        if data in info:
            table = tables.get(info.get(kind, ""))
            values: dict[str, Any] = {}
            if table is not None:
                read(values, info[data], 0, table)
            info[data] = values
    if info.get("info_kind") == "vxlan":
        _settle_vxlan(info.get("info_data", {}))
    return info


def _settle_vxlan(data: dict[str, Any]) -> None:
    # The kernel sends 0.0.0.0 and :: where nothing is set, and a multicast group in place of the remote.
    for key, group in (("remote", "group"), ("remote6", "group6"), ("local", "local"), ("local6", "local6")):
        if key in data:
            address = ip_address(data.pop(key))
            if not address.is_unspecified:
                data[group if address.is_multicast else key] = str(address)
    for key in ("link", "tos", "limit"):
        if not data.get(key, 1):
            del data[key]
