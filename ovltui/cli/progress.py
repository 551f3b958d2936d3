"""How far work is that takes longer than half a second, on a line of stderr that the next one replaces.

Source: whoever works tells bytes done and bytes in all. Privileges: none. Incomplete: where stderr is no terminal,
nothing is said; of a pipe nobody knows how long it is. ctrl+c ends the work, as everywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from ovltui.capture.source import Told
from ovltui.cli.output import Output
from ovltui.passing import passing

_WHOLE = 100


class _Line:
    """What is said; ``told`` may be called by another thread than the one that says it."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._done, self._size = 0, 0

    def told(self, done: int, size: int) -> None:
        """Take in how far it is."""
        self._done, self._size = done, size

    def text(self) -> str:
        """Return the line."""
        part = f"  {min(_WHOLE, self._done * _WHOLE // self._size)} %" if self._size else ""
        return f"{self._what}{part}"


@contextmanager
def progress(out: Output, what: str) -> Iterator[Told]:
    """Say how far some work is while it goes on.

    Args:
        out: where to.
        what: what is done, clean text.

    Yields:
        What to tell it to: bytes done, and bytes in all, 0 where nobody knows.
    """
    line = _Line(what)
    with passing(line.text, out.passing) if out.talks_to_a_person else nullcontext():
        yield line.told
