"""The events screen, driven by keys, fed with messages made by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.event_detail import EventDetail
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.help import Help
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.filter_line import FilterLine
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.widgets.row_table import RowTable
from ovltui.tui.widgets.status import StatusLine
from tests.tui.world import (
    BLUE_NETNS,
    BLUE_NSID,
    HOST_NETNS,
    OWN_NSID,
    RED_NSID,
    feed,
    link,
    lose,
    neigh,
    new_session,
    route,
)

WIDE, NARROW, TINY = (120, 36), (80, 24), (40, 10)


@asynccontextmanager
async def screen_of(session: Session, size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[Pilot[int], EventsScreen]]:
    app = OvltuiApp(session)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, EventsScreen)
        yield pilot, screen


async def settle(pilot: Pilot[int]) -> None:
    """Let the throttled painting happen."""
    await pilot.pause(0.25)


def shown(widget: LineList) -> list[str]:
    return ["".join(text for text, _ in widget.parts(row)) for row in range(widget.row_count)]


def pane(screen: EventsScreen, name: str) -> EventPane:
    return screen.query_one(f"#{name}", EventPane)


def status(screen: EventsScreen) -> str:
    return screen.query_one(StatusLine).render().plain


async def test_each_kind_of_event_lands_in_its_pane_under_its_namespace() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"), route(2, "10.1.0.0", 16))
        feed(session, OWN_NSID, neigh(3, "10.1.0.9"))
        await settle(pilot)
        assert ["blue" in row and "eth0" in row for row in shown(pane(screen, "link"))] == [True]
        assert ["blue" in row and "10.1.0.0/16 dev eth0" in row for row in shown(pane(screen, "route"))] == [True]
        assert ["host" in row and "10.1.0.9 dev if3" in row for row in shown(pane(screen, "neigh"))] == [True]


async def test_what_came_before_the_screen_is_there_when_it_opens() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"))
    async with screen_of(session) as (_pilot, screen):
        assert len(shown(pane(screen, "link"))) == 1


async def test_links_of_equal_ifindex_in_two_namespaces_keep_their_names() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "blue0"), neigh(2, "10.0.0.1"))
        feed(session, RED_NSID, link(2, "red0"), neigh(2, "10.0.0.2"))
        await settle(pilot)
        first, second = shown(pane(screen, "neigh"))
        assert "blue" in first
        assert "dev blue0" in first
        assert "red" in second
        assert "dev red0" in second


async def test_choosing_a_namespace_narrows_the_panes_and_a_widens_them() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"))
        feed(session, RED_NSID, link(2, "eth1"))
        await settle(pilot)
        screen.query_one(Browser).choose(BLUE_NETNS.key)
        await settle(pilot)
        assert [row for row in shown(pane(screen, "link")) if "eth1" in row] == []
        assert len(shown(pane(screen, "link"))) == 1
        assert "only blue" in status(screen)
        await pilot.press("a")
        await settle(pilot)
        assert len(shown(pane(screen, "link"))) == 2
        assert "only" not in status(screen)


async def test_pause_keeps_what_is_shown_counts_what_waits_and_loses_nothing() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"))
        await settle(pilot)
        await pilot.press("p")
        feed(session, BLUE_NSID, *(link(number, f"late{number}") for number in range(3, 40)))
        await settle(pilot)
        assert len(shown(pane(screen, "link"))) == 1
        assert "PAUSED +37" in status(screen)
        await pilot.press("p")
        await settle(pilot)
        assert len(shown(pane(screen, "link"))) == 38
        assert "LIVE" in status(screen)


async def test_scrolling_up_pauses_and_the_end_is_live_again() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, *(link(number, f"eth{number}") for number in range(2, 60)))
        await settle(pilot)
        pane(screen, "link").focus()
        await pilot.press("up")
        await settle(pilot)
        assert "PAUSED" in status(screen)
        await pilot.press("G")
        await settle(pilot)
        assert "LIVE" in status(screen)
        links = pane(screen, "link")
        assert links.top == links.last_top


async def test_a_filter_works_while_one_types_and_escape_clears_it() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"), link(3, "wlan0"))
        await settle(pilot)
        pane(screen, "link").focus()
        await pilot.press("slash", *"wlan")
        await settle(pilot)
        assert ["wlan0" in row for row in shown(pane(screen, "link"))] == [True]
        await pilot.press("enter")
        assert pane(screen, "link").has_focus
        await pilot.press("escape")
        await settle(pilot)
        assert len(shown(pane(screen, "link"))) == 2


async def test_an_invalid_filter_says_so_and_the_last_valid_one_stays() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"))
        await settle(pilot)
        pane(screen, "link").focus()
        await pilot.press("slash", *"eth /")
        await pilot.press("left_square_bracket", "slash")
        await settle(pilot)
        assert screen.query_one(FilterLine).has_class("-bad")
        await pilot.press("backspace", "backspace", "backspace")
        await settle(pilot)
        assert not screen.query_one(FilterLine).has_class("-bad")
        assert len(shown(pane(screen, "link"))) == 1


async def test_a_gap_stands_in_every_pane_and_in_the_status() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        lose(session, 56)
        await settle(pilot)
        assert all("LOST 56" in shown(pane(screen, name))[0] for name in ("link", "route", "neigh"))
        assert "LOST 56" in status(screen)


async def test_a_namespace_that_dies_while_it_is_chosen_stays_until_the_cursor_leaves() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        browser = screen.query_one(Browser)
        browser.choose(BLUE_NETNS.key)
        feed(session, BLUE_NSID, link(2, "eth0"))
        session.publish((HOST_NETNS,))
        await settle(pilot)
        assert any("blue" in row and "gone" in row for row in shown(browser))
        assert len(shown(pane(screen, "link"))) == 1
        await pilot.press("a")
        await settle(pilot)
        assert not any("blue" in row for row in shown(browser))


@pytest.mark.parametrize("name", ["[red]x[/nope]", "[@click=app.quit]x", "a\x1b]0;pwned\x07b", "\x9b31mx", "x\u202ey"])
async def test_hostile_link_names_are_drawn_as_they_are_without_escape_or_markup(name: str) -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, name), neigh(2, "10.0.0.1"))
        await settle(pilot)
        rows = [*shown(pane(screen, "link")), *shown(pane(screen, "neigh"))]
        assert not any(character in row for row in rows for character in "\x1b\x07\x9b\u202e")
        if name.isascii() and name.isprintable():
            assert all(name in row for row in rows)
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, EventDetail)
        assert "\x1b" not in pilot.app.screen.body().plain


@pytest.mark.parametrize("size", [WIDE, NARROW, TINY])
async def test_every_key_of_the_screen_can_be_pressed_at_any_size(size: tuple[int, int]) -> None:
    session = new_session()
    async with screen_of(session, size) as (pilot, _screen):
        feed(session, BLUE_NSID, *(link(number, f"eth{number}") for number in range(2, 60)))
        await settle(pilot)
        keys = (
            "up down j k g G pageup pagedown ctrl+u ctrl+d home end tab shift+tab z p p a n N S U escape enter escape"
        )
        for key in keys.split():
            await pilot.press(key)
        await settle(pilot)
        assert pilot.app.is_running


async def test_in_a_narrow_terminal_tab_leads_through_all_panes() -> None:
    session = new_session()
    async with screen_of(session, NARROW) as (pilot, screen):
        visited = []
        for _ in range(5):
            visited.append(next(widget.id for widget in screen.query(LineList) if widget.display))
            assert sum(1 for widget in screen.query(LineList) if widget.display) == 1
            await pilot.press("tab")
        assert visited == ["all", "link", "route", "neigh", "browser"]


async def test_the_narrow_start_shows_all_kinds_in_one_order() -> None:
    session = new_session()
    async with screen_of(session, NARROW) as (pilot, screen):
        feed(session, BLUE_NSID, route(2, "10.1.0.0", 16), link(2, "eth0"), neigh(2, "10.0.0.1"))
        await settle(pilot)
        rows = shown(pane(screen, "all"))
        assert [word in row for word, row in zip(("10.1.0.0/16", "eth0", "10.0.0.1"), rows, strict=True)] == [True] * 3


async def test_zoom_lets_one_pane_fill_the_screen_and_gives_it_back() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        pane(screen, "route").focus()
        await pilot.press("z")
        await settle(pilot)
        assert [widget.id for widget in screen.query(LineList) if widget.display] == ["route"]
        await pilot.press("escape")
        await settle(pilot)
        assert [widget.id for widget in screen.query(LineList) if widget.display] == [
            "browser",
            "link",
            "route",
            "neigh",
        ]


async def test_a_terminal_that_is_resized_keeps_its_panes() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"))
        for size in (NARROW, TINY, (200, 60), WIDE):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert any(widget.display for widget in screen.query(LineList))
        assert len(shown(pane(screen, "link"))) == 1


async def test_help_lists_the_keys_that_work_and_what_cannot_be_seen() -> None:
    session = new_session()
    session.publish((HOST_NETNS,), gaps=("12 processes may not be read",))
    async with screen_of(session) as (pilot, _screen):
        await pilot.press("question_mark")
        await settle(pilot)
        page = pilot.app.screen
        assert isinstance(page, Help)
        text = page.body().plain
        for word in ("Filter", "Shell", "Pause", "Zoom", "Quit", "12 processes may not be read"):
            assert word in text
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, EventsScreen)


async def test_enter_on_a_namespace_tells_how_it_was_found_and_how_to_get_there_by_hand() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        screen.query_one(Browser).choose(BLUE_NETNS.key)
        await pilot.press("enter")
        await settle(pilot)
        page = pilot.app.screen
        assert isinstance(page, Inspector)
        text = "\n".join(shown(page.query_one(RowTable)))
        assert "/run/netns/blue" in text
        assert "nsenter --net=" in text
        assert str(BLUE_NETNS.inode) in text


async def test_q_quits_and_escape_does_not() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, _screen):
        await pilot.press("escape", "escape")
        assert pilot.app.is_running
        await pilot.press("q")
        await settle(pilot)
        assert pilot.app.return_code == 0


async def test_ctrl_c_quits_only_the_second_time() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, _screen):
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert pilot.app.is_running
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert not pilot.app.is_running


async def test_a_storm_leaves_the_newest_in_sight_and_keys_alive() -> None:
    session = new_session()
    async with screen_of(session) as (pilot, screen):
        feed(session, BLUE_NSID, link(2, "eth0"))
        for chunk in range(20):
            feed(session, BLUE_NSID, *(route(2, f"10.{chunk}.{number}.0", 24) for number in range(250)))
        await settle(pilot)
        routes = pane(screen, "route")
        assert routes.row_count == 5000
        assert "10.19.249.0/24" in shown_at(routes, routes.row_count - 1)
        await pilot.press("p")
        assert "PAUSED" in status(screen)


def shown_at(widget: LineList, row: int) -> str:
    return "".join(text for text, _ in widget.parts(row))


async def test_no_screen_takes_the_focus_later_than_it_comes_into_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[Widget] = []  # the library queues this behind what is typed meanwhile
    monkeypatch.setattr(Widget, "focus", lambda widget, **_: late.append(widget))
    async with screen_of(new_session(), NARROW) as (pilot, screen):
        assert screen.focused is pane(screen, "all")
        for key in "2346":
            await pilot.press(key)
            await settle(pilot)
            assert pilot.app.screen is not screen
            assert pilot.app.focused
    assert late == []


async def test_news_that_come_while_a_screen_is_being_closed_are_not_painted() -> None:
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        closing = app._prune(app.screen)
        await app.screen.query("*").remove()
        feed(session, BLUE_NSID, link(2, "eth0"))
        app.paint()
        await closing
