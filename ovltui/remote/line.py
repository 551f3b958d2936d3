"""One running connection: a process that writes a recording to its stdout, and is told on its stdin that we are there.

Source: the process, here or behind ssh. Privileges: none of its own. It ends with us: its stdin is at its end then, and
where even that does not get through, no more ``clock`` lines do. What it says on stderr is kept for the sentence that
tells why it ended, the last words only.
"""

import fcntl
import os
import select
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from ovltui.text import clean

SILENCE_S = 3.0
"""A connection that says nothing for so long is dead: it answers a line each half second."""
FIRST_S = 20.0
"""Seconds that the first byte may take: a slow machine compiles what was sent to it before."""
BEAT_S = 0.5
"""Seconds between two ``clock`` lines."""
_END_S = 1.0
"""Seconds that the process has to end by itself."""
_PIPE_BYTES, _PIECE = 1 << 18, 1 << 17
_POLL_S = 0.1
_MAGIC = b"\n\r\r\n"
"""With which a recording begins; what a login prints before it is passed over."""
_NOISE = 1 << 16
"""So many bytes of it."""
CLOSED = "it was closed here."
Says = Callable[[Sequence[str], int], str]
"""Takes the last words of a process and its exit status (negative: a signal); returns a sentence."""


def plainly(words: Sequence[str], status: int) -> str:
    """Return why a process ended, a sentence."""
    if words:
        return f"it ended: {words[-1].removeprefix('ovltui: ')}"
    return f"it ended with status {status}, and said nothing."


class Line:
    """A connection; it runs when this returns.

    Args:
        argv: the process.
        greeting: what it gets first on its stdin.
        environ: its environment; ours where that is None.
        says: makes a sentence of its end.

    Raises:
        OSError: it cannot be started.
    """

    heard = True
    """What comes through a pipe is said now."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        greeting: bytes = b"",
        environ: Mapping[str, str] | None = None,
        says: Says = plainly,
    ) -> None:
        self._says = says
        self._process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if environ is None else dict(environ),
            start_new_session=True,  # no ctrl+c of the terminal, and no terminal to ask on
            bufsize=0,
        )
        assert self._process.stdin
        assert self._process.stdout
        assert self._process.stderr
        self._stdin, self._stdout, self._stderr = self._process.stdin, self._process.stdout, self._process.stderr
        self._widen()
        self.ended = ""
        """Why it ended, a sentence; empty while it runs."""
        self.began = False
        """Whether a recording came."""
        self.silent = False
        """Whether it ended because it said nothing any more."""
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._last_words: deque[str] = deque(maxlen=12)
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True, args=arguments)
            for name, work, arguments in (
                ("ovltui-line-beat", self._lead, (greeting,)),
                ("ovltui-line-says", self._listen, ()),
            )
        ]
        for thread in self._threads:
            thread.start()

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the recording as they come, until the process ends, is silent, or ``close`` is called."""
        noise: bytes | None = b""
        for piece in self._read():
            if noise is None:
                yield piece
                continue
            noise += piece
            at = noise.find(_MAGIC)
            if at >= 0:
                self.began = True
                yield noise[at:]
                noise = None
            elif len(noise) > _NOISE:
                self._end("what comes is no recording: does its login print something without end?")
                return

    def close(self) -> None:
        """End it; in any thread, a second call does nothing."""
        self._end(CLOSED)

    def _read(self) -> Iterator[bytes]:
        """Yield what comes, and end the connection when nothing does."""
        with self._reading:
            try:
                yield from self._heard()
            finally:
                if self._closing.is_set():
                    self._stdout.close()

    def _heard(self) -> Iterator[bytes]:
        if self._closing.is_set():
            return
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        patience, heard = FIRST_S, time.monotonic()
        while not self._closing.is_set():
            if not poll.poll(_POLL_S * 1000):
                if time.monotonic() - heard > patience:
                    self.silent = True
                    self._end(f"nothing came for {patience:.0f} s: the line is cut, or the machine hangs.")
                continue
            piece = os.read(self._stdout.fileno(), _PIECE)
            if not piece:
                break
            patience, heard = SILENCE_S, time.monotonic()
            yield piece
        self._end("")

    def _end(self, why: str) -> None:
        """End the process; say ``why``, or what it said itself where that is empty."""
        with self._lock:
            if self._closing.is_set():
                return
            self._closing.set()
        if why:
            self.ended = why
        self._let_end()
        self._threads[1].join(_END_S)
        self.ended = self.ended or self._says(tuple(self._last_words), self._process.returncode)

    def _let_end(self) -> None:
        """Close its stdin, then ask it to end, then kill it."""
        self._threads[0].join()
        self._stdin.close()
        if self.ended:
            self._process.terminate()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reading.acquire(blocking=False):  # nobody reads; whoever does closes it
            self._stdout.close()
            self._reading.release()

    def _lead(self, greeting: bytes) -> None:
        """Write the greeting, then a line each half second."""
        try:
            self._write(greeting)
            while not self._closing.is_set():
                self._write(b"clock %d\n" % time.time_ns())
                self._closing.wait(BEAT_S)
        except BrokenPipeError:  # it has ended; ``pieces`` sees that, too
            return

    def _write(self, words: bytes) -> None:
        rest = memoryview(words)
        while rest and not self._closing.is_set():
            if select.select((), (self._stdin,), (), _POLL_S)[1]:
                rest = rest[os.write(self._stdin.fileno(), rest[: select.PIPE_BUF]) :]

    def _listen(self) -> None:
        """Keep the last words."""
        with self._stderr:
            for line in iter(self._stderr.readline, b""):
                words = clean(line[:_NOISE].decode("utf-8", "replace").strip())[:400]
                if words:
                    self._last_words.append(words)

    def _widen(self) -> None:
        """Make the pipe wide, where the kernel lets us: a screen that draws does not stop the other end so soon."""
        try:
            fcntl.fcntl(self._stdout.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except PermissionError:  # the pipes of this user take too much already
            return
