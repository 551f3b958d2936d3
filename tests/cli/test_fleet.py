"""``ovltui record nats://`` and ``--from nats://`` as processes, with a real server and the kernel."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.errors import ExitStatus
from tests.bed.nats import NatsServer, await_that
from tests.bed.netns import NamedNetns, ip
from tests.cli.command import OVLTUI, environment, ovltui, running

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_nats]


@pytest.fixture(scope="module")
def recorded() -> Iterator[NatsServer]:
    """A server to which this machine is recorded."""
    with NatsServer() as server, running("--no-docker", "record", server.url, "--netns", "ovfl-*") as recorder:
        await_that(lambda: ovltui("ls", "--from", server.url).status == ExitStatus.FINE)
        yield server
        begun = time.monotonic()
        recorder.send_signal(signal.SIGTERM)
        assert recorder.wait(10) == ExitStatus.FINE
        assert time.monotonic() - begun < 3


def _names(server: NatsServer, *words: str) -> set[str]:
    ended = ovltui("ls", "--json", "--from", server.url, *words)
    assert ended.status == ExitStatus.FINE, ended.err
    return {json.loads(line)["name"] for line in ended.out.splitlines()}


def test_a_namespace_is_listed_and_its_events_are_printed_from_anywhere(
    recorded: NatsServer, new_netns: Callable[[str], NamedNetns]
) -> None:
    before = time.strftime("%Y-%m-%dT%H:%M:%S")
    made, other = new_netns("ovfl-a"), new_netns("ovother")
    await_that(lambda: made.name in _names(recorded))
    assert other.name not in _names(recorded)
    made.ip("link", "add", "fleet0", "type", "bridge")
    made.ip("link", "set", "fleet0", "up")
    other.ip("link", "add", "hidden0", "type", "bridge")
    words = ("watch", "link", "--from", recorded.url, "--since", before, "--json", "--for", "3")
    events = [json.loads(line) for line in ovltui(*words).out.splitlines()]
    assert any(event["netns"] == made.name and event.get("ifname") == "fleet0" for event in events)
    assert not any(event.get("ifname") == "hidden0" for event in events)
    shown = ovltui("show", made.name, "links", "--from", recorded.url)
    assert "fleet0" in shown.out


def test_the_past_is_as_it_was(recorded: NatsServer, new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("ovfl-b")
    await_that(lambda: made.name in _names(recorded))
    there = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() + 1))
    time.sleep(1.5)
    ip("netns", "del", made.name)
    await_that(lambda: made.name not in _names(recorded))
    assert made.name in _names(recorded, "--at", there)
    ip("netns", "add", made.name)  # whoever made it removes it


def test_watch_begins_at_now(recorded: NatsServer, new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("ovfl-c")
    await_that(lambda: made.name in _names(recorded))
    made.ip("link", "add", "early0", "type", "bridge")
    await_that(lambda: "early0" in ovltui("show", made.name, "links", "--from", recorded.url).out)
    words = ("watch", "link", "--from", recorded.url, "--json", "--filter", "action:new", "--count", "1")
    with watching(*words) as told:
        made.ip("link", "add", "late0", "type", "bridge")
        assert told.stdout
        assert json.loads(told.stdout.readline())["ifname"] == "late0"


@contextmanager
def watching(*words: str) -> Iterator["subprocess.Popen[str]"]:
    """Run ``watch`` on a terminal that hears when it has begun."""
    controller, terminal = pty.openpty()
    argv, env = (*OVLTUI, *words), environment()
    with subprocess.Popen(argv, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True, env=env) as process:
        try:
            said = b""
            while b"; ctrl+c ends" not in said:
                said += os.read(controller, 4096)
            yield process
        finally:
            process.kill()
            os.close(controller)
            os.close(terminal)


def test_a_host_whose_recorder_has_ended_is_told_as_of_then_and_said(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("ovfl-d")
    made.ip("link", "add", "was0", "type", "bridge")
    with NatsServer() as server:
        with running("--no-docker", "record", server.url, "--netns", "ovfl-*") as recorder:
            await_that(lambda: "was0" in ovltui("show", made.name, "links", "--from", server.url).out)
            recorder.send_signal(signal.SIGTERM)
            recorder.wait(10)
        host, words = os.uname().nodename, ("--from", server.url)
        why = f"{host} is lost: its recorder ended at "
        rest = f"ovltui: lost: {host}, told as of then; the rest is told.\n"
        for verb in (("ls", *words), ("map", *words), ("check", *words), ("report", server.url)):
            ended = ovltui(*verb)
            assert ended.status == ExitStatus.UNREACHABLE
            assert made.name in ended.out or verb[0] == "check"
            assert why in f"{ended.out}{ended.err}"
            assert ended.err.endswith(rest)
        for asked in (("path", made.name, made.name), ("show", made.name, "links")):
            ended = ovltui(*asked, *words)
            assert ended.status == ExitStatus.UNREACHABLE
            assert f"ovltui: {host}, told as of then: its recorder ended at " in ended.err
        assert "was0" in ended.out


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("ls", "--from", "nats://127.0.0.1:1"), ExitStatus.UNREACHABLE, "cannot be reached: Connection refused"),
        (("record", "nats://127.0.0.1:1"), ExitStatus.UNREACHABLE, "cannot be reached: Connection refused"),
        (
            ("ls", "--from", "{url}", "--hosts", "no-such-*"),
            ExitStatus.UNREACHABLE,
            "no host of that name is published",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(
    recorded: NatsServer, words: tuple[str, ...], status: ExitStatus, says: str
) -> None:
    ended = ovltui(*(word.format(url=recorded.url) for word in words))
    assert ended.status == status
    assert ended.err.count("\n") == 1
    assert says in ended.err


def test_a_server_without_hosts_says_so() -> None:
    with NatsServer() as server:
        ended = ovltui("ls", "--from", server.url)
    assert ended.status == ExitStatus.UNREACHABLE
    assert "no stream OVLTUI" in ended.err
