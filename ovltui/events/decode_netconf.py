"""RTM_NEWNETCONF, RTM_DELNETCONF, RTM_NEWSTATS: settings of a link's IP layer, switches of its counters.

Source: ``linux/netconf.h``, ``linux/if_link.h``; groups RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
RTNLGRP_STATS. Privileges: none. Incomplete: only the sysctls that the kernel reports this way; counters
themselves are left to the detail view.
"""

import struct
from typing import Any

from ovltui.events.attributes import Reader, Readers, read, s32, u32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.events.words import FAMILIES, word
from ovltui.kernel.wire import Rtm

ALL_LINKS, NEW_LINKS = -1, -2
"""NETCONFA_IFINDEX_ALL and NETCONFA_IFINDEX_DEFAULT: the sysctl trees ``all`` and ``default``."""
_RP_FILTER = {0: "off", 1: "strict", 2: "loose"}
_IF_STATS_MSG = struct.Struct("=BxxxiI").unpack_from
"""family, ifindex, filter_mask."""


def _switch(raw: bytes) -> bool:
    return u32(raw) != 0


def _rp_filter(raw: bytes) -> str:
    return word(_RP_FILTER, u32(raw))


_SWITCHES: dict[int, tuple[str, Reader]] = {
    2: ("forwarding", _switch),
    3: ("rp_filter", _rp_filter),
    4: ("mc_forwarding", _switch),
    5: ("proxy_neigh", _switch),
    6: ("ignore_routes_with_linkdown", _switch),
    7: ("input", _switch),
    8: ("bc_forwarding", _switch),
}
_READERS: Readers = {1: ("ifindex", s32), **_SWITCHES}


def decode_netconf(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of a settings message, its fields as in ``ip -json netconf``.

    ``ifindex`` is ``ALL_LINKS`` or ``NEW_LINKS`` for the settings of no single link. The kernel sends all
    settings when a link gets its IP layer, and one when a sysctl is written, which is a ``change``.
    """
    # struct netconfmsg is one byte, padded to four.
    fields: dict[str, Any] = {"family": word(FAMILIES, raw[16]), "ifindex": None}
    read(fields, raw, 20, _READERS)
    settings = sum(name in fields for name, _ in _SWITCHES.values())
    changed = Action.CHANGE if settings == 1 else Action.NEW
    return Event(Object.NETCONF, Action.DEL if rtm_type == Rtm.DELNETCONF else changed, fields)


def decode_stats(raw: bytes, _rtm_type: int, _flags: int) -> Event:
    """Return the event of counters that were switched on or off: ``ifindex`` and ``filter_mask``."""
    _, ifindex, mask = _IF_STATS_MSG(raw, 16)
    return Event(Object.STATS, Action.CHANGE, {"ifindex": ifindex, "filter_mask": mask})
