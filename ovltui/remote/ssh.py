"""Another machine, over the user's own ssh: what is installed there records, or what is sent along does.

Source: ``master``, ``probe`` and ``line``. Privileges: here none; there root, by login or by sudo, or less with gaps in
what is heard. Passwords: ssh asks for its own on the terminal; that of sudo is asked for once, kept in memory, and goes
to sudo's stdin alone. Nothing is left there: what is sent lives in the memory of the process that runs it.
"""

import getpass
import os
import shlex
import sys
import threading
import time
from collections.abc import Mapping, Sequence

from ovltui.errors import RemoteError
from ovltui.remote.address import Address
from ovltui.remote.entering import entering
from ovltui.remote.here import RECORD, SPEAKS
from ovltui.remote.line import Line
from ovltui.remote.master import CONNECT_S, Master
from ovltui.remote.parcel import boot, parcel
from ovltui.remote.probe import OLDEST, PROBE, There, read
from ovltui.remote.says import UnaskedError, sayer

_ASKING = ("sudo", "-k", "-S", "-p", "", "--")
"""``-k``: it reads the password in any case, so that no later line is taken for it, and it is nowhere else."""
_FREE = ("sudo", "-n", "--")
_SHORTEST_S, _SLOWER = 3, 4
"""Seconds that a connection may take at least, and how many times as long as it took before."""


class Ssh:
    """Another machine.

    Args:
        address: of it.
        sudo: whether to become root there: None where the login is not root's and sudo is there.
        words: more options of the verb there: ``--no-docker``, ``--passive``.
        environ: our environment.
    """

    def __init__(
        self,
        address: Address,
        *,
        sudo: bool | None = None,
        words: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.url = str(address)
        """``ssh://node2``."""
        self.name = address.host
        """What it is called until its stream tells its host name."""
        self._address = address
        self._sudo = sudo
        self._words = tuple(words)
        self._environ = environ
        self._lock = threading.Lock()
        self._master: Master | None = None
        self._line: Line | None = None
        self._there: There | None = None
        self._password = b""
        self._took_s = float(CONNECT_S)
        self._stop = threading.Event()

    def prepare(self, *, asks: bool = True) -> None:
        """Connect in the foreground: where there is a terminal, ssh and sudo may ask on it.

        Args:
            asks: whether they may; several machines are prepared at once without, and then asked for one by one.

        Raises:
            RemoteError: it cannot be reached, or nothing can be recorded there.
            UnaskedError: it may be, once somebody was asked.
        """
        with self._lock:
            there, _ = self._connect(foreground=asks and on_terminal())
            self._recorder(there)

    def open(self) -> Line:
        """Begin to record there; nobody is asked anything.

        Raises:
            RemoteError: it cannot be reached, or nothing can be recorded there.
        """
        with self._lock:
            if self._line and not self._line.began:
                self._there = None  # what is there is not as it was, or is on another machine
            if self._line and self._line.silent:
                self._let_go()
            there, master = self._connect(foreground=False)
            words, sent = self._recorder(there)
            before, told = self._become_root(there)
            command = f"exec {shlex.join((*before, *words))}"
            try:
                self._line = Line(
                    master.words(command), greeting=told + sent, environ=self._environ, says=sayer(self._address)
                )
            except OSError as error:
                raise RemoteError(f"ssh cannot be run ({error.strerror}).") from error
            return self._line

    def shell_words(self, paths: Sequence[str], inode: int) -> list[str]:
        """Return the words that run a login shell there; see ``Machine``.

        Raises:
            RemoteError: there is no connection now.
        """
        master, there = self._master, self._there  # not locked: while one connects, a screen must not wait
        if master is None or there is None or not master.stands:
            raise RemoteError(f"there is no connection to {self.name} now: try again when it is back.")
        # sudo asks on the terminal that is made there, for itself alone.
        before = ("sudo", "--") if paths and self._becomes_root(there) else ()
        command = shlex.join((*before, *entering("", paths, inode)))
        return master.words(f"exec {command}", terminal=True)

    def close(self) -> None:
        """End the connection and all that goes over it; a second call does nothing."""
        self._stop.set()  # whoever connects gives it up
        with self._lock:
            self._password = b""
            if self._line:
                self._line.close()
            self._let_go()

    def _connect(self, *, foreground: bool) -> tuple[There, Master]:
        if self._stop.is_set():
            raise RemoteError(f"{self.name} was dropped.")
        if self._master is None or not self._master.stands:
            self._let_go()
            self._master = self._log_in(foreground=foreground)
        if self._there is None:
            self._there = read(self._master.ask(PROBE), self.name)
        if self._asks(self._there) and not self._password:
            self._password = self._ask_password(self._master, self._there, foreground=foreground)
        return self._there, self._master

    def _log_in(self, *, foreground: bool) -> Master:
        """Connect; where that was quick before, give up soon: whoever tries again finds a mended line earlier."""
        longest = min(CONNECT_S, max(_SHORTEST_S, round(_SLOWER * self._took_s)))
        begun = time.monotonic()
        stop, environ = self._stop, self._environ
        made = Master(self._address, foreground=foreground, stop=stop, connect_s=longest, environ=environ)
        self._took_s = min(self._took_s, time.monotonic() - begun)
        return made

    def _let_go(self) -> None:
        """End the connection."""
        if self._master:
            self._master.close()
        self._master = None

    def _recorder(self, there: There) -> tuple[list[str], bytes]:
        """Return what records there, and what it gets on its stdin before all else."""
        if there.installed and there.speaks == SPEAKS:
            return [there.installed, *RECORD, *self._words], b""
        version, path = there.pythons[0] if there.pythons else ((0, 0), "")
        if version < OLDEST:
            has = f"Python {version[0]}.{version[1]}" if path else "no python3"
            raise RemoteError(f"{self.name} has {has}: install Python 3.9 or newer there, or ovltui.")
        sent = parcel(version)
        return [path, "-I", "-S", "-c", boot(), str(len(sent)), *self._words], sent

    def _becomes_root(self, there: There) -> bool:
        return self._sudo if self._sudo is not None else there.uid != 0

    def _asks(self, there: There) -> bool:
        return self._becomes_root(there) and there.sudo != "free" and there.uid != 0

    def _become_root(self, there: There) -> tuple[Sequence[str], bytes]:
        """Return the words that make root of what follows, and what they read."""
        if not self._becomes_root(there):
            return (), b""
        return (_ASKING, self._password) if self._password else (_FREE, b"")

    def _ask_password(self, master: Master, there: There, *, foreground: bool) -> bytes:
        """Return the password of sudo, tried, with the end of its line."""
        if not there.sudo:
            raise RemoteError(
                f"{there.user} is not root on {self.name}, which has no sudo: log in as ssh://root@{self.name}."
            )
        if not foreground:
            raise UnaskedError(
                f"sudo on {self.name} asks {there.user} for a password: start on a terminal, "
                f"or log in as ssh://root@{self.name}."
            )
        password = f"{getpass.getpass(f'password of sudo on {self.name}: ')}\n".encode()
        master.ask(f"exec {shlex.join((*_ASKING, 'true'))}", password)
        return password


def on_terminal() -> bool:
    """Return whether somebody can be asked."""
    return sys.stdin is not None and sys.stderr is not None and os.isatty(0) and sys.stderr.isatty()
