"""Namespaces that are mounted somewhere, in any mount namespace of the machine.

Source: the mount table of each mount namespace, read through one process of it. Privileges: CAP_SYS_PTRACE for other
users' processes. Incomplete: a mount namespace without any process (kept by a descriptor or a mount) is not seen.
Engines in a private mount namespace (snap, rootless, ``MountFlags``) are found like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.mountinfo import NsfsMount, is_in_chroot, nsfs_mounts
from ovltui.kernel.mountwatch import MountWatch
from ovltui.netns.model import Mount


@dataclass(frozen=True, slots=True)
class MountTable:
    """All nsfs mounts of network namespaces, by inode of the namespace; the very same value while none changed."""

    by_inode: Mapping[int, tuple[Mount, ...]]
    unreadable: int
    """Mount namespaces whose table could not be read."""
    partial: int = 0
    """Mount namespaces of which only processes in a chroot could be asked."""
    untouched: frozenset[int] = frozenset()
    """Inodes of the mount namespaces whose mounts are surely those of the last call."""


class MountTables:
    """Reads mount tables again only when the watch says that one may have changed.

    Args:
        watch: notices of changed mounts; None to read everything each time.
        proc: where /proc is.
    """

    def __init__(self, watch: MountWatch | None = None, proc: Path = Path("/proc")) -> None:
        self._watch = watch
        self._proc = proc
        self._tables: dict[int, tuple[int, tuple[NsfsMount, ...]]] = {}
        """Of each mount namespace the process that was asked, and the rows."""
        self._last = MountTable({}, 0)
        self._partial: set[int] = set()

    def read(self, holders: Mapping[int, tuple[int, ...]], *, changed: bool) -> MountTable:
        """Return the mounts of all mount namespaces.

        Args:
            holders: processes of each mount namespace, by its inode; the first that still lives is asked.
            changed: whether the watch was ready since the last call.
        """
        fresh: dict[int, tuple[int, tuple[NsfsMount, ...]]] = {}
        unreadable = 0
        for mntns, pids in holders.items():
            try:
                fresh[mntns] = self._table(mntns, pids, changed=changed)
            except PermissionError:
                unreadable += 1
            except OSError:
                continue  # its last process ended
        untouched = frozenset(mntns for mntns, (_, rows) in fresh.items() if rows is self._rows(mntns))
        as_before = len(untouched) == len(fresh) and fresh == self._tables
        self._tables = fresh
        self._partial &= fresh.keys()
        if self._watch:
            self._watch.keep(set(holders))
        by_inode = self._last.by_inode if as_before else _by_inode(fresh)
        self._last = MountTable(by_inode, unreadable, len(self._partial), untouched)
        return self._last

    def _rows(self, mntns: int) -> tuple[NsfsMount, ...] | None:
        """Return what was read of a mount namespace for the last call; None where nothing was."""
        known = self._tables.get(mntns)
        return known[1] if known else None

    def _table(self, mntns: int, pids: tuple[int, ...], *, changed: bool) -> tuple[int, tuple[NsfsMount, ...]]:
        """Return the rows of a mount namespace and the process that was asked.

        Raises:
            OSError: what the last process said when none could be asked.
        """
        known = self._rows(mntns)
        if not changed and known is not None and self._watch:
            for pid in pids:
                if self._watch.watches(mntns, pid):
                    return pid, known
        refusal: OSError | None = None
        for jailed, pid in sorted((is_in_chroot(pid, self._proc), pid) for pid in pids):
            if self._watch:  # first, so that no change falls between reading and watching
                self._watch.watch(mntns, pid)
            try:
                rows = nsfs_mounts(pid, self._proc)
            except OSError as error:
                refusal = error
            else:
                (self._partial.add if jailed else self._partial.discard)(mntns)
                return pid, rows
        raise refusal or ProcessLookupError


def _by_inode(tables: Mapping[int, tuple[int, tuple[NsfsMount, ...]]]) -> dict[int, tuple[Mount, ...]]:
    found: dict[int, list[Mount]] = {}
    for mntns, (pid, rows) in tables.items():
        for row in rows:
            found.setdefault(row.inode, []).append(Mount(mntns, pid, row.path))
    return {inode: tuple(mounts) for inode, mounts in found.items()}
