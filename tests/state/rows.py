"""Messages about things of a namespace, made by hand as the kernel makes them."""

import socket
import struct

from ovltui.kernel.wire import Rtm, attribute, message

RUNNING = 0x10043
"""IFF_UP, IFF_BROADCAST, IFF_RUNNING and IFF_LOWER_UP."""
OFF = 0x2
NO_CARRIER = 0x3
EXCL, REPLACE, APPEND = 0x200, 0x100, 0x800
LINKDOWN = 0x10


def link(ifindex: int, ifname: str, flags: int = RUNNING, *, change: int = 0, kind: Rtm = Rtm.NEWLINK) -> bytes:
    body = struct.pack("=BxHiII", 0, 1, ifindex, flags, change) + attribute(3, ifname.encode() + b"\0")
    return message(kind, 0, 0, body + attribute(16, b"\6"))


def addr(ifindex: int, local: str, kind: Rtm = Rtm.NEWADDR, *, valid: int = 60) -> bytes:
    packed = socket.inet_aton(local)
    body = struct.pack("=BBBBi", socket.AF_INET, 24, 0x80, 0, ifindex) + attribute(1, packed) + attribute(2, packed)
    return message(kind, 0, 0, body + attribute(6, struct.pack("=IIII", valid, valid, 0, 0)))


def route(
    dst: str,
    oif: int = 2,
    kind: Rtm = Rtm.NEWROUTE,
    flags: int = EXCL,
    *,
    via: str = "",
    metric: int = 0,
    state: int = 0,
    expires: int = 0,
    nhid: int = 0,
) -> bytes:
    family = socket.AF_INET6 if ":" in dst else socket.AF_INET
    length = 64 if ":" in dst else 24
    body = struct.pack("=BBBBBBBBI", family, length, 0, 0, 254, 3, 0, 1, state)
    body += attribute(15, struct.pack("=I", 254)) + attribute(1, socket.inet_pton(family, dst))
    body += attribute(6, struct.pack("=I", metric)) if metric else b""
    body += attribute(30, struct.pack("=I", nhid)) if nhid else b""
    body += attribute(5, socket.inet_pton(family, via)) if via else b""
    body += attribute(4, struct.pack("=I", oif))
    body += attribute(12, struct.pack("=IIiI16x", 0, 0, expires, 0)) if expires else b""
    return message(kind, flags, 0, body)


def neigh(dst: str, lladdr: str, state: int = 0x02, kind: Rtm = Rtm.NEWNEIGH, *, flags: int = 0) -> bytes:
    body = struct.pack("=BxxxiHBB", socket.AF_INET, 2, state, flags, 1) + attribute(1, socket.inet_aton(dst))
    body += attribute(2, bytes.fromhex(lladdr.replace(":", ""))) if lladdr else b""
    return message(kind, 0, 0, body)


def fdb(
    mac: str, ifindex: int, *, master: int = 0, dst: str = "", kind: Rtm = Rtm.NEWNEIGH, state: int = 0x80
) -> bytes:
    flags = 0 if master else 0x02
    body = struct.pack("=BxxxiHBB", 7, ifindex, state, flags, 0) + attribute(2, bytes.fromhex(mac.replace(":", "")))
    body += attribute(9, struct.pack("=I", master)) if master else b""
    body += attribute(1, socket.inet_aton(dst)) if dst else b""
    return message(kind, 0, 0, body)


def nexthop(number: int, kind: Rtm = Rtm.NEWNEXTHOP, *, via: str = "10.0.0.9", flags: int = 0) -> bytes:
    body = struct.pack("=BBBxI", socket.AF_INET, 0, 3, flags) + attribute(1, struct.pack("=I", number))
    return message(kind, 0, 0, body + attribute(5, struct.pack("=I", 2)) + attribute(6, socket.inet_aton(via)))
