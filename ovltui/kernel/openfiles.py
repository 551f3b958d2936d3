"""What processes hold open: descriptors of namespaces, and sockets.

Source: ``/proc/PID/fd/*`` by statx(2) and readlink, which neither open nor pin anything. Privileges: PTRACE_MODE_READ
on other users' processes (CAP_SYS_PTRACE). Incomplete: a thread that does not share the descriptors of its process is
not looked at, nor what is on its way between processes. What was opened where it is mounted may be a namespace of
another type; whoever opens it asks the kernel.
"""

import ctypes
import os
import stat
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_AT_FDCWD = -100
_AT_STATX_DONT_SYNC = 0x4000
_STATX_TYPE_INO = 0x101
_STATX = struct.Struct("=28xH2xQ96xII112x")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """What one process holds open, as pairs of descriptor and inode."""

    namespaces: tuple[tuple[int, int], ...]
    """Descriptors of network namespaces, and of others that were opened where they are mounted."""
    sockets: tuple[tuple[int, int], ...]
    """Sockets; the kernel gives each an inode of its own."""


def open_files(pid: int, proc: Path = Path("/proc")) -> OpenFiles:
    """Return what process ``pid`` holds open.

    Raises:
        PermissionError: its descriptors may not be read.
        OSError: it is gone.
    """
    directory = f"{proc}/{pid}/fd/"
    namespaces: list[tuple[int, int]] = []
    sockets: list[tuple[int, int]] = []
    for name in os.listdir(directory):
        try:
            mode, device, inode = _status(directory + name)
            if stat.S_ISSOCK(mode):
                sockets.append((int(name), inode))
            elif device == _nsfs_device() and _may_be_netns(directory + name):
                namespaces.append((int(name), inode))
        except FileNotFoundError:
            continue  # closed meanwhile
    return OpenFiles(tuple(namespaces), tuple(sockets))


def is_namespace(pid: int, fd: int, inode: int, proc: Path = Path("/proc")) -> bool:
    """Whether that descriptor is still of the namespace with that inode."""
    try:
        _, device, there = _status(f"{proc}/{pid}/fd/{fd}")
    except OSError:
        return False
    return (device, there) == (_nsfs_device(), inode)


def is_socket(pid: int, fd: int, inode: int, proc: Path = Path("/proc")) -> bool:
    """Whether that descriptor is still the socket with that inode."""
    try:
        mode, _, there = _status(f"{proc}/{pid}/fd/{fd}")
    except OSError:
        return False
    return stat.S_ISSOCK(mode) and there == inode


def _may_be_netns(link: str) -> bool:
    # What was opened where it is mounted is shown by its mount point, or as "/" after it was unmounted.
    return os.readlink(link).startswith(("net:[", "/"))


def _status(path: str) -> tuple[int, int, int]:
    """Return mode, device and inode of what is at ``path``, without asking a remote file server for them."""
    if not _has_statx():
        status = os.stat(path)
        return status.st_mode, status.st_dev, status.st_ino
    answer = ctypes.create_string_buffer(_STATX.size)
    if _libc.statx(_AT_FDCWD, path.encode(), _AT_STATX_DONT_SYNC, _STATX_TYPE_INO, answer):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    mode, inode, major, minor = _STATX.unpack_from(answer)
    return mode, os.makedev(major, minor), inode


@cache
def _has_statx() -> bool:
    """Whether the C library has it; musl has since 1.2.5."""
    return hasattr(_libc, "statx")


@cache
def _nsfs_device() -> int:
    return os.stat("/proc/self/ns/net").st_dev
