"""The screens wait for records without being woken by each, show the last of them, and slow down while they pour in.

So they do while the terminal has not drawn what it was sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from textual.message import Message

from ovltui.session.session import Session
from ovltui.tui.app import STORM, OvltuiApp
from ovltui.tui.pacing import LATE_S, PATIENCE_S, ROW, Pace
from tests.tui.world import BLUE_NSID, feed, neigh, new_session


@contextmanager
def counted(app: OvltuiApp) -> Iterator[list[Message]]:
    """Count what wakes the app."""
    woken: list[Message] = []
    post = app.post_message

    def posted(message: Message) -> bool:
        if isinstance(message, OvltuiApp.Advanced):
            woken.append(message)
        return post(message)

    app.post_message = posted  # type: ignore[method-assign]
    try:
        yield woken
    finally:
        app.post_message = post  # type: ignore[method-assign]


def pour(session: Session, number: int) -> None:
    for at in range(number):
        feed(session, BLUE_NSID, neigh(2, f"10.0.{at >> 8 & 255}.{at & 255}"))


async def test_many_records_wake_it_once_and_a_name_once_more() -> None:
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.paint()
        with counted(app) as woken:
            pour(session, 50)
            assert len(woken) == 1
            session.renamed()
            pour(session, 50)
            assert len(woken) == 2
            app.paint()
            pour(session, 1)
            assert len(woken) == 3


async def test_paintings_are_rarer_while_more_comes_than_can_be_read() -> None:
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.paint()
        usual = app._pace_s
        pour(session, STORM + 1)
        app.paint()
        assert app._pace_s > usual
        pour(session, 1)
        app.paint()
        assert app._pace_s == usual


def under_way(for_s: float) -> Pace:
    """Return how it stands when a painting has been under way for so long, to a terminal that answers."""
    pace, now = Pace(), monotonic()
    pace.question(now - 10)
    pace.answered(ROW, 1, now - 9.99)
    pace.wrote(4096, now - for_s)
    assert pace.question(now - for_s)
    return pace


async def test_what_is_new_waits_until_the_terminal_has_drawn_what_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.paint()
        pace = under_way(2 * LATE_S)
        monkeypatch.setattr(OvltuiApp, "pace", pace)
        pour(session, 1)
        app.on_ovltui_app_advanced()
        assert app._timer
        assert app._due == pytest.approx(app._painted + PATIENCE_S, abs=0.5)
        pace.answered(ROW, 2, monotonic())
        app.on_cursor_position()
        assert app._timer is None or app._due < app._painted + 2


def test_help_tells_of_a_slow_line(monkeypatch: pytest.MonkeyPatch) -> None:
    app = OvltuiApp(new_session())
    assert app.line_gaps() == []
    pace = under_way(0.8)
    pace.answered(ROW, 2, monotonic())
    monkeypatch.setattr(OvltuiApp, "pace", pace)
    assert app.line_gaps() == ["slow line: 0.8 s to the terminal and back"]
