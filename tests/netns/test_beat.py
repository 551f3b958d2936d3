"""A full look is taken now and then, sooner after a hint, and never so often that it costs more than its share."""

from ovltui.netns.beat import HINT_REST_S, HINT_SHARE, REST_S, SHARE, Beat


def test_the_first_look_is_full() -> None:
    assert Beat().is_due(0.0)


def test_without_a_hint_the_next_one_comes_after_the_rest() -> None:
    beat = Beat()
    beat.took(100.0, 0.001)
    assert not beat.is_due(100.0 + REST_S - 0.01)
    assert beat.is_due(100.0 + REST_S)


def test_after_a_hint_it_comes_sooner_and_the_hint_is_kept_until_then() -> None:
    beat = Beat()
    beat.took(100.0, 0.001)
    beat.hint()
    assert not beat.is_due(100.0 + HINT_REST_S - 0.01)
    assert beat.is_due(100.0 + HINT_REST_S)
    assert beat.is_due(100.0 + HINT_REST_S + 1)
    beat.took(102.0, 0.001)
    assert not beat.is_due(102.0 + HINT_REST_S)


def test_what_is_dear_comes_more_rarely() -> None:
    beat = Beat()
    cost = 2 * REST_S * SHARE
    beat.took(100.0, cost)
    assert not beat.is_due(100.0 + 2 * REST_S - 0.01)
    assert beat.is_due(100.0 + 2 * REST_S)
    beat.took(200.0, 2 * HINT_REST_S * HINT_SHARE)
    beat.hint()
    assert not beat.is_due(200.0 + 2 * HINT_REST_S - 0.01)
    assert beat.is_due(200.0 + 2 * HINT_REST_S)
