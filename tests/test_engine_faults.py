"""Engines that lose containers, networks and themselves: what is listed is what exists, and nothing is kept alive.

The truth comes from ``/proc`` and the mount tables, read here without opening any namespace.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.events.decode import decode
from ovltui.events.vocabulary import Action, Object
from ovltui.session.live import LiveSession, Options
from tests.bed import image
from tests.bed.engines import TwoEngines

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_docker]
SETTLE_S = 60.0
GONE = (FileNotFoundError, ProcessLookupError, PermissionError)
_NSFS = re.compile(r" net:\[(\d+)\] (\S+) .* - nsfs ")


@pytest.fixture
def own_engines() -> Iterator[TwoEngines]:
    """Two engines that a test may kill."""
    with TwoEngines("fault") as engines:
        yield engines


@pytest.fixture
def session(own_engines: TwoEngines) -> Iterator[LiveSession]:
    made = LiveSession(Options(docker=tuple(node.url for node in own_engines.nodes)))
    try:
        made.start()
        made.start_engines()
        made.wait_for_engines(10)
        yield made
    finally:
        made.close()


def existing() -> set[int]:
    """Return the inodes of all network namespaces that a process is in or that are mounted somewhere."""
    found, seen = set(), set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.add(int(os.readlink(process / "ns/net")[5:-1]))
            mntns = os.readlink(process / "ns/mnt")
            if mntns not in seen:
                seen.add(mntns)
                found |= {int(match[1]) for match in _NSFS.finditer((process / "mountinfo").read_text())}
        except GONE:
            continue
    return found


def listed(session: LiveSession) -> dict[int, str]:
    return {row.netns.inode: row.identity.name for row in session.snapshot().rows}


def await_true(true: Callable[[], bool], why: Callable[[], object]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not true():
        assert time.monotonic() < deadline, why()
        time.sleep(0.1)


def await_truth(session: LiveSession) -> None:
    """Wait until exactly what exists is listed."""
    await_true(lambda: set(listed(session)) == existing(), lambda: (set(listed(session)) ^ existing(), listed(session)))


def deaths(session: LiveSession) -> set[int]:
    """Return the nsids whose end the kernel has told: nobody kept those namespaces alive."""
    events = (decode(session.ring[seq]) for seq in range(session.ring.first, session.ring.end))
    return {event.fields["nsid"] for event in events if event.object is Object.NSID and event.action is Action.DEL}


def nsids_of(session: LiveSession, *names: str) -> set[int | None]:
    rows = session.snapshot().rows
    found = {row.netns.nsid for row in rows if row.identity.name in names}
    assert len(found) == len(names), [row.identity.name for row in rows]
    return found


def test_a_killed_container_and_a_removed_network_leave_nothing(own_engines: TwoEngines, session: LiveSession) -> None:
    node = own_engines.nodes[0]
    node.docker("network", "create", "--driver", "overlay", "--attachable", "faultnet")
    node.docker("run", "-d", "--rm", "--name", "faulty", "--net", "faultnet", image.NAME)
    await_true(lambda: {"faulty", "faultnet"} <= set(listed(session).values()), lambda: listed(session))
    nsids = nsids_of(session, "faulty", "faultnet")
    node.docker("kill", "faulty")
    await_true(lambda: "faulty" not in listed(session).values(), lambda: listed(session))
    node.docker("network", "rm", "faultnet")
    await_true(lambda: nsids <= deaths(session), lambda: (nsids, deaths(session)))
    await_true(lambda: "faultnet" not in listed(session).values(), lambda: listed(session))
    await_truth(session)


def test_a_killed_engine_leaves_what_it_left_and_nothing_else(own_engines: TwoEngines, session: LiveSession) -> None:
    node = own_engines.nodes[0]
    own_engines.run(0, "crashed")
    await_true(lambda: "crashed" in listed(session).values(), lambda: listed(session))
    nsids = nsids_of(session, "crashed")
    node.kill()
    # Its container lives on, under the name that it had.
    time.sleep(2)
    await_truth(session)
    assert "crashed" in listed(session).values()
    await_true(lambda: any(node.url in gap and "does not answer" in gap for gap in session.gaps()), session.gaps)
    # Started again, the engine clears away what it finds of its former life.
    node.start()
    await_true(lambda: nsids <= deaths(session), lambda: (nsids, deaths(session)))
    await_truth(session)
    await_true(lambda: not any(node.url in gap for gap in session.gaps()), session.gaps)
