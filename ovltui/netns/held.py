"""What processes keep alive without being in it: by a thread, a descriptor or a socket.

Source: ``netns.tasks``, ``netns.descriptors``, ``netns.sockets``. A look at everything costs some microseconds for each
open file of the machine, so it is taken now and then (``netns.beat``); in between, what was found is checked, which
costs a readlink each. Privileges: CAP_SYS_PTRACE for other users' processes; those refused are counted. Incomplete:
what our own process holds for a moment is no evidence and left out; else as those modules say.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ovltui.kernel.openfiles import open_files
from ovltui.kernel.procfs import Process
from ovltui.kernel.tasks import pids
from ovltui.netns import descriptors, tasks
from ovltui.netns.model import Descriptor, Socket, Task
from ovltui.netns.sockets import Sockets, is_there

E = TypeVar("E", Task, Descriptor, Socket)


@dataclass(frozen=True, slots=True)
class Held:
    """Evidence of one look, as far as it still holds."""

    tasks: Mapping[int, tuple[Task, ...]] = field(default_factory=dict)
    """By inode of the namespace."""
    descriptors: Mapping[int, tuple[Descriptor, ...]] = field(default_factory=dict)
    """By inode of the namespace."""
    sockets: Mapping[int, tuple[Socket, ...]] = field(default_factory=dict)
    """By id of the namespace."""
    denied: int = 0
    """Processes whose threads or descriptors may not be read, though the namespace that they are in may."""
    denied_sockets: int = 0
    """Processes whose sockets may not be looked at."""
    sockets_told: bool = True
    """Whether this kernel tells in which namespace a socket is."""


class Holders:
    """Looks at all processes, again and again.

    Args:
        proc: where /proc is.
    """

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._sockets = Sockets()
        self._last = Held()

    def look(self, found: tuple[Process, ...]) -> Held:
        """Look at everything; what was held only while we looked is left out.

        Args:
            found: the processes and the namespaces that they are in.
        """
        homes = {process.pid: process.net for process in found}
        by_task: dict[int, list[Task]] = {}
        by_descriptor: dict[int, list[Descriptor]] = {}
        by_socket: dict[int, list[Socket]] = {}
        denied = 0
        self._sockets.begin()
        for pid in pids(self._proc):
            home = homes.get(pid)
            if pid == os.getpid() or home == 0:
                continue
            try:
                _add(by_task, tasks.strayed(pid, self._proc))
                if home is None:  # its main thread has ended, or it was just born and is looked at the next time
                    continue
                files = open_files(pid, self._proc)
            except PermissionError:
                denied += 1
            except OSError:
                continue  # it ended
            else:
                _add(by_descriptor, descriptors.foreign(pid, home, files.namespaces))
                _add(by_socket, self._sockets.foreign(pid, home, files.sockets))
        self._last = Held(
            _frozen(by_task),
            _frozen(by_descriptor),
            _frozen(by_socket),
            denied,
            len(self._sockets.denied),
            self._sockets.told,
        )
        return self.check()  # who opens a namespace only to look into it, as we do, has closed it by now

    def check(self) -> Held:
        """Return what of the last look still holds."""
        last, proc = self._last, self._proc
        self._last = Held(
            _kept(last.tasks, lambda task, inode: tasks.is_there(task, inode, proc)),
            _kept(last.descriptors, lambda descriptor, inode: descriptors.is_there(descriptor, inode, proc)),
            _kept(last.sockets, lambda socket, _: is_there(socket, proc)),
            last.denied,
            last.denied_sockets,
            last.sockets_told,
        )
        return self._last


def _add(to: dict[int, list[E]], found: Mapping[int, list[E]]) -> None:
    for number, evidence in found.items():
        to.setdefault(number, []).extend(evidence)


def _frozen(found: Mapping[int, list[E]]) -> dict[int, tuple[E, ...]]:
    return {number: tuple(evidence) for number, evidence in found.items()}


def _kept(found: Mapping[int, tuple[E, ...]], holds: Callable[[E, int], bool]) -> dict[int, tuple[E, ...]]:
    checked = ((number, tuple(one for one in evidence if holds(one, number))) for number, evidence in found.items())
    return {number: evidence for number, evidence in checked if evidence}
