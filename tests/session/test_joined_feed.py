"""How soon a machine is tried again, and how long one waits for a word that it says now."""

import threading
import time
from pathlib import Path

from ovltui.session.hosts import HostState
from ovltui.session.joined_feed import BACKOFF_S, pause_s
from tests.session.joining import Connection, FakeMachine, await_true, joined, recording_of, session_of

_MANY = 200
_LONG_S = 30.0


def test_a_young_cut_is_tried_again_soon_and_an_old_one_seldom() -> None:
    assert max(pause_s(0) for _ in range(_MANY)) <= 0.5
    assert sum(BACKOFF_S[:5]) < 10  # within ten seconds, no two tries are more than three apart
    assert max(BACKOFF_S[:5]) <= 3
    assert min(pause_s(1000) for _ in range(_MANY)) >= BACKOFF_S[-1] / 2


def test_machines_that_were_lost_together_are_not_tried_together() -> None:
    for tries, longest in enumerate(BACKOFF_S):
        pauses = [pause_s(tries) for _ in range(_MANY)]
        assert longest / 2 <= min(pauses) <= max(pauses) <= longest
        assert max(pauses) - min(pauses) > longest / 4
        assert len(set(pauses)) > _MANY / 4


def test_a_line_that_breaks_off_is_back_within_a_second(tmp_path: Path) -> None:
    data = recording_of(tmp_path / "node2.pcapng", session_of("node2"))
    machine = FakeMachine("node2", "ssh://node2")
    first = machine.connection(data)
    session = joined(machine)
    try:
        machine.connection(data)
        begun = time.monotonic()
        first.cut("cut.")
        await_true(lambda: machine.opened == 2)
        assert time.monotonic() - begun < BACKOFF_S[1] + 0.5
    finally:
        session.close()


def kept(directory: Path) -> tuple[FakeMachine, Connection]:
    """Return a machine whose stream is kept elsewhere, so that it may be all that there ever will be."""
    machine = FakeMachine("node2", "nats://127.0.0.1/node2")
    connection = machine.connection(recording_of(directory / "node2.pcapng", session_of("node2")))
    connection.heard = False
    return machine, connection


def test_whoever_looks_once_waits_for_a_word_of_now_and_no_longer(tmp_path: Path) -> None:
    machine, connection = kept(tmp_path)
    session = joined(machine)
    try:
        begun = time.monotonic()
        session.wait_until_heard(0.1)
        assert time.monotonic() - begun >= 0.1
        threading.Timer(0.1, setattr, (connection, "heard", True)).start()
        session.wait_until_heard(_LONG_S)
        assert connection.heard
        assert session.hosts[0].state is HostState.LIVE
        assert time.monotonic() - begun < _LONG_S / 2
    finally:
        session.close()


def test_whoever_looks_once_hears_that_there_comes_no_word(tmp_path: Path) -> None:
    machine, connection = kept(tmp_path)
    session = joined(machine)
    try:
        threading.Timer(0.1, connection.cut, ("its recorder ended at 14:02:10.",)).start()
        begun = time.monotonic()
        session.wait_until_heard(_LONG_S)
        assert time.monotonic() - begun < _LONG_S / 2
        assert session.hosts[0].state is HostState.LOST
        assert "node2 is lost: its recorder ended at 14:02:10" in session.gaps()
    finally:
        session.close()
