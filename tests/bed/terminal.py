"""A program in a real terminal: tmux on a private socket, driven by keys, read as a screen.

What it shows is what a person sees; its colours are 24-bit. The server is this object's own, with no
configuration file, and ends with it. Needs tmux 3.3 or newer.
"""

import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bed.signals import deferred

_OPTIONS = (
    ("set-option", "-s", "escape-time", "0"),
    ("set-option", "-g", "default-terminal", "tmux-256color"),
    ("set-option", "-g", "default-shell", "/bin/sh"),
    ("set-option", "-g", "status", "off"),
    ("set-option", "-g", "remain-on-exit", "on"),
    ("set-option", "-g", "remain-on-exit-format", ""),
)
_UNWANTED = ("TMUX", "TMUX_PANE", "NO_COLOR", "COLUMNS", "LINES", "TERM_PROGRAM")
_NAMED = (
    "Up|Down|Left|Right|Home|End|PageUp|PageDown|PgUp|PgDn|Enter|Escape|Space|Tab|BTab|BSpace|Delete|DC|Insert|IC"
    "|F[1-9]|F1[0-2]"
)
_KEY = re.compile(rf"(?:[CMS]-)*(?:{_NAMED}|[^\s\x00-\x1f])")
"""tmux types what it does not know as a key letter by letter, so such a name is refused here."""
_POLL = 0.03
_LAST_LOOKS = 10
"""How often the screen of a command that has ended is looked at."""
_PATIENCE = 3.0


class Terminal:
    """A context manager: a terminal of ``width`` x ``height`` cells that runs ``command``.

    Args:
        width: columns.
        height: rows.
        command: the program and its arguments; no shell between.
        env: variables to set for it, beside those of the test.
    """

    def __init__(self, width: int, height: int, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        own = {"COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        kept = {key: value for key, value in os.environ.items() if key not in _UNWANTED}
        with deferred():
            self._directory = Path(tempfile.mkdtemp(prefix="ovltui-tty-"))
        self._pidfd: int | None = None
        self._env = kept | own | dict(env or {})
        try:
            self._begin(width, height, command)
        except BaseException:
            self.close()
            raise

    def _begin(self, width: int, height: int, command: Sequence[str]) -> None:
        size = ("-x", str(width), "-y", str(height))
        session = ("new-session", "-d", *size, f"exec {shlex.join(command)}")
        self._tmux(*(part for option in _OPTIONS for part in (*option, ";")), *session)
        self.pid = int(self._ask("#{pane_pid}"))
        """Process id of the command."""
        try:
            self._pidfd = os.pidfd_open(self.pid)
        except ProcessLookupError:  # it has ended already
            self._pidfd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _tmux(self, *args: str, check: bool = True) -> str:
        run = subprocess.run(
            ["tmux", "-u", "-S", str(self._directory / "socket"), "-f", "/dev/null", *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            env=self._env,
        )
        if check and run.returncode:
            raise RuntimeError(f"tmux {shlex.join(args)}: {run.stderr.strip()}")
        return run.stdout

    def _ask(self, what: str) -> str:
        return self._tmux("display-message", "-p", what).rstrip("\n")

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        width, height = self._ask("#{pane_width} #{pane_height}").split()
        return int(width), int(height)

    @property
    def alive(self) -> bool:
        """Whether the command still runs, or tmux does not know yet how it ended.

        tmux 3.3 is deaf to SIGCHLD for the moment in which it has utempter take the pane out of utmp, which is when
        the output has ended, and so often when the command ends: it waits for children once more where it is told to.
        """
        dead, how, server = self._ask("#{pane_dead} #{pane_dead_status}#{pane_dead_signal} #{pid}").split(" ")
        if dead == "1" and not how:
            os.kill(int(server), signal.SIGCHLD)
        return not (dead == "1" and how)

    @property
    def status(self) -> int | None:
        """Exit status of the command; None while it is ``alive``, and when a signal ended it."""
        said = self._ask("#{pane_dead_status}")
        return int(said) if said else None

    def keys(self, *names: str) -> None:
        """Press keys, by tmux's names: ``S``, ``Enter``, ``C-c``, ``Escape``, ``PageUp``, ``F1``.

        Raises:
            ValueError: a name that tmux would type as text.
        """
        for name in names:
            if not _KEY.fullmatch(name):
                raise ValueError(f"{name!r} is no key of tmux; type() types text")
        self._tmux("send-keys", *(_literal(name) for name in names))

    def type(self, text: str) -> None:
        """Type text as it stands."""
        self._tmux("send-keys", "-l", "--", _literal(text))

    def text(self) -> str:
        """Return the screen, one line a row, without trailing blanks."""
        return self._tmux("capture-pane", "-p")

    def ansi(self) -> str:
        """Return the screen with its colours as SGR sequences, one line a row, trailing blanks kept."""
        return self._tmux("capture-pane", "-e", "-p", "-N")

    def resize(self, width: int, height: int) -> None:
        """Make the terminal another size; the command gets SIGWINCH."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait(self, what: str | Callable[[str], object], timeout: float = 40) -> str:
        """Wait until the screen contains ``what``, or ``what`` is true of it, and return the screen.

        Raises:
            AssertionError: not within ``timeout`` seconds, or the command ended before; with the screen.
        """
        found = (lambda screen: what in screen) if isinstance(what, str) else what
        deadline = time.monotonic() + timeout
        screens_after_end = 0
        while True:
            alive = self.alive
            screen = self.text()
            if found(screen):
                return screen
            if not alive and screens_after_end < _LAST_LOOKS:  # tmux may still be drawing its last words
                screens_after_end += 1
            elif not alive or time.monotonic() > deadline:
                why = f"within {timeout} s" if alive else f"and the command ended with status {self.status}"
                raise AssertionError(f"not on the screen {why}: {what!r}\n{screen}")
            time.sleep(_POLL)

    def close(self) -> None:
        """End the command (HUP, then KILL) and the tmux server; a second call does nothing."""
        with deferred():
            if not self._directory.exists():
                return
            self._tmux("kill-server", check=False)
            if self._pidfd is not None:
                _end(self._pidfd)
                os.close(self._pidfd)
                self._pidfd = None
            shutil.rmtree(self._directory)


def _literal(argument: str) -> str:
    """Escape a final semicolon, at which tmux would begin another command."""
    return argument[:-1] + "\\;" if argument.endswith(";") else argument


def _end(pidfd: int) -> None:
    """Kill the process unless it ends by itself; a pidfd is readable once its process has ended."""
    if select.select([pidfd], [], [], _PATIENCE)[0]:
        return
    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    select.select([pidfd], [], [])
