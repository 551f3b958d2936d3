"""The nsfs mounts of a mount namespace.

Source: ``/proc/PID/mountinfo`` of any process in it. Privileges: PTRACE_MODE_READ on that process. An open mountinfo
file keeps the mount namespace alive, so it is read at once and closed. Incomplete: a mount that is hidden under
another one is listed, but its path leads elsewhere; whoever opens it compares inodes. A process in a chroot is shown
what is mounted below its root only.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_OCTAL = re.compile(rb"\\([0-7]{3})")
_NSFS = b" - nsfs "
_ROOT_FIELD, _PATH_FIELD = 3, 4


@dataclass(frozen=True, slots=True)
class NsfsMount:
    """One bind mount of a network namespace."""

    inode: int
    """Inode of the namespace."""
    path: str
    """Mount point, octal escapes undone; bytes that are not UTF-8 as surrogates. To be opened, not shown."""


def nsfs_mounts(pid: int, proc: Path = Path("/proc")) -> tuple[NsfsMount, ...]:
    """Return the network namespaces that are mounted in the mount namespace of process ``pid``.

    Raises:
        OSError: the process is gone or its mount table may not be read.
    """
    return parse((proc / str(pid) / "mountinfo").read_bytes())


def is_in_chroot(pid: int, proc: Path = Path("/proc")) -> bool:
    """Whether process ``pid`` is shown only a part of the mounts of its mount namespace."""
    try:
        return os.readlink(f"{proc}/{pid}/root") != "/"
    except OSError:  # gone, or not to be read: its mount table will tell which
        return False


def parse(table: bytes) -> tuple[NsfsMount, ...]:
    """Return the network namespaces in the text of a mountinfo file."""
    if _NSFS not in table:
        return ()
    rows = (line.split(b" ", 6) for line in table.split(b"\n") if _NSFS in line)
    return tuple(
        NsfsMount(int(row[_ROOT_FIELD][5:-1]), _unescape(row[_PATH_FIELD]))
        for row in rows
        if row[_ROOT_FIELD].startswith(b"net:[")
    )


def _unescape(field: bytes) -> str:
    plain = _OCTAL.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), field) if b"\\" in field else field
    return plain.decode("utf-8", "surrogateescape")
