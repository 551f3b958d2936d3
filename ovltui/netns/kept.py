"""Namespaces that need not be opened again: a mount that nobody has touched since keeps each as it was identified.

Source: the last sweep, and the mount namespaces of which ``kernel.mountwatch`` reported no change. Pure. Incomplete:
what only processes are in is opened in every sweep, since the kernel gives the inode of a dead namespace out again at
once.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ovltui.netns.evidence import Evidence
from ovltui.netns.held import Held
from ovltui.netns.model import Netns, NetnsKey

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
        if now == (last.mounts, last.pids, last.tasks, last.descriptors, last.sockets):
            return last
        mounts, pids, tasks, descriptors, sockets = now
        return replace(last, mounts=mounts, pids=pids, tasks=tasks, descriptors=descriptors, sockets=sockets)
