"""A line on stderr that the next one replaces: how far work is that takes longer than half a second.

Source: whoever works. Privileges: none. Incomplete: whether a terminal reads it, the caller knows. ctrl+c ends the
work, as everywhere outside of the screens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TextIO

PATIENCE_S = 0.5
"""Seconds for which nothing is said."""
_PERIOD_S = 0.25
_CLEAR = "\r\x1b[K"


def show(stream: TextIO, text: str) -> None:
    """Show clean text in the place of the line that was shown so before; an empty one takes that away."""
    stream.write(f"{_CLEAR}ovltui: {text}" if text else _CLEAR)
    stream.flush()


@contextmanager
def passing(text: Callable[[], str], say: Callable[[str], None]) -> Iterator[None]:
    """Say how far some work is while it goes on, and take that away at its end.

    Args:
        text: returns what to say, clean text; called in another thread.
        say: shows a line in the place of the last one; an empty one takes that away.
    """
    over = Event()

    def speak() -> None:
        if over.wait(PATIENCE_S):
            return
        while True:
            say(f"{text()}  (ctrl+c ends it)")
            if over.wait(_PERIOD_S):
                break
        say("")

    speaker = Thread(target=speak, name="ovltui-passing", daemon=True)
    speaker.start()
    try:
        yield
    finally:
        over.set()
        speaker.join()
