"""Recordings for the screens: a story in two parts, ten seconds apart, with a mark and a finding between them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Evidence, Finding, Severity
from ovltui.session.judged import Judged
from ovltui.session.playback import Playback
from ovltui.tui.app import OvltuiApp
from tests.capture.made import feed, new_session, playing, recorder
from tests.session import made
from tests.tui.test_events_screen import WIDE

PART = 100
"""Records in each part."""
SPAN_NS = 10 * 10**9
PATIENCE_S = 60.0


def finding() -> Finding:
    """Return what the checks found between the two parts."""
    evidence = (Evidence("bridge fdb", "no row for it"),)
    key = made.named(12, "hidden2").key
    return Finding("fdb-lost", Severity.ERROR, key, None, "it", "the row is lost", "it is out of reach", evidence)


def told(path: Path, *, judged: bool = True) -> int:
    """Record the story into a file; return when it begins, in nanoseconds since the epoch."""
    session = new_session()
    one = recorder(session, path)
    one.start()
    if judged:
        one.judged(Judged())
    begin = time.time_ns()
    feed(session, 1, PART, begin)
    time.sleep(3 * PART / 1000)  # until the last of them is past: notes have the time of the clock
    one.mark("here it broke", 40)
    if judged:
        one.judged(Judged((Case(finding(), Standing.OPEN, begin, 30, seen_ns=begin),)))
    feed(session, 2, PART, begin + SPAN_NS)
    one.close()
    assert not one.failure
    return begin


@asynccontextmanager
async def replayed(
    path: Path, size: tuple[int, int] = WIDE, *, ascii_only: bool = False
) -> AsyncIterator[tuple[Pilot[int], Playback]]:
    """Show a recording as ``ovltui replay`` does, once its time is known."""
    playback = Playback(playing(path))
    app = OvltuiApp(playback.session, ascii_only=ascii_only)
    app.playback = playback
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: bool(playback.timeline.counts))
            yield pilot, playback
    finally:
        playback.close()


async def until(pilot: Pilot[int], there: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not there():
        assert time.monotonic() < deadline, "it does not come about"
        await pilot.pause(0.02)
    await pilot.pause(0.02)
