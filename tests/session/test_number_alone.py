"""A namespace of which only the nsid is known has a row, its events are in it, and it is not entered."""

import pytest

from ovltui.errors import NetnsError
from ovltui.identity.model import Kind
from ovltui.netns.model import Netns, numbered
from ovltui.session.live import LiveSession, Options
from ovltui.session.session import Session
from tests.session.made import HOST, OWN, born, link, message, named, own

NSID = 7
STRANGER = Netns(numbered(HOST, NSID), 0, NSID, False, (), ())


def test_its_events_are_shown_where_only_it_is_wanted() -> None:
    session = Session(HOST, OWN)
    blue = named(2, "blue", 8)
    session.publish((STRANGER, own(), blue))
    session.feed(born(NSID) + message(link(3, b"eth0"), NSID) + message(link(3, b"eth1"), 8) + message(link(2, b"lo")))
    wanted = frozenset((STRANGER.key,))
    inside = [session.is_in(session.ring[seq], wanted) for seq in range(session.ring.end)]
    assert inside == [False, True, False, False]
    assert not session.is_in(session.ring[1], frozenset((blue.key, OWN)))


def test_it_is_called_by_its_number_and_found_by_it() -> None:
    session = Session(HOST, OWN)
    session.publish((STRANGER, own()))
    (row,) = session.find(f"nsid:{NSID}")
    assert (row.netns, row.identity.name, row.identity.kind) == (STRANGER, "nsid 7", Kind.OTHER)
    assert (row.links, row.addresses) == ((), ())


def test_it_cannot_be_entered_and_that_is_said() -> None:
    session = LiveSession(Options(no_docker=True))
    try:
        with pytest.raises(NetnsError, match="cannot be entered: nothing that leads into it was found"):
            session.way_in(STRANGER)
    finally:
        session.close()
