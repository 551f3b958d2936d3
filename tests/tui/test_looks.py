"""How the screens look is the user's affair: panes, kinds, columns, times, pace; what is seen can be kept."""

from pathlib import Path

import pytest

from ovltui.config.model import KindsOf, Settings, TimeForm
from ovltui.config.table import COLUMNS as NAMES
from ovltui.tui.app import SLOW_S, OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.namespaces import NamespacesScreen
from ovltui.tui.when import elapsed
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.event_times import time_words
from ovltui.tui.widgets.key_line import Hint, fitting
from ovltui.tui.widgets.netns_columns import COLUMNS
from ovltui.tui.widgets.netns_table import NetnsTable
from tests.tui.test_events_screen import settle
from tests.tui.world import BLUE_NSID, START_NS, feed, link, neigh, new_session, route

S = 10**9


def dressed(settings: Settings) -> OvltuiApp:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"), route(2, "10.1.0.0", 16), neigh(2, "10.0.0.1"))
    app = OvltuiApp(session)
    app.dress(settings)
    return app


def events_of(app: OvltuiApp) -> EventsScreen:
    screen = app.screen
    assert isinstance(screen, EventsScreen)
    return screen


async def test_the_panes_that_were_chosen_stand_below_each_other_and_zoom_still_shows_one() -> None:
    app = dressed(Settings(panes=("neigh", "link")))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = events_of(app)
        assert [pane.id for pane in screen.panes()] == ["link", "neigh"]
        await pilot.press("tab", "z")
        await settle(pilot)
        assert [pane.id for pane in screen.panes()] == ["link"]


async def test_one_pane_of_everything_can_be_chosen_and_shows_only_its_kinds() -> None:
    app = dressed(Settings(panes=("all",), kinds=(KindsOf("all", ("route",)),)))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        (pane,) = events_of(app).panes()
        assert pane.row_count == 1
        assert "only route" in str(pane.border_title)


async def test_the_columns_that_were_chosen_are_there_behind_the_name() -> None:
    app = dressed(Settings(columns=("id", "kind")))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert isinstance(app.screen, NamespacesScreen)
        assert app.screen.query_one(NetnsTable).heading().split() == ["NAME", "ID", "KIND"]


async def test_times_go_round_and_the_frame_says_which_they_are() -> None:
    app = dressed(Settings(time=TimeForm.UTC))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        pane = events_of(app).query_one("#neigh", EventPane)
        assert pane.parts(0)[0][0].startswith("22:13:20.002")
        assert str(pane.border_subtitle) == "times in UTC"
        await pilot.press("t")
        await settle(pilot)
        assert str(pane.border_subtitle) == "times since the line above"


@pytest.mark.parametrize(
    ("form", "marks", "says"),
    [
        (TimeForm.CLOCK, [], ""),
        (TimeForm.UTC, [], "22:13:20.000"),
        (TimeForm.DELTA, [], "+1.500"),
        (TimeForm.MARK, [], ""),
        (TimeForm.MARK, [START_NS - 61 * S, START_NS - 5 * S, START_NS + S], "+5.000"),
        (TimeForm.MARK, [START_NS + S], "-1.000"),
    ],
)
def test_a_time_is_told_from_what_it_is_told_from(form: TimeForm, marks: list[int], says: str) -> None:
    assert time_words(form, START_NS, lambda: START_NS - 1_500_000_000, marks) == says


@pytest.mark.parametrize(
    ("ns", "says"),
    [(0, "+0.000"), (61 * S, "+1:01.000"), (-3661 * S, "-1:01:01.000"), (36_000 * S, "+10:00:00"), (999_999, "+0.000")],
)
def test_a_time_between_two_moments_is_no_wider_than_a_clock(ns: int, says: str) -> None:
    assert elapsed(ns) == says
    assert len(elapsed(ns)) <= len("14:02:10.113")


async def test_on_a_slow_line_it_is_painted_seldom_whatever_comes() -> None:
    app = dressed(Settings(slow=True))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.paint()
        assert app._pace_s == SLOW_S
        app._session.renamed()
        app.post_message(OvltuiApp.Advanced())
        await pilot.pause()
        assert app._due - app._painted == pytest.approx(SLOW_S)


async def test_what_is_seen_is_kept_as_text_and_picture_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("SUDO_USER", raising=False)
    app = dressed(Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+s", "enter")
        await settle(pilot)
        found = sorted((tmp_path / "ovltui" / "views").iterdir())
        assert [path.suffix for path in found] == [".svg", ".txt"]
        assert app.saved == [str(found[1]), str(found[0])]
        assert "10.1.0.0/16 dev eth0" in found[1].read_text(encoding="utf-8")
        assert found[0].read_text(encoding="utf-8").startswith("<svg")
        assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


async def test_lines_names_and_commands_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    app = dressed(Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        copied = []
        for pane, key in (("browser", "y"), ("route", "y"), ("route", "Y"), ("neigh", "Y")):
            events_of(app).query_one(f"#{pane}").focus()
            if pane == "browser":
                await pilot.press("down")
            await pilot.press(key)
            await settle(pilot)
            copied.append(app.clipboard)
            await pilot.press("a")
            await settle(pilot)
        name, line, routes, neighbours = copied
        assert name == "host"
        assert "+ 10.1.0.0/16 dev eth0" in line
        assert routes.endswith("-d route show table all")
        assert neighbours.endswith("-d neigh show nud all")


async def test_another_width_brings_panes_into_sight_that_are_drawn_at_once_and_have_the_focus() -> None:
    app = dressed(Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        screen = events_of(app)
        pane = screen.query_one("#all", EventPane)
        assert (pane.display, pane.row_count) == (True, 3)
        assert screen.focused is pane


def test_hints_that_do_not_fit_are_left_out_whole_and_the_help_stays() -> None:
    first, second = Hint("a", "a", "a", "Alpha"), Hint("b", "b", "b", "Bravo")
    hints = (first, second, Hint("app.help", "?", "?", "Help"), Hint("c", "c", "c", "C"))
    assert [hint.id for hint in fitting(hints, 80)] == ["a", "b", "app.help", "c"]
    assert [hint.id for hint in fitting(hints, 24)] == ["a", "b", "app.help"]
    assert [hint.id for hint in fitting(hints, 17)] == ["a", "app.help"]
    assert [hint.id for hint in fitting(hints, 5)] == ["app.help"]


def test_the_columns_of_the_config_file_are_those_of_the_screen() -> None:
    assert [column.title.lower() for column in COLUMNS] == [*NAMES]
