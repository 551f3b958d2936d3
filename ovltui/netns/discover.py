"""One sweep over the machine: every network namespace, by whatever keeps it alive.

Source: processes (``kernel.procfs``), mounts (``netns.mounts``), what processes hold without being in it
(``netns.held``), and nsids (``netns.numbers``). Every namespace that these point at is opened once, identified by its
kernel id, shown to the caller while open, and closed; not again while an untouched mount keeps it (``netns.kept``).
Privileges: CAP_SYS_PTRACE to see other users' processes. Incomplete: as those modules say; what could not be read is
counted in ``Sweep.gaps``.
"""

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.mountinfo import nsfs_mounts
from ovltui.kernel.namespace import Identified, netns_id_of, opened
from ovltui.kernel.procfs import Process, processes
from ovltui.netns import numbers
from ovltui.netns.births import Births
from ovltui.netns.evidence import Evidence, doors, ways_in
from ovltui.netns.gaps import gaps
from ovltui.netns.held import Held, Holders
from ovltui.netns.kept import Kept, Stays
from ovltui.netns.model import Mount, Netns, NetnsKey, numbered
from ovltui.netns.mounts import MountTables

Greet = Callable[[Identified, bool], int | None]
"""Called with each namespace while it is open, and whether it is our own; returns its nsid."""

_ASKED = 3
"""Processes of a mount namespace that may be asked for its mounts."""
_GONE = frozenset((errno.ENOENT, errno.ESRCH, errno.ENOTDIR, errno.EINVAL, errno.ELOOP, errno.EBADF, errno.ENOTSOCK))
"""What opening says where a process, a mount or a descriptor is no longer what it was."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep found."""

    netnses: tuple[Netns, ...]
    """Ascending by kernel id, those of which only the nsid is known first; mostly the very same value while nothing
    changed."""
    gaps: tuple[str, ...]
    """What could not be read, each a sentence."""


def host_name() -> str:
    """Return the name of this machine, the first half of each ``NetnsKey``."""
    return os.uname().nodename or "localhost"


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
        stays: see ``netns.kept.Stays``.
    """

    def __init__(
        self,
        greet: Greet = nsid_only,
        tables: MountTables | None = None,
        proc: Path = Path("/proc"),
        stays: Stays = lambda _key: True,
    ) -> None:
        self._greet = greet
        self._tables = tables or MountTables(proc=proc)
        self._proc = proc
        self._host = host_name()
        self._holders = Holders(proc)
        self._births = Births()
        self._kept = Kept(stays)
        self._hidden: dict[int, Evidence] = {}
        """What was hidden by a mount when it was last looked at; so it stays while no mount changes."""
        self._strangers: set[int] = set()
        self._last: tuple[Netns, ...] = ()

    def sweep(self, *, changed: bool = True, full: bool = True) -> Sweep:
        """Look at everything once.

        Args:
            changed: whether mounts may have changed since the last sweep.
            full: look for what processes hold and for nsids; else only check those found before.
        """
        if not full:
            return self._with_strangers(self._look(changed=changed, full=False), frozenset(self._strangers))
        before: frozenset[int] = frozenset()
        why_not: tuple[str, ...] = ()
        try:
            before = numbers.listed()
        except OSError as error:
            why_not = (f"the nsids may not be read ({error.strerror or error})",)
        found = self._with_strangers(self._look(changed=changed, full=True), before)
        known, self._strangers = self._strangers, _numbers_in(found)
        if self._strangers - known:  # a namespace may have changed from one hiding place to another while we looked
            found = self._with_strangers(self._look(changed=True, full=True), frozenset(self._strangers))
        return Sweep(found.netnses, (*found.gaps, *why_not))

    def _look(self, *, changed: bool, full: bool) -> Sweep:
        """Find all namespaces to which something leads."""
        self._births.begin()
        found = processes(self._proc)
        held = self._holders.look(found) if full else self._holders.check()
        mounts = self._tables.read(_holders(found), changed=changed)
        with opened(str(self._proc / "self/ns/net")) as own:
            own_id = self._births.known(own).id
        pids = _pids_by_inode(found)
        still = self._kept.still(pids, mounts.by_inode, held)
        netnses = {netns.key.id: netns for netns in still.values()}
        lost: dict[int, str] = {}
        for evidence in _pointing(pids, mounts.by_inode, held, still.keys()):
            if evidence.id in netnses:
                continue
            netns, why_not = self._kept.find(evidence, held, mounts.untouched), ""
            if netns is None:
                netns, why_not = self._open(evidence, held, own_id, mounts.untouched)
            if netns:
                netnses[netns.key.id] = netns
            elif why_not:
                lost[evidence.inode or evidence.id] = why_not
        self._kept.remember(netnses.values())
        self._hidden = {inode: evidence for inode, evidence in self._hidden.items() if inode in lost}
        for netns in netnses.values():  # a socket may have led where nothing else did
            lost.pop(netns.inode, None)
        says = gaps(found, mounts, held, lost.values())
        those = tuple([netnses[netns_id] for netns_id in sorted(netnses)])
        self._last = self._last if those == self._last else those
        return Sweep(self._last, says)

    def _with_strangers(self, found: Sweep, before: frozenset[int]) -> Sweep:
        """Return a sweep with the namespaces that have one of these nsids and that it did not find."""
        if not before:
            return found
        rest = numbers.strangers(before, found.netnses, lambda netns: ways_in(netns, self._proc))
        unknown = (Netns(numbered(self._host, nsid), 0, nsid, False, (), ()) for nsid in sorted(rest, reverse=True))
        return Sweep((*unknown, *found.netnses), found.gaps)

    def _open(self, evidence: Evidence, held: Held, own_id: int, untouched: frozenset[int]) -> tuple[Netns | None, str]:
        """Open a namespace by the first evidence that works; return it, or why it cannot be opened."""
        hidden = f"{evidence.label} is hidden by a mount over it"
        as_before = self._hidden.get(evidence.inode) == evidence
        if as_before and untouched.issuperset(mount.mntns for mount in evidence.mounts):
            return None, hidden
        self._hidden.pop(evidence.inode, None)
        why_not = ""
        for path, follow in doors(evidence, self._proc):
            try:
                with opened(path, follow=follow) as namespace:
                    if evidence.fits(namespace):
                        return self._known(self._births.known(namespace), evidence, held, own_id), ""
            except OSError as error:  # that process or mount may be gone, and the next one still be there
                if error.errno not in _GONE:
                    why_not = f"{evidence.label} cannot be opened ({error.strerror or error})"
        if not why_not and any(self._is_mounted(mount, evidence.inode) for mount in evidence.mounts):
            self._hidden[evidence.inode] = evidence
            return None, hidden
        return None, why_not

    def _known(self, namespace: Identified, evidence: Evidence, held: Held, own_id: int) -> Netns:
        own = namespace.id == own_id
        return Netns(
            NetnsKey(self._host, namespace.id),
            namespace.inode,
            self._greet(namespace, own),
            own,
            evidence.mounts,
            evidence.pids,
            () if namespace.lasting else ("this kernel tells no lasting id",),
            evidence.tasks,
            evidence.descriptors,
            held.sockets.get(namespace.id, ()),
        )

    def _is_mounted(self, mount: Mount, inode: int) -> bool:
        """Whether a mount that leads elsewhere is still there."""
        try:
            rows = nsfs_mounts(mount.pid, self._proc)
        except OSError:
            return False
        return any((row.inode, row.path) == (inode, mount.path) for row in rows)


def _pointing(
    pids: Mapping[int, tuple[int, ...]], mounts: Mapping[int, tuple[Mount, ...]], held: Held, known: AbstractSet[int]
) -> Iterator[Evidence]:
    """Yield what points at each namespace but those known: by inode, then by id, what only sockets point at perhaps."""
    for inode in (pids.keys() | mounts.keys() | held.tasks.keys() | held.descriptors.keys()) - known:
        yield Evidence(
            inode,
            0,
            mounts.get(inode, ()),
            pids.get(inode, ()),
            held.tasks.get(inode, ()),
            held.descriptors.get(inode, ()),
        )
    for netns_id, sockets in held.sockets.items():
        yield Evidence(0, netns_id, sockets=sockets)


def _numbers_in(found: Sweep) -> set[int]:
    return {netns.nsid for netns in found.netnses if netns.is_number and netns.nsid is not None}


def _holders(found: tuple[Process, ...]) -> dict[int, tuple[int, ...]]:
    """Return a few processes of each mount namespace, the lowest pids."""
    holders: dict[int, tuple[int, ...]] = {}
    for process in found:
        known = holders.get(process.mnt, ())
        if process.mnt and len(known) < _ASKED:
            holders[process.mnt] = (*known, process.pid)
    return holders


def _pids_by_inode(found: tuple[Process, ...]) -> Mapping[int, tuple[int, ...]]:
    pids: dict[int, list[int]] = {}
    for process in found:
        if process.net:
            pids.setdefault(process.net, []).append(process.pid)
    return {inode: tuple(members) for inode, members in pids.items()}
