"""All that points at one namespace, and the ways into it, the surest first.

Source: what ``netns.discover`` gathered. Pure. Incomplete: a way may be closed by the time it is taken; whoever takes
it compares inode or id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.namespace import Identified
from ovltui.netns.model import Descriptor, Mount, Netns, Socket, Task

_TRIES = 3
"""Processes tried before a namespace counts as one that cannot be opened."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What points at one namespace."""

    inode: int
    """Of the namespace; 0 where only its id is known, by a socket."""
    id: int = 0
    """Of the namespace; 0 where only its inode is known."""
    mounts: tuple[Mount, ...] = ()
    pids: tuple[int, ...] = ()
    tasks: tuple[Task, ...] = ()
    descriptors: tuple[Descriptor, ...] = ()
    sockets: tuple[Socket, ...] = ()

    def fits(self, namespace: Identified) -> bool:
        """Whether an open namespace is the one that this points at."""
        return namespace.inode == self.inode if self.inode else namespace.id == self.id

    @property
    def label(self) -> str:
        """What to call the namespace where it cannot be opened."""
        return (
            f"net:[{self.inode}]"
            if self.inode
            else f"the namespace of socket {self.sockets[0].fd} of process {self.sockets[0].pid}"
        )


def ways_in(found: Netns | Evidence, proc: Path = Path("/proc")) -> Iterator[str]:
    """Yield the paths by which a namespace can be opened; whoever opens one compares ids."""
    for path, _ in doors(found, proc):
        yield path


def doors(found: Netns | Evidence, proc: Path) -> Iterator[tuple[str, bool]]:
    """Yield those paths, each with whether its last component may be a link."""
    for pid in found.pids[:_TRIES]:
        yield f"{proc}/{pid}/ns/net", True
    for mount in found.mounts:
        yield f"{proc}/{mount.pid}/root{mount.path}", False
    for task in found.tasks:
        yield f"{proc}/{task.pid}/task/{task.tid}/ns/net", True
    holders: tuple[Descriptor | Socket, ...] = (*found.descriptors, *found.sockets)
    for holder in holders:
        yield f"{proc}/{holder.pid}/fd/{holder.fd}", True
