"""A recording on the screens, driven by keys: each shows the moment that is played, and nothing of this machine."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from ovltui.session.playback import Playback
from ovltui.tui.screens.checks import ChecksScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.widgets.case_list import CaseList
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.row_table import RowTable
from ovltui.tui.widgets.status import StatusLine
from ovltui.tui.widgets.time_bar import TimeBar
from tests.tui.recorded import PART, SPAN_NS, replayed, told, until
from tests.tui.test_events_screen import NARROW, TINY, WIDE, settle, shown

_NS = 10**9


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "a.pcapng"
    told(path)
    return path


def status(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(StatusLine).render().plain


def bar(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(TimeBar).render().plain


def rows(pilot: Pilot[int]) -> int:
    """Return how many records the panes of the events screen show."""
    ring = pilot.app.screen_stack[1].query(EventPane).first()._ring
    return ring.end - ring.first


async def arrived(pilot: Pilot[int], playback: Playback, records: int) -> None:
    await until(pilot, lambda: playback.moment.session.ring.end == records)
    await settle(pilot)


async def test_it_begins_stopped_and_says_so_in_the_place_of_live(recording: Path) -> None:
    async with replayed(recording) as (pilot, _):
        await settle(pilot)
        assert "REPLAY" in status(pilot)
        assert "\N{MULTIPLICATION SIGN}1 stopped" in status(pilot)
        assert "LIVE" not in status(pilot)
        assert "ev/s" not in status(pilot)
        assert rows(pilot) == 0
        said = pilot.app.screen.query(EventPane).first().placeholder()
        assert said == "no events up to this moment"
        assert "4 netns" in status(pilot)


async def test_jumps_bring_all_screens_to_that_moment_and_back(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press("dollar_sign")
        await arrived(pilot, playback, 2 * PART)
        assert rows(pilot) == 2 * PART
        assert "! 1 error" in status(pilot)
        await pilot.press("left_parenthesis")
        await arrived(pilot, playback, PART)
        assert rows(pilot) == PART
        await pilot.press("right_parenthesis", "right_parenthesis")
        await arrived(pilot, playback, 2 * PART)
        await pilot.press("0")
        await arrived(pilot, playback, 0)
        assert rows(pilot) == 0
        assert "error" not in status(pilot)


async def test_steps_go_by_one_event_and_back(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press(*["right_square_bracket"] * 3)
        await arrived(pilot, playback, 3)
        assert playback.moment.time_ns == playback.session.ring[2].time_ns
        await pilot.press("left_square_bracket")
        await arrived(pilot, playback, 2)
        assert rows(pilot) == 2
        assert playback.moment.time_ns == playback.session.ring[1].time_ns


async def test_playing_goes_on_by_its_speed_and_stops_at_the_end(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press(*["equals_sign"] * 3, "space")
        await until(pilot, lambda: playback.moment.playing)
        await until(pilot, lambda: not playback.moment.playing)
        await settle(pilot)
        assert playback.moment.time_ns == playback.timeline.end_ns
        assert rows(pilot) == 2 * PART
        assert "\N{MULTIPLICATION SIGN}10 stopped" in status(pilot)
        await pilot.press("space")
        await until(pilot, lambda: playback.moment.time_ns < playback.timeline.end_ns - 5 * _NS)
        await settle(pilot)
        assert "\N{MULTIPLICATION SIGN}10" in status(pilot)
        assert "stopped" not in status(pilot)
        await pilot.press("space")
        await until(pilot, lambda: not playback.moment.playing)


async def test_findings_are_gone_to_and_stand_there_as_they_stood(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press("right_curly_bracket")
        await until(pilot, lambda: bool(playback.looked.cases))
        await pilot.press("4")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ChecksScreen)
        assert "the row is lost" in shown(pilot.app.screen.query_one(CaseList))[0]
        assert "!" in bar(pilot)
        await pilot.press("0")
        await arrived(pilot, playback, 0)
        assert shown(pilot.app.screen.query_one(CaseList)) == []


async def test_marks_are_in_the_bar_and_on_their_lines_and_gone_to(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        assert "◆" in bar(pilot)
        await pilot.press("dollar_sign")
        await arrived(pilot, playback, 2 * PART)
        await pilot.press("apostrophe")
        await arrived(pilot, playback, 41)
        marked = [line for pane in pilot.app.screen.query(EventPane) for line in shown(pane) if "◆" in line]
        assert marked


async def test_a_time_is_typed_and_nonsense_is_told(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press("t", *"soon", "enter")
        await settle(pilot)
        assert any("is no time such as" in str(note.message) for note in pilot.app._notifications)
        await pilot.press("t", *"2099-01-01T00:00:00", "enter")
        await arrived(pilot, playback, 2 * PART)


@pytest.mark.parametrize(
    ("key", "why"),
    [("s", "entered"), ("S", "entered"), ("!", "entered"), ("5", "entered"), ("L", "lab"), ("R", "already"), ("m", "")],
)
async def test_what_needs_the_living_machine_is_refused_in_a_sentence(recording: Path, key: str, why: str) -> None:
    async with replayed(recording) as (pilot, _):
        await pilot.press(key)
        await settle(pilot)
        said = [str(note.message) for note in pilot.app._notifications]
        assert [one for one in said if one.startswith("This is a recording: ") and why in one]


async def test_the_inspector_shows_recorded_tables_and_never_those_of_this_machine(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press("dollar_sign")
        await arrived(pilot, playback, 2 * PART)
        await pilot.press("2", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Inspector)
        for _ in range(7):
            await pilot.press("right")
            await settle(pilot)
        table = pilot.app.screen.query_one(RowTable)
        assert "this is a recording" in table.placeholder()
        await pilot.press("right")
        await settle(pilot)
        assert "this is a recording" in table.placeholder()


async def test_panes_that_stand_still_are_live_again_after_a_jump(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press("dollar_sign")
        await arrived(pilot, playback, 2 * PART)
        await pilot.press("tab", "g")
        await settle(pilot)
        assert "PAUSED" in status(pilot)
        await pilot.press("left_parenthesis")
        await arrived(pilot, playback, PART)
        assert "PAUSED" not in status(pilot)


async def test_the_table_of_namespaces_goes_with_it(recording: Path) -> None:
    async with replayed(recording) as (pilot, playback):
        await pilot.press("2", "dollar_sign")
        await arrived(pilot, playback, 2 * PART)
        assert pilot.app.screen.query_one(NetnsTable).row_count >= 4
        assert len(pilot.app.screen.query(TimeBar)) == 1


@pytest.mark.parametrize("size", [WIDE, NARROW, TINY])
async def test_the_bar_fills_one_line_of_any_terminal(recording: Path, size: tuple[int, int]) -> None:
    async with replayed(recording, size) as (pilot, playback):
        await pilot.press("dollar_sign")
        await arrived(pilot, playback, 2 * PART)
        line = pilot.app.screen.query_one(TimeBar)
        assert line.size.height == 1
        assert len(bar(pilot)) <= size[0]
        assert "┃" in bar(pilot)


@pytest.mark.parametrize("size", [NARROW, TINY])
async def test_the_keys_that_play_stand_first_at_the_foot(recording: Path, size: tuple[int, int]) -> None:
    async with replayed(recording, size=size) as (pilot, _):
        for screen in ("1", "2", "4"):
            await pilot.press(screen)
            await settle(pilot)
            foot = pilot.app.screen.query_one(KeyLine).render().plain
            assert foot.startswith("space Play [ ] Step ")
            assert "? Help" in foot


async def test_ascii_alone_is_drawn_where_it_is_wanted(recording: Path) -> None:
    async with replayed(recording, ascii_only=True) as (pilot, playback):
        await pilot.press("right_parenthesis")
        await until(pilot, lambda: playback.moment.time_ns > playback.timeline.start_ns)
        await settle(pilot)
        assert bar(pilot).isascii()
        assert "REPLAY" in status(pilot)
        assert " x1 " in status(pilot)


async def test_where_nothing_was_judged_the_checks_are_made_anew(tmp_path: Path) -> None:
    told(tmp_path / "a.pcapng", judged=False)
    async with replayed(tmp_path / "a.pcapng") as (pilot, playback):
        await pilot.press("right_parenthesis")
        await until(pilot, lambda: playback.looked.when_ns is not None)
        assert playback.gaps() == (
            "what was found then was not recorded: the checks were made anew, on the recorded tables alone",
        )
        assert playback.timeline.end_ns - playback.timeline.start_ns >= SPAN_NS
