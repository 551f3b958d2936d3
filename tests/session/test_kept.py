"""Tables follow the records of their namespace, in bulk, and say what of them may not be so."""

import pytest

from ovltui.events import ring as ring_module
from ovltui.events.vocabulary import Object
from ovltui.kernel import frames
from ovltui.kernel.wire import Rtm, Table
from ovltui.netns.model import NetnsKey
from ovltui.session.kept import Kept, KeptTables
from ovltui.session.session import Session
from ovltui.session.sight import Sight
from ovltui.session.stream import Hearing
from ovltui.session.tables import TableKeeper
from ovltui.state.tables import Tables
from ovltui.state.tenure import Tenure
from tests.session.made import HOST, OWN, born, died, message, named
from tests.state.rows import OFF, link, neigh, route

A, B = NetnsKey(HOST, 11), NetnsKey(HOST, 12)


def bound(session: Session, nsid: int, key: NetnsKey) -> Tenure:
    session.feed(born(nsid))
    tenure = session.stream.bind(nsid, key, session.ring.end)
    assert tenure is not None
    return tenure


def keep(tables: KeptTables, session: Session, tenure: Tenure) -> Kept:
    """Keep a namespace in which nothing was when it was read."""
    kept = Kept(tenure, named(tenure.nsid, f"n{tenure.nsid}", tenure.nsid), Tables(), session.ring.end, read_ns=1)
    tables.catch_up()
    tables.put(kept)
    return kept


def test_each_namespace_follows_its_own_records_only_when_somebody_looks() -> None:
    session = Session(HOST, OWN)
    tables = KeptTables(session.ring, session.tenures)
    one, other = bound(session, 5, A), bound(session, 6, B)
    kept = keep(tables, session, one)
    keep(tables, session, other)
    session.feed(message(route("10.1.0.0"), 5) + message(route("10.2.0.0"), 6) + message(route("10.3.0.0")))
    assert (tables.lag, kept.tables.messages()[Table.ROUTES4]) == (3, ())
    assert tables.contents(one).rows(Object.ROUTE) == (route("10.1.0.0"),)
    assert tables.contents(other).rows(Object.ROUTE) == (route("10.2.0.0"),)
    contents = tables.contents(one)
    assert (contents.complete, contents.seq, tables.lag) == (True, session.ring.end, 0)


def test_what_an_nsid_means_later_is_not_taken_for_who_had_it() -> None:
    session = Session(HOST, OWN)
    tables = KeptTables(session.ring, session.tenures)
    first = bound(session, 5, A)
    keep(tables, session, first)
    session.feed(message(route("10.1.0.0"), 5) + died(5) + born(5) + message(route("10.2.0.0"), 5))
    second = session.stream.bind(5, B, session.ring.end)
    assert second is not None
    assert tables.contents(first).rows(Object.ROUTE) == (route("10.1.0.0"),)
    assert tables.contents(second).gaps == ("its tables were not read yet",)


def test_after_a_loss_and_after_a_silent_change_it_says_that_it_is_being_read_again() -> None:
    session = Session(HOST, OWN)
    tables = KeptTables(session.ring, session.tenures)
    tenure = bound(session, 5, A)
    kept = keep(tables, session, tenure)
    session.feed(message(link(2, "eth0"), 5))
    kept.tables.dirty.clear()
    assert tables.contents(tenure).complete
    session.feed(message(link(2, "eth0", OFF), 5))
    assert tables.contents(tenure).gaps == ("being read again: IPv4 routes, IPv6 routes, nexthops",)
    session.feed(frames.gap(1, 2, 0))
    assert tables.contents(tenure).gaps == ("messages were lost, its tables are being read again",)
    kept.read = session.ring.end
    kept.failed = "its tables cannot be read (Operation not permitted)"
    assert tables.contents(tenure).gaps[0] == kept.failed


def test_what_the_ring_dropped_before_it_was_taken_in_must_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", 4)
    session = Session(HOST, OWN, 4)
    tables = KeptTables(session.ring, session.tenures)
    tenure = bound(session, 5, A)
    keep(tables, session, tenure)
    for number in range(20):
        session.feed(message(neigh("10.0.0.1", f"02:00:00:00:00:{number:02x}", kind=Rtm.NEWNEIGH), 5))
    contents = tables.contents(tenure)
    assert (contents.complete, contents.gaps) == (False, ("its tables were not read yet",))


def test_what_is_not_heard_is_never_complete() -> None:
    session = Session(HOST, OWN)
    keeper = TableKeeper(session.stream, Sight(session.stream), lambda: None)
    assert keeper.contents(named(11, "blue")).gaps == ("its events are not heard, its tables are not read",)
    tenure = bound(session, 5, A)
    keep(keeper._tables, session, tenure)
    assert keeper.contents(named(11, "blue", 5)).complete
    session.stream.hearing = Hearing(all_nsid=False, rcvbuf=1, says=())
    assert keeper.contents(named(11, "blue", 5)).gaps == ("its events are not heard, its tables grow old",)
