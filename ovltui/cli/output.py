"""What a verb prints through: data to stdout, talk to stderr, colours only where they are wanted.

Source: the two streams, NO_COLOR and TERM of the environment. Privileges: none. Incomplete: a stream that
cannot show a character shows its escape instead.
"""

import json
import select
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from io import TextIOWrapper
from typing import Any, TextIO

from ovltui.errors import OvltuiError, UsageError
from ovltui.passing import show

COLORS = ("auto", "always", "never", "16", "256")
"""Values of ``--color``; a depth means always."""
_RESET = "\x1b[0m"
_ASCII = str.maketrans({"├": "|", "└": "`", "→": ">"})
"""The signs of lines that have a twin in ASCII; others show their escape."""


class Style(StrEnum):
    """How a piece of text stands out: the SGR parameters, of the 16 colours that every terminal has."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    NEW = "32"
    GONE = "31"
    CHANGED = "33"
    MOVED = "36"
    MISSED = "35"
    LOST = "1;31"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    right: bool = False
    """Whether its cells are numbers, which stand at the right."""


class Output:
    """Both streams of a verb.

    Args:
        data: where data goes.
        talk: where everything else goes; None where stderr is closed.
        colored: whether data may carry colours.
        ascii_only: whether data is to be ASCII.
    """

    def __init__(self, data: TextIO, talk: TextIO | None, *, colored: bool = False, ascii_only: bool = False) -> None:
        self._data = data
        self._talk = talk
        self.colored = colored
        self._ascii = ascii_only
        self._encode = json.JSONEncoder(ensure_ascii=ascii_only or not _is_utf8(data)).encode

    @property
    def talks_to_a_person(self) -> bool:
        """Whether stderr is a terminal."""
        return self._talk is not None and self._talk.isatty()

    def line(self, text: str, style: Style = Style.PLAIN) -> None:
        """Print a line of data.

        Raises:
            BrokenPipeError: nobody reads it any more.
            OvltuiError: it cannot be written for another reason, such as a full disk.
        """
        if self._ascii:
            text = text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
        self._write(f"\x1b[{style}m{text}{_RESET}\n" if self.colored and style else f"{text}\n")

    def json(self, value: Mapping[str, Any]) -> None:
        """Print an object of data on a line of its own; errors as in ``line``."""
        self._write(self._encode(value) + "\n")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under a heading, each column as wide as its widest cell; errors as in ``line``."""
        heading, *lines = aligned(columns, rows)
        self.line(heading, Style.STRONG)
        for line in lines:
            self.line(line)

    def say(self, sentence: str) -> None:
        """Tell the user a sentence on stderr, after the data so far."""
        self.flush()
        if self._talk is not None:
            self._talk.write(f"ovltui: {sentence}\n")
            self._talk.flush()

    def passing(self, text: str) -> None:
        """Show a line on stderr in the place of the one that was shown so before; an empty one takes that away."""
        if self._talk is not None:
            show(self._talk, text)

    def last_word(self, sentence: str) -> None:
        """Tell the user a sentence on stderr, if that takes it at once, whether or not data still waits."""
        if self._talk is not None and select.select([], [self._talk], [], 0)[1]:
            self._talk.write(f"ovltui: {sentence}\n")
            self._talk.flush()

    def flush(self) -> None:
        """Hand on what was printed; errors as in ``line``."""
        try:
            self._data.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(error) from error

    def _write(self, text: str) -> None:
        try:
            self._data.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(error) from error


def standard_output(color: str, environ: Mapping[str, str], *, ascii_only: bool) -> Output:
    """Return the output of this process.

    Args:
        color: one of ``COLORS``.
        environ: the environment.
        ascii_only: whether data is to be ASCII.

    Raises:
        UsageError: stdout is closed.
    """
    data: TextIO | None = sys.stdout
    talk: TextIO | None = sys.stderr
    if data is None:
        raise UsageError("stdout is closed, so there is nowhere to print to.")
    for stream in (data, talk):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    colored = wants_color(color, environ, terminal=data.isatty())
    return Output(data, talk, colored=colored, ascii_only=ascii_only)


def wants_color(color: str, environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Return whether to print colours, by ``--color``, NO_COLOR, TERM and whether stdout is a terminal."""
    if color != "auto":
        return color != "never"
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"


def width(text: str) -> int:
    """Return how many terminal cells ``text`` takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def aligned(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a heading and ``rows`` as lines, without blanks at their ends."""
    cells = [[column.title for column in columns], *rows]
    widths = [max(width(row[number]) for row in cells) for number in range(len(columns))]
    return ["  ".join(map(_padded, row, widths, columns)).rstrip() for row in cells]


def _padded(text: str, cells: int, column: Column) -> str:
    blanks = " " * (cells - width(text))
    return blanks + text if column.right else text + blanks


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_utf8(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"


def _unwritable(error: OSError) -> OvltuiError:
    return OvltuiError(f"stdout cannot be written ({error.strerror}).")
