"""``ovltui watch --solicit`` has the kernel tell its lookups while it runs, and not a moment longer."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.bed.netns import NamedNetns
from tests.cli.command import OVLTUI as COMMAND
from tests.cli.command import ovltui, ovltui_as_nobody, run, running

NewNetns = Callable[[str], NamedNetns]
needs_root = pytest.mark.needs_root


def made(new_netns: NewNetns) -> NamedNetns:
    """Return a namespace in which v0 looks for neighbours in 10.98.0.0/24."""
    blue = new_netns("clisol")
    blue.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    blue.ip("addr", "add", "10.98.0.1/24", "dev", "v0")
    blue.ip("link", "set", "v0", "up")
    blue.ip("link", "set", "v1", "up")
    return blue


def value(netns: NamedNetns, dev: str = "v0") -> str:
    return netns.run("cat", f"/proc/sys/net/ipv4/neigh/{dev}/app_solicit").strip()


def wait_for(netns: NamedNetns, wanted: str) -> None:
    deadline = time.monotonic() + 40
    while value(netns) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def soliciting(netns: NamedNetns, *words: str) -> Iterator[subprocess.Popen[str]]:
    """``ovltui watch --solicit v0`` in ``netns``, switched on already."""
    with running("watch", "neigh", "--no-docker", "--netns", netns.name, "--solicit", "v0", *words) as process:
        wait_for(netns, "1")  # by then it listens
        yield process


@needs_root
def test_a_lookup_is_an_event_and_what_was_done_is_told_as_a_command(new_netns: NewNetns) -> None:
    blue = made(new_netns)
    with soliciting(blue, "--count", "1", "--filter", "who has") as process:
        assert value(blue, "v1") == "0"
        subprocess.run(blue.command("ping", "-c", "1", "-W", "1", "10.98.0.9"), check=False, capture_output=True)
        out, err = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "who has 10.98.0.9 dev v0" in out
    command = next(line for line in err.splitlines() if "sysctl" in line).removeprefix("ovltui: ")
    assert command.endswith("net.ipv4.neigh.v0.app_solicit=1")
    assert "one second later; all is set back at the end" in err
    assert value(blue) == "0"
    run(command.split())  # it does what it says
    assert value(blue) == "1"


@needs_root
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_it_is_set_back_by_whatever_signal_it_ends(new_netns: NewNetns, number: signal.Signals) -> None:
    blue = made(new_netns)
    with soliciting(blue) as process:
        os.kill(process.pid, number)
        process.communicate(timeout=40)
        wait_for(blue, "0")


@needs_root
def test_it_is_set_in_each_namespace_for_each_link(new_netns: NewNetns) -> None:
    blue, red = made(new_netns), made(new_netns)
    with soliciting(blue, "--netns", red.name, "--solicit", "v1"):
        wait_for(red, "1")
        assert [value(netns, "v1") for netns in (blue, red)] == ["1", "1"]
    wait_for(blue, "0")
    wait_for(red, "0")
    assert [value(netns, "v1") for netns in (blue, red)] == ["0", "0"]


@needs_root
def test_without_a_namespace_it_is_our_own(new_netns: NewNetns) -> None:
    blue = made(new_netns)
    ended = run(blue.command(*COMMAND, "watch", "--no-docker", "--passive", "--solicit", "v0", "--for", "0.2"))
    assert ended.status == 0
    assert "net.ipv4.neigh.v0.app_solicit=1" in ended.err
    assert value(blue) == "0"


@needs_root
def test_what_was_on_before_is_told_and_stays_on(new_netns: NewNetns) -> None:
    blue = made(new_netns)
    blue.run("sh", "-c", "echo 3 > /proc/sys/net/ipv4/neigh/v0/app_solicit")
    ended = ovltui("watch", "--no-docker", "--netns", blue.name, "--solicit", "v0", "--for", "0.2")
    assert (ended.status, value(blue)) == (0, "3")
    assert ended.err.endswith(f"ovltui: v0 in {blue.name} tells its solicitations already; it stays so.\n")


@needs_root
def test_a_link_that_is_not_there_is_one_sentence_and_nothing_stays_on(new_netns: NewNetns) -> None:
    blue = made(new_netns)
    words = ("--netns", blue.name, "--solicit", "v0", "--solicit", "nosuch")
    ended = ovltui("watch", "--no-docker", *words)
    assert (ended.status, ended.out, value(blue)) == (1, "", "0")
    assert f"--solicit nosuch in {blue.name}: There is no link nosuch in that namespace" in ended.err.splitlines()[-1]


@needs_root
def test_an_ordinary_user_is_told_that_root_is_needed() -> None:
    ended = ovltui_as_nobody("watch", "--no-docker", "--solicit", "lo", "--for", "0.2")
    assert (ended.status, ended.out) == (3, "")
    assert "does not let us set app_solicit of lo: run ovltui as root" in ended.err.splitlines()[-1]


@pytest.mark.parametrize("name", ["", "a/b", "..", "default", "sixteen-letters-"])
def test_what_no_link_can_be_called_is_refused_at_once(name: str) -> None:
    ended = ovltui("watch", "--solicit", name)
    assert (ended.status, ended.out) == (2, "")
    assert "is no name of a link" in ended.err
