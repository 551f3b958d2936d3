"""The screen of namespaces, driven by keys: columns, order, groups, search, and the way back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.screens.namespaces import NamespacesScreen
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.netns_columns import COLUMNS
from ovltui.tui.widgets.netns_table import NetnsTable
from tests.tui.test_events_screen import NARROW, WIDE, settle, shown, status
from tests.tui.world import BLUE_NETNS, BLUE_NSID, HOST_NETNS, RED_NETNS, RED_NSID, feed, link, new_session


@asynccontextmanager
async def namespaces_of(
    session: Session, size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Pilot[int], NamespacesScreen]]:
    app = OvltuiApp(session)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, NamespacesScreen)
        yield pilot, screen


def table(screen: NamespacesScreen) -> NetnsTable:
    return screen.query_one(NetnsTable)


def names(screen: NamespacesScreen) -> list[str]:
    words = [row.split() for row in shown(table(screen))]
    return [next(word for word in row if word not in "├└▾") for row in words]


def current(screen: NamespacesScreen) -> str:
    row = screen.chosen()
    assert row
    return row.identity.name


async def test_every_namespace_stands_there_with_what_is_known_of_it() -> None:
    session = new_session()
    async with namespaces_of(session) as (pilot, screen):
        assert names(screen) == ["host", "other", "blue", "red"]
        heading = table(screen).heading().split()
        assert heading == [word for column in COLUMNS for word in column.title.split()]
        feed(session, BLUE_NSID, link(2, "eth0"), link(3, "eth1"))
        await settle(pilot)
        row = next(row for row in shown(table(screen)) if "blue" in row)
        assert row.split() == ["├", "blue", "named", "<1", "-", "2", "0", str(BLUE_NSID), "20", "mount"]
        assert "3 netns" in screen.query_one("#status").render().plain  # type: ignore[union-attr]


@pytest.mark.parametrize(("size", "missing"), [(NARROW, ["ID"]), ((40, 10), ["ID", "NSID", "FOUND BY", "PROCS"])])
async def test_in_a_narrow_terminal_the_less_important_columns_go(size: tuple[int, int], missing: list[str]) -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"))
    async with namespaces_of(session, size) as (_pilot, screen):
        heading = table(screen).heading()
        assert heading.split()[0] == "NAME"
        assert len(heading) <= size[0]
        assert [title for title in missing if f" {title} " in f" {heading} "] in ([], missing)
        assert [row for row in shown(table(screen)) if len(row) > size[0] - 2] == []


async def test_the_order_follows_a_column_and_turns_round() -> None:
    session = new_session()
    async with namespaces_of(session) as (pilot, screen):
        await pilot.press("o", "o")
        feed(session, RED_NSID, link(2, "eth0"), link(3, "eth1"))
        feed(session, BLUE_NSID, link(2, "eth0"))
        await settle(pilot)
        assert names(screen) == ["host", "blue", "red"]
        await pilot.press(*["greater_than_sign"] * 5)
        assert "LINKS▼" in table(screen).heading()
        assert names(screen) == ["red", "blue", "host"]
        await pilot.press("I")
        assert names(screen) == ["host", "blue", "red"]
        await pilot.press(*["less_than_sign"] * 2)
        assert "EV/S▲" in table(screen).heading()
        await pilot.press("I")
        assert names(screen)[0] == "red"
        await pilot.press(*["less_than_sign"] * 3)
        assert "▼" not in table(screen).heading()


async def test_o_groups_by_network_by_kind_and_not_at_all_here_and_in_the_side_browser() -> None:
    async with namespaces_of(new_session()) as (pilot, screen):
        assert names(screen) == ["host", "other", "blue", "red"]
        await pilot.press("o")
        assert names(screen) == ["host", "named", "blue", "red"]
        await pilot.press("o")
        assert names(screen) == ["host", "blue", "red"]
        await pilot.press("o", "1")
        await settle(pilot)
        events = pilot.app.screen
        assert isinstance(events, EventsScreen)
        browser = events.query_one(Browser)
        await pilot.press("o")
        assert [row.split()[1] for row in shown(browser)[2:]] == ["named", "blue", "red"]
        await pilot.press("o")
        assert [row.split()[1] for row in shown(browser)[1:]] == ["host", "blue", "red"]


async def test_a_search_lists_what_passes_and_esc_shows_all_again_and_then_leaves() -> None:
    async with namespaces_of(new_session()) as (pilot, screen):
        await pilot.press("/", *"red")
        assert names(screen) == ["other", "red"]
        await pilot.press("enter")
        assert current(screen) == "red"
        await pilot.press("escape")
        assert names(screen) == ["host", "other", "blue", "red"]
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, EventsScreen)


async def test_one_that_is_filtered_out_is_not_called_gone() -> None:
    session = new_session()
    async with namespaces_of(session) as (pilot, screen):
        assert current(screen) == "host"
        await pilot.press("/", *"blue", "enter")
        assert not [row for row in shown(table(screen)) if "gone" in row]
        assert current(screen) == "blue"
        await pilot.press("1")
        await settle(pilot)
        browser = pilot.app.screen.query_one(Browser)
        browser.choose(RED_NETNS.key)
        await pilot.press("/", *"netns:blue", "enter")
        await settle(pilot)
        assert [row.split()[-1] for row in shown(browser) if "red" in row] == ["out"]


async def test_one_that_dies_stays_until_the_cursor_leaves_it() -> None:
    session = new_session()
    async with namespaces_of(session) as (pilot, screen):
        await pilot.press("G")
        assert current(screen) == "red"
        session.publish((HOST_NETNS, BLUE_NETNS))
        await settle(pilot)
        assert [row.split()[-1] for row in shown(table(screen)) if "red" in row] == ["gone"]
        assert current(screen) == "red"
        await pilot.press("k")
        assert names(screen) == ["host", "other", "blue"]
        assert current(screen) == "blue"


async def test_enter_opens_the_inspector_and_l_the_events_of_that_namespace() -> None:
    session = new_session()
    async with namespaces_of(session) as (pilot, screen):
        await pilot.press("G", "enter")
        await settle(pilot)
        opened = pilot.app.screen
        assert isinstance(opened, Inspector)
        await pilot.press("escape")
        assert pilot.app.screen_stack[-1] is screen
        await pilot.press("l")
        await settle(pilot)
        events = pilot.app.screen
        assert isinstance(events, EventsScreen)
        assert "only red" in status(events)


async def test_filter_and_order_are_still_there_when_one_comes_back() -> None:
    async with namespaces_of(new_session()) as (pilot, screen):
        await pilot.press("o", "greater_than_sign", "1")
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert pilot.app.screen is screen
        assert "NAME▼" in table(screen).heading()
        assert names(screen) == ["host", "named", "blue", "red"]


async def test_a_mark_in_the_side_browser_says_where_something_happens() -> None:
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        browser = app.screen.query_one(Browser)
        assert not [row for row in shown(browser) if "•" in row]
        feed(session, BLUE_NSID, link(2, "eth0"))
        await settle(pilot)
        await settle(pilot)
        assert [row.split()[1] for row in shown(browser) if "•" in row] == ["blue"]
