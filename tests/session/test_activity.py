"""How much happens where is counted by columns of the ring, per holder of an nsid, and fades."""

import pytest

from ovltui.events.record import OWN_NSID, Kind
from ovltui.events.ring import BLOCK, Ring
from ovltui.events.vocabulary import Pane
from ovltui.netns.model import NetnsKey
from ovltui.session import activity
from ovltui.session.activity import WINDOW_S, Activity, rate
from ovltui.state.tenure import Tenures
from tests.session.made import HOST, OWN, link, message, named, own
from tests.session.test_session import session

A, B = NetnsKey(HOST, 11), NetnsKey(HOST, 12)


def filled(nsids: list[int], kind: Kind = Kind.MESSAGE, limit: int = 1_000_000) -> Ring:
    ring = Ring(limit)
    for nsid in nsids:
        ring.append(0, nsid, kind, b"x", (Pane.LINK,))
    return ring


def test_messages_are_counted_by_nsid_over_blocks_and_between_bounds() -> None:
    ring = filled([7] * BLOCK + [8] * 10 + [7] * 5)
    assert ring.messages_by_nsid(0, ring.end) == {7: BLOCK + 5, 8: 10}
    assert ring.messages_by_nsid(BLOCK - 1, BLOCK + 2) == {7: 1, 8: 2}
    assert ring.messages_by_nsid(ring.end, ring.end + 10) == {}


def test_what_was_dropped_and_what_is_no_message_does_not_count() -> None:
    ring = filled([7] * (BLOCK * 3), limit=BLOCK)
    assert ring.messages_by_nsid(0, ring.end)[7] == ring.end - ring.first
    assert filled([OWN_NSID] * 3, Kind.DOCKER).messages_by_nsid(0, 3) == {}
    mixed = filled([7, 8])
    mixed.append(0, 7, Kind.GAP, b"", (Pane.LINK,))
    assert mixed.messages_by_nsid(0, 3) == {7: 1, 8: 1}


def test_each_namespace_has_its_own_count_which_fades(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(activity, "monotonic", lambda: now[0])
    made = session()
    made.publish([own(), named(11, "blue", 5), named(12, "red", 6)])
    made.stream.bind(5, A, made.ring.end)
    made.stream.bind(6, B, made.ring.end)
    made.feed(message(link(2, b"eth0"), 5) * 3 + message(link(2, b"eth0")))
    made.activity.look()
    assert [made.activity.of(key) for key in (A, B, OWN)] == [3, 0, 1]
    assert made.activity.active == {A, OWN}
    now[0] += WINDOW_S - 1
    made.feed(message(link(2, b"eth0"), 6))
    made.activity.look()
    assert made.activity.active == {A, B, OWN}
    now[0] += 2
    made.activity.look()
    assert made.activity.active == {B}
    now[0] += WINDOW_S
    made.activity.look()
    assert made.activity.active == frozenset()


def test_what_happened_before_the_first_look_counts_from_when_it_was_made() -> None:
    ring = filled([5] * 4)
    tenures = Tenures(None)
    tenures.bind(5, A, 0)
    late = Activity(ring, tenures)
    late.look()
    assert late.of(A) == 0


def test_messages_of_nobody_known_count_for_nobody() -> None:
    ring = Ring()
    made = Activity(ring, Tenures(None))
    ring.append(0, 99, Kind.MESSAGE, b"x", (Pane.LINK,))
    made.look()
    assert made.active == frozenset()


@pytest.mark.parametrize(("count", "says"), [(0, ""), (1, "<1"), (5, "1"), (500, "100")])
def test_a_rate_is_a_small_figure(count: int, says: str) -> None:
    assert rate(count) == says
