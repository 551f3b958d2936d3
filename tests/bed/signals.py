"""Stretches of code that an interrupt must not cut in two.

Processes started meanwhile inherit the blocked signals, so only short-lived commands belong there.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_DEFERRED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def deferred() -> Iterator[None]:
    """Hold back the signals that end a test run; they arrive when the block has ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _DEFERRED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_as_on_interrupt() -> None:
    """From now on TERM and HUP raise KeyboardInterrupt, as ctrl+c does, so that what was made is undone."""
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.default_int_handler)
