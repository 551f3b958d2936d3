"""What a link looked like before is told only where it is known."""

from ovltui.events.look import Look
from ovltui.state.links import Links
from tests.state.test_links import link

UP, DOWN = (Look("eth0", state, 1500, None, None) for state in ("UP", "DOWN"))


def test_a_look_is_that_before_the_record_and_not_its_own() -> None:
    links = Links()
    links.remember(3, 30, 2, DOWN)
    links.remember(5, 50, 2, UP)
    assert [links.look_before(2, seq) for seq in (3, 4, 5, 6)] == [None, DOWN, DOWN, UP]


def test_a_look_that_did_not_change_is_still_what_was_before() -> None:
    links = Links()
    links.remember(3, 30, 2, UP)
    links.remember(5, 50, 2, UP)
    assert links.look_before(2, 5) == UP


def test_a_dump_tells_what_was_before_the_next_change() -> None:
    links = Links()
    links.loaded(4, 40, {2: DOWN})
    links.remember(4, 41, 2, UP)
    assert links.look_before(2, 4) == DOWN
    links.remember(6, 60, 2, UP)
    assert links.look_before(2, 6) == UP


def test_an_event_older_than_the_dump_is_not_compared_with_it() -> None:
    links = Links()
    links.loaded(4, 40, {2: UP})
    links.remember(5, 39, 2, UP)
    assert links.look_before(2, 5) is None
    links.remember(6, 60, 2, DOWN)
    assert links.look_before(2, 6) == UP


def test_a_link_that_is_gone_looks_like_nothing_until_another_one_has_its_number() -> None:
    links = Links()
    links.remember(3, 30, 2, UP)
    links.forget(5, 2)
    links.remember(7, 70, 2, DOWN)
    assert [links.look_before(2, seq) for seq in (5, 6, 7, 8)] == [UP, None, None, DOWN]


def test_the_oldest_looks_of_one_that_flaps_are_forgotten_and_the_newest_are_not() -> None:
    links = Links()
    for seq in range(1000):
        links.hear(seq, seq, link(2, "eth0"), (UP, DOWN)[seq % 2])
        held = links._looks[2]
        assert [links.look_before(2, seq + 1 - back) for back in range(20)] == [
            (UP, DOWN)[(seq - back) % 2] if back <= seq else None for back in range(20)
        ]
        assert len(held) <= 64
    assert links.look_before(2, 900) is None


def test_looks_that_a_reader_holds_lose_none_while_more_come() -> None:
    links = Links()
    for seq in range(64):
        links.remember(seq, seq, 2, (UP, DOWN)[seq % 2])
    held = links._looks[2]
    before = list(held)
    links.remember(64, 64, 2, UP)
    assert held[: len(before)] == before
