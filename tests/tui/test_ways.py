"""Digits lead from every screen to every other one, and each key line says what works where it stands."""

import pytest
from textual.pilot import Pilot

from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.screens.shells import ShellsScreen
from ovltui.tui.widgets.key_line import KeyLine
from tests.tui.test_events_screen import NARROW, TINY, WIDE, screen_of, settle
from tests.tui.world import new_session

KINDS = {"1": "events", "2": "namespaces", "3": "topology", "4": "checks", "6": "recordings"}


def keys_said(pilot: Pilot[int]) -> str:
    """Return the key line that is not covered by another one."""
    return pilot.app.screen.query_one(KeyLine).render().plain


async def test_from_the_shells_digits_lead_to_all_other_screens() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=WIDE) as pilot:
        for key, kind in KINDS.items():
            await pilot.press("5")
            await settle(pilot)
            assert isinstance(app.screen, ShellsScreen)
            await pilot.press(key)
            await settle(pilot)
            assert isinstance(app.screen, MainScreen)
            assert app.screen.kind == kind
            assert sum(isinstance(screen, EventsScreen) for screen in app.screen_stack) == 1


@pytest.mark.parametrize("size", [NARROW, TINY])
async def test_while_a_page_is_open_the_key_line_says_what_works_on_it(size: tuple[int, int]) -> None:
    async with screen_of(new_session(), size) as (pilot, _screen):
        below = keys_said(pilot)
        assert "Filter" in below
        assert below.endswith("…")
        await pilot.press("question_mark")
        await settle(pilot)
        assert keys_said(pilot).strip() == "esc Back"
        assert pilot.app.screen.query_one(KeyLine).region.y == size[1] - 1
        await pilot.press("escape")
        await settle(pilot)
        assert keys_said(pilot) == below
