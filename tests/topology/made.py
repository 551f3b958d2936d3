"""Places made by hand, with the messages that the kernel would send."""

import socket
import struct
from collections.abc import Mapping

from ovltui.identity.model import Identity, Kind
from ovltui.kernel.wire import Rtm, Table, attribute, message
from ovltui.netns.model import NetnsKey
from ovltui.state.tables import Contents
from ovltui.topology.place import Place

UP = 0x10043
HOST = "vm"


def key(number: int) -> NetnsKey:
    return NetnsKey(HOST, number)


def link(
    ifindex: int,
    ifname: str,
    kind: str = "",
    *,
    tied: int | None = None,
    nsid: int | None = None,
    master: int | None = None,
    flags: int = UP,
    mtu: int = 1500,
    data: bytes = b"",
    port: int | None = None,
) -> bytes:
    body = struct.pack("=BxHiII", 0, 1, ifindex, flags, 0) + attribute(3, ifname.encode() + b"\0")
    body += attribute(1, bytes((2, 0, 0, 0, ifindex >> 8, ifindex & 255))) + attribute(4, struct.pack("=I", mtu))
    body += attribute(16, b"\6")
    numbers = ((5, tied, "=I"), (37, nsid, "=i"), (10, master, "=I"))
    body += b"".join(attribute(kind_, struct.pack(form, value)) for kind_, value, form in numbers if value is not None)
    if kind:
        info = attribute(1, kind.encode() + b"\0") + (attribute(2, data) if data else b"")
        if port is not None:
            info += attribute(4, b"bridge\0") + attribute(5, attribute(1, bytes((port,))))
        body += attribute(18, info)
    return message(Rtm.NEWLINK, 0, 0, body)


def vxlan(vni: int, port: int = 4789) -> bytes:
    return attribute(1, struct.pack("=I", vni)) + attribute(15, struct.pack("!H", port))


def fdb(mac: str, ifindex: int, dst: str) -> bytes:
    body = struct.pack("=BxxxiHBB", 7, ifindex, 0xC0, 2, 0) + attribute(2, bytes.fromhex(mac.replace(":", "")))
    return message(Rtm.NEWNEIGH, 0, 0, body + attribute(1, socket.inet_aton(dst)))


def neigh(dst: str, mac: str, ifindex: int) -> bytes:
    body = struct.pack("=BxxxiHBB", socket.AF_INET, ifindex, 0x80, 0, 1) + attribute(1, socket.inet_aton(dst))
    return message(Rtm.NEWNEIGH, 0, 0, body + attribute(2, bytes.fromhex(mac.replace(":", ""))))


def place(
    number: int,
    name: str,
    messages: Mapping[Table, tuple[bytes, ...]] | tuple[bytes, ...],
    sights: Mapping[int, int] | None = None,
    network: str | None = None,
) -> Place:
    """Return a place; a tuple of messages is of links."""
    tables = {Table.LINKS: messages} if isinstance(messages, tuple) else messages
    meant = {nsid: key(other) for nsid, other in (sights or {}).items()}
    identity = Identity(name, Kind.NAMED, "made", network_id=network)
    return Place(key(number), identity, Contents(tables, 0, 1), meant)
