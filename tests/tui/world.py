"""A small world without a kernel: a session with three namespaces, and messages as bytes."""

import socket
import struct
from ipaddress import ip_address

from ovltui.events.record import OWN_NSID
from ovltui.kernel import wire
from ovltui.kernel.frames import FrameKind, frame, gap
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session

HOST = NetnsKey("vm", 1)
BLUE = NetnsKey("vm", 20)
RED = NetnsKey("vm", 30)
BLUE_NSID, RED_NSID = 7, 8
START_NS = 1_700_000_000_000_000_000
_IFF_UP = 1


def netns(key: NetnsKey, name: str, nsid: int) -> Netns:
    """Return a namespace that is mounted as ``ip netns add`` does it."""
    return Netns(key, 4026530000 + key.id, nsid, False, (Mount(1, 1, f"/run/netns/{name}"),), ())


HOST_NETNS = Netns(HOST, 4026531833, None, True, (), (1, 2))
BLUE_NETNS = netns(BLUE, "blue", BLUE_NSID)
RED_NETNS = netns(RED, "red", RED_NSID)


def new_session(limit: int = 1_000_000) -> Session:
    """Return a session that knows host, blue and red."""
    session = Session("vm", HOST, limit)
    session.tenures.bind(BLUE_NSID, BLUE, 0)
    session.tenures.bind(RED_NSID, RED, 0)
    session.publish((HOST_NETNS, BLUE_NETNS, RED_NETNS))
    return session


def link(ifindex: int, name: str, *, gone: bool = False) -> bytes:
    """Return the message of a link that is up."""
    kind = wire.Rtm.DELLINK if gone else wire.Rtm.NEWLINK
    head = struct.pack("=BxHiII", socket.AF_UNSPEC, 1, ifindex, _IFF_UP, 0xFFFFFFFF)
    return wire.message(kind, 0, 0, head + wire.attribute(3, name.encode("utf-8", "surrogateescape") + b"\0"))


def neigh(ifindex: int, address: str) -> bytes:
    """Return the message of a reachable neighbour."""
    head = struct.pack("=BxxxiHBB", socket.AF_INET, ifindex, 2, 0, 1)
    body = wire.attribute(1, ip_address(address).packed) + wire.attribute(2, bytes.fromhex("02420a0d1103"))
    return wire.message(wire.Rtm.NEWNEIGH, 0, 0, head + body)


def route(ifindex: int, net: str, length: int) -> bytes:
    """Return the message of a new IPv4 route."""
    head = struct.pack("=BBBBBBBBI", socket.AF_INET, length, 0, 0, 254, 3, 253, 1, 0)
    body = wire.attribute(1, ip_address(net).packed) + wire.attribute(4, struct.pack("=I", ifindex))
    return wire.message(wire.Rtm.NEWROUTE, 0, 0, head + body)


def feed(session: Session, nsid: int, *messages: bytes) -> None:
    """Let ``session`` receive messages of one namespace, a millisecond apart."""
    start = START_NS + session.ring.end * 1_000_000
    stamped = enumerate(messages)
    session.feed(b"".join(frame(FrameKind.MESSAGE, start + at * 1_000_000, nsid, raw) for at, raw in stamped))


def lose(session: Session, lost: int) -> None:
    """Let ``session`` hear of a gap."""
    session.feed(gap(START_NS, lost, 1_000_000))


__all__ = ["OWN_NSID"]
