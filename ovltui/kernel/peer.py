"""Who listens on a unix socket, and whether anybody does.

Source: SO_PEERCRED of a connection, which names the process that called listen(2). Privileges: the right to connect.
Incomplete: with socket activation it is the one who opened the socket (systemd), and a process of another pid
namespace is 0 and counts as unknown.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_TIMEOUT_S = 1.0
_UCRED = struct.Struct("=iII")


def listener(path: str) -> int | None:
    """Return the pid of the process that listens at ``path``, or None where nobody answers or it is unknown."""
    try:
        with _connected(path, _TIMEOUT_S) as probe:
            pid: int = _UCRED.unpack(probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))[0]
    except OSError:
        return None
    return pid or None


def knock(path: str, timeout_s: float) -> None:
    """Connect once and close.

    Raises:
        OSError: nobody listens there, or not to us, or nobody takes the connection within ``timeout_s`` seconds.
    """
    with _connected(path, timeout_s):
        return


@contextmanager
def _connected(path: str, timeout_s: float) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as probe:
        probe.settimeout(timeout_s)
        probe.connect(path)
        yield probe
