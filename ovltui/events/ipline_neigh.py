"""Neighbours, forwarding entries and misses as ``ip monitor`` prints them: all in one form.

Source: ``linux/neighbour.h``, read from the record's bytes, since the words of forwarding entries are those of
bridge(8). Privileges: none. Incomplete: of a forwarding entry ``ip`` prints neither vlan nor vni, nor what it is on. A
link-layer address without a byte, of a tun device, is left out; ``ip`` prints the byte that follows.
"""

import struct
from typing import Any

from ovltui.events.addresses import IPV4_LENGTH, IPV6_LENGTH, inet, lladdr
from ovltui.events.attributes import Readers, read, u8, u32
from ovltui.events.event import Event
from ovltui.events.ipline_words import dev, present
from ovltui.events.vantage import Vantage
from ovltui.events.words import PROTOCOLS, word

_NDMSG = struct.Struct("=BxxxiHBB").unpack_from
"""ndm_family, ndm_ifindex, ndm_state, ndm_flags, ndm_type."""
_ATTRIBUTES = 28
_STATES = ("INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT")
_MANAGED = 1
_BITS_OF_FLAGS = 8
_FLAGS = (
    (0x80, "router "),
    (0x08, "proxy "),
    (_MANAGED << _BITS_OF_FLAGS, "managed "),
    (0x10, "extern_learn "),
    (0x20, "offload "),
)
"""Bits of ndm_flags, and of NDA_FLAGS_EXT above them."""


def _link_address(raw: bytes) -> str:
    # Links whose addresses have these lengths are tunnels over IP.
    return inet(raw) if len(raw) in (IPV4_LENGTH, IPV6_LENGTH) else lladdr(raw)


_READERS: Readers = {1: ("dst", inet), 2: ("lladdr", _link_address), 12: ("protocol", u8), 15: ("ext_flags", u32)}


def neigh_lines(_event: Event, vantage: Vantage, raw: bytes) -> str:
    """Return the line of an entry: ``10.13.17.3 dev vxlan0 lladdr 02:42:… PERMANENT``."""
    _, ifindex, state, ndm_flags, _ = _NDMSG(raw, 16)
    fields: dict[str, Any] = {"dev": dev(vantage, ifindex)} if ifindex else {}
    read(fields, raw, _ATTRIBUTES, _READERS)
    if not fields.get("lladdr"):
        fields.pop("lladdr", None)
    flags = ndm_flags | fields.get("ext_flags", 0) << _BITS_OF_FLAGS
    states = "".join(f"{name} " for bit, name in enumerate(_STATES) if state >> bit & 1)
    protocol = fields.get("protocol")
    return "".join(
        (
            f"{fields['dst']} " if "dst" in fields else "",
            present(fields, ("dev", "dev"), ("lladdr", "lladdr")),
            *(name for bit, name in _FLAGS if flags & bit),
            states,
            f"proto {word(PROTOCOLS, protocol)} " if protocol else "",
        )
    )
