"""How a test run is ended by a signal, and stretches of code that it must not cut in two.

Processes started in such a stretch inherit the blocked signals, so only short-lived commands belong there.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_DEFERRED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def deferred() -> Iterator[None]:
    """Hold back the signals that end a test run; they arrive when the block has ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _DEFERRED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_as_on_interrupt(*, led: bool = False) -> None:
    """From now on INT, TERM and HUP raise KeyboardInterrupt, so that what was made is undone.

    In a process that is ``led`` by another, only TERM does, which that one sends: a terminal tells both of them of INT
    and HUP, and what cuts into the end of a test leaves something behind.
    """
    for signum in _DEFERRED:
        signal.signal(signum, _leave_it if led and signum != signal.SIGTERM else _interrupt)


def _interrupt(signum: int, _: FrameType | None) -> None:
    """Raise KeyboardInterrupt; a signal that this thread holds back and another one got waits all the same."""
    if signum in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
        signal.pthread_kill(threading.get_ident(), signum)
    else:
        raise KeyboardInterrupt


def _leave_it(_: int, __: FrameType | None) -> None:
    """Do nothing; unlike SIG_IGN, which commands that are run would inherit."""
