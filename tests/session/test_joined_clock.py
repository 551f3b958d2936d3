"""What is known of another machine's clock."""

from hypothesis import given
from hypothesis import strategies as st

from ovltui.session.joined_clock import OtherClock

MS = 10**6
S = 10**9
NOW = 1_700_000_000 * S


def answer(clock: OtherClock, offset: int, there: int, back: int, at: int = NOW) -> int | None:
    """Ask at a time; the question takes ``there``, the answer ``back``."""
    return clock.take(at, at + there + offset, at + there + back)


@given(
    st.integers(-(10**12), 10**12), st.lists(st.tuples(st.integers(0, S), st.integers(0, S)), min_size=1, max_size=9)
)
def test_the_truth_lies_within_the_uncertainty(offset: int, ways: list[tuple[int, int]]) -> None:
    clock = OtherClock()
    for number, (there, back) in enumerate(ways):
        assert answer(clock, offset, there, back, NOW + number * S) is None
        found = clock.offset
        assert found
        assert abs(found.ns - offset) <= found.uncertainty_ns + 1


def test_a_quick_answer_counts_more_than_a_slow_one() -> None:
    clock = OtherClock()
    answer(clock, 5 * S, 2 * MS, 2 * MS)
    quick = clock.offset
    answer(clock, 5 * S, 300 * MS, 900 * MS, NOW + S)
    assert clock.offset == quick
    answer(clock, 5 * S, 1 * MS, 1 * MS, NOW + 2 * S)
    assert clock.offset
    assert clock.offset.uncertainty_ns == MS


def test_an_old_answer_gives_way_to_a_new_one_that_is_nearly_as_good() -> None:
    clock = OtherClock()
    answer(clock, 0, MS, MS)
    answer(clock, 20 * MS, 3 * MS, 3 * MS, NOW + 600 * S)  # it has drifted meanwhile
    assert clock.offset
    assert clock.offset.ns == 20 * MS


def test_a_clock_that_jumps_is_told_by_how_much() -> None:
    clock = OtherClock()
    answer(clock, 0, MS, MS)
    assert answer(clock, -60 * S, MS, MS, NOW + S) == -60 * S
    assert clock.here_ns(NOW - 60 * S) == NOW
    assert answer(clock, -60 * S, MS, MS, NOW + 2 * S) is None


def test_a_clock_that_may_be_right_is_not_corrected() -> None:
    clock = OtherClock()
    assert clock.here_ns(NOW) == NOW
    answer(clock, MS // 2, MS, MS)
    assert clock.here_ns(NOW) == NOW
    answer(clock, 3 * S, MS, MS, NOW + S)
    assert clock.here_ns(NOW) == NOW - 3 * S


def test_an_answer_across_a_change_of_our_own_clock_counts_nothing() -> None:
    clock = OtherClock()
    assert clock.take(NOW, NOW, NOW - S) is None
    assert clock.take(NOW, NOW, NOW + 3600 * S) is None
    assert clock.offset is None
