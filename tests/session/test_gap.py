"""After a gap, what a namespace contains is read again from the kernel."""

import time
from collections.abc import Callable

import pytest

from ovltui.kernel import frames
from ovltui.session.live import LiveSession, Options
from tests.bed.netns import NamedNetns

pytestmark = pytest.mark.needs_root


def test_links_that_were_missed_are_there_after_a_gap_and_those_that_went_are_not(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    blue = new_netns("gap")
    blue.ip("link", "add", "kept", "type", "veth", "peer", "name", "peer")
    session = LiveSession(Options(no_docker=True))
    try:
        session.start()
        row = session.snapshot().row(blue.name)
        assert row is not None
        links = session.tenure_of(row.netns).links  # type: ignore[union-attr]
        (kept,) = (link for link in links.now if link.ifname == "kept")
        links.forget(session.ring.end, kept.ifindex)
        links.learn(session.ring.end, type(kept)(99, "ghost", "veth", False, None, None, None, None))
        assert [link.ifname for link in links.now] == ["lo", "peer", "ghost"]
        session.feed(frames.gap(time.time_ns(), 2, 0))
        deadline = time.monotonic() + 30
        wanted = {link["ifname"] for link in blue.json("link")}
        while {link.ifname for link in links.now} != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert session.stream.lost == 2
    finally:
        session.close()
