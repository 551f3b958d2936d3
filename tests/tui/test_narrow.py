"""In a terminal of 80 or 40 columns nothing that matters is out of sight, and what is cut is marked."""

import pytest
from rich.cells import cell_len
from textual.widgets import Static

from ovltui.topology.hops import Hop, Path, Verdict, Way
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.path import PathScreen
from ovltui.tui.screens.question import Question
from ovltui.tui.view import drawn
from ovltui.tui.widgets.hop_list import HopList
from tests.tui.cases import case, finding
from tests.tui.test_checks_screen import checks, listed, watched
from tests.tui.test_event_pane import await_true
from tests.tui.test_events_screen import NARROW, TINY, settle
from tests.tui.test_path_page import pair
from tests.tui.wired import WiredSession
from tests.tui.world import BLUE_NSID, feed, link, new_session


def lines(app: OvltuiApp) -> list[str]:
    return drawn(app)[0].splitlines()


def words(app: OvltuiApp) -> str:
    """Return what is on the screen without frames, its lines joined."""
    return " ".join("".join(character if ord(character) < 0x2500 else " " for character in drawn(app)[0]).split())


@pytest.mark.parametrize("size", [NARROW, TINY])
async def test_each_hop_shows_its_verdict_and_the_page_its_own_in_a_box(size: tuple[int, int]) -> None:
    app = OvltuiApp(WiredSession(pair(broken=True)))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("P", "ctrl+u", *"docker1n docker2n", "enter")
        await await_true(lambda: isinstance(app.screen, PathScreen) and app.screen.query(HopList))
        await await_true(lambda: app.screen.query_one(HopList).row_count)
        await settle(pilot)
        hops = app.screen.query_one(HopList)
        current = hops.current
        assert current
        row = hops.render_line((hops.cursor_row or 0) - hops.top).text
        assert f"  {current.verdict}  " in f"{row} "
        assert "VERDICT" in "".join(lines(app))
        if size == TINY:
            assert f"{current.way}: {current.netns}" in words(app)
        verdict = app.screen.query_one("#verdict", Static).render_line(0)
        assert any(segment.style and segment.style.reverse and segment.style.bold for segment in verdict)


def test_a_name_of_a_hop_that_is_cut_is_marked() -> None:
    hops = HopList(id="hops")
    hops.show(
        Path((Hop(Way.THERE, None, "a-container-with-a-long-name", None, "eth0", "10.0.0.0/8", Verdict.OK),), "", "")
    )
    assert "a-container-with-a-…  eth0  " in "".join(text for text, _ in hops.parts(0))


@pytest.mark.parametrize("size", [NARROW, TINY])
async def test_a_question_is_read_whole(size: tuple[int, int]) -> None:
    text = "These run, and end with ovltui, with all that they started:\n\n  1  docker1n sh"
    app = OvltuiApp(new_session())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.push_screen(Question("quit?", text, "y quits  n goes back"))
        await settle(pilot)
        assert " ".join(text.split()) in words(app)
        assert "y quits n goes back" in words(app)


@pytest.mark.parametrize("size", [NARROW, TINY])
async def test_what_is_typed_stays_in_sight_beside_why_it_is_no_filter(size: tuple[int, int]) -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"/[/")
        await settle(pilot)
        line = lines(app)[-2]
        assert line.startswith(" The regular expr")
        assert "… /[/" in line
        assert cell_len(line) <= size[0]


async def test_without_a_shell_the_screen_of_shells_says_so_in_whole_words() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=TINY) as pilot:
        await settle(pilot)
        await pilot.press("5")
        await settle(pilot)
        assert "no shells are open: s on a namespace of the first screen opens one" in words(app)


@pytest.mark.parametrize("width", [100, 80])
async def test_the_place_of_a_finding_is_told_with_its_link(width: int) -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "a-link-of-15-ch"))
    async with watched(session, (width, 30)) as (pilot, known):
        known.now(case(finding()))
        screen = await checks(pilot)
        assert " blue/a-link-of-15-ch " in listed(screen)[0]


async def test_the_pane_that_fills_a_tiny_screen_is_named_whole() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=TINY) as pilot:
        await settle(pilot)
        for name in ("events", "link", "route", "neigh", "namespaces"):
            top = next(line for line in app.screen._compositor.render_strips() if "neigh" in line.text)
            assert [segment.text for segment in top if segment.style and segment.style.reverse] == [name]
            await pilot.press("tab")
            await settle(pilot)
