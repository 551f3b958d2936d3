"""Notices that a process executed a program: ``unshare --net`` and ``docker run`` make a namespace just before.

Source: the kernel's process connector (NETLINK_CONNECTOR), asked for exec alone where the kernel can (Linux 6.6).
Privileges: none since Linux 6.6, CAP_NET_ADMIN before; only in the first network namespace, ``fd`` is -1 elsewhere.
Incomplete: a process that changes its namespace without an exec gives no notice; when too many come at once, some are
lost, which ``drain`` tells.
"""

import errno
import socket
import struct

from ovltui.kernel import wire

_NETLINK_CONNECTOR = 11
_CN_IDX_PROC, _CN_VAL_PROC = 1, 1
_PROC_CN_MCAST_LISTEN = 1
_PROC_EVENT_EXEC = 0x2
_CN_MSG = struct.Struct("=IIIIHH")
"""struct cn_msg: idx, val, seq, ack, len, flags."""
_INPUT = struct.Struct("=II")
"""struct proc_input: mcast_op, event_type; older kernels read the first alone."""
_EVENT = struct.Struct("=IIQII")
"""struct proc_event of an exec: what, cpu, timestamp_ns, process_pid, process_tgid."""
_EVENT_AT = wire.NLMSG_HEADER.size + _CN_MSG.size
_BUFFER = 256
_MOST = 1024
"""Notices taken at once; what is left makes the descriptor ready again."""


class ExecWatch:
    """A descriptor that becomes readable when processes execute programs."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        try:
            self._socket = _listening()
        except OSError:  # refused, as outside the first namespaces: the sweep finds them, later
            self._socket = None
        self.fd = -1 if self._socket is None else self._socket.fileno()
        """-1 where there are no notices."""

    def drain(self) -> tuple[frozenset[int], bool]:
        """Return the processes that executed something, and whether notices of others were lost."""
        pids: set[int] = set()
        for _ in range(_MOST if self._socket else 0):
            assert self._socket is not None
            try:
                message = self._socket.recv(_BUFFER)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    return frozenset(pids), True
                raise
            if len(message) >= _EVENT_AT + _EVENT.size:
                what, _, _, _, pid = _EVENT.unpack_from(message, _EVENT_AT)
                if what == _PROC_EVENT_EXEC:
                    pids.add(pid)
        return frozenset(pids), False

    def close(self) -> None:
        """Let go."""
        if self._socket is not None:
            self._socket.close()


def _listening() -> socket.socket:
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, _NETLINK_CONNECTOR)
    try:
        made.setblocking(False)
        made.bind((0, _CN_IDX_PROC))
        body = _INPUT.pack(_PROC_CN_MCAST_LISTEN, _PROC_EVENT_EXEC)
        request = _CN_MSG.pack(_CN_IDX_PROC, _CN_VAL_PROC, 0, 0, len(body), 0) + body
        made.send(wire.message(wire.NLMSG_DONE, 0, 0, request))
    except BaseException:
        made.close()
        raise
    return made
