"""A view shows what passes its test, whatever steps it takes and whatever the ring drops meanwhile."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events import ring as ring_module
from ovltui.events.record import Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.view import SPAN, Sieve, View
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


PASSING = Sieve.by(passes)


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
    view = View(model.ring, pane, PASSING if tested else None)
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

    view = View(model.ring, Pane.LINK, Sieve.by(test))
    model.append([((Pane.LINK,), True)] * count)
    while view.behind:
        tested.clear()
        view.step(budget)
        assert 0 < len(tested) <= 2 * budget
    assert rows(view) == list(range(2 * count))


def test_the_newest_matches_come_first() -> None:
    model = Model(100)
    model.append([((Pane.LINK,), True)] * 10)
    view = View(model.ring, Pane.LINK, PASSING)
    view.step(3)
    assert (rows(view), view.complete, view.behind) == ([7, 8, 9], False, True)
    model.append([((Pane.LINK,), True)] * 2)
    view.step(3)
    assert rows(view) == [4, 5, 6, 7, 8, 9, 10, 11]


@given(RECORDS, st.integers(0, 35))
def test_row_of_is_the_first_match_at_or_after_a_record(records: list[tuple[tuple[Pane, ...], bool]], seq: int) -> None:
    model = Model(100)
    model.append(records[:10])
    view = View(model.ring, None, PASSING)
    model.append(records[10:])
    while view.behind:
        view.step(4)
    shown = rows(view)
    assert view.row_of(seq) == sum(1 for one in shown if one < seq)


def test_rows_that_the_ring_dropped_are_forgotten_in_one_step() -> None:
    model = Model(4 * BLOCK)
    model.append([((Pane.LINK,), True)] * 10)
    view = View(model.ring, Pane.LINK, PASSING)
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

    view = View(model.ring, Pane.LINK, Sieve.by(test))
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
        judged = ring.judged

        def counted(*args: object, judged: Callable[..., object] = judged, longest: list[int] = longest) -> object:
            found = judged(*args)
            longest.append(len(found[0]))  # type: ignore[index]
            return found

        tested: list[int] = []

        def test(record: Record, tested: list[int] = tested) -> bool:
            tested.append(record.seq)
            return False

        view = View(ring, pane, Sieve.by(test))
        with monkeypatch.context() as patch:
            patch.setattr(ring, "judged", counted)
            for _ in range(3):
                view.step(100)
        assert max(longest) == SPAN
        assert tested == list(range(99_999, 99_699, -1))


def test_of_messages_only_those_of_the_right_place_are_tested_and_a_gap_shows_untested() -> None:
    ring = Ring(100)
    for seq in range(10):
        ring.append(0, seq % 3, Kind.MESSAGE, b"1", (Pane.LINK,))
    ring.append(0, -1, Kind.GAP, b"1", tuple(Pane))
    tested: list[int] = []

    def test(record: Record) -> bool:
        tested.append(record.seq)
        return passes(record)

    view = View(ring, Pane.LINK, Sieve.by(test, lambda nsid, seq: nsid == 1 and seq > 1))
    while view.behind:
        view.step(3)
    assert sorted(tested) == [4, 7]
    assert rows(view) == [4, 7, 10]


def test_what_a_step_passes_over_without_a_line_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", 8192)
    ring = Ring(100_000)
    for seq in range(50_000):
        ring.append(0, seq % 50, Kind.MESSAGE, b"1", (Pane.LINK,))
    asked: list[int] = []

    def where(nsid: int, seq: int) -> bool:
        asked.append(seq)
        return nsid == 7

    view = View(ring, Pane.LINK, Sieve(where=where))
    while view.behind:
        asked.clear()
        view.step(5)
        assert len(asked) <= 2 * SPAN
    assert rows(view) == list(range(7, 50_000, 50))


@given(RECORDS, RECORDS, st.lists(st.integers(0, 29), max_size=10, unique=True), st.booleans(), st.integers(1, 9))
def test_rows_that_belong_to_another_one_are_folded_unless_that_one_does_not_show(
    before: list[tuple[tuple[Pane, ...], bool]],
    after: list[tuple[tuple[Pane, ...], bool]],
    members: list[int],
    tested: bool,
    budget: int,
) -> None:
    model = Model(100)
    model.append(before)
    head = 0
    heads: dict[int, int] = {}
    view = View(model.ring, None, PASSING if tested else None, heads)
    view.step(budget)
    found = {seq: head for seq in members if head < seq < len(before)}
    heads.update(found)
    view.fold(heads, min(found, default=0), max(found, default=0))
    model.append(after)
    while view.behind:
        view.step(budget)
    shown = model.expected(None, tested=tested)
    assert rows(view) == ([seq for seq in shown if seq not in heads] if head in shown else shown)
