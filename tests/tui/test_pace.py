"""The screens wait for records without being woken by each, show the last of them, and slow down while they pour in."""

from collections.abc import Iterator
from contextlib import contextmanager

from textual.message import Message

from ovltui.session.session import Session
from ovltui.tui.app import STORM, OvltuiApp
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
