"""Namespaces that a socket is in, but not the process that holds it.

Source: ``kernel.sockets``. A socket stays in the namespace in which it was made, so each is asked about once for each
process that holds it, and only then copied for a moment. Privileges: CAP_SYS_PTRACE for other users' processes.
Incomplete: as ``kernel.sockets`` says; a socket that is on its way through another one is not seen.
"""

import errno
from collections.abc import Iterable
from pathlib import Path

from ovltui.kernel.namespace import opened
from ovltui.kernel.openfiles import is_socket
from ovltui.kernel.procfs import name
from ovltui.kernel.sockets import NOT_TOLD, netns_id_of_socket, pidfd_of
from ovltui.netns.model import Socket

_DENIED = 0
"""Stands for the id of a namespace that may not be known; the kernel gives no such id."""
_GONE = frozenset((errno.ESRCH, errno.EBADF, errno.ENOTSOCK, errno.EINVAL))
"""What the kernel says where a process ended or closed the socket meanwhile."""


class Sockets:
    """In which namespaces the sockets of all processes are; ``begin`` each look at them."""

    def __init__(self) -> None:
        # The kernel counts the inodes of sockets up to 2^32 before it uses one again.
        self._ids: dict[tuple[int, int], int] = {}
        self._fresh: dict[tuple[int, int], int] = {}
        self._homes: dict[int, int] = {}
        self.denied: set[int] = set()
        """Processes whose sockets the last look was refused."""
        self.told = True
        """Whether this kernel tells in which namespace a socket is."""

    def begin(self) -> None:
        """Begin a look: what the last one did not see is forgotten."""
        self._ids, self._fresh = self._fresh, {}
        self._homes, self.denied = {}, set()

    def foreign(self, pid: int, home: int, sockets: Iterable[tuple[int, int]]) -> dict[int, list[Socket]]:
        """Return the sockets in other namespaces than its own that a process holds, by id of the namespace.

        Args:
            pid: the process.
            home: inode of the namespace that it is in.
            sockets: descriptors and inodes, as ``kernel.openfiles`` gives them.
        """
        sockets = tuple(sockets)
        home_id = self._home(pid, home) if sockets and self.told else None
        if home_id is None:
            return {}
        self._ask(pid, sockets)
        found: dict[int, list[Socket]] = {}
        for fd, inode in sockets:
            netns_id = self._fresh.get((pid, inode), home_id)
            if netns_id == _DENIED:
                self.denied.add(pid)
            elif netns_id != home_id:
                found.setdefault(netns_id, []).append(Socket(pid, fd, inode, name(pid)))
        return found

    def _ask(self, pid: int, sockets: tuple[tuple[int, int], ...]) -> None:
        """Learn the namespaces of those sockets of a process that the last look did not see."""
        keys = [(pid, inode) for _, inode in sockets]
        self._fresh.update((key, self._ids[key]) for key in keys if key in self._ids)
        unknown = [(fd, inode) for fd, inode in sockets if (pid, inode) not in self._fresh]
        if not unknown:
            return
        try:
            with pidfd_of(pid) as pidfd:
                for fd, inode in unknown:
                    if netns_id := _netns_id(pidfd, fd, inode):
                        self._fresh[pid, inode] = netns_id
        except PermissionError:
            self._fresh.update(((pid, inode), _DENIED) for _, inode in unknown)
        except OSError as error:
            if error.errno in NOT_TOLD:
                self.told = False
            elif error.errno not in _GONE:
                raise

    def _home(self, pid: int, home: int) -> int | None:
        """Return the id of the namespace with inode ``home``, in which ``pid`` is, or None where it left."""
        if home not in self._homes:
            try:
                with opened(f"/proc/{pid}/ns/net") as namespace:
                    if namespace.inode == home:
                        self._homes[home] = namespace.id
            except OSError:
                return None
        return self._homes.get(home)


def is_there(socket: Socket, proc: Path) -> bool:
    """Whether a socket is still held where it was."""
    return is_socket(socket.pid, socket.fd, socket.inode, proc)


def _netns_id(pidfd: int, fd: int, inode: int) -> int | None:
    """Return the id of a socket's namespace, or None where it was closed meanwhile."""
    try:
        return netns_id_of_socket(pidfd, fd, inode)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise
