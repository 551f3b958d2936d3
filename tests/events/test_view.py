"""A view shows what passes its test, whatever steps it takes and whatever the ring drops meanwhile."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events import ring as ring_module
from ovltui.events.record import Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.view import View
from ovltui.events.vocabulary import Pane

BLOCK = 4
PANES = st.none() | st.sampled_from(Pane)
WHERE = [(pane,) for pane in Pane] + [tuple(Pane)]
RECORDS = st.lists(st.tuples(st.sampled_from(WHERE), st.booleans()), max_size=30)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", BLOCK)


def passes(record: Record) -> bool:
    return record.raw == b"1"


class Model:
    """A ring beside the plain list of all that was appended."""

    def __init__(self, limit: int) -> None:
        self.ring = Ring(limit)
        self.all: list[tuple[tuple[Pane, ...], bool]] = []

    def append(self, records: list[tuple[tuple[Pane, ...], bool]]) -> None:
        for where, matches in records:
            self.ring.append(0, -1, Kind.MESSAGE, b"1" if matches else b"0", where)
            self.all.append((where, matches))

    def expected(self, pane: Pane | None, *, tested: bool) -> list[int]:
        return [
            seq
            for seq, (where, matches) in enumerate(self.all)
            if seq >= self.ring.first and (pane is None or pane in where) and (matches or not tested)
        ]


def rows(view: View) -> list[int]:
    return [view[row] for row in range(len(view))]


@given(RECORDS, st.lists(st.tuples(RECORDS, st.integers(1, 9)), max_size=8), st.integers(1, 40), PANES, st.booleans())
def test_a_view_in_small_steps_ends_with_the_answer_of_brute_force(
    before: list[tuple[tuple[Pane, ...], bool]],
    steps: list[tuple[list[tuple[tuple[Pane, ...], bool]], int]],
    limit: int,
    pane: Pane | None,
    tested: bool,
) -> None:
    model = Model(limit)
    model.append(before)
    view = View(model.ring, pane, passes if tested else None)
    for more, budget in steps:
        model.append(more)
        shown = rows(view)
        changed = view.step(budget)
        assert changed or rows(view) == shown
        found = rows(view)
        assert found == sorted(set(found))
        assert set(found) <= set(model.expected(pane, tested=tested))
    while view.behind:
        view.step(3)
    view.step(3)
    assert view.complete
    assert rows(view) == model.expected(pane, tested=tested)


@given(st.integers(1, 30), st.integers(1, 9))
def test_a_step_tests_no_more_than_its_budget_in_each_direction(count: int, budget: int) -> None:
    model = Model(100)
    model.append([((Pane.LINK,), True)] * count)
    tested: list[int] = []

    def test(record: Record) -> bool:
        tested.append(record.seq)
        return True

    view = View(model.ring, Pane.LINK, test)
    model.append([((Pane.LINK,), True)] * count)
    while view.behind:
        tested.clear()
        view.step(budget)
        assert 0 < len(tested) <= 2 * budget
    assert rows(view) == list(range(2 * count))


def test_the_newest_matches_come_first() -> None:
    model = Model(100)
    model.append([((Pane.LINK,), True)] * 10)
    view = View(model.ring, Pane.LINK, passes)
    view.step(3)
    assert (rows(view), view.complete, view.behind) == ([7, 8, 9], False, True)
    model.append([((Pane.LINK,), True)] * 2)
    view.step(3)
    assert rows(view) == [4, 5, 6, 7, 8, 9, 10, 11]


@given(RECORDS, st.integers(0, 35))
def test_row_of_is_the_first_match_at_or_after_a_record(records: list[tuple[tuple[Pane, ...], bool]], seq: int) -> None:
    model = Model(100)
    model.append(records[:10])
    view = View(model.ring, None, passes)
    model.append(records[10:])
    while view.behind:
        view.step(4)
    shown = rows(view)
    assert view.row_of(seq) == sum(1 for one in shown if one < seq)


def test_rows_that_the_ring_dropped_are_forgotten_in_one_step() -> None:
    model = Model(4 * BLOCK)
    model.append([((Pane.LINK,), True)] * 10)
    view = View(model.ring, Pane.LINK, passes)
    view.step(100)
    model.append([((Pane.ROUTE,), True)] * 40)
    assert view.step(100)
    assert (rows(view), view.complete, view.behind) == ([], True, False)
    assert view.step(100) is False


def test_a_record_dropped_between_listing_and_looking_is_passed_over() -> None:
    model = Model(BLOCK)
    model.append([((Pane.LINK,), True)] * 6)
    drop: list[Callable[[], None]] = [lambda: model.append([((Pane.LINK,), True)] * 20)]

    def test(record: Record) -> bool:
        if drop:
            drop.pop()()
        return passes(record)

    view = View(model.ring, Pane.LINK, test)
    while view.behind:
        view.step(50)
    assert rows(view) == model.expected(Pane.LINK, tested=True)


def test_a_record_that_comes_while_the_view_is_made_is_shown() -> None:
    class Moving(Ring):
        """Gets a record each time that its end is asked for."""

        @property
        def end(self) -> int:
            end = super().end
            if end < 5:
                self.append(0, -1, Kind.MESSAGE, b"1", (Pane.LINK,))
            return end

    view = View(Moving(100), Pane.LINK)
    while view.behind:
        view.step(9)
    assert rows(view) == [0, 1, 2, 3, 4]


def test_a_step_back_in_a_long_history_costs_what_its_budget_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", 8192)
    ring = Ring(200_000)
    for _ in range(100_000):
        ring.append(0, -1, Kind.MESSAGE, b"0", (Pane.LINK,))
    for pane in (None, Pane.LINK):
        longest: list[int] = []
        listed = ring.seqs

        def counted(*args: object, listed: Callable[..., object] = listed, longest: list[int] = longest) -> object:
            found = listed(*args)
            longest.append(len(found))  # type: ignore[arg-type]
            return found

        view = View(ring, pane, passes)
        with monkeypatch.context() as patch:
            patch.setattr(ring, "seqs", counted)
            for _ in range(3):
                view.step(100)
        assert max(longest) == 100


def test_of_messages_only_those_of_the_right_place_are_tested_and_of_gaps_all() -> None:
    ring = Ring(100)
    for seq in range(10):
        ring.append(0, seq % 3, Kind.MESSAGE, b"1", (Pane.LINK,))
    ring.append(0, -1, Kind.GAP, b"1", tuple(Pane))
    tested: list[int] = []

    def test(record: Record) -> bool:
        tested.append(record.seq)
        return passes(record)

    view = View(ring, Pane.LINK, test, lambda nsid, seq: nsid == 1 and seq > 1)
    while view.behind:
        view.step(3)
    assert rows(view) == sorted(tested) == [4, 7, 10]
