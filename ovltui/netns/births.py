"""Ids for namespaces on kernels that tell none that lasts (before Linux 5.14).

Source: the inode, which the kernel uses again, and how often it was seen to come back after it had been gone. Pure.
Incomplete: a namespace that dies and is followed by one with the same inode between two sweeps is taken for the same
one; ``Identified.lasting`` stays False, and the namespace says so.
"""

from dataclasses import replace

from ovltui.kernel.namespace import INODE_BITS, Identified


class Births:
    """Counts the births of each inode, sweep by sweep."""

    def __init__(self) -> None:
        self._births: dict[int, int] = {}
        self._before: set[int] = set()
        self._now: set[int] = set()

    def begin(self) -> None:
        """Begin a sweep."""
        self._before, self._now = self._now, set()

    def known(self, namespace: Identified) -> Identified:
        """Return an open namespace under an id of its own: the kernel's, else inode and birth in one number."""
        if namespace.lasting:
            return namespace
        inode = namespace.inode
        if inode not in self._births:
            self._births[inode] = 0
        elif inode not in self._before and inode not in self._now:
            self._births[inode] += 1
        self._now.add(inode)
        return replace(namespace, id=self._births[inode] << INODE_BITS | inode)
