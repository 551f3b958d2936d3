"""Processes, as /proc shows them: which namespaces they are in and what they are called.

Source: ``/proc/PID/ns/*`` by readlink, which neither opens nor pins anything; names, commands, parents and control
groups by the files of ``/proc/PID``. Privileges: PTRACE_MODE_READ on other users' processes (CAP_SYS_PTRACE).
Incomplete: a process whose links may not be read is listed with inode 0; one that ends meanwhile is left out; threads
in other namespaces are not looked at.
"""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ovltui.text import clean

_COMM_LENGTH = 15
"""Bytes of a name that the kernel keeps."""
_PIECE = 1 << 16
_EUID = re.compile(r"^Uid:\s+\d+\s+(\d+)", re.MULTILINE)


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
    found = [(pid, _inode(f"{root}/{pid}/ns/net"), _inode(f"{root}/{pid}/ns/mnt")) for pid in pids]
    return tuple([_process(pid, net, mnt) for pid, net, mnt in found if net is not None and mnt is not None])


# Whoever asks every second is mostly told of the same ones.
@lru_cache(maxsize=1 << 14)
def _process(pid: int, net: int, mnt: int) -> Process:
    return Process(pid, net, mnt)


def name(pid: int) -> str:
    """Return the short name of a process, safe to show; empty once it is gone."""
    comm = _text(pid, "comm").removesuffix("\n")
    if len(comm) >= _COMM_LENGTH:
        # The kernel cuts it off; the program's own path may tell the rest.
        program = next(iter(raw_command(pid)), "").rpartition("/")[2]
        comm = program if program.startswith(comm) else comm
    return clean(comm)


def command(pid: int) -> tuple[str, ...]:
    """Return the words of a process's command line, safe to show; none where it is gone or may not be read."""
    return tuple(clean(word) for word in raw_command(pid))


def raw_command(pid: int) -> tuple[str, ...]:
    """Return the words of a process's command line as they are, to be parsed, not shown."""
    text = _text(pid, "cmdline")
    if not text:
        return ()
    # A process that wrote a title over its words has put blanks between them.
    words = text.removesuffix("\0").split("\0") if text.endswith("\0") else text.split(" ")
    return tuple(words[0].split(" ") if len(words) == 1 else words)


def parent(pid: int) -> int:
    """Return the pid of the process that started ``pid``, or that adopted it; 0 where there is none to see."""
    fields = _text(pid, "stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def owner(pid: int) -> int | None:
    """Return the effective user id of a process, as our own user namespace counts; None once it is gone."""
    # The owner of /proc/PID itself is root for processes that changed who they are.
    found = _EUID.search(_text(pid, "status"))
    return int(found[1]) if found else None


def cgroup(pid: int) -> str:
    """Return the text of ``/proc/PID/cgroup``, raw, to be parsed, not shown; empty where it may not be read."""
    return _text(pid, "cgroup")


def _text(pid: int, file: str) -> str:
    """Return a file of a process, bytes that are not UTF-8 as surrogates; empty where it is gone or may not be read."""
    try:
        fd = os.open(f"/proc/{pid}/{file}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        pieces = [os.read(fd, _PIECE)]
        while len(pieces[-1]) == _PIECE:
            pieces.append(os.read(fd, _PIECE))
    except OSError:  # it ended meanwhile
        return ""
    finally:
        os.close(fd)
    return b"".join(pieces).decode("utf-8", "surrogateescape")


def netns_inode(pid: int, proc: Path = Path("/proc")) -> int | None:
    """Return the inode of a process's network namespace, 0 where it may not be read, None where it is gone."""
    return _inode(f"{proc}/{pid}/ns/net")


def _inode(link: str) -> int | None:
    """Return the inode in a namespace link, 0 where it may not be read, None where the process is gone."""
    try:
        target = os.readlink(link)
    except PermissionError:
        return 0
    except OSError:
        return None
    return int(target[target.index("[") + 1 : -1])
