"""What a number means inside one namespace depends on the moment."""

from ovltui.state.sights import Sights


def test_a_number_that_was_never_asked_for_means_nothing() -> None:
    assert Sights().at(0, 5) is None


def test_the_first_meaning_holds_for_what_came_before_it_was_asked_for() -> None:
    sights = Sights()
    sights.learn(0, 10, 7)
    assert (sights.at(0, 3), sights.at(0, 10), sights.at(0, 99)) == (7, 7, 7)


def test_a_number_that_ended_means_nothing_until_it_is_asked_for_again() -> None:
    sights = Sights()
    sights.learn(0, 10, 7)
    sights.forget(0, 20)
    assert (sights.at(0, 19), sights.at(0, 20)) == (7, None)
    sights.learn(0, 25, 8)
    assert (sights.at(0, 19), sights.at(0, 24), sights.at(0, 25)) == (7, None, 8)


def test_an_answer_takes_the_place_of_what_was_known_from_that_record_on() -> None:
    sights = Sights()
    sights.learn(0, 10, 7)
    sights.forget(0, 20)
    sights.learn(0, 20, 8)
    assert (sights.at(0, 19), sights.at(0, 20)) == (7, 8)


def test_forgetting_what_was_never_known_leaves_later_answers_valid_for_earlier_records() -> None:
    sights = Sights()
    sights.forget(0, 20)
    sights.learn(0, 25, 8)
    assert sights.at(0, 22) == 8
