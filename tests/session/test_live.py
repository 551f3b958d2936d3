"""A live session names what the kernel does, holds nothing, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from ovltui.errors import NetnsError
from ovltui.events.line import Line, line
from ovltui.identity.model import Kind
from ovltui.kernel.namespace import netns_id_of, opened
from ovltui.session.live import LiveSession, Options
from ovltui.session.snapshot import Row
from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns, ip
from tests.bed.node import Node
from tests.bed.swarm import NETWORK
from tests.kernel.hearing import UNPRIVILEGED, NsidSocket, await_true, inode, open_files

pytestmark = pytest.mark.alone  # times are promised
NewNetns = Callable[[str], NamedNetns]

QUIET = """
import json, sys
from ovltui.session.live import LiveSession, Options
session = LiveSession(Options(no_docker=True, passive=True))
session.look() if sys.argv[1] == "look" else session.start()
rows = session.snapshot().rows
print(json.dumps([{row.identity.name: row.netns.nsid for row in rows}, session.gaps()]))
session.close()
"""


@pytest.fixture
def live() -> Iterator[LiveSession]:
    made = LiveSession(Options(no_docker=True))
    made.start()
    try:
        yield made
    finally:
        made.close()


def names(live: LiveSession) -> list[str]:
    return [row.identity.name for row in live.snapshot().rows]


def lines(live: LiveSession, *netnses: NamedNetns) -> list[Line]:
    wanted = {made.name for made in netnses}
    every = (line(live.ring[seq], live.names) for seq in range(live.ring.first, live.ring.end))
    return [one for one in every if one.netns in wanted]


def await_listed(live: LiveSession, made: NamedNetns) -> None:
    await_true(lambda: made.name in names(live), 0.2)


@pytest.mark.needs_root
def test_the_reader_hears_before_the_first_list_is_made(live: LiveSession) -> None:
    assert live.stream.hearing is not None
    assert live.stream.hearing.all_nsid
    assert "host" in names(live)


def test_a_namespace_that_was_there_has_its_links_at_once(new_netns: NewNetns) -> None:
    made = new_netns("h5-live")
    made.ip("link", "add", "br7", "type", "bridge")
    made.ip("address", "add", "192.0.2.7/24", "dev", "br7")
    live = LiveSession(Options(no_docker=True))
    live.start()
    try:
        row = live.snapshot().row(made.name)
        assert row is not None
        assert [(one.ifindex, one.ifname, one.kind) for one in row.links] == [(1, "lo", ""), (2, "br7", "bridge")]
        assert row.addresses == ("192.0.2.7/24",)
        with opened(str(made.path)) as there:
            assert row.netns.key.id == there.id
    finally:
        live.close()


def test_every_line_carries_the_namespace_and_the_link_of_its_moment(new_netns: NewNetns, live: LiveSession) -> None:
    one, two = new_netns("h5-live"), new_netns("h5-live")
    await_listed(live, one)
    await_listed(live, two)
    one.ip("link", "add", "left", "index", "77", "type", "veth", "peer", "name", "right", "index", "78")
    two.ip("link", "add", "bridge7", "index", "77", "type", "bridge")
    one.ip("link", "set", "right", "netns", two.name)
    two.ip("link", "set", "right", "name", "eth7")
    for made, name in ((one, "left"), (two, "eth7"), (two, "bridge7")):
        made.ip("link", "set", name, "up")
    one.ip("route", "add", "192.0.2.0/25", "dev", "left")
    two.ip("route", "add", "192.0.2.0/25", "dev", "eth7")
    two.ip("route", "add", "192.0.2.128/25", "dev", "bridge7")
    one.ip("link", "set", "left", "down")
    one.ip("link", "set", "left", "name", "west")
    one.ip("link", "set", "west", "up")
    one.ip("route", "add", "198.51.100.0/25", "dev", "west")
    await_true(lambda: any("198.51.100.0/25" in shown.text for shown in lines(live, one)))
    routes = [
        (shown.netns, shown.text.split()[0], shown.text.split("dev ")[1].split()[0])
        for shown in lines(live, one, two)
        if shown.object == "route" and shown.mark == "+" and shown.text.startswith(("192.0.2.", "198.51.100."))
    ]
    assert routes == [
        (one.name, "192.0.2.0/25", "left"),
        (two.name, "192.0.2.0/25", "eth7"),
        (two.name, "192.0.2.128/25", "bridge7"),
        (one.name, "198.51.100.0/25", "west"),
    ]
    rows = [live.snapshot().row(made.name) for made in (one, two)]
    assert [[link.ifname for link in row.links] for row in rows if row] == [["lo", "west"], ["lo", "bridge7", "eth7"]]


def test_what_was_born_and_died_keeps_its_name_in_its_lines(new_netns: NewNetns, live: LiveSession) -> None:
    made = new_netns("h5-live")
    await_listed(live, made)
    made.ip("link", "add", "br7", "type", "bridge")
    await_true(lambda: any("br7" in shown.text for shown in lines(live, made)))
    ip("netns", "delete", made.name)
    await_gone(live, made.name, 0.2)
    assert any("br7" in shown.text for shown in lines(live, made))


def test_new_ones_are_listed_and_dead_ones_leave_and_are_released_at_once(
    new_netns: NewNetns, live: LiveSession
) -> None:
    with NsidSocket() as beside:
        for _ in range(5):
            made = new_netns("h5-live")
            await_listed(live, made)
            row = live.snapshot().row(made.name)
            assert row is not None
            nsid = await_heard(live, made.name)
            ip("netns", "delete", made.name)
            begun = time.monotonic()
            beside.await_end(nsid, 0.1)
            await_gone(live, made.name, 0.2 - (time.monotonic() - begun))


def await_heard(live: LiveSession, name: str) -> int:
    """Wait until a namespace has an nsid and return that."""

    def nsid() -> int | None:
        row = live.snapshot().row(name)
        return row.netns.nsid if row else None

    await_true(lambda: nsid() is not None, 0.2)
    return nsid() or 0


def await_gone(live: LiveSession, name: str, patience_s: float) -> None:
    """Wait until no namespace is listed under a name."""
    await_true(lambda: name not in names(live), patience_s)


def test_nothing_of_a_namespace_stays_open(new_netns: NewNetns, live: LiveSession) -> None:
    made = new_netns("h5-live")
    await_listed(live, made)
    await_heard(live, made.name)
    await_true(lambda: made.inode not in inodes("/proc/self/fd", "*"), 0.2)
    await_true(lambda: inodes("/proc/self/task", "*/ns/net") == {inode("/proc/self/ns/net")}, 0.2)


def inodes(top: str, pattern: str) -> set[int]:
    """Return the inodes of what stands there; what ends meanwhile is left out."""
    found = set()
    for path in Path(top).glob(pattern):
        with suppress(FileNotFoundError):
            found.add(path.stat().st_ino)
    return found


def test_closing_leaves_no_thread_no_process_and_no_descriptor() -> None:
    def left() -> tuple[object, ...]:
        children = [child.pid for child in psutil.Process().children(recursive=True)]
        return open_files(), threading.active_count(), children

    before = left()
    for _ in range(2):
        made = LiveSession(Options(no_docker=True))
        made.start()
        made.start_engines()
        made.close()
    assert left() == before
    never_started = LiveSession(Options(no_docker=True))
    never_started.close()
    assert left() == before


def test_the_death_of_the_reader_is_said() -> None:
    made = LiveSession(Options(no_docker=True))
    made.start()
    try:
        told = threading.Event()
        made.on_change(told.set)
        assert made.ended == ""
        assert made._receiver is not None
        os.kill(made._receiver.pid, signal.SIGKILL)
        await_true(lambda: made.ended)
        assert "exit status -9" in made.ended
        assert made.ended in made.gaps()
        assert told.wait(10)
    finally:
        made.close()


@pytest.mark.parametrize("how", ["look", "start"])
def test_passive_and_listing_give_no_nsids(new_netns: NewNetns, how: str) -> None:
    vantage, made = new_netns("h5-vantage"), new_netns("h5-live")
    shown, gaps = json.loads(vantage.run(sys.executable, "-c", QUIET, how))
    assert shown["host"] is None
    assert shown[made.name] is None
    assert any("nsid" in gap for gap in gaps) == (how == "start")
    assert vantage.run("ip", "netns", "list-id") == ""


@pytest.mark.needs_root
def test_an_unprivileged_session_shows_what_it_may_and_says_the_rest() -> None:
    run = subprocess.run(
        [*UNPRIVILEGED, sys.executable, "-c", QUIET, "start"], capture_output=True, text=True, check=True, timeout=20
    )
    shown, gaps = json.loads(run.stdout)
    assert "host" in shown
    assert run.stderr == ""
    assert "events of other namespaces are not heard (Operation not permitted)" in gaps


def test_a_way_in_leads_to_the_namespace_or_says_that_it_is_gone(new_netns: NewNetns, live: LiveSession) -> None:
    made = new_netns("h5-live")
    await_listed(live, made)
    row = live.snapshot().row(made.name)
    assert row is not None
    with opened(live.way_in(row.netns)) as there:
        assert there.id == row.netns.key.id
    words = live.shell_command(row.netns)
    assert str(row.netns.key.id) in words
    ip("netns", "delete", made.name)
    with pytest.raises(NetnsError, match=f"{made.name} is gone"):
        live.way_in(row.netns)


def by_id(live: LiveSession) -> dict[int, Row]:
    return {row.netns.key.id: row for row in live.snapshot().rows}


def netns_of(node: Node, container: str) -> int:
    """Return the id of the namespace of a container."""
    return netns_id_of(int(node.docker("inspect", "-f", "{{.State.Pid}}", container))) or 0


def start_of(node: Node, container: str) -> float:
    """Return when the engine says that it started a container, in seconds since the epoch."""
    which = ("--filter", f"container={container}", "--filter", "event=start", "--format", "{{.TimeNano}}")
    return int(node.docker("events", "--since", "1m", "--until", str(time.time()), *which)) / 1e9


@pytest.mark.needs_docker
def test_the_namespaces_of_two_engines_have_the_names_of_docker(two_engines: TwoEngines) -> None:
    live = LiveSession(Options(docker=tuple(node.url for node in two_engines.nodes)))
    live.start()
    live.start_engines()
    try:
        live.wait_for_engines(10)
        for node, name in zip(two_engines.nodes, ("docker1n", "docker2n"), strict=True):
            row = by_id(live)[netns_of(node, name)]
            assert (row.identity.container, row.identity.kind, row.identity.network) == (name, Kind.CONTAINER, NETWORK)
            assert {"lo", "eth0"} <= {link.ifname for link in row.links}
            here = [one for one in by_id(live).values() if inode(node.mntns) in {m.mntns for m in one.netns.mounts}]
            (overlay,) = [one for one in here if one.identity.kind is Kind.OVERLAY]
            assert overlay.identity.network == NETWORK
            assert {"br0", "vxlan0"} <= {link.ifname for link in overlay.links}
        check_new_container(live, two_engines, "h5-new")
    finally:
        live.close()


def check_new_container(live: LiveSession, engines: TwoEngines, name: str) -> None:
    seen: list[float] = []
    there = threading.Event()

    def look() -> None:
        if not seen and name in names(live):
            seen.append(time.time())
            there.set()

    live.on_change(look)
    node = engines.nodes[0]
    engines.run(0, name)
    try:
        assert there.wait(30)
        assert seen[0] - start_of(node, name) < 0.2
        assert by_id(live)[netns_of(node, name)].identity.name == name
    finally:
        node.docker("rm", "-f", name)
    await_gone(live, name, 2)
