"""The wire format of rtnetlink: numbers, headers and attributes; bytes in, bytes out.

Source: ``linux/netlink.h``, ``linux/rtnetlink.h``, ``linux/net_namespace.h``. Pure, no privileges. A truncated
message ends the iteration; nothing here raises on hostile bytes.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum, StrEnum

NLMSG_HEADER = struct.Struct("=IHHII")
"""nlmsg_len, nlmsg_type, nlmsg_flags, nlmsg_seq, nlmsg_pid."""
ATTRIBUTE_HEADER = struct.Struct("=HH")
"""nla_len (header included), nla_type."""
NLA_TYPE_MASK = 0x3FFF
"""Without NLA_F_NESTED and NLA_F_NET_BYTEORDER."""

NLM_F_REQUEST = 0x1
NLM_F_ACK = 0x4
NLM_F_DUMP_INTR = 0x10
NLM_F_CAPPED = 0x100
NLM_F_ACK_TLVS = 0x200
NLM_F_REPLACE = 0x100
NLM_F_EXCL = 0x200
NLM_F_DUMP = 0x300

NLMSG_ERROR = 2
NLMSG_DONE = 3

SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1
NETLINK_LISTEN_ALL_NSID = 8
NETLINK_EXT_ACK = 11
NETLINK_GET_STRICT_CHK = 12


class Rtm(IntEnum):
    """Message types of NETLINK_ROUTE that are multicast or asked for."""

    NEWLINK = 16
    DELLINK = 17
    GETLINK = 18
    NEWADDR = 20
    DELADDR = 21
    GETADDR = 22
    NEWROUTE = 24
    DELROUTE = 25
    GETROUTE = 26
    NEWNEIGH = 28
    DELNEIGH = 29
    GETNEIGH = 30
    NEWRULE = 32
    DELRULE = 33
    GETRULE = 34
    NEWPREFIX = 52
    NEWNETCONF = 80
    DELNETCONF = 81
    NEWMDB = 84
    DELMDB = 85
    NEWNSID = 88
    DELNSID = 89
    GETNSID = 90
    NEWSTATS = 92
    NEWNEXTHOP = 104
    DELNEXTHOP = 105
    GETNEXTHOP = 106
    NEWVLAN = 112
    DELVLAN = 113
    NEWTUNNEL = 120
    DELTUNNEL = 121


class Group(IntEnum):
    """Multicast groups (``RTNLGRP_*``) that ``ip monitor`` and ``bridge monitor`` listen to."""

    LINK = 1
    NEIGH = 3
    IPV4_IFADDR = 5
    IPV4_MROUTE = 6
    IPV4_ROUTE = 7
    IPV4_RULE = 8
    IPV6_IFADDR = 9
    IPV6_MROUTE = 10
    IPV6_ROUTE = 11
    IPV6_PREFIX = 18
    IPV6_RULE = 19
    IPV4_NETCONF = 24
    IPV6_NETCONF = 25
    MDB = 26
    NSID = 28
    NEXTHOP = 32
    BRVLAN = 33
    TUNNEL = 35
    STATS = 36


class Table(StrEnum):
    """What the kernel keeps of each namespace and lists when asked, each under keys of its own."""

    LINKS = "links"
    PORTS = "ports"
    """Links as ports of a bridge."""
    ADDRESSES = "addresses"
    ROUTES4 = "IPv4 routes"
    ROUTES6 = "IPv6 routes"
    RULES = "rules"
    NEXTHOPS = "nexthops"
    """Nexthop objects, and groups of them."""
    NEIGHBOURS = "neighbours"
    FDB = "forwarding entries"


def attribute(kind: int, payload: bytes) -> bytes:
    """Return one attribute, padded to four bytes."""
    length = ATTRIBUTE_HEADER.size + len(payload)
    return ATTRIBUTE_HEADER.pack(length, kind) + payload + bytes(-length % 4)


def attributes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield (type without flags, payload) of each attribute in ``data[start:end]``, up to the first broken one."""
    end = len(data) if end is None else min(end, len(data))
    while start + 4 <= end:
        length, kind = ATTRIBUTE_HEADER.unpack_from(data, start)
        if length < ATTRIBUTE_HEADER.size or start + length > end:
            return
        yield kind & NLA_TYPE_MASK, data[start + 4 : start + length]
        start += (length + 3) & ~3


def message(kind: int, flags: int, seq: int, body: bytes) -> bytes:
    """Return one netlink message, to be sent to the kernel."""
    return NLMSG_HEADER.pack(NLMSG_HEADER.size + len(body), kind, flags, seq, 0) + body


def messages(datagram: bytes) -> Iterator[bytes]:
    """Yield each message of a datagram, header included; a broken tail comes whole as the last one."""
    start, end = 0, len(datagram)
    while start < end:
        if start + NLMSG_HEADER.size > end:
            yield datagram[start:]
            return
        length = NLMSG_HEADER.unpack_from(datagram, start)[0]
        if length < NLMSG_HEADER.size or start + length > end:
            yield datagram[start:]
            return
        yield datagram[start : start + length]
        start += (length + 3) & ~3
