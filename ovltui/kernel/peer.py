"""Who listens on a unix socket, and whether anybody does.

Source: SO_PEERCRED of a connection, which names the process that called listen(2). Privileges: the right to connect.
Incomplete: with socket activation it is the one who opened the socket (systemd), and a process of another pid
namespace is 0 and counts as unknown.
"""

import socket
import struct

_TIMEOUT_S = 1.0
_UCRED = struct.Struct("=iII")


def listener(path: str) -> int | None:
    """Return the pid of the process that listens at ``path``, or None where nobody answers or it is unknown."""
    try:
        with dial(path, _TIMEOUT_S) as probe:
            pid: int = _UCRED.unpack(probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))[0]
    except OSError:
        return None
    return pid or None


def dial(path: str, timeout_s: float | None) -> socket.socket:
    """Return a connection, which whoever takes it closes.

    Raises:
        OSError: nobody listens there, or not to us, or nobody takes the connection within ``timeout_s`` seconds.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    made.settimeout(timeout_s)
    try:
        made.connect(path)
    except OSError:
        made.close()
        raise
    return made
