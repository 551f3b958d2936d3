"""Namespaces that need not be opened again: a mount that nobody has touched since keeps each as it was identified.

Source: the last sweep, and the mount namespaces of which ``kernel.mountwatch`` reported no change. Pure. Incomplete:
what only processes are in is opened in every sweep, since the kernel gives the inode of a dead namespace out again at
once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ovltui.netns.evidence import Evidence
from ovltui.netns.held import Held
from ovltui.netns.model import Mount, Netns, NetnsKey

Stays = Callable[[NetnsKey], bool]
"""Told of a namespace that lives on unopened; returns whether it may stay so."""


class Kept:
    """What the last sweep identified.

    Args:
        stays: see ``Stays``.
    """

    def __init__(self, stays: Stays) -> None:
        self._stays = stays
        self._last: dict[int, Netns] = {}

    def remember(self, netnses: Iterable[Netns]) -> None:
        """Take in what a sweep found."""
        # Where the kernel tells no lasting id, a namespace must be looked at to be known.
        self._last = {netns.inode: netns for netns in netnses if netns.mounts and not netns.gaps}

    def still(
        self, pids: Mapping[int, tuple[int, ...]], mounts: Mapping[int, tuple[Mount, ...]], held: Held
    ) -> dict[int, Netns]:
        """Return, by inode, namespaces at which the very same mounts and processes point as before, and nothing else.

        So it is with nearly all, once a second; ``find`` tells of the others.

        Args:
            pids: processes, by inode.
            mounts: mounts, by inode: the very same value while none changed.
            held: what else keeps namespaces.
        """
        found: dict[int, Netns] = {}
        for inode, last in self._last.items():
            if last.mounts is not mounts.get(inode) or last.pids != pids.get(inode, ()):
                continue
            if last.tasks or last.descriptors or last.sockets or last.key.id in held.sockets:
                continue
            if inode not in held.tasks and inode not in held.descriptors and self._stays(last.key):
                found[inode] = last
        return found

    def find(self, evidence: Evidence, held: Held, untouched: frozenset[int]) -> Netns | None:
        """Return the namespace that evidence points at, with that evidence; None where it must be opened.

        Args:
            evidence: what points at it now.
            held: evidence of which only its id is known.
            untouched: mount namespaces whose mounts are those of the last sweep.
        """
        last = self._last.get(evidence.inode)
        if last is None or not any(mount.mntns in untouched and mount in last.mounts for mount in evidence.mounts):
            return None
        if not self._stays(last.key):
            return None
        now = (evidence.mounts, evidence.pids, evidence.tasks, evidence.descriptors, held.sockets.get(last.key.id, ()))
        same_mounts = evidence.mounts is last.mounts
        if same_mounts and now == (last.mounts, last.pids, last.tasks, last.descriptors, last.sockets):
            return last
        mounts, pids, tasks, descriptors, sockets = now
        return replace(last, mounts=mounts, pids=pids, tasks=tasks, descriptors=descriptors, sockets=sockets)
