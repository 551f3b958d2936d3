"""What an rtnetlink message is about: the table of the kernel, and the key under which that holds it.

Source: the header and the few attributes that identify the thing, straight from the bytes. Pure. Incomplete: multicast
routes, labels of MPLS and proxy neighbours have no place here; a message that breaks off has none either.

A MAC that a bridge learns at another port moves without RTM_DELNEIGH, and so does a MAC of a vxlan device that it finds
behind another remote: neither port nor remote belongs to the key of such an entry.
"""

import struct
from collections.abc import Callable

from ovltui.kernel.wire import ATTRIBUTE_HEADER, NLA_TYPE_MASK, Rtm, Table

Place = tuple[Table, bytes]
Attributes = dict[int, bytes]
Finder = Callable[[bytes], Place | None]

BODY = 16
"""Where the message behind nlmsghdr begins."""
AF_UNSPEC, AF_INET, AF_BRIDGE, AF_INET6 = 0, 2, 7, 10
RTM_F_CLONED = 0x200
NTF_PROXY = 0x08
RTA_DST, RTA_SRC, RTA_PRIORITY, RTA_TABLE = 1, 2, 6, 15
NDA_DST, NDA_LLADDR, NDA_VLAN, NDA_PORT, NDA_VNI, NDA_IFINDEX, NDA_MASTER = 1, 2, 5, 6, 7, 8, 9
NDA_SRC_VNI, NDA_NH_ID = 11, 13
_IFLA_MASTER = 10
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_NHA_ID = 1
_FIB_RULE_INVERT = 0x2
_ROUTE_TABLES = {AF_INET: Table.ROUTES4, AF_INET6: Table.ROUTES6}
_MOST = 4096
"""Places remembered of one kind, before all are forgotten."""
NO_METRIC = bytes(4)
_PLAIN_ROUTE = struct.Struct("=28x4s4s4s4s4s4s")
PLAIN_HEADERS = tuple(ATTRIBUTE_HEADER.pack(8, kind) for kind in (RTA_TABLE, RTA_DST, 4))
"""RTA_TABLE, RTA_DST, RTA_OIF: an IPv4 route through a link, without more."""
_header = ATTRIBUTE_HEADER.unpack_from
_u16 = struct.Struct("=H").unpack_from
_u32 = struct.Struct("=I").unpack_from


def place(raw: bytes) -> Place | None:
    """Return where a message belongs; None for one that changes none of the tables. Never raises."""
    if len(raw) < BODY + 8:
        return None
    find = _PLACES.get(_u16(raw, 4)[0])
    try:
        return find(raw) if find else None
    except (struct.error, LookupError):  # it breaks off
        return None


def attributes(raw: bytes, start: int) -> Attributes:
    """Return the payload of each attribute of ``raw[start:]`` by its type without flags; stop at a broken one."""
    found: Attributes = {}
    end = len(raw)
    while start + 4 <= end:
        length, kind = _header(raw, start)
        if length < ATTRIBUTE_HEADER.size:
            break
        found[kind & NLA_TYPE_MASK] = raw[start + 4 : start + length]
        start += (length + 3) & ~3
    return found


def _link(raw: bytes) -> Place | None:
    family, ifindex = raw[BODY], raw[20:24]
    if family == AF_UNSPEC:
        return Table.LINKS, ifindex
    # Of a bridge itself it tells the VLANs.
    if family == AF_BRIDGE and attributes(raw, 32).get(_IFLA_MASTER) != ifindex:
        return Table.PORTS, ifindex
    return None


def _address(raw: bytes) -> Place:
    found = attributes(raw, 24)
    link = raw[16:17] + raw[20:24]
    if raw[BODY] == AF_INET:
        return Table.ADDRESSES, link + raw[17:18] + found[_IFA_LOCAL] + found.get(_IFA_ADDRESS, b"")
    # Without a peer, IPv6 sends the address itself as IFA_ADDRESS. A link has it once, with whatever length.
    return Table.ADDRESSES, link + (found.get(_IFA_LOCAL) or found[_IFA_ADDRESS])


def _route(raw: bytes) -> Place | None:
    table = _ROUTE_TABLES.get(raw[BODY])
    if table is None or _u32(raw, 24)[0] & RTM_F_CLONED:
        return None
    return table, prefix_of(raw, attributes(raw, 28))


def prefix_of(raw: bytes, found: Attributes) -> bytes:
    """Return table, destination, source, TOS and metric of a route: several routes may share them.

    Args:
        raw: the message.
        found: its attributes.
    """
    parts = (raw[17:20], found.get(RTA_TABLE, b""), found.get(RTA_PRIORITY, b"\0\0\0\0"))
    return b"".join((*parts, found.get(RTA_DST, b""), found.get(RTA_SRC, b"")))


def _rule(raw: bytes) -> Place:
    # Whether the links and the rule that it names exist now stands in the flags too, and changes silently.
    invert = _u32(raw, 24)[0] & _FIB_RULE_INVERT
    return Table.RULES, raw[16:24] + bytes((invert,)) + raw[28:]


def _nexthop(raw: bytes) -> Place:
    return Table.NEXTHOPS, attributes(raw, 24)[_NHA_ID]


def _neighbour(raw: bytes) -> Place | None:
    if raw[BODY] == AF_BRIDGE:
        return Table.FDB, _fdb(raw, attributes(raw, 28))
    if raw[26] & NTF_PROXY:
        return None
    length, kind = _header(raw, 28)  # the kernel puts the address first
    dst = raw[32 : 28 + length] if kind == NDA_DST else attributes(raw, 28)[NDA_DST]
    return Table.NEIGHBOURS, raw[16:17] + raw[20:24] + dst


def _fdb(raw: bytes, found: Attributes) -> bytes:
    mac, vlan = found[NDA_LLADDR], found.get(NDA_VLAN, b"\0\0")
    if NDA_MASTER in found:
        return b"".join((b"M", found[NDA_MASTER], mac, vlan))
    own = b"".join((b"S", raw[20:24], mac, vlan, found.get(NDA_SRC_VNI, b"")))
    # Frames to a group, and those to an unknown MAC, go to several remotes, each an entry.
    if NDA_NH_ID in found or (any(mac) and not mac[0] & 1):
        return own
    return b"".join((own, *(found.get(kind, b"-") for kind in (NDA_DST, NDA_PORT, NDA_VNI, NDA_IFINDEX))))


def _remembered(find: Finder) -> Finder:
    """Return what finds the same by the bytes behind the header, each time but the first at once.

    In a storm the same few messages come thousands of times.
    """
    known: dict[bytes, Place | None] = {}

    def found(raw: bytes) -> Place | None:
        body = raw[BODY:]
        if body in known:
            return known[body]
        place = find(raw)
        if len(known) >= _MOST:
            known.clear()
        known[body] = place
        return place

    return found


_other_route = _remembered(_route)


def _any_route(raw: bytes) -> Place | None:
    # A storm of routes is one of plain ones that all differ: known by their headers alone, they are not remembered.
    if len(raw) == _PLAIN_ROUTE.size and raw[BODY] == AF_INET and not _u32(raw, 24)[0] & RTM_F_CLONED:
        table_header, table, dst_header, dst, oif_header, _ = _PLAIN_ROUTE.unpack(raw)
        if (table_header, dst_header, oif_header) == PLAIN_HEADERS:
            return Table.ROUTES4, raw[17:20] + table + NO_METRIC + dst
    return _other_route(raw)


_PLACES: dict[int, Finder] = {
    Rtm.NEWLINK: _link,
    Rtm.DELLINK: _link,
    **dict.fromkeys((Rtm.NEWADDR, Rtm.DELADDR), _remembered(_address)),
    **dict.fromkeys((Rtm.NEWROUTE, Rtm.DELROUTE), _any_route),
    **dict.fromkeys((Rtm.NEWRULE, Rtm.DELRULE), _rule),
    **dict.fromkeys((Rtm.NEWNEXTHOP, Rtm.DELNEXTHOP), _nexthop),
    **dict.fromkeys((Rtm.NEWNEIGH, Rtm.DELNEIGH), _remembered(_neighbour)),
}
