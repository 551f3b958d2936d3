"""The tab of what Docker says: fetched without blocking, folded, searched, and never raw."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from ovltui.session.inspect import Node, node
from ovltui.session.inspection import Inspection, Tab
from ovltui.session.session import Session
from ovltui.session.wiring import Wiring
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.widgets.fold_list import FoldList
from tests.tui.test_events_screen import settle, shown
from tests.tui.world import new_session

ANSWER = {
    "Id": "c8feed",
    "State": {"Pid": 700, "Running": True, "Health": {"Status": "fine"}},
    "Args": ["-c", "sleep"],
    "Networks": {"mynet01": {"IPAddress": "10.13.17.7"}, "shop": {"IPAddress": "172.20.0.2"}},
    "Mounts": [],
}


class Asked(Inspection):
    """An inspection of the host for which a test answers in the place of the engines."""

    def __init__(self, session: Session, wiring: Wiring, ask: Callable[[], tuple[Node, ...]]) -> None:
        super().__init__(session, wiring, session.snapshot().rows[0])
        self._answers = ask

    def docker(self) -> tuple[Node, ...]:
        return self._answers()


@asynccontextmanager
async def page(ask: Callable[[], tuple[Node, ...]]) -> AsyncIterator[tuple[Pilot[int], FoldList]]:
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        app.push_screen(Inspector(session, Asked(session, app.wiring, ask)))
        await settle(pilot)
        await pilot.press("d")
        await settle(pilot)
        yield pilot, app.screen.query_one(FoldList)


def answered() -> tuple[Node, ...]:
    return (node("docker inspect docker1n", ANSWER),)


def lines(tree: FoldList) -> list[str]:
    return [" ".join(row.split()) for row in shown(tree)]


async def test_the_first_level_is_open_and_enter_or_space_folds() -> None:
    async with page(answered) as (pilot, tree):
        assert lines(tree) == [
            *("▾ docker inspect docker1n {5}", "Id c8feed", "▸ State {3}", "▸ Args [2]", "▸ Networks {2}", "Mounts []"),
        ]
        await pilot.press("j", "j", "enter")
        assert lines(tree)[2:6] == ["▾ State {3}", "Pid 700", "Running true", "▸ Health {1}"]
        await pilot.press("space")
        assert lines(tree)[2:4] == ["▸ State {3}", "▸ Args [2]"]
        await pilot.press("right", "j", "left", "left")
        assert lines(tree)[2:4] == ["▸ State {3}", "▸ Args [2]"]
        await pilot.press("g", "enter")
        assert len(lines(tree)) == 1


async def test_a_search_opens_what_it_finds_and_n_goes_on_round_the_end() -> None:
    async with page(answered) as (pilot, tree):
        await pilot.press("/", *"ipaddr")
        assert str(tree.border_subtitle).startswith("2 matches")
        assert [row for row in lines(tree) if "IPAddress" in row] == ["IPAddress 10.13.17.7", "IPAddress 172.20.0.2"]
        await pilot.press("enter")
        at = [lines(tree)[tree.cursor_row or 0]]
        for _ in range(2):
            await pilot.press("n")
            at.append(lines(tree)[tree.cursor_row or 0])
        assert at == ["IPAddress 10.13.17.7", "IPAddress 172.20.0.2", "IPAddress 10.13.17.7"]
        await pilot.press("N")
        assert lines(tree)[tree.cursor_row or 0] == "IPAddress 172.20.0.2"


async def test_a_search_without_a_match_says_so_and_esc_ends_it_and_then_the_page() -> None:
    async with page(answered) as (pilot, tree):
        await pilot.press("/", *"nothing")
        assert str(tree.border_subtitle).startswith("0 matches")
        await pilot.press("escape")
        assert tree.has_focus
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, EventsScreen)


async def test_an_engine_that_hangs_holds_nothing_up() -> None:
    forever = threading.Event()

    def hang() -> tuple[Node, ...]:
        forever.wait(20)
        return answered()

    async with page(hang) as (pilot, tree):
        assert "asking the engine" in tree.placeholder()
        await pilot.press("j", "enter", "/", "x", "escape", "escape")
        assert isinstance(pilot.app.screen, EventsScreen)
        forever.set()
        await settle(pilot)


@pytest.mark.parametrize("hostile", ["[b]x[/b]", "[@click=app.quit]x[/]", "a\x1b[2J", "\u202eevil", "["])
async def test_no_text_of_an_answer_is_markup_or_raw(hostile: str) -> None:
    async with page(lambda: (node("docker inspect", {hostile: {"inner": hostile}}),)) as (pilot, tree):
        await pilot.press("j", "enter")
        text = "".join(strip.text for strip in (tree.render_line(y) for y in range(5)))
        assert text.count(hostile.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")) == 2
        assert "\x1b" not in text


async def test_d_in_the_inspector_shows_it_and_says_when_no_engine_knows_anything() -> None:
    app = OvltuiApp(new_session())
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("G", "enter", "d")
        await settle(pilot)
        assert isinstance(app.screen, Inspector)
        assert app.screen.tab is Tab.DOCKER
        assert app.screen.query_one(FoldList).placeholder() == "no engine tells anything of this namespace"
