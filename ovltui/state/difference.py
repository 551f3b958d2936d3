"""What differs between the tables as events told them and as the kernel listed them: the events that were not told.

Source: two ``Tables`` of one namespace. Pure. Incomplete: what the kernel never tells is no difference (ages, counters,
a neighbour that is being resolved or needs no resolution, the MACs that a link takes for itself), and neither is what
follows by itself (a neighbour that is confirmed or grows stale, the state of a nexthop, what a bridge counts).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from struct import Struct
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.look import look_of
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.kernel.wire import NLMSG_HEADER, Table
from ovltui.state.keys import BODY, NDA_DST, NDA_LLADDR, NDA_MASTER, NDA_NH_ID, NDA_PORT, NDA_VNI, attributes
from ovltui.state.routes import Routes, identity
from ovltui.state.routes import sense as route_sense
from ovltui.state.tables import Entries, Tables

_ORDER = (
    *(Table.LINKS, Table.PORTS, Table.ADDRESSES, Table.NEXTHOPS, Table.ROUTES4, Table.ROUTES6),
    *(Table.RULES, Table.NEIGHBOURS, Table.FDB),
)
"""The order in which things begin to exist; they end in the opposite one."""
_IFI_CHANGE, _ALL_CHANGED = 28, b"\xff" * 4
_NUD_FIXED = 0x80 | 0x40
"""NUD_PERMANENT and NUD_NOARP."""
_NUD_MUTE = frozenset((0x00, 0x01, 0x40))
"""NUD_NONE, NUD_INCOMPLETE, NUD_NOARP: as such the kernel makes neighbours by itself, without a message."""
_NUD_UNKNOWN = frozenset((0x00, 0x01, 0x20))
"""Those two, and NUD_FAILED: the MAC is not known."""
_NTF_LASTING = 0xFF & ~0x20
"""All flags but NTF_OFFLOADED."""
_NTF_SELF = 0x02
_ADDRESS_PASSES = frozenset(("preferred_life_time", "valid_life_time"))
_PORT_SAYS = (
    *("state", "master", "cost", "priority", "hairpin", "guard", "root_block", "learning", "flood"),
    *("isolated", "locked", "neigh_suppress", "vlan_tunnel", "backup_port"),
)
_LINK_SAYS = ("link", "link_index", "link_netnsid", "ifalias", "group", "flags")
_NHA_RES_GROUP = 12
_NEXTHOP_FLAGS = 0x6
_NDMSG = Struct("=HB").unpack_from
"""ndm_state, ndm_flags."""

Pair = tuple[bytes | None, bytes | None]
"""The message before and the message now about one thing."""


def difference(old: Tables, new: Tables, tables: Iterable[Table]) -> list[bytes]:
    """Return the messages that make ``old`` into ``new``.

    Each is RTM_NEW… as ``new`` holds it, or what ``old`` held as RTM_DEL…. A link that ``old`` does not have bears the
    mask of changed flags that the kernel gives to new links.

    Args:
        old: as events told.
        new: as the kernel listed.
        tables: which tables to compare; both have them.
    """
    wanted = set(tables)
    order = [table for table in _ORDER if table in wanted]
    pairs = {table: list(_changes(table, old.store(table), new.store(table))) for table in order}
    gone = [_as_gone(was) for table in reversed(order) for was, now in pairs[table] if was and not now]
    come = [_as_come(table, was, now) for table in order for was, now in pairs[table] if now]
    return gone + come


def _changes(table: Table, old: Entries | Routes, new: Entries | Routes) -> Iterator[Pair]:
    for was, now in _pairs(old, new):
        if was is None or now is None:
            if not _is_mute(table, was, now):
                yield was, now
        elif _SENSES[table](was) != _SENSES[table](now):
            yield was, now


def _pairs(old: Entries | Routes, new: Entries | Routes) -> Iterator[Pair]:
    for key in {**old.held, **new.held}:
        was, now = old.get(key), new.get(key)
        if len(was) == len(now) == 1 and was[0][BODY:] == now[0][BODY:]:
            continue
        name = identity if isinstance(old, Routes) else bool
        before, after = ({name(raw): raw for raw in side} for side in (was, now))
        yield from ((before.get(one), after.get(one)) for one in {**before, **after})


def _is_mute(table: Table, was: bytes | None, now: bytes | None) -> bool:
    """Return whether no message tells that such a thing came or went."""
    if table is Table.NEIGHBOURS:
        # It comes silently, but its end is told.
        return now is not None and _NDMSG(now, 24)[0] in _NUD_MUTE
    if table is Table.FDB:
        # The MACs that a link takes for itself, multicast ones above all, come and go silently.
        raw = was or now or b""
        return bool(_NDMSG(raw, 24)[1] & _NTF_SELF) and {NDA_DST, NDA_NH_ID}.isdisjoint(attributes(raw, 28))
    return False


def _as_gone(raw: bytes) -> bytes:
    length, kind, _, _, _ = NLMSG_HEADER.unpack_from(raw)
    return NLMSG_HEADER.pack(length, kind | 1, 0, 0, 0) + raw[BODY:]


def _as_come(table: Table, was: bytes | None, raw: bytes) -> bytes:
    if table is Table.LINKS and was is None:
        return raw[:_IFI_CHANGE] + _ALL_CHANGED + raw[_IFI_CHANGE + 4 :]
    return raw


def _link(raw: bytes) -> Any:
    fields = _fields(raw)
    info = fields.get("linkinfo", {})
    vxlan = info.get("info_data") if info.get("info_kind") == "vxlan" else None
    return look_of(fields), info.get("info_kind"), vxlan, [fields.get(key) for key in _LINK_SAYS]


def _port(raw: bytes) -> Any:
    fields = _fields(raw)
    return [fields.get(key) for key in _PORT_SAYS]


def _address(raw: bytes) -> Any:
    return {key: value for key, value in _fields(raw).items() if key not in _ADDRESS_PASSES}


def _rule(_raw: bytes) -> Any:
    return None  # its key says all


def _nexthop(raw: bytes) -> Any:
    found = attributes(raw, 24)
    found.pop(_NHA_RES_GROUP, None)
    return raw[16:19], raw[20] & _NEXTHOP_FLAGS, found


def _neighbour(raw: bytes) -> Any:
    state, flags = _NDMSG(raw, 24)
    return state & _NUD_FIXED, state in _NUD_UNKNOWN, flags & _NTF_LASTING, attributes(raw, 28).get(NDA_LLADDR)


def _fdb(raw: bytes) -> Any:
    state, flags = _NDMSG(raw, 24)
    found = attributes(raw, 28)
    where = [found.get(kind) for kind in (NDA_DST, NDA_PORT, NDA_VNI, NDA_NH_ID, NDA_MASTER)]
    return state & _NUD_FIXED, flags & _NTF_LASTING, raw[20:24], where


_SENSES: Mapping[Table, Callable[[bytes], Any]] = {
    Table.LINKS: _link,
    Table.PORTS: _port,
    Table.ADDRESSES: _address,
    Table.ROUTES4: route_sense,
    Table.ROUTES6: route_sense,
    Table.RULES: _rule,
    Table.NEXTHOPS: _nexthop,
    Table.NEIGHBOURS: _neighbour,
    Table.FDB: _fdb,
}
"""What a message says that lasts, by the table of its thing."""


def _fields(raw: bytes) -> dict[str, Any]:
    return decode(Record(0, 0, OWN_NSID, Kind.MESSAGE, raw)).fields
