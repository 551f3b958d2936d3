"""Every command has an id by which its keys can be chosen; what cannot work is refused with file and line."""

import pytest
from textual.containers import VerticalScroll

from ovltui.config.model import KeyChoice, Settings
from ovltui.errors import UsageError
from ovltui.tui.app import OvltuiApp
from ovltui.tui.keymap import commands, keymap, places
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.help import Help
from tests.tui.test_events_screen import settle
from tests.tui.world import new_session

DESIGNED = {
    "app.help": "?",
    "app.commands": ":",
    "events.filter": "/",
    "app.back": "escape",
    "app.quit": "q",
    "app.interrupt": "ctrl+c",
    "screen.events": "1",
    "screen.namespaces": "2",
    "screen.topology": "3",
    "screen.checks": "4",
    "screen.shells": "5",
    "screen.recordings": "6",
    "pane.next": "tab",
    "pane.previous": "shift+tab",
    "pane.zoom": "z",
    "record.toggle": "R",
    "screen.save": "ctrl+s",
    "screen.theme": "T",
    "screen.mouse": "f2",
    "app.redraw": "ctrl+l",
    "app.suspend": "ctrl+z",
    "list.down": "j",
    "list.up": "k",
    "list.first": "g",
    "list.last": "G",
    "list.page_down": "ctrl+d",
    "list.page_up": "ctrl+u",
    "events.open": "enter",
    "netns.events": "l",
    "shell.pane": "s",
    "shell.full": "S",
    "checks.check": "x",
    "events.copy": "y",
    "events.command": "Y",
    "netns.sort_left": "<",
    "netns.sort_right": ">",
    "netns.invert": "I",
    "events.pause": "p",
    "events.next": "n",
    "events.previous": "N",
    "events.finding_next": "e",
    "events.finding_previous": "E",
    "record.mark": "m",
    "record.next_mark": "'",
    "events.times": "t",
    "events.wrap": "w",
    "events.kinds": "K",
    "events.all": "a",
    "events.print": "D",
    "replay.play": "space",
    "replay.step": "]",
    "replay.step_back": "[",
    "replay.finding": "}",
    "replay.finding_before": "{",
    "replay.faster": "=",
    "replay.slower": "-",
    "shell.back": "ctrl+right_square_bracket",
}
"""The keys that are promised."""


def chosen(**keys: str) -> Settings:
    found = tuple(KeyChoice(id_, (key,), 7) for id_, key in keys.items())
    return Settings(keys=found, path="c.toml")


def test_the_keys_that_are_promised_are_there() -> None:
    keys = {command.id: command.keys for command in commands()}
    assert {id_: key for id_, key in DESIGNED.items() if key not in keys.get(id_, ())} == {}


def test_every_command_with_a_key_has_an_id_and_words_that_fit_the_help() -> None:
    for place in places():
        for binding in place.bindings:
            assert not binding.description or binding.id, (place.name, binding)
            assert len(binding.description) <= 20, (place.name, binding.description)


def test_no_command_rests_on_a_function_key_alone_that_is_not_in_the_palette() -> None:
    alone = [one for one in commands() if all(key.startswith("f") and key[1:].isdigit() for key in one.keys)]
    assert [one.id for one in alone] == ["screen.mouse"]


@pytest.mark.parametrize(
    ("id_", "key", "says"),
    [
        ("events.paus", "P", "c.toml:7: there is no command 'events.paus', but events.pause"),
        ("events.pause", "ctrl+foo", "c.toml:7: there is no key 'ctrl+foo'"),
        ("events.pause", "a", "c.toml:7: a is the key of events.all as well: give one of them another."),
        ("events.pause", "?", "c.toml:7: ? is the key of app.help as well"),
    ],
)
def test_a_key_that_cannot_work_is_refused_with_file_and_line(id_: str, key: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        keymap(chosen(**{id_: key}))
    assert str(error.value).startswith(says)


async def test_a_chosen_key_acts_in_the_place_of_the_usual_one_and_the_help_says_so() -> None:
    app = OvltuiApp(new_session())
    settings = chosen(**{"events.pause": "P", "screen.namespaces": "f7", "shell.next": "f9"})
    app.dress(settings, keymap(settings))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, EventsScreen)
        await pilot.press("p")
        paused = [screen.paused]
        await pilot.press("P")
        await settle(pilot)
        paused.append(screen.paused)
        assert paused == [False, True]
        await pilot.press("?")
        await settle(pilot)
        page = app.screen_stack[-1]
        assert isinstance(page, Help)
        body = page.body().plain
        assert "P             Pause" in body
        assert "f7            Namespaces" in body
        assert "K             Kinds" in body
        await pilot.press("escape", "f7")
        await settle(pilot)
        assert app.screen is not screen


async def test_what_shares_a_usual_key_with_a_moved_command_keeps_it() -> None:
    app = OvltuiApp(new_session())
    settings = chosen(**{"shell.next": "f9"})
    app.dress(settings, keymap(settings))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        ids = {active.binding.id for active in app.screen.active_bindings.values()}
        assert {"shell.next", "shell.previous"} <= ids
        assert keymap(settings)["replay.step"] == "right_square_bracket"


async def test_a_long_page_is_read_to_its_end_and_back_by_the_keys_of_a_list() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("?")
        await settle(pilot)
        frame = app.screen.query_one(VerticalScroll)
        await pilot.press("G")
        assert frame.scroll_y == frame.max_scroll_y > 0
        await pilot.press("g")
        assert frame.scroll_y == 0
