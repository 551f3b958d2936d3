"""The links and addresses of a namespace, in one short visit.

Source: RTM_GETLINK and RTM_GETADDR dumps inside the namespace. Privileges: CAP_SYS_ADMIN to enter another namespace
than one's own. Incomplete: two dumps are two moments; the events received since the visit began say what changed.
"""

import socket
import struct
from dataclasses import dataclass

from ovltui.kernel import wire
from ovltui.kernel.namespace import Identified, visit
from ovltui.kernel.rtnl import Rtnl

_IFINFOMSG = struct.Struct("=BxHiII")
_IFADDRMSG = struct.Struct("=BBBBi")


@dataclass(frozen=True, slots=True)
class Dump:
    """Answers as the kernel gave them, one netlink message each, header included."""

    links: tuple[bytes, ...]
    addresses: tuple[bytes, ...]


def dump(namespace: Identified, *, own: bool) -> Dump:
    """Return the links and addresses of an open namespace; stay in the calling thread when it is our ``own``.

    Raises:
        OSError: the visit or a dump was refused.
    """
    return _dump_here() if own else visit(namespace.fd, _dump_here)


def _dump_here() -> Dump:
    with Rtnl() as rtnl:
        links = rtnl.dump(wire.Rtm.GETLINK, _IFINFOMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0))
        addresses = rtnl.dump(wire.Rtm.GETADDR, _IFADDRMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0))
    return Dump(tuple(links), tuple(addresses))
