"""A command on a terminal of its own: the right namespace, job control, and nothing left of it afterwards."""

import os
import re
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovltui.errors import OvltuiError
from ovltui.kernel.namespace import opened
from ovltui.terminal.pty import MOST_WAITING, OWN, Place, Pty, environment, shell_of
from tests.bed.netns import NamedNetns, ip
from tests.bed.processes import descendants, gone, words_of

NewNetns = Callable[[str], NamedNetns]
ENV = environment({**os.environ, "PS1": "$ "})
SHELL = ["bash", "--norc", "--noprofile", "-i"]
SIZE = (80, 24)


@contextmanager
def shell(place: Place = OWN, *argv: str) -> Iterator[Pty]:
    with Pty(place, argv or SHELL, ENV, SIZE) as pty:
        yield pty
    assert pty.wait_until_gone(30)


def read_until(pty: Pty, what: str, patience_s: float = 40) -> str:
    """Read until ``what`` came; "" reads to the end."""
    said = b""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        select.select([pty.fd], [], [], 0.1)
        data = pty.read()
        if data == b"" or (what and what.encode() in said + (data or b"")):
            return (said + (data or b"")).decode().replace("\r\n", "\n")
        said += data or b""
    raise AssertionError(f"{what!r} does not come: {said!r}")


def ask(pty: Pty, command: str) -> str:
    """Run a command in the shell; return what it printed."""
    assert pty.write(f"echo be''gin; {command}; echo en''d\n".encode())
    return read_until(pty, "end\r\n").split("begin\n")[1].split("end\n")[0].strip()


def place_of(netns: NamedNetns) -> Place:
    with opened(str(netns.path)) as namespace:
        return Place(str(netns.path), namespace.id)


def jobs(pty: Pty) -> list[int]:
    """Start what a person leaves behind: a background job, a stopped one, one without a terminal, a daemon."""
    started = (
        "sleep 1000 & echo pid=$!",
        "sleep 1001 & kill -STOP $!; echo pid=$!",
        "nohup sleep 1002 >/dev/null 2>&1 & echo pid=$!",
        (
            "f=$(mktemp); setsid sh -c 'trap \"\" HUP TERM; sleep 1003 & echo pid=$! >$0; wait' $f 2>/dev/null & "
            "until [ -s $f ]; do sleep 0.01; done; cat $f; rm $f"
        ),
    )
    # Of a job that is done bash may print the command line, at any moment.
    return [int(re.findall(r"pid=(\d+)", ask(pty, command))[-1]) for command in started]


@pytest.mark.needs_root
def test_the_shell_is_born_in_the_namespace_with_the_host_s_files(new_netns: NewNetns) -> None:
    blue = new_netns("pty")
    with shell(place_of(blue)) as pty:
        assert f"net:[{blue.inode}]" in ask(pty, "readlink /proc/self/ns/net; hostname")


@pytest.mark.needs_root
def test_another_namespace_at_the_same_path_is_refused_in_a_sentence(new_netns: NewNetns) -> None:
    old, young = new_netns("pty"), new_netns("pty")
    with shell(Place(str(young.path), place_of(old).netns_id), "echo", "inside") as pty:
        said = read_until(pty, "")
        assert "is another one now" in said
        assert "inside" not in said.split("ovltui:")[0]
        assert pty.status == 4


@pytest.mark.needs_root
def test_a_namespace_that_dies_during_opening_is_a_sentence(new_netns: NewNetns) -> None:
    blue = new_netns("pty")
    place = place_of(blue)
    ip("netns", "delete", blue.name)
    with shell(place, "echo", "inside") as pty:
        assert "is gone" in read_until(pty, "")
        assert pty.status == 4


def test_a_shell_that_does_not_exist_is_a_sentence_and_a_shell_s_status() -> None:
    with shell(OWN, "/no/such/shell") as pty:
        assert read_until(pty, "") == "ovltui: /no/such/shell: no such command.\n"
        assert pty.status == 127


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", -9)])
def test_the_status_is_the_command_s(script: str, status: int) -> None:
    with shell(OWN, "sh", "-c", script) as pty:
        read_until(pty, "")
        assert pty.status == status


def test_it_leads_a_session_on_a_terminal_of_the_right_size_and_gets_no_descriptor_of_ours() -> None:
    with shell(OWN), shell(OWN) as pty:
        assert ask(pty, "stty size") == "24 80"
        pid, sid, group = ask(pty, "echo $$; ps -o sid= -o pgid= -p $$").split()
        assert pid == sid == group
        assert ask(pty, "ls /proc/$$/fd | tr '\\n' ' '") == "0 1 2 255"  # bash keeps its terminal at 255
        said = ""
        for _ in range(10):  # readline, as it prompts, writes the size back that it read a moment before
            if said != "30 100":
                pty.resize(100, 30)
                said = ask(pty, "stty size")
        assert said == "30 100"


def test_its_environment_is_ours_without_what_belongs_to_the_terminal_outside() -> None:
    outside = {"HOME": "/root", "TMUX": "x", "COLUMNS": "80", "TERM": "tmux-256color", "LANG": "C.UTF-8"}
    assert environment(outside) == {
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    assert shell_of({"SHELL": "/no/such"}) == "/bin/sh"


def await_foreground(pty: Pty, wanted: Callable[[int], bool]) -> None:
    """Wait until the process group in the foreground of the terminal is one that is wanted."""
    deadline = time.monotonic() + 40
    while not wanted(os.tcgetpgrp(pty.fd)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_ctrl_c_and_ctrl_z_are_the_command_s_own() -> None:
    with shell() as pty:
        bash = int(ask(pty, "echo $$"))
        pty.write(b"sleep 1000\n")
        # Until it is sleep, the process in the foreground is bash's own, which has the signal blocked.
        await_foreground(pty, lambda group: group != bash and "sleep" in words_of(group))
        pty.write(b"\x1a")
        assert "Stopped" in read_until(pty, "Stopped")
        await_foreground(pty, lambda group: group == bash)
        pty.write(b"fg\n")
        await_foreground(pty, lambda group: group != bash)
        pty.write(b"\x03")
        pty.write(b"echo status $?\n")
        assert "status 130" in read_until(pty, "status 130")


def test_a_shell_that_exits_leaves_nothing_behind() -> None:
    with shell() as pty:
        left = jobs(pty)
        pty.write(b"exit 5\n")
        pty.write(b"exit 5\n")  # bash warns once of stopped jobs
        read_until(pty, "")
        assert pty.status == 5
        assert all(map(gone, left))


def test_closing_leaves_nothing_behind() -> None:
    with shell() as pty:
        left = [int(ask(pty, "echo $$")), *jobs(pty)]
        pty.close()
        assert all(map(gone, left))


KILLED = """
import os, sys, time
sys.path.insert(0, {root!r})
from ovltui.terminal.pty import *
first = Pty(OWN, {shell!r}, environment(os.environ), (80, 24))
second = Pty(OWN, {shell!r}, environment(os.environ), (80, 24))
for pty, number in ((first, 2000), (second, 2001)):
    pty.write(b"sleep %d & nohup setsid sleep %d >/dev/null 2>&1 & echo $$ $! >&2\\n" % (number, number))
print("ready", flush=True)
time.sleep(1000)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_whoever_dies_takes_the_shells_along(number: signal.Signals) -> None:
    script = KILLED.format(root=str(Path(__file__).resolve().parents[2]), shell=SHELL)
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    with owner:
        try:
            assert owner.stdout.readline() == "ready\n"
            left = await_jobs(owner.pid)
        except BaseException:
            owner.kill()  # who waits for it would wait for long
            raise
        owner.send_signal(number)
    assert all(map(gone, left))


def await_jobs(pid: int) -> list[int]:
    """Wait for two keepers, each with a shell and two jobs; a setsid that leads its group is two for a moment."""
    deadline = time.monotonic() + 40
    while len(left := descendants(pid)) != 8 or sum(map(is_job, left)) != 4:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    return left


def is_job(pid: int) -> bool:
    return words_of(pid).startswith("sleep ")


def test_a_keeper_that_is_killed_is_a_command_that_was_killed() -> None:
    with shell() as pty:
        ask(pty, "true")
        keeper = next(pid for pid in descendants(os.getpid()) if "keeper" in words_of(pid))
        (inner,) = descendants(keeper)
        os.kill(keeper, signal.SIGKILL)
        deadline = time.monotonic() + 40
        while pty.status is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert pty.status == -9
        pty.close()
        assert gone(inner)  # the terminal hung up


def test_input_that_nobody_reads_waits_and_is_refused_beyond_a_megabyte() -> None:
    with shell(OWN, "sh", "-c", "stty raw -echo; echo raw; sleep 2; head -c 600000 | wc -c") as pty:
        read_until(pty, "raw")
        assert pty.write(b"x" * 600_000)
        assert pty.waiting > 500_000
        assert not pty.write(b"x" * MOST_WAITING)
        deadline = time.monotonic() + 40
        while pty.waiting and time.monotonic() < deadline:
            select.select([], [pty.fd], [], 0.1)
            pty.flush()
        assert "600000" in read_until(pty, "600000")


def test_no_more_terminals_is_a_sentence_and_leaks_nothing() -> None:
    before = set(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(before) + 3, hard))
    try:
        with pytest.raises(OvltuiError, match="No terminal for bash"):
            Pty(OWN, SHELL, ENV, SIZE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert set(os.listdir("/proc/self/fd")) == before


_NO_PTY = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0
assert libc.mount(b"none", b"/", b"", 0x4000 | 0x40000, None) == 0
assert libc.mount(b"devpts", b"/dev/pts", b"devpts", 0, b"ptmxmode=0666,max=1") == 0
assert libc.mount(b"/dev/pts/ptmx", b"/dev/ptmx", b"", 0x1000, None) == 0
sys.path.insert(0, {root!r})
from ovltui.errors import OvltuiError
from ovltui.terminal.pty import *
first = Pty(OWN, ["sleep", "1000"], environment(os.environ), (80, 24))
before = sorted(os.listdir("/proc/self/fd"))
try:
    Pty(OWN, ["bash"], environment(os.environ), (80, 24))
except OvltuiError as error:
    print(error)
print(sorted(os.listdir("/proc/self/fd")) == before)
first.close()
print(first.wait_until_gone(30))
again = Pty(OWN, ["sleep", "1000"], environment(os.environ), (80, 24))
again.close()
print(again.wait_until_gone(30))
"""


@pytest.mark.needs_root
def test_where_the_kernel_has_no_more_terminals_it_is_a_sentence_until_one_is_given_back() -> None:
    script = _NO_PTY.format(root=str(Path(__file__).resolve().parents[2]))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout.splitlines() == [
        "No terminal for bash (all pseudo-terminals are in use: see sysctl kernel.pty.max).",
        "True",
        "True",
        "True",
    ], done.stderr


def test_closing_twice_and_writing_afterwards_do_nothing() -> None:
    with shell(OWN, "sleep", "1000") as pty:
        pty.close()
        pty.close()
        assert not pty.write(b"x")
        pty.resize(10, 10)
        assert pty.status is None
