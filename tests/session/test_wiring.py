"""The wiring asks only about namespaces in which something may have changed, and misses no change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.wiring import Wiring
from ovltui.state.tables import Contents
from ovltui.topology.links import Link, LinkKey
from tests.topology.drawn import FIRST, FIRST_PORT, OVERLAY, places
from tests.topology.made import key, link
from tests.tui.wired import WiredSession, nsid_of
from tests.tui.world import feed, lose


class Counted(WiredSession):
    """A session that notes of which namespaces the tables are asked for."""

    asked: list[NetnsKey]

    def tables_of(self, netns: Netns) -> Contents:
        self.asked.append(netns.key)
        return super().tables_of(netns)

    @contextmanager
    def asking(self) -> Iterator[list[NetnsKey]]:
        self.asked = []
        yield self.asked


@pytest.fixture
def session() -> Counted:
    made = Counted(places(5, 2))
    made.asked = []
    return made


def test_while_nothing_changes_it_is_the_same_value_and_nobody_is_asked(session: Counted) -> None:
    wiring = Wiring(session)
    first = wiring.look()
    assert len(first.nodes) == 8
    with session.asking() as asked:
        assert wiring.look() is first
    assert asked == []


def test_an_event_has_only_its_namespace_asked_about(session: Counted) -> None:
    wiring = Wiring(session)
    first = wiring.look()
    with session.asking() as asked:
        feed(session, nsid_of(key(FIRST)), link(20, "eth0", "veth", tied=FIRST_PORT + 1, nsid=0))
        assert wiring.look() is first  # the event told nothing new
    assert set(asked) == {key(FIRST)}


def test_an_event_makes_no_picture_of_all_namespaces(session: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = Wiring(session)
    before = wiring.look()
    monkeypatch.setattr(session, "snapshot", None)
    contents = session._contents[key(FIRST)]
    told = {**contents.messages, Table.LINKS: (link(20, "new", "veth", tied=FIRST_PORT + 1, nsid=0),)}
    session._contents[key(FIRST)] = replace(contents, messages=told)
    feed(session, nsid_of(key(FIRST)), *told[Table.LINKS])
    after = wiring.look()
    assert after.besides(before) == (after.nodes[key(FIRST)],)
    assert after.nodes[key(FIRST)].links[20].ifname == "new"


def test_a_change_is_in_the_next_look_and_the_rest_is_taken_over(session: Counted) -> None:
    wiring = Wiring(session)
    before = wiring.look()
    session.lay(places(6, 2))
    after = wiring.look()
    assert key(FIRST + 5) in after.nodes
    assert isinstance(after.peer(LinkKey(key(FIRST + 5), 20)), Link)
    assert after.nodes[key(FIRST)] is before.nodes[key(FIRST)]
    session.lay(places(4, 2))
    assert key(FIRST + 5) not in wiring.look().nodes


def test_who_is_not_whole_yet_is_asked_at_each_look_until_it_is(session: Counted) -> None:
    made = places(5, 2)
    unread = replace(made[1], contents=Contents(made[1].contents.messages, 0, None, ("its tables were not read yet",)))
    session.lay([made[0], unread, *made[2:]])
    wiring = Wiring(session)
    wiring.look()
    with session.asking() as asked:
        wiring.look()
    assert asked == [key(OVERLAY)]
    session._contents[key(OVERLAY)] = made[1].contents  # read, with nothing new, so that no record tells it
    assert wiring.look().nodes[key(OVERLAY)].place.contents.complete
    with session.asking() as asked:
        wiring.look()
    assert asked == []


def test_a_number_that_means_nothing_yet_is_asked_for_until_it_does(session: Counted) -> None:
    made = places(5, 2)
    tenure = session.tenures.of(key(OVERLAY))
    assert tenure
    tenure.sights.forget(FIRST, session.ring.end)
    session.renamed()
    wiring = Wiring(session)
    port = LinkKey(key(OVERLAY), FIRST_PORT + 1)
    assert not isinstance(wiring.look().peer(port), Link)
    tenure.sights.learn(FIRST, session.ring.end + 1, nsid_of(made[3].key))
    feed(session, nsid_of(key(FIRST + 4)), link(20, "eth0", "veth", tied=FIRST_PORT + 5, nsid=0))
    assert isinstance(wiring.look().peer(port), Link)


def test_after_a_loss_all_are_asked(session: Counted) -> None:
    wiring = Wiring(session)
    wiring.look()
    lose(session, 5)
    with session.asking() as asked:
        wiring.look()
    assert len(asked) == 8
