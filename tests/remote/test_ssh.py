"""Another machine over a real ssh: what records there, how it ends, and what is said of one that cannot be had."""

import os
import pty
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from ovltui.capture.decode import Decoder
from ovltui.capture.notes import Note, NoteKind
from ovltui.errors import ExitStatus, RemoteError
from ovltui.remote import ssh
from ovltui.remote.here import SPEAKS
from ovltui.remote.line import CLOSED, Line
from ovltui.remote.ssh import Ssh
from tests.cli.command import ROOT
from tests.remote.box import Box, box

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_sshd]
ENDS_S, BUSY_S = 3.0, 3.0
"""Seconds within which all has ended there, and what a busy machine takes beyond that."""
SECRET = "correct horse"
_VIEWER = """
import sys
from ovltui.remote.address import Address
from ovltui.remote.ssh import Ssh
machine = Ssh(Address(None, "{host}", None), words=("--no-docker",))
machine.prepare()
line = machine.open()
for piece in line.pieces():
    print("began", machine._master._directory, flush=True)
print(line.ended)
"""
_INSTALLED = f"""#!/bin/sh
PYTHONPATH={ROOT} exec {sys.executable} -m ovltui "$@"
"""
_SUDO = f"""#!/bin/sh
while [ "$#" -gt 0 ]; do case "$1" in
    -n) echo "sudo: a password is required" >&2; exit 1;;
    --) shift; break;;
    -p) shift 2;;
    -*) shift;;
esac; done
read -r password
[ "$password" = "{SECRET}" ] || {{ echo "Sorry, try again." >&2; exit 1; }}
exec "$@"
"""
_ID = """#!/bin/sh
case "$1" in -u) echo 1000;; *) echo someone;; esac
"""


@pytest.fixture(scope="module")
def there() -> Iterator[Box]:
    with box() as made:
        yield made


@contextmanager
def commands(there: Box, **texts: str) -> Iterator[None]:
    """Let commands be there; underscores in their names stand for dots."""
    names = {name.replace("_", "."): text for name, text in texts.items()}
    for name, text in names.items():
        there.command(name, text)
    try:
        yield
    finally:
        for name in names:
            (there.directory / "there" / name).unlink()


@contextmanager
def opened(machine: Ssh) -> Iterator[Line]:
    """Yield a connection whose key frame has come, and that is being read."""
    line = machine.open()
    decoder = Decoder("it")
    stated = threading.Event()

    def read() -> None:
        for item in decoder.items(line.pieces()):
            if isinstance(item, Note) and item.kind is NoteKind.STATE:
                stated.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert stated.wait(30), line.ended
        yield line
    finally:
        machine.close()
        reader.join(10)
        assert not reader.is_alive()


def directory_of(machine: Ssh) -> Path:
    assert machine._master
    return Path(machine._master._directory)


def test_what_is_sent_records_there_and_leaves_nothing_behind(there: Box) -> None:
    machine = there.ssh()
    machine.prepare()
    with opened(machine) as line:
        running = there.running()
        assert running
        assert not [one for process in running for one in process.net_connections("inet") if one.status == "LISTEN"]
        words = machine.shell_words(["/nowhere", "/proc/self/ns/net"], os.stat("/proc/self/ns/net").st_ino)
        ran = subprocess.run(words, input=b"echo I am $((6 * 7)); exit 5\n", capture_output=True, check=False)
        assert b"I am 42" in ran.stdout
        assert ran.returncode == 5
        other = subprocess.run(machine.shell_words(["/proc/self/ns/net"], 1), capture_output=True, check=False)
        assert other.returncode == 4
        assert b"That namespace is gone" in other.stdout
        directory = directory_of(machine)
        assert directory.stat().st_mode & 0o777 == 0o700
    assert line.ended == CLOSED
    assert there.gone(ENDS_S + BUSY_S) < ENDS_S + BUSY_S
    assert not directory.exists()
    with pytest.raises(RemoteError, match="there is no connection to box now"):
        machine.shell_words([], 0)


def test_what_is_installed_there_records_if_it_speaks_the_same(there: Box) -> None:
    machine = there.ssh()
    with commands(there, ovltui=_INSTALLED), opened(machine):
        assert machine._there
        assert machine._there.speaks == SPEAKS
        assert machine._recorder(machine._there)[1] == b""
    there.gone(ENDS_S + BUSY_S)


@pytest.mark.parametrize("says", ["echo led 999", "echo 'ovltui: no such option' >&2; exit 2"], ids=["newer", "older"])
def test_an_ovltui_of_another_language_is_left_alone(there: Box, says: str) -> None:
    machine = there.ssh()
    with commands(there, ovltui=f"#!/bin/sh\n{says}\n"), opened(machine):
        assert machine._there
        assert machine._recorder(machine._there)[1]


def test_a_viewer_that_is_killed_leaves_nothing_on_either_side(there: Box) -> None:
    words = [sys.executable, "-c", _VIEWER.format(host="box")]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env=there.environ, start_new_session=True
    ) as viewer:
        assert viewer.stdout
        said = viewer.stdout.readline()
        assert said.startswith("began ")
        directory = said.split()[1]
        assert there.running()
        ours = psutil.Process(viewer.pid).children(recursive=True)
        viewer.kill()
        there.gone(ENDS_S + BUSY_S)
    _, alive = psutil.wait_procs(ours, timeout=ENDS_S)
    assert alive == []
    assert not Path(directory).exists()


@contextmanager
def cut(port: int) -> Iterator[None]:
    """Let nothing pass to a port of this machine, nor back."""
    rules = [("INPUT", "-i", "lo", "-p", "tcp", side, str(port), "-j", "DROP") for side in ("--dport", "--sport")]
    for rule in rules:
        subprocess.run(["iptables", "-I", *rule], check=True)
    try:
        yield
    finally:
        for rule in rules:
            subprocess.run(["iptables", "-D", *rule], check=True)


@pytest.mark.needs_docker
def test_a_line_that_is_cut_ends_both_sides_and_can_be_had_again(there: Box) -> None:
    machine = there.ssh()
    line = machine.open()
    pieces = line.pieces()
    assert next(pieces)
    ended = threading.Event()

    def read() -> None:
        list(pieces)
        ended.set()

    threading.Thread(target=read).start()
    with cut(there.port):
        there.gone(ENDS_S + BUSY_S)
        assert ended.wait(ENDS_S + BUSY_S)
    assert line.ended == "nothing came for 3 s: the line is cut, or the machine hangs."
    assert line.silent
    with opened(machine):
        pass


@pytest.mark.needs_docker
def test_a_machine_that_is_dropped_while_it_is_connected_to_holds_up_nobody(there: Box) -> None:
    machine = there.ssh()
    refused: list[str] = []

    def connect() -> None:
        try:
            machine.open()
        except RemoteError as error:
            refused.append(str(error))

    connecting = threading.Thread(target=connect)
    with cut(there.port):
        connecting.start()
        while machine._lock.acquire(blocking=False):
            machine._lock.release()
        began = time.monotonic()
        with pytest.raises(RemoteError, match="there is no connection to box now"):
            machine.shell_words([], 0)
        machine.close()
        connecting.join(10)
        assert time.monotonic() - began < BUSY_S
    assert refused == ["box was dropped."]


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("stranger", "has a host key that is not known: run ssh stranger once"),
        ("locked", "does not let us in: give it your key"),
        ("closed", "refuses the connection: does sshd run there"),
        ("nowhere.invalid", "is no name that can be resolved"),
    ],
)
def test_a_machine_that_cannot_be_reached_is_said(there: Box, host: str, says: str) -> None:
    machine = there.ssh(host)
    with pytest.raises(RemoteError) as refused:
        machine.open()
    machine.close()
    assert str(refused.value).startswith(f"{host} {says}")
    assert refused.value.status is ExitStatus.UNREACHABLE


def test_a_login_that_is_not_root_needs_sudo_or_a_terminal(there: Box) -> None:
    machine = there.ssh()
    with commands(there, id=_ID, sudo=_SUDO), pytest.raises(RemoteError, match="sudo on box asks someone for a pass"):
        machine.open()
    machine.close()


def test_a_password_of_sudo_goes_to_its_stdin_alone(there: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return SECRET

    monkeypatch.setattr(ssh, "on_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", getpass)
    machine = there.ssh()
    with commands(there, id=_ID, sudo=_SUDO):
        machine.prepare()
        with opened(machine):
            assert asked == ["password of sudo on box: "]
            told = [process.cmdline() + list(process.environ().values()) for process in there.running()]
            assert told
            assert SECRET not in str(told)
    assert machine._password == b""


def test_a_wrong_password_of_sudo_is_said(there: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "on_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "wrong")
    machine = there.ssh()
    with commands(there, id=_ID, sudo=_SUDO), pytest.raises(RemoteError) as refused:
        machine.prepare()
    machine.close()
    assert str(refused.value) == "box does not take that password of sudo."


def test_without_sudo_what_an_ordinary_user_may_see_is_recorded(there: Box) -> None:
    machine = there.ssh(sudo=False)
    with commands(there, id=_ID, sudo=_SUDO), opened(machine):
        pass


@pytest.mark.parametrize(("answer", "ends"), [("yes", "began"), ("no", "has a host key that is not known")])
def test_an_unknown_host_key_is_the_user_s_to_accept(there: Box, answer: str, ends: str) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-c", _VIEWER.format(host="stranger")], there.environ)
    said, deadline = b"", time.monotonic() + 30
    while ends.encode() not in said and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 4096)
        if b"continue connecting" in said and answer:
            os.write(terminal, f"{answer}\n".encode())
            answer = ""
    os.close(terminal)  # which hangs up
    os.waitpid(pid, 0)
    assert ends in said.decode()
    there.gone(ENDS_S + BUSY_S)
    left = [Path(word) for word in said.decode().split() if word.startswith("/tmp/ovltui-")]
    deadline = time.monotonic() + BUSY_S
    while any(path.exists() for path in left) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [path for path in left if path.exists()]
