"""Themes: each is complete, none bears a meaning by colour alone, mono sends no colour, letters are readable."""

import re

import pytest
from textual.color import Color

from ovltui.config.model import Settings, Theme
from ovltui.tui.app import OvltuiApp
from ovltui.tui.ink import AGES, Ink
from ovltui.tui.theme import INKS, THEMES
from tests.bed.terminal import Terminal
from tests.tui.panes import OVLTUI
from tests.tui.test_events_screen import settle
from tests.tui.world import BLUE_NSID, feed, link, new_session

LEAST = {Theme.DARK: 3.0, Theme.LIGHT: 4.5, Theme.CONTRAST: 7.0}
"""Contrast of letters to what they stand on; the dimmest of the dark theme are times, which repeat."""
REVERSED = re.compile(r"\x1b\[(?:\d+;)*7(?:;\d+)*m")
COLOUR = re.compile(r"\x1b\[[\d;]*?\b(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?:;|m)")


def luminance(color: str) -> float:
    """Return how bright a colour is, as WCAG 2 defines it."""
    parts = [part / 255 for part in Color.parse(color).rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("choice", THEMES)
def test_every_ink_is_there_in_every_theme(choice: Theme) -> None:
    assert set(INKS[choice].styles) >= {*map(str, Ink), *AGES}


@pytest.mark.parametrize("choice", LEAST)
def test_letters_stand_out_from_their_paper(choice: Theme) -> None:
    theme = THEMES[choice]
    assert theme.background
    letters = [theme.foreground, theme.primary, theme.secondary, theme.accent, theme.error, theme.success]
    letters += [theme.variables["dim"], theme.variables["dimmer"]]
    for paper in (theme.background, theme.panel):
        for letter in letters:
            assert letter
            assert paper
            ratio = contrast(letter, paper)
            assert ratio >= LEAST[choice], (letter, paper, ratio)


def test_errors_warnings_and_what_is_fine_differ_without_colour() -> None:
    mono = INKS[Theme.MONO].styles
    assert mono[Ink.ERROR_BOX].reverse
    assert mono[Ink.DIM].dim
    assert all(style.color is None or style.color.is_default for style in (mono[ink] for ink in Ink))


async def test_the_theme_key_goes_through_all_of_them_and_draws_each() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"))
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        seen = []
        for _ in THEMES:
            seen.append(app.theme)
            await pilot.press("T")
            await settle(pilot)
        assert seen == [theme.name for theme in THEMES.values()]
        assert app.theme == seen[0]


async def test_a_theme_that_was_chosen_is_worn_from_the_start() -> None:
    app = OvltuiApp(new_session())
    app.dress(Settings(theme=Theme.LIGHT))
    async with app.run_test(size=(80, 24)):
        assert app.theme == THEMES[Theme.LIGHT].name


@pytest.mark.needs_tmux
def test_without_colours_none_is_sent_and_the_cursor_is_seen() -> None:
    with Terminal(100, 24, [OVLTUI, "--no-docker"], {"NO_COLOR": "1"}) as terminal:
        terminal.wait("LIVE", 40)
        terminal.keys("2")
        terminal.wait("NAME", 20)
        terminal.wait(lambda _: any(REVERSED.search(row) for row in terminal.ansi().splitlines() if "host" in row), 20)
        assert not COLOUR.search(terminal.ansi())
