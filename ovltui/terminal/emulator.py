"""Who reads what a program writes to its terminal: libghostty-vt where its wheel is installed, else bittty.

Source: the packages ``pyghostty`` and ``bittty``. Privileges: none. What the program writes ends here: nothing of it,
no clipboard, no notification and no query, reaches the terminal outside. Incomplete: pictures are not drawn; bittty is
ten to eighty times slower on much output, and draws combining marks in cells of their own.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Protocol

from ovltui.terminal.screen import Cursor, Modes, Row

BACKENDS = ("ghostty", "bittty")
"""In the order in which they are tried."""


class Emulator(Protocol):
    """A screen that a program draws."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""

    @property
    def title(self) -> str:
        """What the program calls itself, clean text."""

    @property
    def bells(self) -> int:
        """How often the bell rang."""

    @property
    def back(self) -> int:
        """Rows by which the view is scrolled back; 0 at the newest."""

    def feed(self, data: bytes) -> None:
        """Take in what the program wrote."""

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""

    def changes(self) -> Iterator[tuple[int, Row]]:
        """Yield each row of the view that changed since the last call, with its number from the top."""

    def cursor(self) -> Cursor | None:
        """Where to draw the cursor, as of the last ``changes``; None where it is hidden or out of sight."""

    def modes(self) -> Modes:
        """What the program asked for."""

    def scroll(self, by: int) -> None:
        """Move the view, back for negative numbers; it stops at both ends."""

    def to_end(self) -> None:
        """Show the newest again."""

    def close(self) -> None:
        """Free what it holds."""


def backend() -> str:
    """Return the name of the emulator that is used here.

    Raises:
        ModuleNotFoundError: neither is installed.
    """
    for name in BACKENDS[:-1]:
        if _loads(name):
            return name
    return BACKENDS[-1]


def new_emulator(size: tuple[int, int], reply: Callable[[bytes], object], name: str = "") -> Emulator:
    """Return an emulator.

    Args:
        size: columns and rows.
        reply: takes the terminal's answers to the program's queries.
        name: one of ``BACKENDS``; the best that is there where it is empty.
    """
    module = import_module(f"ovltui.terminal.{name or backend()}")
    made: Emulator = module.Screen(size, reply)
    return made


def _loads(name: str) -> bool:
    """Return whether a backend can be used: its package is there, and the library in it fits this machine."""
    try:
        import_module(f"ovltui.terminal.{name}")
    except (ImportError, OSError):
        return False
    return True
