"""A child that has the terminal to itself: a full-screen shell, while the app is suspended.

Source: job control of the terminal (tcsetpgrp). Privileges: none. The child is a process group of its own, so that its
keys (ctrl+c, ctrl+z) reach it alone; afterwards the terminal is taken back even when the child was killed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_LOOK_S = 0.3


class Foreground:
    """Runs one child at a time in the terminal's foreground."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None

    async def run(self, argv: Sequence[str]) -> int:
        """Run ``argv`` and return its exit status, negative for a signal.

        Raises:
            OSError: it cannot be started.
        """
        self._child = await asyncio.create_subprocess_exec(*argv, process_group=0)
        try:
            _give_terminal(self._child.pid)
            return await self._wait(self._child)
        finally:
            self._child = None
            _give_terminal(os.getpgrp())

    def hang_up(self) -> None:
        """Tell the child that the terminal is gone."""
        if self._child:
            _signal(self._child.pid, signal.SIGHUP)
            _signal(self._child.pid, signal.SIGCONT)

    async def _wait(self, child: asyncio.subprocess.Process) -> int:
        while True:
            try:
                return await asyncio.wait_for(child.wait(), _LOOK_S)
            except TimeoutError:
                # A shell that suspends itself would leave nobody to type to.
                if _stopped(child.pid):
                    _signal(child.pid, signal.SIGCONT)
                    _give_terminal(child.pid)


def _stopped(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG) is not None
    except ChildProcessError:
        return False


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _give_terminal(group: int) -> None:
    """Make ``group`` the terminal's foreground; from the background that would stop us, so the signal waits."""
    with _blocked(signal.SIGTTOU):
        try:
            os.tcsetpgrp(sys.__stdin__.fileno() if sys.__stdin__ else 0, group)
        except OSError:
            return  # the terminal is gone, or the child is already


@contextmanager
def _blocked(number: signal.Signals) -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
