"""One sweep over the machine: every network namespace that a process is in or that is mounted somewhere.

Source: ``kernel.procfs`` and ``netns.mounts``; every inode that they name is opened once, identified by its kernel id,
shown to the caller while open, and closed. Privileges: CAP_SYS_PTRACE to see other users' processes. Incomplete:
namespaces held only by a thread, a descriptor or a socket are missing; what could not be read is counted in
``Sweep.gaps``.
"""

import errno
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.mountinfo import nsfs_mounts
from ovltui.kernel.namespace import Identified, netns_id_of, opened
from ovltui.kernel.procfs import Process, processes
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.netns.mounts import MountTables

Greet = Callable[[Identified, bool], int | None]
"""Called with each namespace while it is open, and whether it is our own; returns its nsid."""

_TRIES = 3
"""Processes tried before a namespace counts as one that cannot be opened."""
_GONE = frozenset((errno.ENOENT, errno.ESRCH, errno.ENOTDIR, errno.EINVAL, errno.ELOOP))
"""What opening says where a process or a mount is no longer what it was."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep found."""

    netnses: tuple[Netns, ...]
    """Ascending by kernel id."""
    gaps: tuple[str, ...]
    """What could not be read, each a sentence."""


def host_name() -> str:
    """Return the name of this machine, the first half of each ``NetnsKey``."""
    return platform.node() or "localhost"


def key_of(pid: int) -> NetnsKey | None:
    """Return the key of the namespace of process ``pid``, or None where it cannot be read."""
    netns_id = netns_id_of(pid)
    return None if netns_id is None else NetnsKey(host_name(), netns_id)


def nsid_only(_namespace: Identified, _own: bool) -> int | None:
    """Greet by doing nothing: no nsid is asked for or given."""
    return None


class Discoverer:
    """Sweeps, again and again.

    Args:
        greet: see ``Greet``.
        tables: the mount tables, which may know what did not change.
        proc: where /proc is.
    """

    def __init__(
        self,
        greet: Greet = nsid_only,
        tables: MountTables | None = None,
        proc: Path = Path("/proc"),
    ) -> None:
        self._greet = greet
        self._tables = tables or MountTables(proc=proc)
        self._proc = proc
        self._host = host_name()

    def sweep(self, *, changed: bool = True) -> Sweep:
        """Look at everything once.

        Args:
            changed: whether mounts may have changed since the last sweep.
        """
        found = processes(self._proc)
        mounts = self._tables.read(_holders(found), changed=changed)
        pids = _pids_by_inode(found)
        with opened(str(self._proc / "self/ns/net")) as own:
            own_id = own.id
        netnses: dict[int, Netns] = {}
        lost: list[str] = []
        for inode in pids.keys() | mounts.by_inode.keys():
            netns, why_not = self._look(inode, pids.get(inode, ()), mounts.by_inode.get(inode, ()), own_id)
            if netns:
                netnses[netns.key.id] = netns
            elif why_not:
                lost.append(why_not)
        hidden = sum(1 for process in found if not process.net)
        gaps = _gaps(hidden, mounts.unreadable, lost)
        return Sweep(tuple(netnses[netns_id] for netns_id in sorted(netnses)), gaps)

    def _look(
        self, inode: int, pids: tuple[int, ...], mounts: tuple[Mount, ...], own_id: int
    ) -> tuple[Netns | None, str]:
        """Open a namespace by the first evidence that works; return it, or why it cannot be opened."""
        why_not = ""
        for path, follow in _ways_in(self._proc, pids, mounts):
            try:
                with opened(path, follow=follow) as namespace:
                    if namespace.inode != inode:
                        continue
                    own = namespace.id == own_id
                    nsid = self._greet(namespace, own)
                    key = NetnsKey(self._host, namespace.id)
                    gaps = () if namespace.lasting else ("this kernel tells no lasting id",)
                    return Netns(key, inode, nsid, own, mounts, pids, gaps), ""
            except OSError as error:  # that process or mount may be gone, and the next one still be there
                if error.errno not in _GONE:
                    why_not = f"net:[{inode}] cannot be opened ({error.strerror or error})"
        if not why_not and any(self._is_mounted(mount, inode) for mount in mounts):
            why_not = f"net:[{inode}] is hidden by a mount over it"
        return None, why_not

    def _is_mounted(self, mount: Mount, inode: int) -> bool:
        """Whether a mount that leads elsewhere is still there."""
        try:
            rows = nsfs_mounts(mount.pid, self._proc)
        except OSError:
            return False
        return any((row.inode, row.path) == (inode, mount.path) for row in rows)


def ways_in(netns: Netns, proc: Path = Path("/proc")) -> Iterator[str]:
    """Yield the paths by which a namespace can be opened; whoever opens one compares ids."""
    for path, _ in _ways_in(proc, netns.pids, netns.mounts):
        yield path


def _ways_in(proc: Path, pids: tuple[int, ...], mounts: tuple[Mount, ...]) -> Iterator[tuple[str, bool]]:
    for pid in pids[:_TRIES]:
        yield f"{proc}/{pid}/ns/net", True
    for mount in mounts:
        yield f"{proc}/{mount.pid}/root{mount.path}", False


def _holders(found: tuple[Process, ...]) -> dict[int, tuple[int, ...]]:
    """Return a few processes of each mount namespace, the lowest pids."""
    holders: dict[int, tuple[int, ...]] = {}
    for process in found:
        known = holders.get(process.mnt, ())
        if process.mnt and len(known) < _TRIES:
            holders[process.mnt] = (*known, process.pid)
    return holders


def _pids_by_inode(found: tuple[Process, ...]) -> Mapping[int, tuple[int, ...]]:
    pids: dict[int, list[int]] = {}
    for process in found:
        if process.net:
            pids.setdefault(process.net, []).append(process.pid)
    return {inode: tuple(members) for inode, members in pids.items()}


def _gaps(hidden: int, tables: int, lost: list[str]) -> tuple[str, ...]:
    says = []
    if hidden:
        says.append(f"{_count(hidden, 'process')} may not be read: what they alone are in is not listed")
    if tables:
        says.append(f"{_count(tables, 'mount table')} may not be read: what is mounted there alone is not listed")
    return (*says, *sorted(lost))


def _count(number: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
