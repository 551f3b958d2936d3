"""One question to a netlink family other than NETLINK_ROUTE, and its one answer; never loads a module for it.

Source: the family's kernel socket in the namespace of the calling thread; ``/proc/net/netlink`` tells whether there is
one, for to open a socket of a family that is not there has the kernel load its module. Privileges: CAP_NET_ADMIN where
the family wants it. Incomplete: a family that is not loaded has no answer.
"""

import os
import socket
import struct
from pathlib import Path

from ovltui.kernel import wire

_TIMEOUT_S = 1.0
_BUFFER = 1 << 16
_SEQ = 1
_FAMILY, _PORT = 1, 2
"""Columns of the table: the netlink family, and the port, which is 0 for the kernel's own socket."""


def is_there(family: int, table: Path = Path("/proc/thread-self/net/netlink")) -> bool:
    """Return whether the kernel has a netlink family loaded in the namespace of the calling thread.

    Raises:
        OSError: the table cannot be read.
    """
    rows = (line.split() for line in table.read_text(encoding="ascii", errors="replace").splitlines()[1:])
    return any(row[_FAMILY : _PORT + 1] == [str(family), "0"] for row in rows)


def ask(family: int, kind: int, body: bytes) -> bytes | None:
    """Return the answer to one question, header included; None where the kernel only says that it took it.

    Raises:
        OSError: the kernel refused, or did not answer in a second.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, family) as asker:
        asker.settimeout(_TIMEOUT_S)
        asker.bind((0, 0))
        asker.send(wire.message(kind, wire.NLM_F_REQUEST, _SEQ, body))
        for answer in wire.messages(asker.recv(_BUFFER)):
            _, told, _, seq, _ = wire.NLMSG_HEADER.unpack_from(answer)
            if seq == _SEQ and told == wire.NLMSG_ERROR:
                code = struct.unpack_from("=i", answer, wire.NLMSG_HEADER.size)[0]
                if code:
                    raise OSError(-code, os.strerror(-code))
                return None
            if seq == _SEQ:
                return answer
    return None
