"""A namespace is named for ``ip netns`` in the screens, and nameless again when they end, however they end."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.bed.processes import gone
from tests.bed.terminal import Terminal
from tests.tui.test_terminal import ovltui

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]


@contextmanager
def nameless() -> Iterator[int]:
    """A namespace that a process alone keeps; its pid."""
    with subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "echo in; exec sleep 120"], stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"in\n"
            yield process.pid
        finally:
            process.kill()


def ip_knows(name: str, *, wanted: bool) -> bool:
    deadline = time.monotonic() + 40
    while (
        name in subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout.split()
    ) != wanted:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def give_name(terminal: Terminal, pid: int) -> str:
    """Name the namespace of a process in the screens, as is proposed; return the name."""
    terminal.keys("2")
    terminal.wait("NAME")
    terminal.keys("/")
    terminal.type(f"sleep:{pid}")
    terminal.wait("1 by network")
    terminal.keys("Enter", ":")
    terminal.wait("some of its letters")
    terminal.type(f"name sleep:{pid}")
    terminal.wait(f"Name sleep:{pid} for ip netns")
    terminal.keys("Enter")
    terminal.wait(f"sleep-{pid}")
    terminal.keys("Enter")
    terminal.wait(f"ip netns attach sleep-{pid} {pid}")
    return f"sleep-{pid}"


@pytest.mark.parametrize("how", ["q", "kill -9", "take"])
def test_a_name_is_given_and_taken_away(how: str) -> None:
    with nameless() as pid, ovltui() as terminal:
        name = give_name(terminal, pid)
        assert ip_knows(name, wanted=True)
        if how == "take":
            terminal.keys(":")
            terminal.wait("some of its letters")
            terminal.type("take the name")
            terminal.wait(f"Take the name {name} away from ip netns")
            terminal.keys("Enter")
        elif how == "q":
            terminal.keys("q")
        else:
            os.kill(terminal.pid, signal.SIGKILL)
        assert ip_knows(name, wanted=False)
        assert how == "take" or gone(terminal.pid)
