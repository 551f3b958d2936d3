"""The screen of checks and the marks on the others, driven by keys, with findings made by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from ovltui.checks.cases import Standing
from ovltui.checks.finding import Severity
from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.check_pages import CheckPage, FindingPage, OverviewPage
from ovltui.tui.screens.checks import ChecksScreen
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.case_list import CaseList
from ovltui.tui.widgets.netns_table import NetnsTable
from tests.tui.cases import Known, case, finding, mended
from tests.tui.test_events_screen import NARROW, TINY, WIDE, pane, settle, shown, status
from tests.tui.world import BLUE_NETNS, BLUE_NSID, HOST_NETNS, RED, RED_NSID, feed, link, neigh, new_session


class Heard(OvltuiApp):
    """Remembers its notices, which vanish after some seconds."""

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.said: list[str] = []

    def notify(self, message: str, **more: Any) -> None:
        self.said.append(message)
        super().notify(message, **more)


@asynccontextmanager
async def watched(
    session: Session, size: tuple[int, int] = WIDE, *, ascii_only: bool = False
) -> AsyncIterator[tuple[Pilot[int], Known]]:
    app = Heard(session, ascii_only=ascii_only)
    async with app.run_test(size=size, notifications=True) as pilot:
        known = Known(session)
        app.diagnosis = known
        await settle(pilot)
        yield pilot, known


async def checks(pilot: Pilot[int]) -> ChecksScreen:
    await pilot.press("4")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ChecksScreen)
    return screen


def events(pilot: Pilot[int]) -> EventsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, EventsScreen)
    return screen


def listed(screen: ChecksScreen) -> list[str]:
    return shown(screen.query_one(CaseList))


def detail(screen: ChecksScreen) -> str:
    return str(screen.query_one("#case Static", Static).render())


def notices(pilot: Pilot[int]) -> list[str]:
    assert isinstance(pilot.app, Heard)
    return pilot.app.said


async def test_a_finding_stands_there_whole_with_what_it_means_and_what_mends_it() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "vxlan0"))
    async with watched(session) as (pilot, known):
        known.now(case(finding(), cause=0))
        screen = await checks(pilot)
        (row,) = listed(screen)
        assert row.split()[:2] == ["!", "error"]
        assert "open" in row
        assert "blue/vxlan0" in row
        assert "no entry for 02:42:0a:0d:11:03" in row
        text = detail(screen)
        for part in ("docker1n cannot start", "bridge fdb in blue", "no row for", "blue + vxlan0", "echo done", "risk"):
            assert part in text


async def test_the_worst_comes_first_and_what_settles_is_neither_counted_nor_marked() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(
            case(finding("a")),
            case(finding("b", severity=Severity.WARNING)),
            case(finding("n", severity=Severity.NOTE)),
            case(finding("c"), standing=Standing.SETTLING),
        )
        await settle(pilot)
        assert "! 1 error, 1 warning" in status(events(pilot))
        screen = await checks(pilot)
        assert [row[:2] for row in listed(screen)] == ["! ", "! ", "  ", "  "]
        assert [row.split()[-1] for row in listed(screen)] == ["a", "b", "n", "c"]


async def test_nothing_wrong_is_said_with_what_was_looked_for_and_what_cannot_be_known() -> None:
    async with watched(new_session()) as (pilot, known):
        known.unknown = ("no Docker Engine answers: what Docker intends is not known",)
        known.now()
        screen = await checks(pilot)
        assert listed(screen) == []
        assert "nothing wrong found" in screen.query_one(CaseList).placeholder()
        text = detail(screen)
        assert "Nothing wrong found." in text
        assert "no Docker Engine answers" in text
        assert "fdb-lost" in text


async def test_before_the_first_look_nothing_is_called_right() -> None:
    async with watched(new_session()) as (pilot, _known):
        screen = await checks(pilot)
        assert "Nothing wrong" not in detail(screen)
        assert "not looked yet" in detail(screen)
        assert screen.query_one(CaseList).placeholder() == "not looked yet"


async def test_a_finding_that_is_mended_stays_under_the_cursor_and_then_lies_folded_below() -> None:
    async with watched(new_session()) as (pilot, known):
        first, second = case(finding("a")), case(finding("b"))
        known.now(first, second)
        screen = await checks(pilot)
        known.now(second, log=(mended(first),))
        await settle(pilot)
        assert ["mended" in row for row in listed(screen)] == [True, False, True]
        assert "after 12 s" in detail(screen)
        await pilot.press("j")
        assert [row.split()[-1] for row in listed(screen)] == ["b", "1"]
        await pilot.press("f")
        assert [row.split()[-1] for row in listed(screen)] == ["b", "1", "a"]


async def test_who_comes_back_begins_with_what_is_wrong_and_not_with_what_was_mended_meanwhile() -> None:
    async with watched(new_session()) as (pilot, known):
        first, second = case(finding("a")), case(finding("b"))
        known.now(first, second)
        screen = await checks(pilot)
        await pilot.press("1")
        known.now(second, log=(mended(first),))
        await checks(pilot)
        assert [row.split()[-1] for row in listed(screen)] == ["b", "1"]
        assert "no entry for b" in detail(screen)


async def test_where_a_finding_has_more_lines_than_there_is_room_its_frame_says_how_to_read_them() -> None:
    async with watched(new_session(), (80, 19)) as (pilot, known):
        known.now(case(finding(), cause=1))
        screen = await checks(pilot)
        frame = screen.query_one("#case")
        assert "PgDn" in str(frame.border_subtitle)
        await pilot.press("pagedown")
        assert frame.scroll_y > 0
        await pilot.resize_terminal(80, 48)
        await settle(pilot)
        screen.paint()
        assert "PgDn" not in str(frame.border_subtitle)


async def test_what_goes_wrong_after_all_was_mended_is_in_sight_at_once() -> None:
    async with watched(new_session()) as (pilot, known):
        over = mended(case(finding("a")))
        known.now(log=(over,))
        screen = await checks(pilot)
        assert "Nothing wrong found." in detail(screen)
        known.now(case(finding("b")), case(finding("c")), log=(over,))
        await settle(pilot)
        assert "no entry for b" in detail(screen)
        await pilot.press("G")
        assert "2 found." in detail(screen)


async def test_enter_shows_a_finding_alone_and_it_follows_how_that_stands() -> None:
    async with watched(new_session()) as (pilot, known):
        one = case(finding())
        known.now(one)
        await checks(pilot)
        await pilot.press("enter")
        await settle(pilot)
        page = pilot.app.screen
        assert isinstance(page, FindingPage)
        known.now(log=(mended(one),))
        await settle(pilot)
        assert "mended at" in str(page.query_one(Static).render())


@pytest.mark.parametrize(("size", "through"), [(WIDE, ("c",)), (NARROW, ("enter", "c")), (TINY, ("c",))])
async def test_c_goes_to_the_event_that_caused_it_and_pauses_there(
    size: tuple[int, int], through: tuple[str, ...]
) -> None:
    session = new_session()
    feed(session, BLUE_NSID, *(link(number, f"before{number}") for number in range(3, 60)))
    cause = session.ring.end
    feed(session, BLUE_NSID, neigh(2, "10.0.0.9"))
    feed(session, RED_NSID, *(neigh(2, f"10.0.1.{number}") for number in range(60)))
    async with watched(session, size) as (pilot, known):
        known.now(case(finding(), cause=cause))
        await checks(pilot)
        await pilot.press(*through)
        await settle(pilot)
        screen = events(pilot)
        shows = pane(screen, "neigh" if size == WIDE else "all")
        assert screen.focused is shows
        record, row = shows.record_at_cursor(), shows.cursor_row
        assert record
        assert row is not None
        assert record.seq == cause
        assert 0 <= row - shows.top < shows.size.height
        assert "PAUSED" in status(screen)
        screen.query_one(Browser).choose(BLUE_NETNS.key)
        await settle(pilot)
        assert len(status(screen)) <= size[0] - 2


async def test_an_event_that_is_hidden_is_shown_again_to_go_there() -> None:
    session = new_session()
    feed(session, BLUE_NSID, neigh(2, "10.0.0.9"))
    feed(session, RED_NSID, neigh(2, "10.0.1.1"))
    async with watched(session) as (pilot, known):
        screen = events(pilot)
        screen.query_one(Browser).choose(RED)
        pane(screen, "neigh").focus()
        await pilot.press("slash", *"10.0.1", "enter", "p")
        known.now(case(finding(), cause=0))
        await checks(pilot)
        await pilot.press("c")
        await settle(pilot)
        record = pane(screen, "neigh").record_at_cursor()
        assert record
        assert record.seq == 0
        assert "only" not in status(screen)


async def test_a_cause_that_is_not_known_or_not_kept_is_said_to_be() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding("a")), case(finding("b"), cause=999))
        await checks(pilot)
        await pilot.press("c")
        assert any("No event is known" in notice for notice in notices(pilot))
        await pilot.press("j", "c")
        await settle(pilot)
        assert any("no longer kept" in notice for notice in notices(pilot))


async def test_y_copies_the_commands_and_says_the_risk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding("a")), case(finding("b", remedies=())))
        await checks(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert pilot.app.clipboard == "nsenter --net=/run/netns/blue true\necho done\n"
        assert any("none at all" in notice for notice in notices(pilot))
        await pilot.press("j", "y")
        await settle(pilot)
        assert any("No command is known" in notice for notice in notices(pilot))


async def test_what_is_wrong_is_marked_where_it_is_on_every_screen() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"), neigh(2, "10.0.0.9"))
    async with watched(session) as (pilot, known):
        known.now(case(finding(), cause=1))
        await settle(pilot)
        screen = events(pilot)
        assert [row.split()[1] for row in shown(screen.query_one(Browser)) if " !" in row] == ["blue"]
        assert ["!" in row for row in shown(pane(screen, "neigh"))] == [True]
        assert ["!" in row for row in shown(pane(screen, "link"))] == [False]
        await pilot.press("2")
        await settle(pilot)
        rows = shown(pilot.app.screen.query_one(NetnsTable))
        assert ["1 error" in row for row in rows if "blue" in row] == [True]
        assert sum("error" in row for row in rows) == 1
        known.now(log=(case(finding(), cause=1), mended(case(finding(), cause=1))))
        await pilot.press("1")
        await settle(pilot)
        assert not [row for row in shown(screen.query_one(Browser)) if " !" in row]
        assert ["!" in row for row in shown(pane(screen, "neigh"))] == [True]
        assert "error" not in status(screen)


async def test_e_leads_through_the_events_that_caused_a_finding() -> None:
    session = new_session()
    feed(session, BLUE_NSID, *(link(number, f"eth{number}") for number in range(2, 80)))
    async with watched(session) as (pilot, known):
        known.now(case(finding("a"), cause=5), case(finding("b"), cause=50))
        await settle(pilot)
        links = pane(events(pilot), "link")
        links.focus()
        went = []
        for key in ("e", "E", "E", "e"):
            await pilot.press(key)
            await settle(pilot)
            record = links.record_at_cursor()
            went.append(record and record.seq)
        assert went == [50, 5, 5, 50]
        assert any("No earlier one" in notice for notice in notices(pilot))


async def test_x_asks_again_and_shows_what_is_wrong_in_the_chosen_namespace_alone() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding()))
        screen = events(pilot)
        screen.query_one(Browser).choose(RED)
        await pilot.press("x")
        await settle(pilot)
        shows = pilot.app.screen
        assert isinstance(shows, ChecksScreen)
        assert known.asked == 1
        assert listed(shows) == []
        assert "Nothing wrong found in red." in detail(shows)
        await pilot.press("a")
        assert len(listed(shows)) == 1
        await pilot.press("escape")
        await settle(pilot)
        screen.query_one(Browser).choose(BLUE_NETNS.key)
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("G", "k", "x")
        await settle(pilot)
        assert len(listed(shows)) == 1
        assert str(shows.query_one(CaseList).border_title) == "findings in blue"
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert events(pilot)


async def test_an_error_is_announced_once_and_not_where_it_is_in_sight() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding("a"), standing=Standing.SETTLING), case(finding("w", severity=Severity.WARNING)))
        await settle(pilot)
        assert notices(pilot) == []
        known.now(case(finding("a")))
        await settle(pilot)
        known.now(case(finding("a"), times=2))
        await settle(pilot)
        assert len(notices(pilot)) == 1
        await checks(pilot)
        known.now(case(finding("a")), case(finding("b")))
        await settle(pilot)
        assert len(notices(pilot)) == 1


async def test_a_filter_lists_what_passes() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding("a")), case(finding("b", netns=RED)))
        screen = await checks(pilot)
        await pilot.press("slash", *"netns:red", "enter")
        assert [row.split()[-1] for row in listed(screen)] == ["b"]
        await pilot.press("escape")
        assert len(listed(screen)) == 2


async def test_l_shows_the_events_of_its_namespace() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding()))
        await checks(pilot)
        await pilot.press("l")
        await settle(pilot)
        assert "only blue" in status(events(pilot))


async def test_i_tells_of_the_check_and_without_a_finding_of_all() -> None:
    async with watched(new_session()) as (pilot, known):
        known.now(case(finding()))
        await checks(pilot)
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CheckPage)
        await pilot.press("escape")
        known.now()
        await settle(pilot)
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(pilot.app.screen, OverviewPage)


async def test_a_finding_of_a_namespace_that_died_keeps_its_name() -> None:
    session = new_session()
    async with watched(session) as (pilot, known):
        known.now(case(finding()))
        screen = await checks(pilot)
        session.publish((HOST_NETNS,))
        known.now(log=(mended(case(finding())),))
        await settle(pilot)
        assert "blue" in listed(screen)[0]


@pytest.mark.parametrize("size", [WIDE, TINY])
async def test_words_of_a_finding_are_never_read_as_markup(size: tuple[int, int]) -> None:
    hostile = "[bold]x[/nope][@click=app.quit] " + "w" * 300
    async with watched(new_session(), size) as (pilot, known):
        known.now(case(finding(hostile, says=hostile, consequence=hostile, check=hostile)))
        screen = await checks(pilot)
        assert hostile in listed(screen)[0]
        await pilot.press("enter")
        await settle(pilot)
        assert hostile in str(pilot.app.screen.query_one(Static).content)
        await pilot.press("i", "escape", "y", "escape")
        await settle(pilot)
        assert pilot.app.is_running


async def test_with_ascii_alone_no_other_character_is_drawn() -> None:
    async with watched(new_session(), ascii_only=True) as (pilot, known):
        known.now(case(finding("a"), times=3), log=(mended(case(finding("b"))),))
        screen = await checks(pilot)
        await pilot.press("f")
        drawn = [screen.query_one(CaseList).render_line(y).text for y in range(4)]
        assert all(text.isascii() for text in drawn)


async def test_the_titles_of_the_columns_are_those_of_the_new_width_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(new_session()) as (pilot, _):
        screen = await checks(pilot)
        monkeypatch.setattr(screen, "_tick", lambda: None)  # which comes up to a second later
        for size, has in ((TINY, False), (WIDE, True)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            heading = str(screen.query_one("#heading", Static).render())
            assert heading == screen.query_one(CaseList).heading()
            assert ("SINCE" in heading) is has
