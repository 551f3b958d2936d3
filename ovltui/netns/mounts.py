"""Namespaces that are mounted somewhere, in any mount namespace of the machine.

Source: the mount table of each mount namespace, read through one process of it. Privileges: CAP_SYS_PTRACE for other
users' processes. Incomplete: a mount namespace without any process (kept by a descriptor or a mount) is not seen.
Engines in a private mount namespace (snap, rootless, ``MountFlags``) are found like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.mountinfo import NsfsMount, nsfs_mounts
from ovltui.kernel.mountwatch import MountWatch
from ovltui.netns.model import Mount


@dataclass(frozen=True, slots=True)
class MountTable:
    """All nsfs mounts of network namespaces, by inode of the namespace."""

    by_inode: Mapping[int, tuple[Mount, ...]]
    unreadable: int
    """Mount namespaces whose table could not be read."""


class MountTables:
    """Reads mount tables again only when the watch says that one may have changed.

    Args:
        watch: notices of changed mounts; None to read everything each time.
        proc: where /proc is.
    """

    def __init__(self, watch: MountWatch | None = None, proc: Path = Path("/proc")) -> None:
        self._watch = watch
        self._proc = proc
        self._rows: dict[int, tuple[NsfsMount, ...]] = {}

    def read(self, holders: Mapping[int, int], *, changed: bool) -> MountTable:
        """Return the mounts of all mount namespaces.

        Args:
            holders: a process id for each mount namespace's inode.
            changed: whether the watch was ready since the last call.
        """
        fresh: dict[int, tuple[NsfsMount, ...]] = {}
        unreadable = 0
        for mntns, pid in holders.items():
            rows = None if changed else self._known(mntns)
            if rows is None:
                rows = self._table(mntns, pid)
            if rows is None:
                unreadable += 1
            else:
                fresh[mntns] = rows
        self._rows = fresh
        if self._watch:
            self._watch.keep(set(holders))
        return MountTable(_by_inode(fresh, holders), unreadable)

    def _known(self, mntns: int) -> tuple[NsfsMount, ...] | None:
        """Return the rows read before, if a change to them would have been noticed."""
        return self._rows.get(mntns) if self._watch and self._watch.watches(mntns) else None

    def _table(self, mntns: int, pid: int) -> tuple[NsfsMount, ...] | None:
        if self._watch:  # first, so that no change falls between reading and watching
            self._watch.watch(mntns, pid)
        try:
            return nsfs_mounts(pid, self._proc)
        except OSError:
            return None


def _by_inode(rows: Mapping[int, tuple[NsfsMount, ...]], holders: Mapping[int, int]) -> dict[int, tuple[Mount, ...]]:
    found: dict[int, list[Mount]] = {}
    for mntns, mounts in rows.items():
        for mount in mounts:
            found.setdefault(mount.inode, []).append(Mount(mntns, holders[mntns], mount.path))
    return {inode: tuple(mounts) for inode, mounts in found.items()}
