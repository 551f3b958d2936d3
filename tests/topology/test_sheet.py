"""Cells of tables sort as a person would sort them, whatever stands in them."""

import pytest

from ovltui.topology.sheet import natural


def test_numbers_sort_by_their_size_and_the_empty_cell_first() -> None:
    cells = ["v1", "eth10", "eth9a", "eth2", "eth1", "eth", ""]
    assert sorted(cells, key=natural) == ["", "eth", "eth1", "eth2", "eth9a", "eth10", "v1"]
    assert natural("eth010") == natural("eth10")


@pytest.mark.parametrize("cell", ["²", "1²", "٣", "9" * 5000, "a" + "0" * 5000])
def test_no_cell_keeps_a_table_from_being_sorted(cell: str) -> None:
    assert len(sorted(["1", cell, "b2"], key=natural)) == 3
