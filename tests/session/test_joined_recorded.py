"""A recording of several machines plays as the session was: numbers, names, losses, and what was told anew."""

import os
from pathlib import Path

from ovltui.capture.redact import Redactor
from ovltui.capture.sink import Sink
from ovltui.session.hosts import HostState
from ovltui.session.joined import JoinedSession
from ovltui.session.player import Player
from ovltui.session.recorder import Recorder
from ovltui.session.session import Session
from tests.capture import made as captured
from tests.session import made
from tests.session.joining import (
    FakeMachine,
    await_true,
    joined,
    lines,
    netnses_of,
    recording_of,
    session_of,
    start_of,
)


def life(session: Session) -> None:
    """Let numbers come and go, and events of Docker happen."""
    captured.feed(session, 1, 100)
    session.docker_event(captured.BASE_NS, captured.docker())
    session.feed(made.died(4) + made.born(4) + made.message(made.link(9, b"newborn"), 4))
    session.publish([one for one in netnses_of(session.host) if one.nsid != 4])


def rows(session: Session) -> list[tuple[object, ...]]:
    """Return what is shown of each namespace."""
    return [
        (row.netns, row.identity, row.links, sorted(row.addresses), session.tables_of(row.netns).messages)
        for row in session.snapshot().rows
    ]


def machine_of(directory: Path, host: str) -> FakeMachine:
    """Return a machine that tells a life."""
    machine = FakeMachine(host, f"ssh://{host}")
    machine.connection(recording_of(directory / f"{host}.pcapng", session_of(host), life))
    return machine


def recorded(directory: Path, name: str, session: JoinedSession, redactor: Redactor | None = None) -> Recorder:
    """Begin to record a session."""
    recorder = Recorder(session, lambda: Sink(os.fspath(directory / name)), start_of(), redactor=redactor)
    recorder.start()
    return recorder


def test_it_plays_as_it_was_with_a_line_lost_and_a_host_that_came_meanwhile(tmp_path: Path) -> None:
    machine = machine_of(tmp_path, "node1")
    session = joined(machine, records=104)
    recorder = recorded(tmp_path, "joined.pcapng", session)
    try:
        session.add(machine_of(tmp_path, "node2"))
        await_true(lambda: session.ring.end >= 208)
        again = session_of("node1")
        machine.connection(recording_of(tmp_path / "again.pcapng", again, lambda live: captured.feed(live, 7, 60)))
        machine.connections[0].cut("cut.")
        await_true(lambda: session.ring.end >= 270 and session.hosts[0].state is HostState.LIVE)
        await_true(lambda: "node1:hidden4" in [row.identity.name for row in session.snapshot().rows])
        recorder.close()
        assert not recorder.failure
        player = Player(os.fspath(tmp_path / "joined.pcapng"))
        then = player.seek(player.end)
        assert rows(then) == rows(session)
        first = player.first
        assert lines(then)[-(player.end - first) :] == lines(session)[first:]
        assert then.snapshot().engines == session.snapshot().engines
        assert player.missing == ()
        player.close()
    finally:
        session.close()


def test_redacted_it_names_no_host(tmp_path: Path) -> None:
    session = joined(machine_of(tmp_path, "node1"), machine_of(tmp_path, "node2"), records=208)
    recorder = recorded(tmp_path, "redacted.pcapng", session, Redactor())
    try:
        session.members[1].feed.machine.connections[0].cut("cut.")  # type: ignore[attr-defined]
        await_true(lambda: "was lost" in lines(session)[-1])
        recorder.close()
        player = Player(os.fspath(tmp_path / "redacted.pcapng"))
        then = player.seek(player.end)
        shown = "\n".join([*lines(then), *(row.identity.name for row in then.snapshot().rows)])
        assert "redacted" in lines(then)[-1]
        assert "node1" not in shown
        assert "node2" not in shown
        player.close()
    finally:
        session.close()
