"""Recording on the screens, driven by keys: begun, marked, ended, listed, deleted; and what goes wrong with it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from ovltui.capture.summary import Ending
from ovltui.errors import RecordingError
from ovltui.session.recordings import listing
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.question import Question
from ovltui.tui.screens.recordings import RecordingsScreen
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.status import StatusLine
from tests.capture.made import playing
from tests.tui.recorded import told, until
from tests.tui.test_events_screen import settle, shown
from tests.tui.world import BLUE_NSID, feed, link, new_session

HOSTILE = "\x1b[31mred\x1b]0;owned\x07.pcapng"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of recordings, which does not exist yet."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path))
    monkeypatch.delenv("SUDO_USER", raising=False)
    return tmp_path / "ovltui" / "recordings"


@asynccontextmanager
async def app_of(size: tuple[int, int] = (120, 36)) -> AsyncIterator[tuple[Pilot[int], OvltuiApp]]:
    session = new_session()
    app = OvltuiApp(session)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            feed(session, BLUE_NSID, link(2, "eth0"))
            yield pilot, app
    finally:
        app.end_recording()


def put(state: Path, name: str, text: str | None = None) -> str:
    """Put a file into the directory; without a text, return only where it would lie."""
    state.mkdir(parents=True, exist_ok=True)
    if text is not None:
        (state / name).write_text(text)
    return os.fspath(state / name)


def content(path: str) -> str:
    return Path(path).read_text()


def mode(path: str) -> int:
    return Path(path).stat().st_mode & 0o777


def status(app: OvltuiApp) -> str:
    return app.screen_stack[1].query_one(StatusLine).render().plain


def said(app: OvltuiApp) -> str:
    return "\n".join(str(note.message) for note in app._notifications)


async def begin(pilot: Pilot[int], app: OvltuiApp) -> None:
    await pilot.press("R")
    await settle(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: "REC 00:0" in status(app))


async def test_r_offers_a_name_records_there_and_ends_it(state: Path) -> None:
    async with app_of() as (pilot, app):
        await pilot.press("R")
        await settle(pilot)
        offered = app.screen.query_one(Input).value
        assert offered.startswith(f"{state}/ovltui-vm-2")
        assert offered.endswith(".pcapng")
        await pilot.press("enter")
        await until(pilot, lambda: "REC 00:0" in status(app))
        assert "LIVE" in status(app)
        feed(app._session, BLUE_NSID, link(3, "eth1"))
        await pilot.press("R")
        await until(pilot, lambda: "Recorded 1 records" in said(app))
        assert "REC" not in status(app)
    assert [mode(path) for path in (offered, os.fspath(state))] == [0o600, 0o700]
    player = playing(Path(offered))
    assert (player.missing, player.records, len(player.session.snapshot().rows)) == ((), 1, 3)
    player.close()


async def test_a_mark_stands_at_its_line_and_in_the_recording(state: Path) -> None:
    async with app_of() as (pilot, app):
        await begin(pilot, app)
        feed(app._session, BLUE_NSID, link(3, "eth1"), link(4, "eth2"))
        await settle(pilot)
        await pilot.press("m")
        await settle(pilot)
        lines = [line for pane in app.screen.query(EventPane) for line in shown(pane)]
        assert [line for line in lines if "◆" in line and "eth2" in line]
        assert not [line for line in lines if "◆" in line and "eth1" in line]
        await pilot.press("apostrophe")
        await settle(pilot)
        assert "PAUSED" in status(app)
        await pilot.press("R")
        await until(pilot, lambda: "Recorded" in said(app))
    (one,) = listing(state)
    player = playing(Path(one.path))
    ((seq, says),) = [(mark.seq, mark.says) for mark in player.marks]
    assert "eth2" in says
    assert player.seek(player.end).ring[seq].seq == seq
    player.close()


async def test_quitting_asks_while_it_is_recorded_and_closes_the_file_well(state: Path) -> None:
    async with app_of() as (pilot, app):
        await begin(pilot, app)
        await pilot.press("q")
        await settle(pilot)
        assert isinstance(app.screen, Question)
        await pilot.press("n")
        await settle(pilot)
        assert "REC" in status(app)
        await pilot.press("q", "y")
        await until(pilot, lambda: app._exit)
    assert [one.ending for one in listing(state)] == [Ending.CLOSED]


@pytest.mark.usefixtures("state")
async def test_a_disk_that_is_full_ends_it_with_a_sentence_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with app_of() as (pilot, app):
        await begin(pilot, app)

        def full(*_: object) -> None:
            raise RecordingError("a.pcapng cannot be written any more (the disk is full).")

        monkeypatch.setattr("ovltui.capture.sink.Sink.flush", full)
        feed(app._session, BLUE_NSID, link(3, "eth1"))
        await until(pilot, lambda: "the disk is full" in said(app))
        monkeypatch.undo()
        assert "REC" not in status(app)
        feed(app._session, BLUE_NSID, link(4, "eth2"))
        await settle(pilot)
        assert any("eth2" in line for pane in app.screen.query(EventPane) for line in shown(pane))


async def test_a_file_that_exists_is_not_written_over(state: Path) -> None:
    taken = put(state, "taken.pcapng", "mine")
    async with app_of() as (pilot, app):
        await pilot.press("R")
        await settle(pilot)
        app.screen.query_one(Input).value = taken
        await pilot.press("enter")
        await until(pilot, lambda: "exists already: choose another name." in said(app))
        assert "REC" not in status(app)
    assert content(taken) == "mine"


async def test_six_lists_what_was_recorded_newest_first_and_says_what_is_none(state: Path) -> None:
    for age, (name, text) in enumerate(((HOSTILE, ""), ("bad.pcapng", "this is no recording"))):
        os.utime(put(state, name, text), (9 - age, 9 - age))
    told(state / "good.pcapng")
    async with app_of() as (pilot, app):
        await pilot.press("6")
        await until(pilot, lambda: app.screen.query_one("#recordings").row_count == 3)  # type: ignore[attr-defined]
        assert isinstance(app.screen, RecordingsScreen)
        rows = shown(app.screen.filtered())
        assert rows[0].split()[0] == "good.pcapng"
        assert rows[0].rstrip().endswith("closed")
        assert " 200 " in rows[0]
        assert "vm" in rows[0]
        assert not any(letter in "".join(rows) for letter in "\x1b\x07")
        assert "bad.pcapng" in rows[2]
        await pilot.press("escape")
        await settle(pilot)
        assert len(app.screen_stack) == 2


async def test_d_deletes_after_a_question_and_enter_plays(state: Path) -> None:
    told(Path(put(state, "a.pcapng")))
    async with app_of() as (pilot, app):
        played: list[str] = []
        app.play_recording = played.append  # type: ignore[assignment,method-assign]
        await pilot.press("6")
        await until(pilot, lambda: app.screen.query_one("#recordings").row_count == 1)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await settle(pilot)
        assert played == [os.fspath(state / "a.pcapng")]
        await pilot.press("d", "n")
        await settle(pilot)
        assert len(listing(state)) == 1
        await pilot.press("d", "y")
        await until(pilot, lambda: not listing(state))


async def test_o_opens_a_file_from_elsewhere(state: Path) -> None:
    async with app_of() as (pilot, app):
        played: list[str] = []
        app.play_recording = played.append  # type: ignore[assignment,method-assign]
        await pilot.press("6")
        await settle(pilot)
        await pilot.press("o", *"/x.pcapng", "enter")
        await until(pilot, lambda: played == ["/x.pcapng"])
    assert listing(state.parent) == ()
