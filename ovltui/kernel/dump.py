"""What the kernel keeps of a namespace, listed in one short visit.

Source: RTM_GET… dumps inside the namespace. Privileges: CAP_SYS_ADMIN to enter another namespace than one's own.
Incomplete: two dumps are two moments, and a long one is many: the events received since the visit began say what
changed. Proxy neighbours are left out.
"""

import socket
import struct
from collections.abc import Iterable, Mapping

from ovltui.kernel import wire
from ovltui.kernel.namespace import Identified, visit
from ovltui.kernel.rtnl import Rtnl
from ovltui.kernel.wire import Table

_IFINFOMSG = struct.Struct("=BxHiII")
_IFADDRMSG = struct.Struct("=BBBBi")
_RTMSG = struct.Struct("=BBBBBBBBI")
_FIB_RULE_HDR = struct.Struct("=BBBBBBBBI")
_NHMSG = struct.Struct("=BBBBI")
_NDMSG = struct.Struct("=BBHiHBB")
_AF_BRIDGE = 7
_IFLA_EXT_MASK = 29
_WITH_VLANS = wire.attribute(_IFLA_EXT_MASK, struct.pack("=I", 1 << 2))
"""RTEXT_FILTER_BRVLAN_COMPRESSED: VLANs as ranges, as events of ports have them, and each bridge with its own."""

_REQUESTS: Mapping[Table, tuple[wire.Rtm, bytes]] = {
    Table.LINKS: (wire.Rtm.GETLINK, _IFINFOMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0)),
    Table.PORTS: (wire.Rtm.GETLINK, _IFINFOMSG.pack(_AF_BRIDGE, 0, 0, 0, 0) + _WITH_VLANS),
    Table.ADDRESSES: (wire.Rtm.GETADDR, _IFADDRMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0)),
    Table.ROUTES4: (wire.Rtm.GETROUTE, _RTMSG.pack(socket.AF_INET, 0, 0, 0, 0, 0, 0, 0, 0)),
    Table.ROUTES6: (wire.Rtm.GETROUTE, _RTMSG.pack(socket.AF_INET6, 0, 0, 0, 0, 0, 0, 0, 0)),
    Table.RULES: (wire.Rtm.GETRULE, _FIB_RULE_HDR.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0, 0, 0)),
    Table.NEXTHOPS: (wire.Rtm.GETNEXTHOP, _NHMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0)),
    Table.NEIGHBOURS: (wire.Rtm.GETNEIGH, _NDMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0)),
    Table.FDB: (wire.Rtm.GETNEIGH, _NDMSG.pack(_AF_BRIDGE, 0, 0, 0, 0, 0, 0)),
}
"""How each table is asked for. The socket checks requests strictly: what is not a filter must be zero."""

Dump = Mapping[Table, tuple[bytes, ...]]
"""Answers as the kernel gave them, one netlink message each, header included."""


def dump(namespace: Identified, tables: Iterable[Table], *, own: bool) -> Dump:
    """Return what is in ``tables`` of an open namespace; stay in the calling thread when it is our ``own``.

    Raises:
        OSError: the visit or a dump was refused.
    """
    wanted = tuple(tables)
    return _dump_here(wanted) if own else visit(namespace.fd, lambda: _dump_here(wanted))


def _dump_here(tables: tuple[Table, ...]) -> Dump:
    with Rtnl() as rtnl:
        return {table: tuple(rtnl.dump(*_REQUESTS[table])) for table in tables}
