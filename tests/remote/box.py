"""Another machine, which is this one, as a plain ``ssh box`` reaches it; what runs there carries a mark.

Source: an sshd of the test bed, and an ``ssh`` before the real one in PATH, which names a config of its own: the user's
stays untouched. Needs root.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ovltui.remote.address import Address
from ovltui.remote.ssh import Ssh
from tests.bed import processes
from tests.bed.sshd import Sshd
from tests.cli.command import environment

_SSH = """#!/bin/sh
exec {ssh} -F {directory}/ssh_config "$@"
"""
_CONFIG = """\
Host box
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {sshd}/user
  IdentitiesOnly yes
  UserKnownHostsFile {sshd}/known_hosts
Host stranger
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {sshd}/user
  UserKnownHostsFile /dev/null
Host locked
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile /dev/null
  IdentityAgent none
  UserKnownHostsFile {sshd}/known_hosts
Host closed
  HostName 127.0.0.1
  Port 1
"""


class Box:
    """The machine; ``here`` is a directory of its own, in which the commands of ``there`` are first in its PATH."""

    def __init__(self, directory: Path, sshd: Sshd, mark: str) -> None:
        self.directory = directory
        self.port = sshd.port
        self.mark = mark
        settings = {"port": sshd.port, "user": sshd.user, "sshd": sshd.directory}
        (directory / "ssh_config").write_text(_CONFIG.format(**settings))
        _script(directory / "here" / "ssh", _SSH.format(ssh=shutil.which("ssh"), directory=directory))
        self.environ = environment(PATH=f"{directory}/here:{os.environ['PATH']}", SSH_AUTH_SOCK="")

    def ssh(self, host: str = "box", *words: str, sudo: bool | None = None) -> Ssh:
        """Return a machine that nobody has connected to."""
        return Ssh(Address(None, host, None), words=("--no-docker", *words), sudo=sudo, environ=self.environ)

    def command(self, name: str, text: str) -> None:
        """Let a command be there, before all others of that name."""
        _script(self.directory / "there" / name, text)

    def running(self) -> set[psutil.Process]:
        """Return what runs there, but for sshd."""
        return {one for one in processes.marked(self.mark) if processes.lives(one) and "sshd" not in one.name()}

    def gone(self, within_s: float) -> float:
        """Wait until nothing runs there; return how long that took."""
        began = time.monotonic()
        while left := self.running():
            assert time.monotonic() - began < within_s, [one.cmdline()[:6] for one in left]
            time.sleep(0.02)
        return time.monotonic() - began


@contextmanager
def box() -> Iterator[Box]:
    """Make the machine."""
    with tempfile.TemporaryDirectory(prefix="ovltui-box-") as made:
        directory = Path(made)
        for name in ("here", "there"):
            (directory / name).mkdir()
        path = f"SetEnv {processes.MARK}={made} PATH={made}/there:{os.environ['PATH']}"
        with Sshd(path) as sshd:
            found = Box(directory, sshd, made)
            yield found
            found.gone(10)


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
