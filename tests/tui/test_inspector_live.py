"""The inspector on the living kernel: what happens in a namespace is seen, and its death is not held up."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.session.inspection import Tab
from ovltui.session.live import LiveSession, Options
from ovltui.session.snapshot import Row
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.inspector import Inspector
from tests.bed.netns import NamedNetns, ip
from tests.tui.test_events_screen import WIDE, settle
from tests.tui.test_inspector import rows, title, to, until

pytestmark = pytest.mark.needs_root
LISTEN = """
import socket, sys
listening = socket.create_server(("127.0.0.1", 8080))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def session() -> Iterator[LiveSession]:
    live = LiveSession(Options(no_docker=True))
    live.start()
    try:
        yield live
    finally:
        live.close()


def row_of(session: LiveSession, made: NamedNetns) -> Row | None:
    return next((row for row in session.snapshot().rows if row.netns.inode == made.inode), None)


def do(made: NamedNetns, command: str) -> None:
    made.ip(*command.split())


@contextmanager
def listening(made: NamedNetns) -> Iterator[int]:
    """A process in a namespace that listens on port 8080; yields its pid."""
    command = made.command(sys.executable, "-c", LISTEN)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process.pid
        process.communicate("")


def has(screen: Inspector, *words: str) -> bool:
    """Return whether one row begins with these words."""
    return any(row.split()[: len(words)] == list(words) for row in rows(screen))


async def test_a_change_is_marked_sockets_and_rates_are_read_and_a_death_is_said(
    new_netns: Callable[[str], NamedNetns], session: LiveSession
) -> None:
    made = new_netns("insp")
    do(made, "link add br0 type bridge")
    app = OvltuiApp(session)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, lambda: row_of(session, made))
        row = row_of(session, made)
        assert row
        app.inspect(row)
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, Inspector)
        await to(pilot, screen, Tab.LINKS)
        await until(pilot, lambda: any("br0 DOWN" in one for one in rows(screen)))
        await until(pilot, lambda: not any(one[0] in "+~-" for one in rows(screen)))
        do(made, "link set br0 up")
        await until(pilot, lambda: any(one.startswith("~ ") and "br0 UP" in one for one in rows(screen)))
        do(made, "link add veth0 type veth peer name veth1")
        await until(pilot, lambda: any(one.startswith("+ ") and "veth0 DOWN" in one for one in rows(screen)))
        do(made, "link set veth0 master br0 up")
        await to(pilot, screen, Tab.BRIDGES)
        await until(pilot, lambda: has(screen, "br0", "veth0") or has(screen, "+", "br0", "veth0"))

        with listening(made) as pid:
            await to(pilot, screen, Tab.SOCKETS)
            await until(pilot, lambda: any(f" {pid}" in one and "127.0.0.1:8080" in one for one in rows(screen)))
            await to(pilot, screen, Tab.PROCESSES)
            await until(pilot, lambda: any(str(pid) in one.split() for one in rows(screen)))
        await to(pilot, screen, Tab.COUNTERS)
        await until(pilot, lambda: any(one.split()[1:4] == ["br0", "0", "0"] for one in rows(screen)))

        ip("netns", "delete", made.name)
        await until(pilot, lambda: "GONE" in title(screen))
        assert any("br0" in one for one in rows(screen))
