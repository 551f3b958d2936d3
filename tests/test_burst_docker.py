"""``docker run`` and ``docker rm -f`` on real engines: what the kernel did for them is folded beneath, nothing else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.events.line import as_text, line
from ovltui.events.record import Kind
from ovltui.events.vocabulary import Object
from ovltui.session.live import LiveSession, Options
from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns, ip

pytestmark = pytest.mark.needs_root

NAME = "burst"
MOST_OF_IT = 0.9
_PATIENCE_S = 90.0
_QUIET_S = 1.0
"""Longer than an act goes on, and short enough for no other to begin."""


@contextmanager
def listening(engines: TwoEngines) -> Iterator[LiveSession]:
    session = LiveSession(Options(docker=tuple(node.url for node in engines.nodes)))
    try:
        session.start()
        session.start_engines()
        session.wait_for_engines(30)
        time.sleep(_QUIET_S)
        yield session
    finally:
        session.close()


def told(session: LiveSession, event: str, start: int) -> int | None:
    """Return the event of Docker of that kind about the container, from record ``start`` on."""
    text = f"docker {event} {NAME}"
    for seq in range(start, session.ring.end):
        record = session.ring[seq]
        if record.kind is Kind.DOCKER and line(record, session.names).text.startswith(text):
            return seq
    return None


def await_burst(session: LiveSession, event: str, start: int) -> int:
    """Wait until it is known what an event of Docker caused; return the event."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        session.bursts.settle(time.time_ns())
        head = told(session, event, start)
        if head is not None and session.bursts.of(head):
            return head
        assert time.monotonic() < deadline, f"nothing is known of {event}, {head}"
        time.sleep(0.1)


def heard(session: LiveSession, start: int, places: frozenset[str], numbered: str | None = None) -> list[int]:
    """Return the messages from record ``start`` on of namespaces of these names, and those that number one of them."""
    found = []
    for seq in range(start, session.ring.end):
        record = session.ring[seq]
        said = line(record, session.names)
        number = numbered is not None and said.object is Object.NSID and numbered in said.text
        if record.kind is Kind.MESSAGE and (said.netns in places or number):
            found.append(seq)
    return found


def test_what_docker_caused_is_beneath_its_event_and_what_others_did_is_not(
    two_engines: TwoEngines, new_netns: Callable[[str], NamedNetns]
) -> None:
    node = two_engines.nodes[0]
    places = frozenset((NAME, *(name for one in two_engines.nodes for name in (one.netns, f"mynet01@{one.netns}"))))
    bystander = new_netns("ovB").name
    with listening(two_engines) as session:
        acts: dict[str, Callable[[], object]] = {
            "start": lambda: two_engines.run(0, NAME),
            "die": lambda: node.docker("rm", "-f", NAME),
        }
        for event, act in acts.items():
            start = session.ring.end
            flap(bystander)
            act()
            flap(bystander)
            head = await_burst(session, event, start)
            time.sleep(_QUIET_S)
            session.bursts.settle(time.time_ns())
            heads = session.bursts.heads
            caused = heard(session, start, places, NAME)
            beneath = [seq for seq in caused if heads.get(session.ring.leader(seq)) == head]
            missed = [as_text(line(session.ring[seq], session.names), 20) for seq in caused if seq not in beneath]
            assert len(caused) > 20
            assert len(beneath) >= MOST_OF_IT * len(caused), "\n".join(missed)
            others = heard(session, start, frozenset((bystander,)))
            assert len(others) >= 4
            assert not set(others) & heads.keys()


def flap(name: str) -> None:
    """Let a link come, work and go in a namespace."""
    ip("-n", name, "link", "add", "vb0", "type", "veth", "peer", "name", "vb1")
    ip("-n", name, "link", "set", "vb0", "up")
    ip("-n", name, "link", "delete", "vb0")
