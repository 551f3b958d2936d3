"""A reader of ``ovltui watch`` that sleeps: nothing is lost unsaid, and the end does not wait for it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns
from tests.cli.command import await_listening, reader_of, running

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]
ROUTES = 2000
"""More than a pipe holds as lines."""


def add_routes(netns: NamedNetns) -> None:
    """Add routes a few at a time, so that lines are handed on in small pieces."""
    lines = [f"route add 10.{at >> 8}.{at & 255}.0/24 dev lo\n" for at in range(ROUTES)]
    for at in range(0, ROUTES, 20):
        subprocess.run(["ip", "-n", netns.name, "-batch", "-"], input="".join(lines[at : at + 20]).encode(), check=True)


def await_blocked(process: subprocess.Popen[str]) -> None:
    """Wait until the process waits for room in a pipe."""
    deadline = time.monotonic() + 40
    while "pipe" not in Path(f"/proc/{process.pid}/wchan").read_text("ascii"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def await_received(pid: int) -> None:
    """Wait until the reader has received what was sent, and for what it takes to hand that on."""
    reader, deadline = reader_of(pid), time.monotonic() + 40
    while any(row[2] == reader and int(row[4]) for row in netlink_sockets()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)


def netlink_sockets() -> list[list[str]]:
    """Return the columns of /proc/net/netlink: the third is whose a socket is, the fifth how many bytes wait in it."""
    return [line.split() for line in Path("/proc/net/netlink").read_text("ascii").splitlines()[1:]]


def test_what_waited_for_a_reader_that_slept_comes_whole_and_in_order(new_netns: NewNetns) -> None:
    blue = new_netns("stuck")
    words = ("route", "--no-docker", "--netns", blue.name, "--filter", "10.", "--count", str(ROUTES))
    with running("watch", *words) as process:
        await_listening(process.pid)
        add_routes(blue)
        await_blocked(process)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert re.findall(r"\+ (\S+)/24 dev lo", out) == [f"10.{at >> 8}.{at & 255}.0" for at in range(ROUTES)]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_soon_and_what_was_not_taken_is_told(
    new_netns: NewNetns, number: signal.Signals, status: int
) -> None:
    blue = new_netns("stuck")
    with running("watch", "route", "--no-docker", "--netns", blue.name) as process:
        await_listening(process.pid)
        add_routes(blue)
        await_blocked(process)
        await_received(process.pid)
        os.kill(process.pid, number)
        assert process.wait(20) == status
        out, err = process.communicate()
    told = re.search(r"up to (\d+) records before the end were not printed", err)
    assert told
    assert "what was printed last did not arrive whole" in err
    assert "Traceback" not in err
    assert len(out.splitlines()) + int(told[1]) >= ROUTES
