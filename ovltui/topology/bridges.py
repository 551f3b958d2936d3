"""The bridges of a namespace with their ports: what ``brctl show``, ``bridge link`` and ``bridge vlan`` tell.

Source: the links of a ``Place``; VLANs out of messages of family ``bridge`` (IFLA_AF_SPEC, ``linux/if_bridge.h``).
Pure. Incomplete: VLANs are as of the messages that are given; a bridge tells its own only when it is asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any

from ovltui.events.attributes import MALFORMED
from ovltui.events.look import link_state
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import attributes
from ovltui.topology.names import PlaceNames, fields_of
from ovltui.topology.place import Place
from ovltui.topology.sheet import OF_THE_STREAM, Column, Sheet, entries

_IFINFOMSG = Struct("=16xBxHiII").unpack_from
_VLAN_INFO = Struct("=HH").unpack_from
_ATTRIBUTES, _AF_BRIDGE = 32, 7
_IFLA_AF_SPEC, _IFLA_BRIDGE_VLAN_INFO = 26, 2
_PVID, _UNTAGGED, _RANGE_BEGIN, _RANGE_END = 0x2, 0x4, 0x8, 0x10
_FLAGS = ((_PVID, "PVID"), (_UNTAGGED, "Egress Untagged"))
_COLUMNS = (
    Column("BRIDGE", 0, least=8),
    Column("PORT", 0, least=8),
    Column("STATE", 1),
    Column("STP", 1),
    Column("VLANS", 2, least=8),
    Column("DETAILS", 3, least=10),
)
_COMMANDS = ("ip -d link show type bridge", "bridge -d link", "bridge vlan")
_PORT_WORDS = ("hairpin", "guard", "root_block", "fastleave", "isolated", "neigh_suppress", "vlan_tunnel", "locked")
_PORT_DEFAULTS = ("learning", "flood", "mcast_flood", "bcast_flood")
_TICKS = 100
"""USER_HZ: of the times that a bridge tells."""


@dataclass(frozen=True, slots=True)
class Vlan:
    """A VLAN of a port, or a range of them."""

    vid: int
    end: int
    """The same, where it is one alone."""
    pvid: bool
    untagged: bool

    def __str__(self) -> str:
        number = str(self.vid) if self.end == self.vid else f"{self.vid}-{self.end}"
        return " ".join(
            (number, *(word for word, is_so in (("pvid", self.pvid), ("untagged", self.untagged)) if is_so))
        )


def vlans(messages: Iterable[bytes]) -> dict[int, tuple[Vlan, ...]]:
    """Return the VLANs that messages of family ``bridge`` tell, by ifindex of the port or of the bridge itself."""
    found = {}
    for raw in messages:
        try:
            family, _, ifindex, _, _ = _IFINFOMSG(raw)
            if family == _AF_BRIDGE:
                found[ifindex] = tuple(_vlans(raw))
        except MALFORMED:
            continue
    return found


def _vlans(raw: bytes) -> Iterator[Vlan]:
    begin = None
    spec = dict(attributes(raw, _ATTRIBUTES)).get(_IFLA_AF_SPEC, b"")
    for kind, payload in attributes(spec):
        if kind != _IFLA_BRIDGE_VLAN_INFO:
            continue
        flags, vid = _VLAN_INFO(payload)
        if flags & _RANGE_BEGIN:
            begin = vid
            continue
        first = begin if flags & _RANGE_END and begin is not None else vid
        yield Vlan(first, vid, bool(flags & _PVID), bool(flags & _UNTAGGED))
        begin = None


def sheet(place: Place, messages: Iterable[bytes], says: tuple[str, ...] = ()) -> Sheet:
    """Return each bridge, and its ports below it.

    Args:
        place: whose.
        messages: of family ``bridge``, which tell states and VLANs.
        says: what is missing.
    """
    told = tuple(messages)
    return Sheet(_COLUMNS, entries(_rows(place, vlans(told), ports(told))), _COMMANDS, (*place.contents.gaps, *says))


def ports(messages: Iterable[bytes]) -> dict[int, Mapping[str, Any]]:
    """Return what messages of family ``bridge`` say of ports, by ifindex: their states change without another one."""
    found = (fields_of(raw) for raw in messages)
    return {fields["ifindex"]: fields for fields in found if "state" in fields and "ifindex" in fields}


def _rows(
    place: Place, known: Mapping[int, tuple[Vlan, ...]], told: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    links = [fields for raw in place.contents.rows(Object.LINK) if "family" not in (fields := fields_of(raw))]
    for bridge in (one for one in links if one.get("linkinfo", {}).get("info_kind") == "bridge"):
        data = bridge["linkinfo"].get("info_data", {})
        stp = "stp on" if data.get("stp_state") else "stp off"
        number = bridge["ifindex"]
        yield number, (bridge["ifname"], "-", link_state(bridge), stp, _vlan_words(known, number), _bridge(data))
        for port in (one for one in links if one.get("master") == number):
            info = told.get(port["ifindex"]) or port.get("linkinfo", {}).get("info_slave_data", {})
            cells = (bridge["ifname"], port["ifname"], link_state(port), info.get("state", "-"))
            yield port["ifindex"], (*cells, _vlan_words(known, port["ifindex"]), " ".join(_port(info)))


def _vlan_words(known: Mapping[int, tuple[Vlan, ...]], ifindex: int) -> str:
    return ", ".join(map(str, known.get(ifindex, ()))) or "-"


def _bridge(data: Mapping[str, Any]) -> str:
    words = [f"vlan filtering {'on' if data.get('vlan_filtering') else 'off'}"]
    if "bridge_id" in data:
        words.append(f"id {data['bridge_id']}")
    if data.get("root_id") != data.get("bridge_id"):
        words.append(f"root {data.get('root_id')} by port {data.get('root_port')}")
    if "ageing_time" in data:
        words.append(f"ageing {data['ageing_time'] / _TICKS:.0f}s")
    return ", ".join((*words, *(["topology changes"] if data.get("topology_change") else [])))


def _port(info: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key} {info[key]}" for key in ("cost", "priority") if key in info)
    yield from (word for word in _PORT_WORDS if info.get(word))
    yield from (f"{word} off" for word in _PORT_DEFAULTS if info.get(word) is False)


def objects(place: Place, names: PlaceNames, messages: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield an object for each port and bridge: keys of ``bridge -json -d link``, and its ``vlans``."""
    told = tuple(messages)
    known = vlans(told)
    for raw in told:
        found = as_json(names.record(place.key, raw), names)
        if "ifindex" in found:
            shown = {key: value for key, value in found.items() if key not in OF_THE_STREAM}
            yield {**shown, "vlans": [_vlan_object(one) for one in known.get(found["ifindex"], ())]}


def _vlan_object(one: Vlan) -> dict[str, Any]:
    is_set = {_PVID: one.pvid, _UNTAGGED: one.untagged}
    end = {} if one.end == one.vid else {"vlanEnd": one.end}
    flags = [word for bit, word in _FLAGS if is_set[bit]]
    return {"vlan": one.vid, **end, **({"flags": flags} if flags else {})}
