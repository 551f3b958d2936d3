"""Whoever leaves a recording does not wait until a long way through it is done."""

import os
import threading
import time
from pathlib import Path

import pytest

from ovltui.session.playback import Playback
from ovltui.session.player import Player
from ovltui.session.replay import ReplaySession
from tests.capture import made as captured
from tests.session.joining import await_true, recording_of, session_of


def playing(directory: Path) -> Playback:
    recording_of(directory / "it.pcapng", session_of("node1"), lambda live: captured.feed(live, 1, 100))
    return Playback(Player(os.fspath(directory / "it.pcapng")))


def test_the_end_waits_for_no_long_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    playback = playing(tmp_path)
    begun, may_end, told = threading.Event(), threading.Event(), list[None]()
    sought = Playback._sought

    def slowly(this: Playback, goal_ns: int) -> ReplaySession:
        begun.set()
        may_end.wait(20)
        return sought(this, goal_ns)

    monkeypatch.setattr(Playback, "_sought", slowly)
    playback.start()
    playback.seek(playback.timeline.end_ns)
    assert begun.wait(10)
    playback.session.on_change(lambda: told.append(None))
    before = time.monotonic()
    playback.close()
    assert time.monotonic() - before < 5  # not the twenty seconds of the way
    may_end.set()
    await_true(lambda: not playback._thread.is_alive())
    assert not told  # nobody is there any more
    assert_closed(playback)


def test_the_end_closes_a_recording_that_stands_still(tmp_path: Path) -> None:
    playback = playing(tmp_path)
    playback.start()
    playback.close()
    await_true(lambda: not playback._thread.is_alive())
    assert_closed(playback)


def assert_closed(playback: Playback) -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        playback._player.close()
