"""What changed in a table is marked for a moment, and columns find room in every width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.topology.sheet import Column, Entry
from ovltui.tui.widgets.changes import HOLD_S, Changes, Mark
from ovltui.tui.widgets.column_fit import GAP, fitted, widths


def rows(*cells: str) -> list[Entry]:
    """Return a row for each text: its first letter says which it is."""
    return [Entry(text[0], (text[0], text[1:])) for text in cells]


def marks(changes: Changes) -> str:
    return "".join(f"{changes.mark(entry.id)}{entry.id}" for entry in changes.rows())


def begun(*cells: str) -> Changes:
    changes = Changes()
    changes.take(rows(*cells), 0.0, marked=True)
    return changes


def test_the_first_look_at_a_table_is_no_news() -> None:
    assert marks(begun("a1", "b1")) == " a b"


def test_what_came_changed_and_went_is_marked_where_it_stands() -> None:
    changes = begun("a1", "b1", "c1")
    changes.take(rows("a1", "c2", "d1"), 1.0, marked=True)
    assert marks(changes) == " a-b~c+d"
    assert changes.cells("c") == {1}
    assert changes.cells("a") == set()


def test_marks_go_after_their_time_and_what_went_with_them() -> None:
    changes = begun("a1", "b1")
    changes.take(rows("a2"), 1.0, marked=True)
    assert changes.next_expiry == 1.0 + HOLD_S
    assert not changes.expire(1.0 + HOLD_S - 0.1)
    assert changes.expire(1.0 + HOLD_S)
    assert marks(changes) == " a"
    assert changes.next_expiry is None


def test_what_comes_back_is_new_and_stands_there_once() -> None:
    changes = begun("a1", "b1")
    changes.take(rows("a1"), 0.5, marked=True)
    changes.take(rows("a1", "b1"), 1.0, marked=True)
    assert marks(changes) == " a+b"


def test_several_changes_of_a_moment_are_all_marked_and_a_new_row_stays_new() -> None:
    changes = begun("a11")
    changes.take([Entry("a", ("a", "12")), Entry("n", ("n", "1"))], 0.5, marked=True)
    changes.take([Entry("a", ("x", "12")), Entry("n", ("n", "2"))], 0.7, marked=True)
    assert changes.cells("a") == {0, 1}
    assert changes.mark("n") is Mark.NEW


def test_where_cells_change_all_the_time_only_rows_that_come_and_go_are_news() -> None:
    changes = begun("a1", "b1")
    changes.take(rows("a2", "c1"), 1.0, marked=False)
    assert marks(changes) == " a-b+c"


def test_another_table_begins_without_marks() -> None:
    changes = begun("a1")
    changes.begin()
    changes.take(rows("x1"), 0.1, marked=True)
    assert marks(changes) == " x"


COLUMNS = (Column("NAME", 0, least=6), Column("N", 2, right=True), Column("WHERE", 1, least=4), Column("MORE", 3))
ENTRIES = [Entry(0, ("a-long-name", "12", "somewhere", "more of it"))]


@given(st.integers(min_value=1, max_value=80))
def test_columns_never_take_more_room_than_there_is(room: int) -> None:
    found = fitted(COLUMNS, widths(COLUMNS, ENTRIES), room)
    assert sum(one.width for one in found) + GAP * (len(found) - 1) <= room
    assert found[0].column.title == "NAME"
    assert [one.at for one in found] == sorted(one.at for one in found)


@pytest.mark.parametrize(
    ("room", "titles"), [(80, "NAME N WHERE MORE"), (24, "NAME N WHERE"), (16, "NAME WHERE"), (9, "NAME")]
)
def test_the_less_important_columns_give_way_first(room: int, titles: str) -> None:
    assert " ".join(one.column.title for one in fitted(COLUMNS, widths(COLUMNS, ENTRIES), room)) == titles


def test_what_is_cut_is_marked_and_numbers_stand_at_the_right() -> None:
    name, number, *_ = fitted(COLUMNS, widths(COLUMNS, ENTRIES), 20)
    assert name.cell("a-long-name") == "a-long-name"[: name.width - 1] + "…"
    assert number.cell("1") == " 1"


def test_wide_characters_count_their_cells() -> None:
    (one,) = fitted((Column("N", least=4),), (9,), 4)
    assert one.cell("漢字漢字") == "漢 …"
