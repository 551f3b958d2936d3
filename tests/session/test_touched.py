"""Which links records are about, so that a drawing can show where something happens."""

from ovltui.events.record import OWN_NSID
from ovltui.session.touched import MOST, touched
from ovltui.topology.links import LinkKey
from tests.session.made import address
from tests.tui.world import BLUE, BLUE_NSID, HOST, RED, RED_NSID, feed, link, neigh, new_session, route

EVERY = (HOST, BLUE, RED)


def test_a_link_an_address_a_neighbour_and_a_route_name_their_link() -> None:
    session = new_session()
    feed(session, OWN_NSID, link(2, "eth0"))
    feed(session, BLUE_NSID, address(3, "10.0.0.1"), neigh(4, "10.0.0.2"), route(5, "10.1.0.0", 16))
    feed(session, RED_NSID, link(6, "gone0", gone=True))
    found = touched(session, 0, session.ring.end, EVERY)
    assert found == {LinkKey(HOST, 2), *(LinkKey(BLUE, ifindex) for ifindex in (3, 4, 5)), LinkKey(RED, 6)}


def test_only_the_records_and_namespaces_that_are_asked_about_count() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"), link(3, "eth1"), link(4, "eth2"))
    feed(session, RED_NSID, link(5, "eth3"))
    assert touched(session, 1, 2, EVERY) == {LinkKey(BLUE, 3)}
    assert touched(session, 0, session.ring.end, (RED,)) == {LinkKey(RED, 5)}
    assert touched(session, 0, session.ring.end, ()) == frozenset()


def test_of_a_storm_only_the_newest_are_looked_at() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(9, "old0"))
    feed(session, RED_NSID, *(route(5, f"10.{at >> 8}.{at & 255}.0", 24) for at in range(MOST)))
    assert touched(session, 0, session.ring.end, EVERY) == {LinkKey(RED, 5)}
