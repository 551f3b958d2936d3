"""Namespaces of which a process holds a descriptor without being in them.

Source: ``kernel.openfiles``. Privileges: CAP_SYS_PTRACE for other users' processes. Incomplete: descriptors of threads
that do not share those of their process, and those on their way through a socket, are not seen.
"""

from collections.abc import Iterable
from pathlib import Path

from ovltui.kernel.openfiles import is_namespace
from ovltui.kernel.procfs import name
from ovltui.netns.model import Descriptor


def foreign(pid: int, home: int, namespaces: Iterable[tuple[int, int]]) -> dict[int, list[Descriptor]]:
    """Return the descriptors of other namespaces than its own that a process holds, by inode of the namespace.

    Args:
        pid: the process.
        home: inode of the namespace that it is in.
        namespaces: descriptors and inodes, as ``kernel.openfiles`` gives them.
    """
    found: dict[int, list[Descriptor]] = {}
    for fd, inode in namespaces:
        if inode != home:
            found.setdefault(inode, []).append(Descriptor(pid, fd, name(pid)))
    return found


def is_there(descriptor: Descriptor, inode: int, proc: Path) -> bool:
    """Whether a descriptor is still of the namespace with that inode."""
    return is_namespace(descriptor.pid, descriptor.fd, inode, proc)
