"""Network namespaces as files: open, identify, visit, and let go at once.

Source: nsfs (``/proc/PID/ns/net``, bind mounts), ``ioctl(NS_GET_ID)``, SO_NETNS_COOKIE; of a socket of a process, its
namespace. Privileges: CAP_SYS_PTRACE to open the namespace of another user's process, CAP_SYS_ADMIN to visit. A
descriptor or a socket keeps a namespace alive: each function here closes what it opened before it returns. Incomplete:
kernels before 5.14 tell no id; the inode, which is used again, then stands in (``Identified.lasting`` is False).
"""

import ctypes
import errno
import fcntl
import os
import re
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from ovltui.kernel.sockets import SO_NETNS_COOKIE, open_netns_of_socket

_CLONE_NEWNET = 0x40000000
_NS_GET_NSTYPE = 0xB703
_NS_GET_ID = 0x8008B70D
_DESCRIPTOR = re.compile(r"/proc/([0-9]{1,10})/fd/([0-9]{1,10})")
INODE_BITS = 32
"""Bits of an inode of nsfs; above them an id that does not last may count births."""
_libc = ctypes.CDLL(None, use_errno=True)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identified:
    """An open namespace, for as long as its ``opened`` block lasts."""

    fd: int
    id: int
    """The kernel's namespace id."""
    inode: int
    lasting: bool
    """Whether ``id`` is the kernel's own, never given out twice."""

    def is_still(self, netns_id: int) -> bool:
        """Whether it is the namespace that was known by ``netns_id``, as far as this kernel tells."""
        return self.id == netns_id if self.lasting else self.inode == netns_id & (1 << INODE_BITS) - 1


@contextmanager
def opened(path: str, *, follow: bool = True) -> Iterator[Identified]:
    """Open the network namespace file at ``path``, identify it, and close it at the end of the block.

    Args:
        path: a link in /proc, a mount point, or ``/proc/PID/fd/N`` of a socket, which means the socket's namespace.
        follow: whether the last component may be a link, as those of /proc are.

    Raises:
        OSError: it is gone, may not be read, or is no network namespace (EINVAL).
    """
    fd = _open(path, follow=follow)
    try:
        if fcntl.ioctl(fd, _NS_GET_NSTYPE) != _CLONE_NEWNET:
            raise OSError(errno.EINVAL, "not a network namespace", path)
        yield _identify(fd)
    finally:
        os.close(fd)


def enter(fd: int) -> None:
    """Move the calling thread into the network namespace behind ``fd``.

    Raises:
        PermissionError: CAP_SYS_ADMIN is missing.
        OSError: ``fd`` is no network namespace.
    """
    if _libc.setns(fd, _CLONE_NEWNET):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def visit(fd: int, work: Callable[[], T]) -> T:
    """Run ``work`` in a thread of its own inside the namespace behind ``fd``; return or raise what it does."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            enter(fd)
            results.append(work())
        except BaseException as error:  # noqa: BLE001  (handed to the caller below)
            errors.append(error)

    thread = threading.Thread(target=run, name="ovltui-visit")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def netns_id_of(pid: int) -> int | None:
    """Return the id of the network namespace of process ``pid``, or None where it cannot be read."""
    try:
        with opened(f"/proc/{pid}/ns/net") as namespace:
            return namespace.id
    except OSError:
        return None


def mntns_of(pid: int) -> int | None:
    """Return the inode of the mount namespace of process ``pid``, or None where it cannot be read."""
    try:
        return os.stat(f"/proc/{pid}/ns/mnt").st_ino
    except OSError:
        return None


def has_our_pids(pid: int) -> bool:
    """Whether process ``pid`` is in our pid namespace, so that it calls processes by the same numbers as we do."""
    try:
        return os.stat(f"/proc/{pid}/ns/pid").st_ino == os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return False


def _open(path: str, *, follow: bool) -> int:
    # O_PATH neither blocks on a FIFO nor wakes a device that somebody put at this path meanwhile.
    probe = os.open(path, os.O_PATH | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW))
    try:
        status = os.fstat(probe)
        if status.st_dev == _nsfs_device():
            return os.open(f"/proc/self/fd/{probe}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(probe)
    held = _DESCRIPTOR.fullmatch(path)
    if held and follow and stat.S_ISSOCK(status.st_mode):
        return open_netns_of_socket(int(held[1]), int(held[2]))
    raise OSError(errno.EINVAL, "not a namespace", path)


@cache
def _nsfs_device() -> int:
    return os.stat("/proc/self/ns/net").st_dev


def _identify(fd: int) -> Identified:
    inode = os.fstat(fd).st_ino
    answer = bytearray(8)
    try:
        fcntl.ioctl(fd, _NS_GET_ID, answer)
    except OSError as error:
        if error.errno not in (errno.ENOTTY, errno.EINVAL):
            raise
        return _identify_by_cookie(fd, inode)
    return Identified(fd, struct.unpack("=Q", answer)[0], inode, lasting=True)


def _identify_by_cookie(fd: int, inode: int) -> Identified:
    try:
        return Identified(fd, visit(fd, _own_cookie), inode, lasting=True)
    except OSError:
        return Identified(fd, inode, inode, lasting=False)


def _own_cookie() -> int:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0) as probe:
        cookie: int = struct.unpack("=Q", probe.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8))[0]
        return cookie
