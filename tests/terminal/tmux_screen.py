"""A screen as tmux has it, cell by cell, after the same bytes: the oracle of the emulators."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ovltui.terminal.screen import PLAIN, Color, Look

Cell = tuple[str, Look]
_SGR = re.compile(r"\x1b\[([\d;:]*)m")
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 7: "reverse", 8: "conceal", 9: "strike"}
_NORMAL, _BRIGHT = range(8), range(60, 68)


class TmuxScreen:
    """A context manager: a pane of tmux that is fed with bytes.

    Args:
        width: columns.
        height: rows.
    """

    def __init__(self, width: int, height: int) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="ovltui-oracle-"))
        self._height = height
        self._marks = 0
        fifo = self._directory / "fifo"
        os.mkfifo(fifo)
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), f"stty raw -echo; exec cat {fifo}")
        self._fifo = os.open(fifo, os.O_WRONLY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tmux("kill-server")
        os.close(self._fifo)
        shutil.rmtree(self._directory)

    def feed(self, data: bytes) -> None:
        """Let tmux take in bytes, and wait until it has."""
        self._marks += 1
        mark = f"mark{self._marks}"
        view = memoryview(data + f"\x1b]2;{mark}\x1b\\".encode())
        while view:
            view = view[os.write(self._fifo, view) :]
        deadline = time.monotonic() + 40
        while self._tmux("display-message", "-p", "#{pane_title}").strip() != mark:
            if time.monotonic() > deadline:
                raise TimeoutError("tmux does not take it in")
            time.sleep(0.02)

    def rows(self) -> list[list[Cell]]:
        """Return the screen; blanks at the end of a row may be missing."""
        lines = self._tmux("capture-pane", "-e", "-p", "-N").split("\n")[: self._height]
        look, rows = PLAIN, []
        for line in lines:
            row: list[Cell] = []
            for at, part in enumerate(_SGR.split(line)):
                if at % 2:
                    look = _apply(look, part)
                else:
                    row += [(character, look) for character in part]
            rows.append(row)
        return rows

    def cursor(self) -> tuple[int, int]:
        """Return column and row of the cursor."""
        column, row = self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(column), int(row)

    def _tmux(self, *words: str) -> str:
        command = ["tmux", "-u", "-S", str(self._directory / "socket"), "-f", "/dev/null", *words]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=_environ())
        return run.stdout


def _environ() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in ("TMUX", "TMUX_PANE")}


def _apply(look: Look, codes: str) -> Look:
    numbers = [int(code or 0) for code in codes.replace(":", ";").split(";")]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            look = PLAIN
        elif code in _FLAGS:
            look = replace(look, **{_FLAGS[code]: True})
        elif code in (38, 48, 58):
            color = _extended(numbers)
            if code != 58:
                look = _colored(look, color, ink=code == 38)
        else:
            look = _plain_color(look, code)
    return look


def _extended(numbers: list[int]) -> Color:
    if numbers.pop(0) == 5:
        return numbers.pop(0)
    return numbers.pop(0), numbers.pop(0), numbers.pop(0)


def _plain_color(look: Look, code: int) -> Look:
    for ink, first in ((True, 30), (False, 40)):
        if code - first in _NORMAL:
            return _colored(look, code - first, ink=ink)
        if code - first in _BRIGHT:
            return _colored(look, code - first - 60 + 8, ink=ink)
        if code == first + 9:
            return _colored(look, None, ink=ink)
    raise ValueError(f"SGR {code}")


def _colored(look: Look, color: Color, *, ink: bool) -> Look:
    return replace(look, foreground=color) if ink else replace(look, background=color)
