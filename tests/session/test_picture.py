"""The picture out of the tables that a session keeps equals the one out of visits, and is new only where it changed."""

import time
from collections.abc import Callable, Iterator

import pytest

from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession, Options
from ovltui.session.picture import kept, visited
from ovltui.topology.builder import build
from ovltui.topology.links import Link
from ovltui.topology.place import Place
from tests.bed.netns import NamedNetns

PATIENCE_S = 60.0
pytestmark = pytest.mark.needs_root


@pytest.fixture
def session() -> Iterator[LiveSession]:
    live = LiveSession(Options(no_docker=True))
    live.start()
    try:
        yield live
    finally:
        live.close()


def await_places(session: LiveSession, enough: Callable[[dict[NetnsKey, Place]], bool]) -> dict[NetnsKey, Place]:
    """Return the places of the session as soon as they are as wanted."""
    deadline = time.monotonic() + PATIENCE_S
    places: dict[NetnsKey, Place] = {}
    while not enough(places):
        assert time.monotonic() < deadline, sorted(place.name for place in places.values())
        time.sleep(0.1)
        places = {place.key: place for place in kept(session, places)}
    return places


def key_of(session: LiveSession, made: NamedNetns) -> NetnsKey | None:
    return next((row.netns.key for row in session.snapshot().rows if row.netns.inode == made.inode), None)


def peer_of(session: LiveSession, places: dict[NetnsKey, Place], made: NamedNetns) -> str:
    topology = build(places.values())
    key = key_of(session, made)
    node = topology.node(key)
    link = node.named("eth0") if node else None
    peer = topology.peer(link.key) if link else None
    return topology.name(peer.key) if isinstance(peer, Link) else ""


def test_a_pair_is_joined_alike_by_what_is_kept_and_by_visits(
    new_netns: Callable[[str], NamedNetns], session: LiveSession
) -> None:
    one, two = new_netns("pict"), new_netns("pict")
    one.ip(*f"link add eth0 type veth peer name eth0 netns {two.name}".split())
    places = await_places(session, lambda found: peer_of(session, found, one) == f"{two.name}/eth0")
    assert peer_of(session, places, two) == f"{one.name}/eth0"
    visits = {place.key: place for place in visited(session.snapshot().rows, tuple(Table))}
    for made in (one, two):
        key = key_of(session, made)
        assert key
        assert peer_of(session, visits, made) == peer_of(session, places, made)
        assert visits[key].sights.items() <= places[key].sights.items()


def test_only_the_place_where_something_happened_is_a_new_one(
    new_netns: Callable[[str], NamedNetns], session: LiveSession
) -> None:
    one, two = new_netns("pict"), new_netns("pict")
    keys = [await_key(session, made) for made in (one, two)]
    before = await_places(session, lambda found: all(key in found and found[key].contents.complete for key in keys))
    one.ip("link", "add", "new", "type", "bridge")
    after = before
    deadline = time.monotonic() + PATIENCE_S
    while after[keys[0]] is before[keys[0]]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        after = {place.key: place for place in kept(session, after)}
    assert after[keys[1]] is before[keys[1]]


def await_key(session: LiveSession, made: NamedNetns) -> NetnsKey:
    deadline = time.monotonic() + PATIENCE_S
    while (key := key_of(session, made)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return key
