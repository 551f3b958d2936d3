"""A real sshd on loopback, for tests of what a login over SSH shows.

It listens on 127.0.0.1 alone, on a free port, with a host key and a user key made for the test; the machine's
own sshd and the user's keys are not touched. Needs root. ``/run/sshd``, which sshd insists on, is made where
it is missing and stays, since another sshd may be using it by the end.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bed.means import command
from tests.bed.signals import deferred

_READY = 10.0
_CONFIG = """\
ListenAddress 127.0.0.1:{port}
HostKey {directory}/host
AuthorizedKeysFile {directory}/user.pub
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM {pam}
StrictModes no
AcceptEnv LANG LC_* COLORTERM
"""


class SshdError(Exception):
    """The sshd of the test bed did not start."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_locked(user: str) -> bool:
    """Return whether the account's password is locked: without PAM, sshd then refuses keys as well."""
    shadow = Path("/etc/shadow")
    if not shadow.exists():
        return False
    return any(line.startswith(f"{user}:!") for line in shadow.read_text().splitlines())


class Sshd:
    """A context manager: an sshd that lets the test's own user in.

    Args:
        settings: more lines of its config.
    """

    def __init__(self, *settings: str) -> None:
        self._settings = settings
        self.port = _free_port()
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        with deferred():
            self._directory = Path(tempfile.mkdtemp(prefix="ovltui-sshd-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make_keys()
            self._start()
        except BaseException:
            self.close()
            raise

    def _make_keys(self) -> None:
        for name in ("host", "user"):
            keygen = [
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-C",
                name,
                "-f",
                str(self._directory / name),
            ]
            subprocess.run(keygen, check=True, stdin=subprocess.DEVNULL)
        host = (self._directory / "host.pub").read_text()
        (self._directory / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {host}")

    def _start(self) -> None:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        pam = "yes" if is_locked(self.user) else "no"
        config = self._directory / "config"
        written = _CONFIG.format(port=self.port, directory=self._directory, pam=pam)
        config.write_text("\n".join((written, *self._settings, "")))
        with (self._directory / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [command("sshd") or "sshd", "-D", "-e", "-f", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _READY
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SshdError(f"sshd does not answer:\n{self.log()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    @property
    def directory(self) -> Path:
        """Where its keys are: ``user`` lets in, ``known_hosts`` knows it."""
        return self._directory

    def log(self) -> str:
        """Return what sshd said so far."""
        return (self._directory / "log").read_text(errors="replace")

    def command(self, *argv: str, tty: bool = True) -> list[str]:
        """Return the ssh command that logs in and runs ``argv``, joined by blanks for the remote shell.

        Without ``argv`` it is the login shell. With ``tty``, a terminal is made on the far side in any case.
        """
        options = {
            "IdentityFile": f"{self._directory}/user",
            "UserKnownHostsFile": f"{self._directory}/known_hosts",
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "LogLevel": "ERROR",
            "SendEnv": "COLORTERM LANG LC_ALL",
        }
        settings = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        to = ["-p", str(self.port), "-l", self.user, "-tt" if tty else "-T", "127.0.0.1"]
        return ["ssh", "-F", "/dev/null", *settings, *to, *argv]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End sshd and remove its keys; sessions that are open end on their own when their client goes."""
        with deferred():
            if self._process is not None:
                self._process.terminate()
                self._process.wait()
                self._process = None
            shutil.rmtree(self._directory, ignore_errors=True)
