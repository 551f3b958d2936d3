"""The connection to a machine that its stream and its shells share: one ssh of the user, logged in once.

Source: ``ssh -M`` with the user's own config, agent, jump hosts and known hosts; under sudo, those of the person who
called it. Privileges: none. It listens on a socket in a directory that only that person may enter, and ends with us,
also when we are killed: a shell beside it waits for the end of a pipe of ours. Nothing is ever accepted for the user.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from ovltui.errors import RemoteError
from ovltui.kernel.agent import agent_of
from ovltui.kernel.users import caller
from ovltui.remote.address import Address
from ovltui.remote.says import refusal, there_says
from ovltui.text import clean

ALIVE_S = 3
"""Seconds after which a connection that says nothing ends."""
CONNECT_S = 10
"""Seconds that a machine may take to answer that it lets somebody in."""
_LOGIN_S, _POLL_S, _ASK_S, _END_S = 30.0, 0.02, 0.1, 1.0
_LONGEST = 70
"""Of the name of the directory: a socket's name has 107 characters at most, and ssh adds 17 while it makes it."""
_WATCHED = (
    """exec 3<&0 </dev/null; """
    """(trap "" HUP INT QUIT TSTP; exec 2>/dev/null; read -r x <&3 || { kill $$; rm -rf -- "$0"; }) & """
    """exec 3<&-; exec "$@" """
)
"""Runs ssh beside a reader of our pipe; ``$0`` is the directory. What it says goes nowhere: with us its reader is gone,
and a ``kill`` that finds no ssh any more would die of SIGPIPE before it removes the directory."""
_SETTINGS = (
    "ControlPersist=no",
    "ServerAliveInterval=1",
    f"ServerAliveCountMax={ALIVE_S}",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "RemoteCommand=none",
    "RequestTTY=no",
)
_BATCH = ("BatchMode=yes", "LogLevel=ERROR")
_SHARING = ("ProxyCommand=false", "BatchMode=yes", "LogLevel=ERROR", "SendEnv=LANG", "SendEnv=LC_*")
"""Of what goes over the connection; where that is gone, ssh must not make another one."""


class Master:
    """A connection; it stands when this returns.

    Args:
        address: of the machine.
        foreground: whether ssh may ask on the terminal; it has as much time as the user takes.
        stop: set, by another thread, when nobody wants it any more.
        connect_s: seconds that it may take to answer.
        environ: our environment.

    Raises:
        RemoteError: it did not come about; an ``UnaskedError`` where ssh may only have to ask.
    """

    def __init__(
        self,
        address: Address,
        *,
        foreground: bool,
        stop: threading.Event,
        connect_s: int = CONNECT_S,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._address = address
        self._connect_s = connect_s
        self._stop = stop
        self._environ = dict(os.environ if environ is None else environ)
        self._directory = _directory()
        self._last_words: deque[str] = deque(maxlen=12)
        self._echoes = foreground
        self._lock = threading.Lock()
        self._closed = False
        try:
            self._process = self._start(foreground=foreground)
        except OSError as error:
            shutil.rmtree(self._directory, ignore_errors=True)
            raise RemoteError(f"ssh cannot be run ({clean(error.strerror or str(error))}): install it.") from error
        self._listener = threading.Thread(target=self._listen, name="ovltui-ssh-says", daemon=True)
        self._listener.start()
        try:
            self._await(None if foreground else _LOGIN_S)
        except BaseException:
            self.close()
            raise

    @property
    def stands(self) -> bool:
        """Whether it has not ended by itself."""
        return not self._closed and self._process.poll() is None

    def words(self, command: str, *, terminal: bool = False) -> list[str]:
        """Return the words that run a command of the login shell there, over this connection."""
        settings = [word for setting in _SHARING for word in ("-o", setting)]
        form = "-tt" if terminal else "-T"
        return ["ssh", "-F", "/dev/null", "-S", self._socket, *settings, form, "--", self._address.host, command]

    def ask(self, command: str, told: bytes = b"", patience_s: float = 20.0) -> str:
        """Return what a command there prints.

        Args:
            command: of the login shell.
            told: what it gets on its stdin.
            patience_s: how long it may take.

        Raises:
            RemoteError: it failed, or took too long.
        """
        pipe = subprocess.PIPE
        with subprocess.Popen(self.words(command), stdin=pipe, stdout=pipe, stderr=pipe, env=self._environ) as asking:
            deadline = time.monotonic() + patience_s
            while (answer := self._answer(asking, told)) is None:
                told = b""  # it has all of it
                if time.monotonic() > deadline or self._stop.is_set():
                    asking.kill()
                    asking.communicate()
                    host = self._address.host
                    raise RemoteError(f"{host} lets us in, but does not answer: the line is cut, or it hangs.")
        out, err = answer
        if asking.returncode:
            said = [clean(line) for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
            raise RemoteError(there_says(self._address, said, asking.returncode))
        return out.decode("utf-8", "replace")

    @staticmethod
    def _answer(asking: "subprocess.Popen[bytes]", told: bytes) -> tuple[bytes, bytes] | None:
        """Return what it printed, once it has ended; None for not yet."""
        try:
            return asking.communicate(told, _ASK_S)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """End it; a second call does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._release()
        self._listener.join(_END_S)
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def _socket(self) -> str:
        return f"{self._directory}/s"

    def _release(self) -> None:
        """Let the shell beside it end without doing anything."""
        assert self._process.stdin
        if self._process.stdin.closed:
            return
        try:
            self._process.stdin.write(b"\n")
        except BrokenPipeError:  # it has ended, too
            return
        finally:
            self._process.stdin.close()

    def _start(self, *, foreground: bool) -> "subprocess.Popen[bytes]":
        user = caller(self._environ)
        where: dict[str, Any] = {}
        environ = dict(self._environ)
        if user:
            os.chown(self._directory, user.pw_uid, user.pw_gid)
            groups = os.getgrouplist(user.pw_name, user.pw_gid)
            where = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": groups}
            environ |= {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name}
            environ |= {"SSH_AUTH_SOCK": agent} if (agent := agent_of(user, self._environ)) else {}
        return subprocess.Popen(
            ["sh", "-c", _WATCHED, self._directory, *self._argv(foreground=foreground)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environ,
            cwd="/",
            start_new_session=not foreground,
            **where,
        )

    def _argv(self, *, foreground: bool) -> list[str]:
        address = self._address
        settings = (*_SETTINGS, f"ConnectTimeout={self._connect_s}", *(() if foreground else _BATCH))
        return [
            *("ssh", "-M", "-N", "-a", "-x", "-T", "-S", self._socket),
            *(word for setting in settings for word in ("-o", setting)),
            *(("-p", str(address.port)) if address.port else ()),
            *(("-l", address.user) if address.user else ()),
            *("--", address.host),
        ]

    def _await(self, patience_s: float | None) -> None:
        deadline = None if patience_s is None else time.monotonic() + patience_s
        while not os.path.exists(self._socket):  # noqa: PTH110  (many times)
            if self._process.poll() is not None:
                self._release()
                self._listener.join(_END_S)
                raise refusal(self._address, tuple(self._last_words), self._process.returncode)
            if self._stop.is_set():
                raise RemoteError(f"{self._address.host} was dropped.")
            if deadline and time.monotonic() > deadline:
                raise RemoteError(f"{self._address.host} accepts the connection, but lets nobody in: sshd there hangs.")
            time.sleep(_POLL_S)
        self._echoes = False

    def _listen(self) -> None:
        """Keep the last words; show all of them while the user is asked."""
        assert self._process.stderr
        with self._process.stderr as stderr:
            for line in iter(stderr.readline, b""):
                words = clean(line.decode("utf-8", "replace").rstrip())
                if self._echoes and sys.stderr is not None:
                    sys.stderr.write(f"{words}\n")
                if words:
                    self._last_words.append(words[:400])


def _directory() -> str:
    made = tempfile.mkdtemp(prefix="ovltui-")
    if len(made) <= _LONGEST and "%" not in made:
        return made
    os.rmdir(made)  # noqa: PTH106
    return tempfile.mkdtemp(prefix="ovltui-", dir="/tmp")
