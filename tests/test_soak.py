"""After many births and deaths nothing is left: no row, no name, no descriptor, no thread, no namespace kept alive.

``OVLTUI_SOAK=1000 pytest tests/test_soak.py`` runs it longer.
"""

import gc
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ovltui.session.live import LiveSession, Options
from tests.bed.engines import TwoEngines
from tests.bed.netns import ip, netns

CYCLES = int(os.environ.get("OVLTUI_SOAK", "6"))
SETTLE_S = 60.0
pytestmark = [pytest.mark.needs_root, pytest.mark.timeout(300 + 10 * CYCLES)]


@contextmanager
def live(options: Options) -> Iterator[LiveSession]:
    session = LiveSession(options)
    try:
        session.start()
        session.start_engines()
        session.wait_for_engines(5)
        yield session
    finally:
        session.close()


def held() -> tuple[int, int]:
    """Return how many descriptors and threads this process has."""
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


def wait_until_gone(session: LiveSession) -> None:
    """Wait until no namespace of ours is listed any more."""
    deadline = time.monotonic() + SETTLE_S
    while left := [row.identity.name for row in session.snapshot().rows if "soak" in row.identity.name]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def wait_until_no_more_than(before: tuple[int, int]) -> None:
    """Wait until nothing is held that was not held before; a visit or a question may be under way."""
    deadline = time.monotonic() + SETTLE_S
    while any(now > then for now, then in zip(held(), before, strict=True)):
        assert time.monotonic() < deadline, (held(), before)
        time.sleep(0.05)


def test_containers_that_came_and_went_leave_nothing(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    options = Options(docker=tuple(each.url for each in two_engines.nodes))
    with live(options) as session:
        time.sleep(1)
        before = held()
        for cycle in range(CYCLES):
            two_engines.run(0, f"soak{cycle}")
            node.docker("kill" if cycle % 2 else "stop", "-t0" if not cycle % 2 else "-sKILL", f"soak{cycle}")
        wait_until_gone(session)
        wait_until_no_more_than(before)
        assert session.ended == ""


def test_namespaces_that_came_and_went_leave_nothing() -> None:
    with live(Options(no_docker=True)) as session:
        before = held()
        for cycle in range(CYCLES * 10):
            with netns("soak") as one:
                one.ip("link", "add", f"v{cycle}", "type", "veth", "peer", "name", "p")
        wait_until_gone(session)
        wait_until_no_more_than(before)
        # Nobody, and so not we, keeps one of them alive.
        assert "soak" not in ip("netns", "list")
