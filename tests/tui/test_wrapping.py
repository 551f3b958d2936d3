"""Long lines are broken where that was chosen: all of them can be read, the cursor is in sight, nothing is lost."""

import pytest
from rich.segment import Segment
from textual.strip import Strip

from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.view import drawn
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.wrapping import breaks, laid_out
from tests.tui.test_events_screen import settle
from tests.tui.world import BLUE_NSID, feed, neigh, new_session


def pieces(row: int) -> list[Strip]:
    """Return as many lines as the row's number, from 1 on."""
    return [Strip([Segment(f"{row}.{part}")]) for part in range(row + 1)]


def rows(count: int, top: int, height: int, cursor: int | None = None) -> list[str]:
    return [strip.text for _, strip in laid_out(pieces, count, top, height, cursor)]


@pytest.mark.parametrize(
    ("count", "top", "height", "cursor", "seen"),
    [
        (4, 0, 10, None, ["0.0", "1.0", "1.1", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2", "3.3"]),
        (4, 0, 4, None, ["3.0", "3.1", "3.2", "3.3"]),
        (6, 0, 4, None, ["0.0", "1.0", "1.1", "2.0"]),
        (6, 0, 4, 3, ["3.0", "3.1", "3.2", "3.3"]),
        (4, 0, 4, 1, ["1.0", "1.1", "2.0", "2.1"]),
        (0, 0, 4, None, []),
        (2, 0, 0, None, []),
    ],
)
def test_the_newest_lines_or_those_at_the_cursor_are_in_sight(
    count: int, top: int, height: int, cursor: int | None, seen: list[str]
) -> None:
    assert rows(count, top, height, cursor) == seen


@pytest.mark.parametrize(
    ("text", "width", "cells"),
    [
        ("short", 10, 10),
        ("one two three", 9, 8),
        ("abcdefghijkl", 5, 5),
        ("ab cdefghijk", 8, 8),
        ("名前 abc", 4, 4),
        ("mtu 1 → 1401", 9, 8),
    ],
)
def test_a_line_ends_behind_a_word_where_one_ends_in_its_second_half(text: str, width: int, cells: int) -> None:
    assert breaks(text, width) == cells


async def test_what_is_cut_otherwise_stands_below_and_goes_again() -> None:
    session = new_session()
    feed(session, BLUE_NSID, *(neigh(2, f"2001:db8:1111:2222:3333:4444:5555:{number}") for number in range(1, 40)))
    app = OvltuiApp(session)
    async with app.run_test(size=(60, 24)) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, EventsScreen)
        assert "REACHABLE" not in drawn(app)[0]
        await pilot.press("w")
        await settle(pilot)
        wrapped = drawn(app)[0]
        assert "REACHABLE" in wrapped
        assert "5555:39" in wrapped
        await pilot.press("up", "up")
        await settle(pilot)
        pane = screen.query_one("#all", EventPane)
        assert pane.cursor_row == 37
        height = pane.size.height
        assert 37 in {pane.row_at(y) for y in range(height)}
        await pilot.press("g")
        await settle(pilot)
        assert pane.row_at(0) == 0
        assert "5555:1 " in drawn(app)[0]
        await pilot.press("w", "G")
        await settle(pilot)
        assert "REACHABLE" not in drawn(app)[0]
