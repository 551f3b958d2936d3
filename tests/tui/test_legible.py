"""What is at a cursor can be read, and where it is can be seen, in every theme."""

import pytest
from rich.style import Style
from textual.widgets import Input

from ovltui.config.model import Settings, Theme
from ovltui.tui.app import OvltuiApp
from ovltui.tui.theme import THEMES
from ovltui.tui.widgets.legible import LEAST, legible
from tests.tui.test_events_screen import NARROW, settle
from tests.tui.test_themes import contrast
from tests.tui.world import new_session

COLOURED = (Theme.DARK, Theme.LIGHT, Theme.CONTRAST)


@pytest.mark.parametrize("choice", COLOURED)
@pytest.mark.parametrize("cursor", ["cursor", "cursor-focus"])
def test_letters_stand_out_from_the_row_of_the_cursor(choice: Theme, cursor: str) -> None:
    theme = THEMES[choice]
    paper = theme.variables[cursor]
    named = (theme.foreground, theme.primary, theme.secondary, theme.accent, theme.error, theme.success)
    for letter in (*named, theme.variables["dim"], theme.variables["dimmer"]):
        assert letter
        ink = Style(color=theme.foreground) + legible(Style(color=letter), Style(bgcolor=paper))
        assert ink.color
        assert ink.color.triplet
        assert contrast(ink.color.triplet.hex, paper) >= LEAST, (letter, paper)


def test_what_can_be_read_keeps_its_colour_and_what_cannot_keeps_all_else() -> None:
    blue = Style(bgcolor="#005f87")
    green, grey = Style(color="#87d787", bold=True), Style(color="#6c6c6c", bold=True)
    assert legible(green, blue) == green
    assert legible(grey, blue) == Style(bold=True)


@pytest.mark.parametrize("paper", [Style(), Style(bgcolor="blue"), Style(bgcolor="default")])
def test_where_the_terminal_chooses_the_colours_they_are_left_alone(paper: Style) -> None:
    assert legible(Style(color="#101010"), paper) == Style(color="#101010")
    assert legible(Style(color="red"), Style(bgcolor="#005f87")) == Style(color="red")


@pytest.mark.parametrize("choice", THEMES)
async def test_where_one_types_is_seen(choice: Theme) -> None:
    app = OvltuiApp(new_session())
    app.dress(Settings(theme=choice))
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"abc")
        await settle(pilot)
        field = app.screen.query_one(Input)
        cursor = field.render_line(0).crop(3, 4)
        style = next(segment.style for segment in cursor if segment.text)
        assert style
        if choice in COLOURED:
            assert not style.reverse
            assert style.bgcolor
            assert style.bgcolor.triplet
            assert contrast(style.bgcolor.triplet.hex, field.background_colors[1].hex) >= LEAST
        else:
            assert style.reverse
            assert all(color is None or color.is_default for color in (style.color, style.bgcolor))


@pytest.mark.parametrize("choice", THEMES)
async def test_which_pane_fills_a_narrow_screen_is_seen_without_colours(choice: Theme) -> None:
    app = OvltuiApp(new_session())
    app.dress(Settings(theme=choice))
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await pilot.press("tab")
        await settle(pilot)
        top = next(line for line in app.screen._compositor.render_strips() if "events" in line.text)
        marked = [segment.text for segment in top if segment.style and segment.style.reverse]
        assert marked == ["link"]
