"""A program on a pseudo-terminal whose output is read at once, with the moment at which each piece came.

Where the program puts the cursor somewhere and asks where it is, it is told so when that is read, as a terminal does.
"""

import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

_UNWANTED = ("TMUX", "TMUX_PANE", "NO_COLOR", "COLUMNS", "LINES", "COLORTERM")
_OWN = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
_ASKED = re.compile(rb"\x1b\[(\d+;\d+)H\x1b\[6n")
_LONGEST = len("\x1b[999;999H\x1b[6n")


class Screen:
    """A context manager: ``command`` on a terminal of ``width`` x ``height`` cells, as sshd and sudo leave it.

    Args:
        width: columns.
        height: rows.
        command: the program and its arguments.
        env: variables to set for it.
    """

    def __init__(self, width: int, height: int, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self._near, far = os.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("=HHHH", height, width, 0, 0))
        kept = {key: value for key, value in os.environ.items() if key not in _UNWANTED}
        self._pieces: list[tuple[float, bytes]] = []
        self._came = threading.Condition()
        self._reads = threading.Event()
        self._reads.set()
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=far, stdout=far, stderr=far, env=kept | _OWN | dict(env or {})
        )
        os.close(far)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.go_on()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        os.close(self._near)

    def freeze(self) -> None:
        """Read no more, as a terminal whose connection hangs."""
        self._reads.clear()

    def go_on(self) -> None:
        """Read again."""
        self._reads.set()

    @property
    def pid(self) -> int:
        """Process id of the program."""
        return self._process.pid

    @property
    def count(self) -> int:
        """Pieces of output so far."""
        return len(self._pieces)

    def sent(self, since: float, until: float) -> int:
        """Return how many bytes came between two moments of the monotonic clock."""
        return sum(len(piece) for when, piece in tuple(self._pieces) if since <= when < until)

    def wait(self, what: bytes, since: int = 0, patience_s: float = 40) -> float:
        """Wait until the pieces from number ``since`` on contain ``what``; return when that came.

        Raises:
            TimeoutError: it did not come.
        """
        seen = b""
        deadline = time.monotonic() + patience_s
        with self._came:
            while True:
                for when, piece in self._pieces[since:]:
                    seen = seen[-len(what) :] + piece
                    if what in seen:
                        return when
                since = len(self._pieces)
                if not self._came.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"{what!r} does not come; last was {seen[-300:]!r}")

    def type(self, keys: bytes) -> None:
        """Press keys and wait for nothing."""
        os.write(self._near, keys)

    def press(self, key: bytes, answer: bytes) -> float:
        """Press a key; return the seconds until the screen answered with ``answer``."""
        since, begun = self.count, time.monotonic()
        os.write(self._near, key)
        return self.wait(answer, since) - begun

    def _read(self) -> None:
        rest = b""
        while True:
            self._reads.wait()
            try:
                piece = os.read(self._near, 1 << 16)
                rest = self._answer(rest + piece)
            except OSError:  # the program has ended
                return
            with self._came:
                self._pieces.append((time.monotonic(), piece))
                self._came.notify_all()

    def _answer(self, read: bytes) -> bytes:
        """Tell where the cursor is, as often as that was asked; return what may be the beginning of a question."""
        end = 0
        for asked in _ASKED.finditer(read):
            self.answer(b"\x1b[" + asked[1] + b"R")
            end = asked.end()
        return read[end:][1 - _LONGEST :]

    def answer(self, what: bytes) -> None:
        """Answer the program, as soon as its question was read."""
        self.type(what)
