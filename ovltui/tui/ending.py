"""That the program ends when it must: the terminal is gone, or a signal says so, and nothing may hold it up.

Source: hang-up of the terminal on stdin, SIGTERM, SIGHUP. The library writes to the terminal from a thread with a short
queue and reads it in another: on a terminal that is gone or takes nothing more, both can wait or spin for ever. Whoever
is told to end gets ``GRACE_S`` to do it in order; then the terminal's modes are put back and the process ends.
"""

import contextlib
import os
import select
import signal
import termios
import threading
from collections.abc import Callable

from ovltui.errors import ExitStatus

GRACE_S = 2.0
"""Seconds in which the screens may end by themselves."""
_TERMINAL = 0
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Ending:
    """Sees to the end.

    Args:
        end: asks the screens to end; called once, in any thread.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._modes = termios.tcgetattr(_TERMINAL)
        self._told = threading.Event()
        self._over = threading.Event()

    def watch(self) -> None:
        """Begin to watch the terminal and to hear signals; from the main thread."""
        threading.Thread(target=self._await_hang_up, name="ovltui-terminal", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.tell())

    def tell(self) -> None:
        """Have the screens end, in order if they can, in any case soon."""
        if not self._told.is_set():
            self._told.set()
            threading.Thread(target=self._force, name="ovltui-ending", daemon=True).start()
            self._end()

    def over(self) -> None:
        """The screens have ended; without a terminal the process does so as well, whatever the library still reads."""
        self._over.set()
        if _hung_up(0):
            os._exit(ExitStatus.FINE)

    def _await_hang_up(self) -> None:
        if _hung_up(None) and not self._over.is_set():
            self.tell()

    def _force(self) -> None:
        if not self._over.wait(GRACE_S):
            with contextlib.suppress(termios.error):
                termios.tcsetattr(_TERMINAL, termios.TCSANOW, self._modes)
            os._exit(ExitStatus.FINE)


def _hung_up(timeout_ms: int | None) -> bool:
    """Wait until the terminal is gone, or for ``timeout_ms``; return whether it is."""
    poll = select.poll()
    poll.register(_TERMINAL, 0)
    return any(events & _GONE for _, events in poll.poll(timeout_ms))
