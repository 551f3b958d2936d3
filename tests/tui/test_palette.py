"""The palette finds commands by their words or letters, in a time that no name can stretch."""

import time

import pytest
from textual.command import CommandPalette

from ovltui.tui.app import OvltuiApp
from ovltui.tui.palette import matched
from ovltui.tui.screens.namespaces import NamespacesScreen
from tests.tui.test_events_screen import settle
from tests.tui.world import new_session


@pytest.mark.parametrize(
    ("query", "title", "letters"),
    [
        ("shell", "Shell in docker1n", "Shell"),
        ("docker shell", "Shell in docker1n", "Shelldocker"),
        ("DOCK", "Shell in docker1n", "dock"),
        ("shd1", "Shell in docker1n", "Shd1"),
        ("nope", "Shell in docker1n", ""),
        ("", "Shell in docker1n", ""),
        ("x", "[b]x[/b]", "x"),
        ("ß", "Straße İ", "ß"),
    ],
)
def test_words_match_anywhere_and_letters_in_their_order(query: str, title: str, letters: str) -> None:
    score, offsets = matched(query, title)
    assert "".join(title[offset] for offset in offsets) == letters
    assert bool(score) == bool(letters)


def test_words_count_more_than_letters_and_early_ones_more_than_late_ones() -> None:
    titles = ("Shell in web", "New shell in web", "Sort: hello, each, loud line")
    scores = [matched("shell", title)[0] for title in titles]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[2] < 1


def test_a_name_of_many_equal_letters_takes_no_time() -> None:
    began = time.process_time()
    for query in ("n" * 40, "n" * 39 + "x", "shell in " + "n " * 30):
        matched(query, "Shell in " + "n" * 5000)
    assert time.process_time() - began < 1


async def test_in_the_list_stand_all_commands_that_worked_where_it_was_asked_for() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        below = app.screen
        before = {command.title for command in app.get_system_commands(below)}
        await pilot.press(":")
        await settle(pilot)
        assert isinstance(app.screen, CommandPalette)
        assert {command.title for command in app.get_system_commands(below)} == before
        assert before > {
            "Path",
            "Check it",
            "Checks",
            "Topology",
            "Namespaces",
            "Recordings",
            "Record",
            "Mark",
            "Shell",
        }


async def test_a_command_that_is_chosen_in_the_list_acts_on_the_screen_below() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press(":", *"namespaces")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, NamespacesScreen)


@pytest.mark.parametrize(("user", "offered"), [(0, False), (1000, True)])
async def test_to_start_under_sudo_is_offered_to_whoever_is_not_root(
    monkeypatch: pytest.MonkeyPatch, user: int, offered: bool
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    app = OvltuiApp(new_session())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert ("Again under sudo" in titles) == offered
        await pilot.press("U")
        await settle(pilot)
        assert app.is_running != offered
