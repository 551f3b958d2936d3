"""Threads, as /proc shows them: which network namespace each is in and what it is called.

Source: ``/proc/PID/task/*/ns/net`` by readlink, which neither opens nor pins anything. Privileges: PTRACE_MODE_READ on
other users' processes (CAP_SYS_PTRACE). Incomplete: a thread that ends meanwhile is left out.
"""

import os
from pathlib import Path

from ovltui.text import clean_bytes

_LINKS_OF_ONE = 3
"""Links of the ``task`` directory of a process with a single thread; each further thread is one more."""


def pids(proc: Path = Path("/proc")) -> tuple[int, ...]:
    """Return all processes that /proc lists, also those whose main thread has ended before the others, ascending."""
    return tuple(sorted(int(entry) for entry in os.listdir(proc) if entry.isdigit()))


def netns_of_tasks(pid: int, proc: Path = Path("/proc")) -> tuple[tuple[int, int], ...]:
    """Return pairs of thread id and inode of its network namespace; none for a process with a single thread.

    Raises:
        PermissionError: they may not be read.
        OSError: the process is gone.
    """
    directory = f"{proc}/{pid}/task"
    if os.stat(directory).st_nlink <= _LINKS_OF_ONE:
        return ()
    links = ((int(name), _netns(f"{directory}/{name}/ns/net")) for name in os.listdir(directory))
    return tuple((tid, inode) for tid, inode in links if inode)


def is_in_netns(pid: int, tid: int, inode: int, proc: Path = Path("/proc")) -> bool:
    """Whether that thread is still in the network namespace with that inode."""
    try:
        return _netns(f"{proc}/{pid}/task/{tid}/ns/net") == inode
    except PermissionError:
        return False


def name(pid: int, tid: int, proc: Path = Path("/proc")) -> str:
    """Return the short name of a thread, safe to show; empty once it is gone."""
    try:
        with open(f"{proc}/{pid}/task/{tid}/comm", "rb") as file:
            return clean_bytes(file.read().removesuffix(b"\n"))
    except OSError:
        return ""


def _netns(link: str) -> int:
    """Return the inode in a namespace link, 0 where the thread has ended."""
    try:
        target = os.readlink(link)
    except PermissionError:
        raise
    except OSError:
        return 0
    return int(target[target.index("[") + 1 : -1])
