"""A command on a pseudo-terminal of its own, inside a namespace.

Source: openpty(3), and ``kernel.keeper``, the process that stands over the command. Privileges: CAP_SYS_ADMIN for
namespaces other than our own. The command is the leader of its own session; when this object is closed, or this
process ends in whatever way, every process of it is gone shortly after. Incomplete: see ``kernel.keeper``.
"""

import errno
import os
import subprocess
import termios
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from ovltui.errors import OvltuiError
from ovltui.kernel.dress import NETWORK_ONLY, Dress, chosen
from ovltui.kernel.keeper import keeper_command
from ovltui.kernel.users import login_shell
from ovltui.text import clean

MOST_WAITING = 1 << 20
"""Bytes that wait for a command which does not read; what comes beyond is refused."""
_PIECE = 1 << 16
_WHY = {errno.ENOSPC: "all pseudo-terminals are in use: see sysctl kernel.pty.max"}
_UNWANTED = (
    *("COLUMNS", "LINES"),  # they would freeze the size
    *("TMUX", "TMUX_PANE", "STY", "WINDOW", "ZELLIJ"),  # the multiplexer outside is none of the shell's
    *("TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "KITTY_WINDOW_ID", "WINDOWID"),
)
_TERM = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace to be born in."""

    path: str
    """A file of it; empty for our own."""
    netns_id: int
    """The kernel's namespace id, compared after opening."""
    dress: Dress = NETWORK_ONLY
    """What a command there sees beside the network."""


OWN = Place("", 0)
"""The namespace in which we are."""


def place(path: str, netns_id: int, pids: Sequence[int], *, resolv: bool = False, everything: bool = False) -> Place:
    """Return a place to be born in, with more of the processes ``pids`` than their network.

    Args:
        path: a file of the namespace.
        netns_id: its id.
        pids: processes in it.
        resolv: with their resolv.conf and a fitting /sys.
        everything: in all namespaces of the first that has files of its own.

    Raises:
        NetnsError: none of them has.
    """
    return Place(path, netns_id, chosen(pids, resolv=resolv, sys=resolv, everything=everything))


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a command in a pane should find in its environment, given ours."""
    return {key: value for key, value in environ.items() if key not in _UNWANTED} | _TERM


def shell_of(environ: Mapping[str, str]) -> str:
    """Return the shell of the person who started us, given our environment; see ``kernel.users``."""
    return login_shell(environ)


class Pty:
    """A running command.

    Args:
        place: where it is born.
        argv: the command.
        environ: its environment, as a whole.
        size: columns and rows.

    Raises:
        OvltuiError: there is no pseudo-terminal or no process left to be had.
    """

    def __init__(self, place: Place, argv: Sequence[str], environ: Mapping[str, str], size: tuple[int, int]) -> None:
        self._waiting = bytearray()
        self._status: int | None = None
        self._said = b""
        fds: list[int] = []
        try:
            fds += os.openpty()
            fds += os.pipe()
            fds += os.pipe()
            self.fd, far, lifeline, self._lifeline, self.report_fd, report = fds
            self.resize(*size)
            words = keeper_command((far, lifeline, report), place.path, place.netns_id, argv, place.dress)
            self._keeper = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=far,
                pass_fds=(far, lifeline, report),
                env=dict(environ),
                start_new_session=True,
            )
        except OSError as error:
            for fd in fds:
                os.close(fd)
            why = _WHY.get(error.errno or 0, error.strerror)
            raise OvltuiError(f"No terminal for {clean(argv[0])} ({why}).") from error
        for fd in (far, lifeline, report):
            os.close(fd)
        os.set_blocking(self.fd, False)
        os.set_blocking(self.report_fd, False)
        self._reaper = threading.Thread(target=self._keeper.wait, name="ovltui-keeper", daemon=True)
        self._reaper.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    fd: int
    """Readable when the command wrote something, or ended; -1 once closed."""
    report_fd: int
    """Readable when the command has ended; -1 once closed."""

    @property
    def waiting(self) -> int:
        """Bytes that the command has yet to take: call ``flush`` when ``fd`` is writable."""
        return len(self._waiting)

    def read(self) -> bytes | None:
        """Return what the command wrote; None where there is nothing now, empty when nothing will come."""
        try:
            return os.read(self.fd, _PIECE)
        except BlockingIOError:
            return None
        except OSError:  # EIO: nobody holds the far side any more
            return b""

    def write(self, data: bytes) -> bool:
        """Give input to the command, now or by ``flush``; return False where too much waits already."""
        if self.fd < 0 or len(self._waiting) + len(data) > MOST_WAITING:
            return False
        self._waiting += data
        self.flush()
        return True

    def flush(self) -> None:
        """Give the command as much as it takes."""
        try:
            while self._waiting:
                del self._waiting[: os.write(self.fd, self._waiting)]
        except BlockingIOError:
            return
        except OSError:  # it has ended
            self._waiting.clear()

    def resize(self, columns: int, rows: int) -> None:
        """Tell the command, by SIGWINCH, that the terminal has another size."""
        if self.fd >= 0:
            termios.tcsetwinsize(self.fd, (max(1, rows), max(1, columns)))

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs, and where it was closed before its end."""
        while self._status is None and self.report_fd >= 0:
            try:
                said = os.read(self.report_fd, 64)
            except BlockingIOError:
                break
            self._said += said
            if self._said.endswith(b"\n"):
                self._status = int(self._said)
            elif not said:  # the keeper itself was killed
                self._status = -9
        return self._status

    def close(self) -> None:
        """Hang up; what the command started is gone shortly after. A second call does nothing."""
        if self.fd < 0:
            return
        _ = self.status
        for fd in (self._lifeline, self.report_fd, self.fd):
            os.close(fd)
        self.fd = self.report_fd = -1

    def wait_until_gone(self, patience_s: float) -> bool:
        """Return whether every process of it is gone, after waiting for that."""
        self._reaper.join(patience_s)
        return not self._reaper.is_alive()
