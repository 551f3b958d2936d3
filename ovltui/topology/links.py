"""A link as the topology needs it, read out of its message once.

Source: RTM_NEWLINK (``linux/if_link.h``); for the state of a bridge's port also that of family ``bridge``. Pure.
Incomplete: what does not say where frames go is not read; of a message that breaks off there is no link.
"""

from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Any

from ovltui.events.addresses import lladdr
from ovltui.events.attributes import MALFORMED, Readers, nested, read, s32, text, u8, u32
from ovltui.events.link_kinds import linkinfo
from ovltui.events.look import link_state
from ovltui.events.words import OPERSTATES, word
from ovltui.kernel.wire import NLMSG_HEADER
from ovltui.netns.model import NetnsKey

_IFINFOMSG = Struct("=BxHiII").unpack_from
_BODY, _ATTRIBUTES = 16, 32
_IFF_UP, _IFF_NOARP, _IFF_LOOPBACK, _IFF_POINTOPOINT, _IFF_RUNNING = 0x1, 0x80, 0x8, 0x10, 0x40
_READERS: Readers = {
    1: ("address", lladdr),
    3: ("ifname", text),
    4: ("mtu", u32),
    5: ("link", u32),
    10: ("master", u32),
    16: ("operstate", u8),
    18: ("linkinfo", bytes),
    37: ("netnsid", s32),
}
_PROTINFO: Readers = {12: ("port", bytes)}
_KIND = nested({1: ("kind", text), 4: ("port_of", text), 5: ("port", bytes)})
_PORT = nested({1: ("state", u8)})
_AF_BRIDGE = 7
_PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
_TOLD_MORE = frozenset(("vxlan", "vlan"))
"""Kinds of which more is read than that they are."""


@dataclass(frozen=True, slots=True, order=True)
class LinkKey:
    """Identity of a link, while its namespace lives and it stays there."""

    netns: NetnsKey
    ifindex: int


@dataclass(frozen=True, slots=True)
class Vxlan:
    """Where a vxlan device sends frames."""

    vni: int
    port: int
    """UDP port of the other ends."""
    local: str
    """Source address of what it sends; empty where the route decides."""
    remote: str
    """Where it sends what no forwarding entry names: an address or a group; empty for nowhere."""
    dev: int | None
    """Ifindex in the underlay's namespace that it is bound to."""
    proxy: bool
    """Whether it answers ARP out of its neighbours, and lets none through."""
    learning: bool
    """Whether it looks from where frames come, and drops those that a permanent entry has elsewhere."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link."""

    key: LinkKey
    ifname: str
    kind: str
    """``veth``, ``bridge``, ``vxlan`` …; empty for hardware and loopback."""
    state: str
    """``UP``, ``DOWN``, ``NO-CARRIER`` or another operational state."""
    mtu: int
    address: str
    """Link-layer address; may be empty."""
    master: int | None
    """Ifindex of the bridge or bond that it is a port of."""
    tied: int | None
    """Ifindex of its veth peer or parent, in namespace ``nsid`` or its own."""
    nsid: int | None
    """Number of the namespace that it is tied to (of a vxlan device, of its underlay); None for its own."""
    resolves: bool
    """Whether it needs neighbours to send."""
    port: str = ""
    """State as a port of its bridge: ``forwarding``, ``blocking`` …; empty for other links."""
    vxlan: Vxlan | None = None
    vlan: int | None = None

    @property
    def works(self) -> bool:
        """Whether frames pass."""
        return self.state == "UP"


@lru_cache(maxsize=1 << 15)
def link_of(netns: NetnsKey, raw: bytes) -> Link | None:
    """Return the link that a RTM_NEWLINK of a namespace describes, or None where it breaks off."""
    try:
        if NLMSG_HEADER.unpack_from(raw)[0] != len(raw):
            return None
        _, _, ifindex, flags, _ = _IFINFOMSG(raw, _BODY)
        fields: dict[str, Any] = {}
        read(fields, raw, _ATTRIBUTES, _READERS)
        info = fields.get("linkinfo", b"")
        kinds = _KIND(info)
        kind = kinds.get("kind", "")
        port = _PORT(kinds["port"]).get("state") if kinds.get("port_of") == "bridge" and "port" in kinds else None
        data = linkinfo(info).get("info_data", {}) if kind in _TOLD_MORE else {}
    except MALFORMED:
        return None
    return Link(
        key=LinkKey(netns, ifindex),
        ifname=fields.get("ifname") or f"if{ifindex}",
        kind=kind,
        state=_state(flags, fields.get("operstate", 0)),
        mtu=fields.get("mtu", 0),
        address=fields.get("address", ""),
        master=fields.get("master"),
        tied=fields.get("link") or None,
        nsid=fields.get("netnsid"),
        resolves=not flags & (_IFF_NOARP | _IFF_LOOPBACK | _IFF_POINTOPOINT),
        port=_port_state(port),
        vxlan=_vxlan(data) if kind == "vxlan" else None,
        vlan=data.get("id") if kind == "vlan" else None,
    )


@lru_cache(maxsize=1 << 15)
def port_of(raw: bytes) -> tuple[int, str] | None:
    """Return the ifindex of a port and its state, of a message of family ``bridge``; None where it tells no state.

    The kernel changes the state after it sent the link's own message, and tells it by this one alone.
    """
    try:
        family, _, ifindex, _, _ = _IFINFOMSG(raw, _BODY)
        fields: dict[str, Any] = {}
        read(fields, raw, _ATTRIBUTES, _PROTINFO)
        state = _PORT(fields.get("port", b"")).get("state")
    except MALFORMED:
        return None
    return (ifindex, _port_state(state)) if family == _AF_BRIDGE and state is not None else None


def _port_state(number: int | None) -> str:
    return "" if number is None else word(dict(enumerate(_PORT_STATES)), number)


def _state(flags: int, operstate: int) -> str:
    words = [name for name, bit in (("UP", _IFF_UP),) if flags & bit]
    if flags & _IFF_UP and not flags & _IFF_RUNNING:
        words.append("NO-CARRIER")
    return link_state({"flags": words, "operstate": word(OPERSTATES, operstate)})


def _vxlan(data: dict[str, Any]) -> Vxlan:
    remote = next((data[key] for key in ("remote", "group", "remote6", "group6") if key in data), "")
    return Vxlan(
        vni=data.get("id", 0),
        port=data.get("port", 0),
        local=data.get("local") or data.get("local6") or "",
        remote=remote,
        dev=data.get("link"),
        proxy=data.get("proxy", False),
        learning=data.get("learning", False),
    )
