"""The processes of a namespace, and the threads that are in it by themselves.

Source: the evidence of a sweep, and ``/proc/PID`` of each process. Privileges: none for what ``ps`` tells everybody.
Incomplete: one that ended since the sweep is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ovltui.kernel.procfs import command, name, owner, parent
from ovltui.netns.model import Netns
from ovltui.topology.sheet import Column, Entry, Sheet

_COLUMNS = (
    Column("PID", right=True),
    Column("PARENT", 4, right=True),
    Column("UID", 3, right=True),
    Column("NAME", 1),
    Column("COMMAND", 2, least=10),
)
_LISTED = 50
"""Pids that a command names at most."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process, or a thread of a process of another namespace."""

    pid: int
    tid: int | None
    """The thread; None for a process."""
    parent: int
    """0 where there is none to see."""
    uid: int
    """Of the user that it runs as, as our own user namespace counts."""
    name: str
    command: tuple[str, ...]
    """Its words; none where it may not be read, and of kernel threads."""


def processes(netns: Netns) -> tuple[Process, ...]:
    """Return what runs in a namespace now."""
    found = [_process(pid) for pid in netns.pids]
    found += [_process(task.pid, task.tid, task.name) for task in netns.tasks]
    return tuple(one for one in found if one)


def _process(pid: int, tid: int | None = None, thread: str = "") -> Process | None:
    uid = owner(pid)
    return None if uid is None else Process(pid, tid, parent(pid), uid, thread or name(pid), command(pid))


def sheet(netns: Netns, found: tuple[Process, ...]) -> Sheet:
    """Return the processes in columns."""
    rows = tuple(Entry((one.pid, one.tid), _cells(one)) for one in found)
    pids = ",".join(str(one.pid) for one in found[:_LISTED])
    commands = (f"ps -o pid,ppid,uid,comm,args -p {pids}",) if pids else ()
    return Sheet(_COLUMNS, rows, commands, netns.gaps, outside=True)


def _cells(one: Process) -> tuple[str, ...]:
    number = str(one.pid) if one.tid is None else f"{one.pid}/{one.tid}"
    return number, str(one.parent or "-"), str(one.uid), one.name, " ".join(one.command) or f"[{one.name}]"


def objects(found: tuple[Process, ...]) -> Iterator[dict[str, Any]]:
    """Yield an object for each process."""
    for one in found:
        thread = {} if one.tid is None else {"tid": one.tid}
        yield {
            "pid": one.pid,
            **thread,
            "ppid": one.parent,
            "uid": one.uid,
            "name": one.name,
            "command": list(one.command),
        }
