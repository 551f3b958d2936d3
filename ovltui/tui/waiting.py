"""What stands on the terminal before there are screens: how far work is that takes longer than half a second.

Source: whoever works. Privileges: a terminal on stderr. ctrl+c ends the work, as everywhere before the screens.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

PATIENCE_S = 0.5
"""Seconds for which nothing is said."""
_PERIOD_S = 0.25
_CLEAR = "\r\x1b[K"


@contextmanager
def waiting(text: Callable[[], str]) -> Iterator[None]:
    """Say how far work is while it goes on, on a line that is taken away at its end.

    Args:
        text: returns what to say, clean text; called in another thread.
    """
    over = Event()
    speaker = Thread(target=_say, args=(text, over), name="ovltui-waiting", daemon=True)
    speaker.start()
    try:
        yield
    finally:
        over.set()
        speaker.join()


def _say(text: Callable[[], str], over: Event) -> None:
    if over.wait(PATIENCE_S):
        return
    while True:
        _write(f"{_CLEAR}ovltui: {text()}  (ctrl+c ends it)")
        if over.wait(_PERIOD_S):
            break
    _write(_CLEAR)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
