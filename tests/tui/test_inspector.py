"""The inspector, driven by keys: tabs, marks, order, filter, copies, and a namespace that dies under the eye."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.inspection import Tab
from ovltui.session.session import Session
from ovltui.state.tables import Contents
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.screens.namespaces import NamespacesScreen
from ovltui.tui.screens.row_page import RowPage
from ovltui.tui.widgets.fold_list import FoldList
from ovltui.tui.widgets.row_table import RowTable
from ovltui.tui.widgets.tab_strip import TabStrip
from tests.topology.made import fdb, link, neigh
from tests.tui.test_events_screen import NARROW, TINY, WIDE, settle, shown, status
from tests.tui.world import BLUE, BLUE_NETNS, BLUE_NSID, HOST, HOST_NETNS, RED_NETNS, feed

LINKS = (link(1, "lo"), link(2, "br0", "bridge"), link(10, "veth10", "veth", master=2), link(9, "veth9", "veth"))
LOOKS = 40


class Tabled(Session):
    """A session whose tables a test gives."""

    def __init__(self, tables: dict[NetnsKey, Contents]) -> None:
        super().__init__("vm", HOST)
        self.tables = tables
        self.tenures.bind(BLUE_NSID, BLUE, 0)
        self.publish((HOST_NETNS, BLUE_NETNS, RED_NETNS))

    def tables_of(self, netns: Netns) -> Contents:
        return self.tables.get(netns.key, Contents(gaps=("its tables were not read yet",)))

    def put(self, table: Table, *messages: bytes) -> None:
        """Change a table of blue, and let an event of it come."""
        before = self.tables[BLUE]
        self.tables[BLUE] = replace(before, messages={**before.messages, table: messages})
        feed(self, BLUE_NSID, messages[-1])


def world() -> Tabled:
    told = {
        Table.LINKS: LINKS,
        Table.NEIGHBOURS: (neigh("10.0.0.9", "02:42:0a:00:00:09", 2),),
        Table.FDB: (fdb("02:42:0a:00:00:09", 10, "192.0.2.9"),),
    }
    return Tabled({BLUE: Contents(told, 0, 1)})


@asynccontextmanager
async def inspector_of(
    session: Session, *keys: str, size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Pilot[int], Inspector]]:
    """Open the inspector of blue, and press keys there."""
    app = OvltuiApp(session)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        row = session.snapshot().row("blue")
        assert row
        app.inspect(row)
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, Inspector)
        await pilot.press(*keys)
        yield pilot, screen


def rows(screen: Inspector) -> list[str]:
    return [" ".join(row.split()) for row in shown(screen.query_one(RowTable))]


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    for _ in range(LOOKS):
        if holds():
            return
        await pilot.pause(0.1)
    assert holds()


def heading(screen: Inspector) -> str:
    return str(screen.query_one("#heading", Static).render())


def front(pilot: Pilot[int]) -> type:
    return type(pilot.app.screen)


def strip(screen: Inspector) -> str:
    return screen.query_one(TabStrip).render().plain


def title(screen: Inspector) -> str:
    return str(screen.filtered().border_title)


async def to(pilot: Pilot[int], screen: Inspector, tab: Tab) -> None:
    """Go to a tab by keys, and wait until it is read."""
    while screen.tab is not tab:
        await pilot.press("right_square_bracket")
    await until(pilot, lambda: screen.query_one(RowTable).sheet)


async def test_it_opens_with_whose_it_is_and_the_keys_lead_through_all_tabs_and_back() -> None:
    async with inspector_of(world()) as (pilot, screen):
        await until(pilot, lambda: "whose it is" in rows(screen))
        assert "[Overview] Links" in strip(screen)
        seen = []
        for _ in Tab:
            await pilot.press("tab")
            seen.append(screen.tab)
        assert seen == [*list(Tab)[1:], Tab.OVERVIEW]
        await pilot.press("left_square_bracket", "shift+tab")
        assert screen.tab is Tab.DOCKER
        assert screen.query_one(FoldList).has_focus
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, EventsScreen)


async def test_each_table_of_the_session_has_its_tab() -> None:
    async with inspector_of(world()) as (pilot, screen):
        for tab, expected in (
            (Tab.LINKS, "10 veth10 UP 1500 02:00:00:00:00:0a br0 veth - port -"),
            (Tab.NEIGHBOURS, "10.0.0.9 br0 02:42:0a:00:00:09 PERMANENT"),
            (Tab.FDB, "02:42:0a:00:00:09 veth10 - 192.0.2.9 self permanent"),
            (Tab.BRIDGES, "br0 veth10 UP - - "),
        ):
            await to(pilot, screen, tab)
            assert any(row.startswith(expected.split(" port ")[0].strip()) for row in rows(screen)), (tab, rows(screen))
            assert title(screen) == f"blue: {tab}"


async def test_what_changed_is_marked_for_a_moment_and_the_cursor_stays_on_its_row() -> None:
    session = world()
    async with inspector_of(session) as (pilot, screen):
        table = screen.query_one(RowTable)
        await to(pilot, screen, Tab.LINKS)
        await pilot.press("G")
        down, new = link(9, "veth9", "veth", flags=0), link(3, "new0", "veth")
        session.put(Table.LINKS, LINKS[0], new, LINKS[2], down)
        await until(pilot, lambda: any(row.startswith("+ 3 new0") for row in rows(screen)))
        assert [row.split()[0] + row.split()[1] for row in rows(screen)] == ["1lo", "-2", "+3", "~10", "~9"]
        at = next(number for number, row in enumerate(rows(screen)) if "veth9" in row)
        assert ("DOWN", "fresh") in table.parts(at)
        gone = next(number for number, row in enumerate(rows(screen)) if "br0" in row and "bridge" in row)
        assert {style for _, style in table.parts(gone)} == {"gone"}
        assert table.current
        assert table.current.cells[1] == "veth9"
        await pilot.pause(2.2)
        assert [row for row in rows(screen) if row[0] in "+-~"] == []
        assert len(rows(screen)) == 4
        assert table.current.cells[1] == "veth9"


async def test_nothing_is_drawn_while_nothing_changes() -> None:
    session = world()
    async with inspector_of(session) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        await settle(pilot)
        drawn: list[int] = []
        table = screen.query_one(RowTable)
        original = table.show_from
        table.show_from = lambda row: (drawn.append(row), original(row))[1]  # type: ignore[method-assign, func-returns-value]
        session.tell()
        await settle(pilot)
        await settle(pilot)
        assert drawn == []


async def test_the_order_follows_a_column_by_numbers_inside_of_names() -> None:
    async with inspector_of(world()) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        await pilot.press("greater_than_sign", "greater_than_sign")
        await settle(pilot)
        assert [row.split()[1] for row in rows(screen)] == ["br0", "lo", "veth9", "veth10"]
        assert "NAME▼" in heading(screen)
        await pilot.press("I")
        await settle(pilot)
        assert [row.split()[1] for row in rows(screen)] == ["veth10", "veth9", "lo", "br0"]
        assert "4 rows, by name, inverted" in str(screen.filtered().border_subtitle)


async def test_a_filter_lists_what_passes_until_esc_clears_it() -> None:
    async with inspector_of(world()) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        await pilot.press("slash", *"veth !10", "enter")
        await settle(pilot)
        assert [row.split()[1] for row in rows(screen)] == ["veth9"]
        assert "1 of 4 row" in str(screen.filtered().border_subtitle)
        await pilot.press("escape")
        assert len(rows(screen)) == len(LINKS)
        assert pilot.app.screen is screen


async def test_while_a_filter_is_typed_brackets_are_text() -> None:
    async with inspector_of(world()) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        await pilot.press("slash", *"[]y")
        assert screen.tab is Tab.LINKS
        assert screen.query_one("#filter").value == "[]y"  # type: ignore[attr-defined]


async def test_y_copies_the_row_and_the_capital_one_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(OvltuiApp, "copy_to_clipboard", lambda _, text: copied.append(text))
    monkeypatch.delenv("TMUX", raising=False)
    session = world()
    session.mntns = BLUE_NETNS.mounts[0].mntns
    async with inspector_of(session) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        await pilot.press("j", "y", "Y")
        await to(pilot, screen, Tab.SOCKETS)
        await pilot.press("Y")
        await settle(pilot)
        assert copied[0].split()[:3] == ["2", "br0", "UP"]
        assert copied[1] == "ip -n blue -d link"
        assert copied[2].endswith(" ss -tunap")
        await to(pilot, screen, Tab.OVERVIEW)
        await pilot.press("Y")
        await settle(pilot)
        assert copied[3] == "nsenter --net=/run/netns/blue"


async def test_enter_shows_a_row_whole() -> None:
    async with inspector_of(world(), size=TINY) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        await pilot.press("G", "enter")
        await settle(pilot)
        page = pilot.app.screen
        assert isinstance(page, RowPage)
        assert "02:00:00:00:00:09" in page.body().plain
        assert "-d link" in page.body().plain


async def test_l_leads_to_its_events_and_digits_to_the_other_screens() -> None:
    session = world()
    async with inspector_of(session) as (pilot, _screen):
        await pilot.press("2")
        await settle(pilot)
        assert front(pilot) is NamespacesScreen
        await pilot.press("G", "enter")
        await settle(pilot)
        assert front(pilot) is Inspector
        await pilot.press("1")
        await settle(pilot)
        assert front(pilot) is EventsScreen
    async with inspector_of(session, "l") as (pilot, _screen):
        await settle(pilot)
        events = pilot.app.screen
        assert isinstance(events, EventsScreen)
        assert "only blue" in status(events)


async def test_one_that_dies_says_so_and_stays_readable() -> None:
    session = world()
    async with inspector_of(session) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        session.publish((HOST_NETNS, RED_NETNS))
        await until(pilot, lambda: "GONE" in title(screen))
        assert len(rows(screen)) == len(LINKS)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert front(pilot) is RowPage
        await pilot.press("escape", "s")
        await settle(pilot)
        assert front(pilot) is Inspector
        await pilot.press("tab")
        await settle(pilot)
        assert screen.query_one(RowTable).placeholder() == "the namespace is gone"


async def test_what_cannot_be_read_is_said() -> None:
    session = world()
    session.tables[BLUE] = Contents(gaps=("its tables were not read yet",))
    async with inspector_of(session) as (pilot, screen):
        await to(pilot, screen, Tab.LINKS)
        assert "its tables were not read yet" in str(screen.filtered().border_subtitle)
        await to(pilot, screen, Tab.SOCKETS)
        assert "cannot be read" in str(screen.filtered().border_subtitle)
        assert "nobody listens" not in screen.query_one(RowTable).placeholder()


@pytest.mark.parametrize("size", [WIDE, NARROW, TINY])
async def test_the_current_tab_is_always_in_sight(size: tuple[int, int]) -> None:
    async with inspector_of(world(), size=size) as (pilot, screen):
        for tab in Tab:
            await until(pilot, lambda tab=tab: screen.tab is tab)  # type: ignore[misc]
            line = strip(screen)
            assert len(line) <= size[0] - 2
            assert line.count("[") == 1
            assert line.index("]") - line.index("[") > 2
            assert len(heading(screen)) <= size[0] - 2
            await pilot.press("right")
            if screen.tab is tab:  # in the tree of Docker it opens what is at the cursor
                await pilot.press("right_square_bracket")
