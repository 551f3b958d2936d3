"""Which processes live in the namespaces of a lab.

Source: the files that keep these, and their ids for those whose file is gone. Privileges: CAP_SYS_PTRACE for processes
of other users. Incomplete: threads in a namespace of their own are not looked at; this process is left out.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ovltui.kernel import procfs
from ovltui.kernel.namespace import netns_id_of

_OWN = Path("/proc/self/ns/net")


class Homes:
    """The namespaces of a lab, as places where processes live.

    Args:
        paths: the files that keep them.
        ids: their kernel ids, by name of the file.
    """

    def __init__(self, paths: Iterable[str], ids: Mapping[str, int]) -> None:
        own = _OWN.stat()
        self._files: dict[int, str | None] = {own.st_ino: None}
        """Name of the file by the namespace's inode; None for one that is not of the lab."""
        self._by_id = {netns_id: file for file, netns_id in ids.items()}
        for path in map(Path, paths):
            inode = _inode_at(path, own.st_dev)
            if inode:
                self._files[inode] = path.name

    def inhabitants(self) -> Iterator[tuple[int, str]]:
        """Yield each process that is in one of them, with the name of its file."""
        for process in procfs.processes():
            if process.pid == os.getpid():
                continue
            if process.net and process.net not in self._files:
                self._files[process.net] = self._by_id.get(netns_id_of(process.pid) or 0)
            if file := self._files.get(process.net):
                yield process.pid, file


def _inode_at(path: Path, nsfs: int) -> int | None:
    """Return the inode of the namespace kept by a file, or None where it keeps none."""
    try:
        found = path.stat()
    except OSError:
        return None
    # Other file systems number as they like.
    return found.st_ino if found.st_dev == nsfs else None
