"""An event pane over a long history: what stays in sight, and how far a filter looks."""

import asyncio
from collections.abc import Callable

from ovltui.events.filter import parse
from ovltui.events.ring import BLOCK
from ovltui.session.session import Session
from ovltui.tui.app import PAINTS_PER_SECOND, OvltuiApp
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.event_rows import BUDGET
from tests.tui.world import OWN_NSID, feed, neigh, new_session, route

PATIENCE_S = 10.0


def fill(session: Session, count: int) -> None:
    """Let ``count`` routes come that can be told apart."""
    start = session.ring.end
    numbers = range(start, start + count)
    feed(session, OWN_NSID, *(route(1, f"10.{at >> 16}.{at >> 8 & 255}.{at & 255}", 32) for at in numbers))


def first_line(pane: EventPane) -> str:
    return "".join(text for text, _ in pane.parts(pane.top))


async def await_true(condition: Callable[[], object]) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {PATIENCE_S} s"
        await asyncio.sleep(0.02)


async def test_a_frozen_pane_stays_where_it_is_when_the_oldest_records_are_dropped() -> None:
    session = new_session(limit=BLOCK)
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        fill(session, 2 * BLOCK)
        routes = app.screen.query_one("#route", EventPane)
        await await_true(lambda: routes.row_count == 2 * BLOCK)
        routes.focus()
        await pilot.press("p")
        await await_true(lambda: routes.top)
        await pilot.press("pageup", "pageup", "pageup")
        there = first_line(routes)
        fill(session, 1)
        assert session.ring.first == BLOCK
        await await_true(lambda: routes.row_count == BLOCK)
        assert first_line(routes) == there


async def test_a_filter_looks_through_a_long_history_far_faster_than_is_painted() -> None:
    session = new_session()
    feed(session, OWN_NSID, neigh(3, "192.0.2.1"))
    fill(session, int(4 * PATIENCE_S * PAINTS_PER_SECOND * BUDGET))
    app = OvltuiApp(session)
    async with app.run_test(size=(80, 24)):
        everything = app.screen.query_one("#all", EventPane)
        await await_true(lambda: everything.row_count == session.ring.end)
        everything.apply_filter(parse("object:neigh"))
        session.tell()
        await await_true(lambda: everything.row_count == 1)
        assert "192.0.2.1" in first_line(everything)
