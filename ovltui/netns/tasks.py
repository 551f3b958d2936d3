"""Namespaces that a thread is in and its process is not.

Source: ``kernel.tasks``. Privileges: CAP_SYS_PTRACE for other users' processes. Incomplete: a thread that ends
meanwhile is left out.
"""

from pathlib import Path

from ovltui.kernel.tasks import is_in_netns, name, netns_of_tasks
from ovltui.netns.model import Task


def strayed(pid: int, proc: Path) -> dict[int, list[Task]]:
    """Return the threads of a process that are not where its main thread is, by the inode of their namespace.

    Where the main thread has ended before them, all are elsewhere.

    Raises:
        OSError: it is gone, or its threads may not be read.
    """
    found: dict[int, list[Task]] = {}
    threads = dict(netns_of_tasks(pid, proc))
    for tid, inode in threads.items():
        if inode != threads.get(pid):
            found.setdefault(inode, []).append(Task(pid, tid, name(pid, tid, proc)))
    return found


def is_there(task: Task, inode: int, proc: Path) -> bool:
    """Whether a thread is still in the namespace with that inode."""
    return is_in_netns(task.pid, task.tid, inode, proc)
