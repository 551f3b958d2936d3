"""Processes, as /proc shows them: which namespaces they are in and what they are called.

Source: ``/proc/PID/ns/*`` by readlink, which neither opens nor pins anything; names and commands by psutil.
Privileges: PTRACE_MODE_READ on other users' processes (CAP_SYS_PTRACE). Incomplete: a process whose links may not be
read is listed with inode 0; one that ends meanwhile is left out; threads in other namespaces are not looked at.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from ovltui.text import clean


@dataclass(frozen=True, slots=True)
class Process:
    """A process and its namespaces."""

    pid: int
    net: int
    """Inode of its network namespace, 0 where it may not be read."""
    mnt: int
    """Inode of its mount namespace, 0 where it may not be read."""


def processes(proc: Path = Path("/proc")) -> tuple[Process, ...]:
    """Return all processes that /proc lists, ascending by pid."""
    root = str(proc)
    pids = sorted(int(entry) for entry in os.listdir(root) if entry.isdigit())
    found = ((pid, _inode(f"{root}/{pid}/ns/net"), _inode(f"{root}/{pid}/ns/mnt")) for pid in pids)
    return tuple(Process(pid, net, mnt) for pid, net, mnt in found if net is not None and mnt is not None)


def name(pid: int) -> str:
    """Return the short name of a process, safe to show; empty once it is gone."""
    import psutil  # noqa: PLC0415  (17 ms that most commands do without)

    try:
        return clean(psutil.Process(pid).name())
    except (psutil.Error, ValueError):
        return ""


def command(pid: int) -> tuple[str, ...]:
    """Return the words of a process's command line, safe to show; none where it is gone or may not be read."""
    return tuple(clean(word) for word in raw_command(pid))


def raw_command(pid: int) -> tuple[str, ...]:
    """Return the words of a process's command line as they are, to be parsed, not shown."""
    import psutil  # noqa: PLC0415  (as above)

    try:
        return tuple(psutil.Process(pid).cmdline())
    except (psutil.Error, ValueError):
        return ()


def _inode(link: str) -> int | None:
    """Return the inode in a namespace link, 0 where it may not be read, None where the process is gone."""
    try:
        target = os.readlink(link)
    except PermissionError:
        return 0
    except OSError:
        return None
    return int(target[target.index("[") + 1 : -1])
