"""Frames, messages and namespaces made by hand, as a reader process and a sweep would bring them."""

import socket
import struct

from ovltui.events.record import OWN_NSID
from ovltui.kernel import frames, wire
from ovltui.netns.model import Mount, Netns, NetnsKey

HOST = "vm"
OWN = NetnsKey(HOST, 1)
UP = 0x1
BRIDGE = 7
ALL_CHANGED = 0xFFFFFFFF
_IFINFOMSG = struct.Struct("=BxHiII")


def message(raw: bytes, nsid: int = OWN_NSID, time_ns: int = 1_700_000_000_000_000_000) -> bytes:
    """Return the frame of one message."""
    return frames.frame(frames.FrameKind.MESSAGE, time_ns, nsid, raw)


def link(
    ifindex: int,
    ifname: bytes,
    kind: wire.Rtm = wire.Rtm.NEWLINK,
    *,
    family: int = socket.AF_UNSPEC,
    change: int = ALL_CHANGED,
    more: bytes = b"",
) -> bytes:
    """Return a link message."""
    body = _IFINFOMSG.pack(family, 1, ifindex, UP, change) + wire.attribute(3, ifname + b"\0") + more
    return wire.message(kind, 0, 0, body)


def address(ifindex: int, local: str, prefixlen: int = 24, kind: wire.Rtm = wire.Rtm.NEWADDR) -> bytes:
    """Return an IPv4 address message."""
    packed = socket.inet_aton(local)
    body = struct.pack("=BBBBi", socket.AF_INET, prefixlen, 0x80, 0, ifindex)
    return wire.message(kind, 0, 0, body + wire.attribute(1, packed) + wire.attribute(2, packed))


def route(oif: int) -> bytes:
    """Return a message of an IPv4 default route through a link."""
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 3, 0, 1, 0)
    return wire.message(wire.Rtm.NEWROUTE, 0, 0, body + wire.attribute(4, struct.pack("=I", oif)))


def nsid_event(kind: wire.Rtm, nsid: int) -> bytes:
    """Return a message that says that an nsid came or went."""
    return wire.message(kind, 0, 0, bytes(4) + wire.attribute(1, struct.pack("=i", nsid)))


def born(nsid: int) -> bytes:
    """Return the frame of a RTM_NEWNSID of our own namespace."""
    return message(nsid_event(wire.Rtm.NEWNSID, nsid))


def died(nsid: int) -> bytes:
    """Return the frame of a RTM_DELNSID of our own namespace."""
    return message(nsid_event(wire.Rtm.DELNSID, nsid))


def own() -> Netns:
    """Return our own namespace."""
    return Netns(OWN, 4026531840, None, True, (), (1,))


def named(number: int, name: str, nsid: int | None = None) -> Netns:
    """Return a namespace that is mounted as ``/run/netns/name``."""
    return Netns(NetnsKey(HOST, number), 4026532000 + number, nsid, False, (Mount(1, 1, f"/run/netns/{name}"),), ())
