"""Which processes hold which sockets.

Source: ``/proc/PID/fd`` of all processes. Privileges: CAP_SYS_PTRACE for those of other users. Incomplete: processes
whose descriptors may not be read are counted.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from ovltui.kernel.openfiles import open_files
from ovltui.kernel.procfs import name
from ovltui.kernel.tasks import pids
from ovltui.topology.sockets import Holders


@dataclass(frozen=True, slots=True)
class Held:
    """What was found."""

    holders: Holders
    denied: int
    """How many processes may not be read."""

    @property
    def says(self) -> tuple[str, ...]:
        """What is missing, as sentences."""
        many = "a process" if self.denied == 1 else f"{self.denied} processes"
        return (f"the sockets of {many} may not be seen",) if self.denied else ()


def socket_holders(inodes: Collection[int]) -> Held:
    """Return who holds the sockets with these inodes now."""
    wanted = frozenset(inodes) - {0}
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    denied = 0
    for pid in pids() if wanted else ():
        try:
            held = {inode for _, inode in open_files(pid).sockets} & wanted
        except PermissionError:
            denied += 1
            continue
        except OSError:  # it ended
            continue
        for inode in held:
            found[inode].append((pid, name(pid)))
    return Held({inode: tuple(several) for inode, several in found.items()}, denied)
