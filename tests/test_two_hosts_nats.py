"""Two hosts that publish to a NATS server, and a viewer that comes later: it shows both, and what was before it came.

The server is on the first host, the viewer on the second. Nothing of ovltui listens anywhere.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from subprocess import DEVNULL, Popen
from typing import Any

import psutil
import pytest

from tests.bed.host import Host
from tests.bed.means import command
from tests.bed.terminal import Terminal
from tests.bed.two_hosts import TwoHosts
from tests.test_two_hosts import (
    HEIGHT,
    ON_TIME_S,
    OVLTUI,
    PATIENCE_S,
    WIDTH,
    await_ended,
    mac_of,
    mount_of_overlay,
    shown_after,
    under,
)

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_docker, pytest.mark.needs_sshd, pytest.mark.needs_nats]
PORTS = (4222, 4223)
"""Of the server, and of one more for who ends recorders."""
BEFORE = "before0"
"""A link of the second host that was there, and went, before anybody looked."""
GONE = "gone1"
"""A container of the first host of which that is true as well."""


@dataclass(frozen=True, slots=True)
class Published:
    """Two hosts that publish."""

    hosts: TwoHosts
    words: tuple[str, ...]
    """What has ovltui look at them."""

    @property
    def viewer(self) -> Host:
        """The host on which one looks."""
        return self.hosts.hosts[1]

    def said(self, *words: str) -> str:
        """Run a verb, whatever its exit status says; return what it prints."""
        return self.viewer.run(OVLTUI, *words, *self.words, check=False)

    def objects(self, *words: str) -> list[dict[str, Any]]:
        """Run a verb, and return its objects."""
        return [json.loads(line) for line in self.said(*words, "--json").splitlines()]

    @contextmanager
    def screens(self, *words: str) -> Iterator[Terminal]:
        """The screens, once they show both hosts; they are left by ``q``."""
        with Terminal(WIDTH, HEIGHT, self.viewer.inside(OVLTUI, *self.words, *words)) as terminal:
            terminal.wait(shows_both, PATIENCE_S)
            yield terminal
            terminal.keys("1", "q")
            terminal.wait(lambda _: not terminal.alive)


def shows_both(screen: str) -> bool:
    return "docker1n" in under(screen, "node1") and "docker2n" in under(screen, "node2")


@pytest.fixture(scope="module")
def published(two_hosts: TwoHosts) -> Iterator[Published]:
    """Both hosts, and a past that lies in the stream alone."""
    with ExitStack() as stack:
        found, _ = publishing(stack, two_hosts, PORTS[0])
        for change in (("add", BEFORE, "type", "bridge"), ("delete", BEFORE)):
            two_hosts.hosts[1].run("ip", "link", *change)
        two_hosts.run(0, GONE)
        two_hosts.hosts[0].docker("rm", "-f", GONE)
        yield found


def publishing(stack: ExitStack, hosts: TwoHosts, port: int) -> tuple[Published, list[Popen[bytes]]]:
    """Start a server on the first host and a recorder on each; return how to look, and the recorders."""
    first = hosts.hosts[0]
    config = hosts.directory / f"nats{port}.conf"
    store = f'jetstream {{ store_dir: "{hosts.directory}/nats{port}" }}'
    config.write_text(f"listen: {first.address}:{port}\n{store}\n")
    stack.enter_context(running(first, command("nats-server") or "nats-server", "-c", str(config)))
    url = f"nats://{first.address}:{port}"
    found = Published(hosts, ("--from", url))
    await_that(lambda: "nothing was recorded" in first.run("sh", "-c", f"{OVLTUI} ls --from {url} 2>&1", check=False))
    recorders = [stack.enter_context(running(host, OVLTUI, "record", url)) for host in hosts.hosts]
    await_that(lambda: {"docker1n", "docker2n"} <= set(found.said("ls").split()))
    return found, recorders


@contextmanager
def running(host: Host, *argv: str) -> Iterator[Popen[bytes]]:
    """Run a command on a host meanwhile; it is ended as Ctrl+C does."""
    with Popen(host.inside(*argv), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)


def await_that(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)


@pytest.mark.needs_tmux
def test_a_viewer_that_comes_late_shows_both_hosts_and_what_happened_before_it_came(published: Published) -> None:
    with published.screens("--since", "1h") as terminal:
        assert "2 hosts" in terminal.text()
        terminal.keys("Tab", "/")
        terminal.type(BEFORE)
        terminal.keys("Enter")
        terminal.wait(lambda now: {("node2", "+", BEFORE), ("node2", "-", BEFORE)} <= set(events(now)), PATIENCE_S)
        terminal.keys("7")
        terminal.wait(lambda now: now.count(" live ") == len(published.hosts.hosts))


def events(screen: str) -> list[tuple[str, ...]]:
    """Return the namespace, the sign and the first word of each line of events."""
    rows = (line.rpartition("││")[2].split() for line in screen.splitlines())
    return [tuple(row[1:4]) for row in rows]


def test_watch_tells_what_was_before_it_began(published: Published) -> None:
    began = datetime.now(UTC)
    links = published.objects("watch", "link", "--since", "1h", "--filter", BEFORE, "--count", "2")
    assert [(row["netns"], row["action"], row["ifname"]) for row in links] == [
        ("node2", "new", BEFORE),
        ("node2", "del", BEFORE),
    ]
    (container,) = published.objects("watch", "docker", "--since", "1h", "--filter", GONE, "--count", "1")
    assert container["netns"] in ("node1", f"node1:{GONE}")  # it has no namespace of its own when it is created
    assert all(datetime.fromisoformat(row["time"]) < began for row in (*links, container))


def test_the_way_between_containers_of_both_hosts_is_walked_on_both_sides(published: Published) -> None:
    hops = published.objects("path", "docker1n", "docker2n")
    assert {hop["verdict"] for hop in hops} == {"ok"}
    ways = {way: list(dict.fromkeys(hop["netns"] for hop in hops if hop["way"] == way)) for way in ("there", "back")}
    there = ["node1:docker1n", "node1:mynet01", "node1", "node2", "node2:mynet01", "node2:docker2n"]
    assert ways == {"there": there, "back": there[::-1]}


@pytest.mark.needs_tmux
@pytest.mark.alone
def test_a_container_started_on_either_host_is_on_the_screen_of_a_viewer_within_500_ms(published: Published) -> None:
    with published.screens() as terminal:
        for number in range(len(published.hosts.hosts)):
            # The machine itself may pause once for longer than that.
            names = (f"early{one}" for one in range(3))
            assert any(shown_after(terminal, published.hosts, number, name) < ON_TIME_S for name in names)


@pytest.mark.needs_tmux
def test_a_lost_forwarding_entry_is_found_by_a_viewer_who_is_told_what_to_type_on_which_host(
    published: Published,
) -> None:
    first, second = published.hosts.hosts
    row = (mac_of(first, "docker1n"), "dev", "vxlan0", "dst", first.address)
    inside = ("nsenter", f"--net={mount_of_overlay(second)}", "bridge", "fdb")
    with published.screens() as terminal:
        terminal.keys("4")
        second.run(*inside, "delete", *row)
        try:
            terminal.wait(lambda now: "node2:mynet01/vxlan0" in now and "error" in now, PATIENCE_S)
            found = {(one["check"], one["netns"], one["subject"]): one["remedy"] for one in published.objects("check")}
            where, *commands = found["fdb-lost", "node2:mynet01", row[0]]
            assert where == "# on node2"
            for command in commands:
                second.run("sh", "-c", command)
        finally:
            second.run(*inside, "add", *row, check=False)
        terminal.wait("findings: none now", PATIENCE_S)


def test_recorders_that_are_ended_or_killed_leave_nothing_running(two_hosts: TwoHosts) -> None:
    before = [set(host.running().values()) for host in two_hosts.hosts]
    with ExitStack() as stack:
        _, recorders = publishing(stack, two_hosts, PORTS[1])
        for sort, recorder in zip((signal.SIGTERM, signal.SIGKILL), recorders, strict=True):
            (main,) = psutil.Process(recorder.pid).children()
            main.send_signal(sort)
            recorder.wait(PATIENCE_S)
        await_ended(two_hosts.hosts[1], before[1])
    await_ended(two_hosts.hosts[0], before[0])
