"""In which network namespace a socket of another process is.

Source: pidfd_getfd(2), which copies the descriptor to us, then SO_NETNS_COOKIE or ``ioctl(SIOCGSKNS)``. Privileges:
PTRACE_MODE_ATTACH on the process (CAP_SYS_PTRACE), and CAP_NET_ADMIN over the namespace to open it. The copy keeps
socket and namespace alive: it is closed at once. Incomplete: kernels before 5.14 tell nothing (``NOT_TOLD``).
"""

import ctypes
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

SO_NETNS_COOKIE = 71
NOT_TOLD = frozenset((errno.ENOSYS, errno.ENOPROTOOPT))
"""Errors of a kernel that lacks one of the two means."""
_SYS_PIDFD_GETFD = 438
_SIOCGSKNS = 0x894C
_SOL_SOCKET = 1
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def pidfd_of(pid: int) -> Iterator[int]:
    """Hold a process by a descriptor, which pins nothing, until the end of the block.

    Raises:
        OSError: it is gone.
    """
    fd = os.pidfd_open(pid)
    try:
        yield fd
    finally:
        os.close(fd)


def netns_id_of_socket(pidfd: int, fd: int, inode: int) -> int | None:
    """Return the kernel's id of the namespace that a socket of a process is in.

    Args:
        pidfd: the process, from ``pidfd_of``.
        fd: its descriptor.
        inode: the socket's inode; None is returned where another file is at ``fd`` by now.

    Raises:
        OSError: the process is gone or may not be looked at (EPERM), or the kernel lacks the means (``NOT_TOLD``).
    """
    with _copied(pidfd, fd) as copy:
        if os.fstat(copy).st_ino != inode:
            return None
        cookie, size = ctypes.c_uint64(), ctypes.c_uint32(8)
        _check(_libc.getsockopt(copy, _SOL_SOCKET, SO_NETNS_COOKIE, ctypes.byref(cookie), ctypes.byref(size)))
        return cookie.value


def open_netns_of_socket(pid: int, fd: int) -> int:
    """Return a descriptor, to be closed, of the namespace that socket ``fd`` of process ``pid`` is in.

    Raises:
        OSError: the process is gone, the descriptor is no socket (ENOTSOCK), or the kernel refused (EPERM).
    """
    with pidfd_of(pid) as pidfd, _copied(pidfd, fd) as copy:
        if not stat.S_ISSOCK(os.fstat(copy).st_mode):  # the number means something else to a device
            raise OSError(errno.ENOTSOCK, os.strerror(errno.ENOTSOCK))
        return fcntl.ioctl(copy, _SIOCGSKNS)


@contextmanager
def _copied(pidfd: int, fd: int) -> Iterator[int]:
    copy = _check(_libc.syscall(_SYS_PIDFD_GETFD, pidfd, fd, 0))  # close-on-exec by itself
    try:
        yield copy
    finally:
        os.close(copy)


def _check(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
