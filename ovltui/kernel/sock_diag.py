"""The TCP and UDP sockets of a namespace, listed in one short visit.

Source: SOCK_DIAG_BY_FAMILY dumps (``linux/inet_diag.h``) inside the namespace, as ``ss`` makes them. Privileges:
CAP_SYS_ADMIN to enter another namespace than one's own. Incomplete: raw, SCTP and unix sockets are not asked for. The
kernel may load its modules ``tcp_diag`` and ``udp_diag`` for it; where it has none, the dump is refused (ENOENT).
"""

import socket
import struct
from collections.abc import Mapping

from ovltui.kernel.namespace import Identified, visit
from ovltui.kernel.rtnl import Rtnl

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_INET_DIAG_REQ_V2 = struct.Struct("=BBBxI48x")
"""sdiag_family, sdiag_protocol, idiag_ext, idiag_states, and an empty inet_diag_sockid."""
_ALL_STATES = 0xFFFFFFFF
_PROTOCOLS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
_FAMILIES = (socket.AF_INET, socket.AF_INET6)

SocketDump = Mapping[str, tuple[bytes, ...]]
"""Answers as the kernel gave them, one netlink message a socket, header included; by ``tcp`` or ``udp``."""


def dump_sockets(namespace: Identified, *, own: bool) -> SocketDump:
    """Return the sockets of an open namespace; stay in the calling thread when it is our ``own``.

    Raises:
        OSError: the visit or a dump was refused.
    """
    return _dump_here() if own else visit(namespace.fd, _dump_here)


def _dump_here() -> SocketDump:
    with Rtnl(_NETLINK_SOCK_DIAG) as diag:
        return {
            name: tuple(
                raw
                for family in _FAMILIES
                for raw in diag.dump(_SOCK_DIAG_BY_FAMILY, _INET_DIAG_REQ_V2.pack(family, number, 0, _ALL_STATES))
            )
            for name, number in _PROTOCOLS.items()
        }
