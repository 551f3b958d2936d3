"""Two hosts on one screen, over real ssh: started by one command that names the second, and true when the line breaks.

Each has its own processes, mounts, network, engine and sshd; nothing of ovltui is installed on the second.
"""

import json
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.bed.host import Host
from tests.bed.swarm import NETWORK
from tests.bed.terminal import Terminal
from tests.bed.two_hosts import TwoHosts
from tests.test_readme import OF_SEVERAL_HOSTS

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_docker, pytest.mark.needs_sshd]
OVLTUI = str(Path(sys.executable).parent / "ovltui")
SECOND = ("--host", "ssh://node2")
PATIENCE_S = 60
"""Seconds that a busy machine may take for what no promise says how soon it comes."""
ENDED_S = 3.0
WIDTH, HEIGHT = 120, 36
BROWSER = 34
ON_TIME_S = 0.5


@contextmanager
def screens(two_hosts: TwoHosts) -> Iterator[Terminal]:
    """The screens on the first host, which show both; they are left by ``q``."""
    with Terminal(WIDTH, HEIGHT, two_hosts.hosts[0].inside(OVLTUI, *SECOND)) as terminal:
        terminal.wait(lambda now: "docker1n" in under(now, "node1") and "docker2n" in under(now, "node2"), PATIENCE_S)
        yield terminal
        terminal.keys("1", "q")
        terminal.wait(lambda _: not terminal.alive)


def under(screen: str, host: str) -> list[str]:
    """Return the names that stand in the browser under a host."""
    lines = [line[1 : BROWSER - 1] for line in screen.splitlines() if line.startswith("│")]
    heads = [at for at, line in enumerate(lines) if line.startswith("▾ ")]
    begin = next((at for at in heads if lines[at].split()[1:2] == [host]), len(lines))
    end = next((at for at in heads if at > begin), len(lines))
    return [words[1] for line in lines[begin + 1 : end] if len(words := line.split()) > 1]


def ovltui(host: Host, *words: str) -> list[dict[str, Any]]:
    """Run a verb on a host, and return its objects."""
    return [json.loads(line) for line in host.run(OVLTUI, *words, "--json").splitlines()]


def await_ended(host: Host, before: set[str]) -> None:
    """Wait until nothing runs on a host that did not before."""
    deadline = time.monotonic() + ENDED_S
    while left := set(host.running().values()) - before:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def mount_of_overlay(host: Host) -> str:
    """Return the file of the overlay network's namespace, as the host sees it."""
    return f"/run/docker/netns/1-{host.docker('network', 'inspect', '-f', '{{.Id}}', NETWORK)[:10]}"


def mac_of(host: Host, container: str) -> str:
    form = f'{{{{(index .NetworkSettings.Networks "{NETWORK}").MacAddress}}}}'
    return host.docker("inspect", "-f", form, container)


@pytest.mark.needs_tmux
def test_one_command_that_names_the_second_host_shows_both_and_leaves_nothing_on_either(two_hosts: TwoHosts) -> None:
    before = [set(host.running().values()) for host in two_hosts.hosts]
    with screens(two_hosts) as terminal:
        screen = terminal.wait("2 hosts")
        assert {"node1", "mynet01", "docker1n"} <= set(under(screen, "node1"))
        assert {"node2", "mynet01", "docker2n"} <= set(under(screen, "node2"))
        terminal.keys("7")
        terminal.wait(lambda now: "ssh://node2" in now and now.count(" live ") == len(two_hosts.hosts))
        terminal.keys("Down", "d", "y")
        terminal.wait(lambda now: "ovltui · node1 ·" in now and "ssh://node2" not in now)
        terminal.keys("a")
        terminal.type("node2")
        terminal.keys("Enter")
        terminal.wait(lambda now: "ssh://node2" in now and now.count(" live ") == len(two_hosts.hosts), PATIENCE_S)
    for host, running in zip(two_hosts.hosts, before, strict=True):
        await_ended(host, running)


def test_the_commands_of_the_readme_do_what_they_say(two_hosts: TwoHosts) -> None:
    whole, verb = (shlex.split(command) for command in OF_SEVERAL_HOSTS if "--host" in command)
    assert (whole, verb[1]) == (["ovltui", *SECOND], "path")
    assert "node2:docker2n" in two_hosts.hosts[0].run(OVLTUI, *verb[1:])


@pytest.mark.needs_tmux
def test_a_shell_in_a_namespace_of_the_second_host_runs_there(two_hosts: TwoHosts) -> None:
    with screens(two_hosts) as terminal:
        terminal.keys("/")
        terminal.type("netns:docker2n")
        terminal.keys("Enter", "G")
        terminal.wait("only node2:docker2n")
        terminal.keys("s")
        terminal.wait("shell 1 node2:docker2n")
        terminal.type("hostname; ip -br link")
        terminal.keys("Enter")
        terminal.wait(lambda now: "│node2\n" in now and "eth0@if" in now)
        terminal.type("exit")
        terminal.keys("Enter")
        terminal.wait("ended 0")
        terminal.keys("x")
        terminal.wait(lambda now: "shell 1" not in now)


@pytest.mark.needs_tmux
@pytest.mark.alone
def test_a_container_started_on_either_host_is_on_the_screen_within_500_ms(two_hosts: TwoHosts) -> None:
    with screens(two_hosts) as terminal:
        for number in range(len(two_hosts.hosts)):
            # The machine itself may pause once for longer than that.
            assert any(shown_after(terminal, two_hosts, number, f"early{one}") < ON_TIME_S for one in range(3))


def shown_after(terminal: Terminal, two_hosts: TwoHosts, number: int, name: str) -> float:
    """Start a container; return how many seconds after its start it stands on the screen."""
    host = two_hosts.hosts[number]
    two_hosts.run(number, name)
    terminal.wait(partial(stands_under, host.name, name))
    shown = time.time()
    after = shown - started(host, name)
    host.docker("rm", "-f", name)
    return after


def stands_under(host: str, name: str, screen: str) -> bool:
    return name in under(screen, host)


def started(host: Host, container: str) -> float:
    """Return when an engine says that a container was started, in seconds since the epoch."""
    told = host.docker("inspect", "-f", "{{.State.StartedAt}}", container)
    return datetime.fromisoformat(f"{told[:26].rstrip('Z')}+00:00").timestamp()


def test_the_way_between_containers_of_both_hosts_is_walked_on_both_sides(two_hosts: TwoHosts) -> None:
    hops = ovltui(two_hosts.hosts[0], "path", "docker1n", "docker2n", *SECOND)
    assert {hop["verdict"] for hop in hops} == {"ok"}
    ways = {way: list(dict.fromkeys(hop["netns"] for hop in hops if hop["way"] == way)) for way in ("there", "back")}
    there = ["node1:docker1n", "node1:mynet01", "node1", "node2", "node2:mynet01", "node2:docker2n"]
    assert ways == {"there": there, "back": there[::-1]}


@pytest.mark.needs_tmux
def test_a_lost_forwarding_entry_of_the_second_host_is_found_and_mended_from_the_first(two_hosts: TwoHosts) -> None:
    first, second = two_hosts.hosts
    row = (mac_of(first, "docker1n"), "dev", "vxlan0", "dst", first.address)
    inside = ("nsenter", f"--net={mount_of_overlay(second)}")
    with screens(two_hosts) as terminal:
        second.run(*inside, "bridge", "fdb", "del", *row)
        terminal.keys("4")
        terminal.wait(lambda screen: "node2:mynet01" in screen and "error" in screen, PATIENCE_S)
        found = json.loads(first.run(OVLTUI, "check", "--host", "ssh://root@node2", "--json", check=False))
        assert (found["check"], found["netns"], found["severity"]) == ("fdb-lost", "node2:mynet01", "error")
        assert all(command.startswith("ssh root@node2 nsenter ") for command in found["remedy"])
        for command in found["remedy"]:
            first.run("sh", "-c", command)
        terminal.wait("findings: none now", PATIENCE_S)
