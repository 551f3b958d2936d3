"""With --ascii nothing else leaves for the terminal, whichever page is open, and nothing moves."""

import pytest
from rich.cells import cell_len

from ovltui.tui.app import OvltuiApp
from ovltui.tui.ascii_only import ascii_like
from ovltui.tui.view import drawn
from tests.tui.test_events_screen import settle
from tests.tui.world import BLUE_NSID, feed, link, new_session


@pytest.mark.parametrize("text", ["", "plain", "┌─ a → b ─┐", "名前 été ▸ \N{MULTIPLICATION SIGN}2", "\u0301x"])
def test_as_many_cells_are_taken(text: str) -> None:
    assert ascii_like(text).isascii()
    assert cell_len(ascii_like(text)) == cell_len(text)


@pytest.mark.parametrize(
    "keys", [(), ("?",), (":",), ("K",), ("2",), ("2", "enter"), ("4",), ("6",), ("R",), ("T",), ("q",)], ids=" ".join
)
async def test_every_page_is_in_ascii(keys: tuple[str, ...]) -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"), link(2, "eth1"))
    app = OvltuiApp(session, ascii_only=True)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        if app.is_running:
            text, _ = drawn(app)
            assert text.isascii(), [line for line in text.splitlines() if not line.isascii()]
