"""A command on a terminal of its own in a namespace, and the end of everything that it started.

Source: setsid(2), TIOCSCTTY, prctl(PR_SET_CHILD_SUBREAPER), ``/proc/PID/stat``. Privileges: those of ``kernel.spawn``.
It runs as a process of its own, one for each shell: as subreaper it is the parent of whatever the shell leaves behind,
background jobs and daemons alike. When the shell ends, or whoever started the keeper (also by kill -9: the pipe that
holds them together closes), all of it is hung up and then killed. Incomplete: a process of another user is ended by
root alone, and one that the kernel cannot interrupt ends when it can.
"""

import contextlib
import ctypes
import fcntl
import os
import select
import signal
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from typing import NoReturn

from ovltui.errors import OvltuiError
from ovltui.kernel.dress import NETWORK_ONLY, Dress
from ovltui.kernel.relaunch import module_command
from ovltui.kernel.spawn import CommandError, enter_and_exec, run_here

_PR_SET_CHILD_SUBREAPER = 36
_GRACE_S = 1.0
"""Seconds between hanging up and killing."""
_LIMIT_S = 10.0
"""Seconds after which processes that cannot be killed are left to themselves."""
_LOOK_S = 0.02
_HEARD = (signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
_TERMINAL, _LIFELINE, _REPORT = "terminal", "lifeline", "report"


def keeper_command(
    fds: tuple[int, int, int], path: str, netns_id: int, argv: Sequence[str], dress: Dress = NETWORK_ONLY
) -> list[str]:
    """Return the words that run ``argv`` in the namespace at ``path``, if it still is the one with id ``netns_id``.

    Args:
        fds: the far side of the terminal; a pipe to read, whose closing ends it all; one on which the exit status
            is written as a decimal line, negative for a signal. The process must inherit them.
        path: empty for the keeper's own namespace.
        netns_id: the kernel's namespace id.
        argv: the command.
        dress: what it sees beside the network.
    """
    words = (*map(str, fds), str(netns_id), path, dress.word(), *argv)
    return module_command("ovltui.kernel.keeper", *words, bare=True)


def main() -> int:
    """Run the command to its end, or to ours; leave nothing of it."""
    terminal, lifeline, report, netns_id = map(int, sys.argv[1:5])
    path, dress, *argv = sys.argv[5:]
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    wake = _hear()
    child = os.fork()
    if child == 0:
        _become(terminal, path, netns_id, argv, Dress.of(dress))
    os.close(terminal)
    status = _await(child, lifeline, wake)
    if status is not None:
        with contextlib.suppress(BrokenPipeError):
            os.write(report, f"{status}\n".encode())
    _end_all()
    return 0


def _hear() -> int:
    """Have signals wake us instead of ending us; return the descriptor that tells of them."""
    wake, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for number in _HEARD:
        signal.signal(number, lambda *_: None)
    return wake


def _become(terminal: int, path: str, netns_id: int, argv: Sequence[str], dress: Dress) -> NoReturn:
    """Become the command, leader of a session whose terminal is ``terminal``; say there what prevents it."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in _HEARD:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for standard in (0, 1, 2):
            os.dup2(terminal, standard)
        os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)
        if path:
            enter_and_exec(path, netns_id, argv, dress)
        run_here(argv)
    except OvltuiError as error:
        os.write(2, f"ovltui: {error}\n".encode())
        status = error.command_status if isinstance(error, CommandError) else error.status
    finally:
        os._exit(status)


def _await(child: int, lifeline: int, wake: int) -> int | None:
    """Return the exit status of ``child``; None when whoever started us is gone, or SIGTERM ends us."""
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    poll.register(wake, select.POLLIN)
    while True:
        if any(fd == lifeline for fd, _ in poll.poll()):
            return None
        if signal.SIGTERM in os.read(wake, 4096):
            return None
        if child in (ended := dict(_reap())):
            return ended[child]


def _reap() -> Iterator[tuple[int, int]]:
    """Yield what has ended, with its exit status: the shell, and orphans that came to us."""
    with contextlib.suppress(ChildProcessError):  # there are none left
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            yield pid, os.waitstatus_to_exitcode(status)


def _end_all() -> None:
    """Hang up on every descendant, and kill those that stay."""
    begun = time.monotonic()
    _signal_all(signal.SIGHUP)
    _signal_all(signal.SIGCONT)  # a stopped process hears nothing before
    while _descendants() and time.monotonic() - begun < _LIMIT_S:
        if time.monotonic() - begun > _GRACE_S:
            _signal_all(signal.SIGKILL)
        dict(_reap())
        time.sleep(_LOOK_S)


def _signal_all(number: signal.Signals) -> None:
    for pid in _descendants():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _descendants() -> list[int]:
    """Return the processes below us, zombies of others excepted."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (parent := _parent(entry)):
            children.setdefault(parent, []).append(int(entry))
    found = list(children.get(os.getpid(), ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def _parent(pid: str) -> int | None:
    """Return the parent of a process that runs; None for one that has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, parent = file.read().rpartition(b")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in (b"Z", b"X") else int(parent)
