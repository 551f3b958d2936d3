"""A recording that is played is, at any moment, what the session was that was recorded."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ovltui.capture.redact import Redactor
from ovltui.capture.sink import Sink
from ovltui.errors import RecordingError
from ovltui.events.line import as_text, line
from ovltui.events.ring import BLOCK
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.session.kept import Kept
from ovltui.session.player import Player
from ovltui.session.recorder import Manner, Recorder
from ovltui.session.session import Session
from ovltui.session.snapshot import Snapshot
from ovltui.state.tables import Contents, Tables
from tests.bed.netns import NamedNetns
from tests.capture.made import BASE_NS, START, docker, feed, gap, neigh, netnses, new_session, playing, recorder, told
from tests.session import made
from tests.session.watching import await_complete, await_quiet, netns_of, watching

Moment = tuple[int, int, tuple[object, ...], dict[NetnsKey, Contents], list[str]]


def picture(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.host, snapshot.rows, snapshot.engines, snapshot.gaps


def lines(session: Session, end: int) -> list[str]:
    return [as_text(line(record, session.names), 20) for record in told(session.ring, max(0, end - 300), end)]


def moment(session: Session) -> Moment:
    end = session.ring.end
    snapshot = session.snapshot()
    rows = {row.netns.key: _contents(session, row.netns) for row in snapshot.rows}
    return end, time.time_ns(), picture(snapshot), rows, lines(session, end)


def _contents(session: Session, netns: object) -> Contents:
    tenure = session.tenure_of(netns)  # type: ignore[arg-type]
    assert tenure
    return session.kept.contents(tenure)


def read_tables(session: Session, name: str) -> None:
    """Put tables of a namespace in, as somebody who read them."""
    netns = next(netns for netns in netnses() if any(name in mount.path for mount in netns.mounts))
    tenure = session.tenure_of(netns)
    assert tenure
    kept = session.kept.of(tenure) or Kept(tenure, netns, Tables())
    with session.kept.lock:
        session.kept.catch_up()
        with session.stream.held():
            session.kept.catch_up()
            kept.tables.load(Table.NEIGHBOURS, [neigh("10.1.1.1", "02:00:00:00:00:09")])
            kept.tables.dirty = {Table.FDB}
            kept.read, kept.read_ns = session.ring.end, 5
            session.kept.put(kept)
            session.stream.tap.read(kept, (Table.NEIGHBOURS,))


def life(session: Session) -> Iterator[Moment]:
    """Let things happen to a session, and yield what it is at some moments, each before a record of its own."""
    feed(session, 1, 900)
    yield moment(session)
    feed(session, 5, 1)
    read_tables(session, "hidden3")
    session.docker_event(BASE_NS, docker())
    feed(session, 2, 400)
    yield moment(session)
    feed(session, 5, 1)
    session.publish(netnses()[:3], gaps=("something is hidden",))
    session.feed(made.died(4) + made.born(9))
    session.stream.bind(9, made.named(90, "late").key, session.ring.end)
    session.publish([*netnses()[:3], made.named(90, "late", 9)])
    feed(session, 3, BLOCK)
    yield moment(session)
    feed(session, 5, 1)
    session.feed(gap())
    read_tables(session, "hidden2")
    feed(session, 4, 50)
    session.engines_changed([])
    yield moment(session)


@pytest.mark.parametrize("before", [0, 700])
@pytest.mark.parametrize("gzip", [False, True])
def test_each_moment_is_played_as_it_was(before: int, gzip: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    session = new_session()
    feed(session, 9, before)
    one = recorder(session, path, gzip=gzip)
    one.start()
    moments = list(life(session))
    one.close()
    player = playing(path)
    assert player.missing == ()
    assert (player.first, player.end) == (before, session.ring.end)
    assert told(player.seek(player.end).ring, before, player.end) == told(session.ring, before, session.ring.end)
    names = [line(record, session.names).text for record in told(session.ring, before, session.ring.end)]
    assert [
        line(record, player.session.names).text for record in told(player.session.ring, before, player.end)
    ] == names
    for live in (*moments, *reversed(moments)):
        found = player.seek(live[0])
        assert moment(found)[2:4] == live[2:4]
    player.seek(moments[0][0])
    for earlier, later in pairwise(moments):
        session = player.step(later[0] - earlier[0])
        assert moment(session)[2:4] == later[2:4]
    player.close()


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let recorders look when the test wants it, not by themselves."""
    monkeypatch.setitem(Recorder.__init__.__kwdefaults__ or {}, "manner", Manner(600))


@pytest.mark.usefixtures("by_hand")
def test_key_frames_let_a_moment_be_reached_without_all_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ovltui.session.recorder.STATE_RECORDS", 500)
    monkeypatch.setattr("ovltui.session.recorder.STATE_SHARE", 0)
    path = tmp_path / "a.pcapng"
    session = new_session()
    one = recorder(session, path)
    one.start()
    moments = []
    for live in life(session):
        moments.append(live)
        one._tick()
    one.close()
    player = playing(path)
    assert len(player._states) == 3
    for live in moments:
        assert moment(player.seek(live[0]))[2:4] == live[2:4]


def test_marks_and_times_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    session = new_session()
    one = recorder(session, path)
    one.start()
    feed(session, 1, 100)
    one.mark("here it broke")
    feed(session, 2, 100, BASE_NS + 10**9)
    one.close()
    player = playing(path)
    assert [(mark.seq, mark.says) for mark in player.marks] == [(100, "here it broke")]
    assert player.seq_at(BASE_NS + 50 * 10**6) == 51
    assert player.seq_at(BASE_NS + 10**9 - 1) == 100
    assert player.seq_at(0) == 0
    assert player.seq_at(BASE_NS * 2) == 200
    assert player.records == 200


def test_the_file_is_for_its_owner_alone_and_never_over_another_one(tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "a.pcapng")
    first = Sink(path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    with pytest.raises(RecordingError, match="exists already"):
        Sink(path)
    with pytest.raises(RecordingError, match="another recorder"):
        Sink(path, force=True)
    first.close()
    Sink(path, force=True).close()


def test_a_session_without_a_recorder_tells_nobody(tmp_path: Path) -> None:
    session = new_session()
    one = recorder(session, tmp_path / "a.pcapng")
    one.start()
    assert session.stream.tap is one
    one.close()
    assert session.stream.tap is not one
    one.close()


@pytest.mark.usefixtures("by_hand")
def test_parts_begin_where_the_one_before_ends(tmp_path: Path) -> None:
    session = new_session()
    paths: list[Path] = []

    def part() -> Sink:
        paths.append(tmp_path / f"{len(paths)}.pcapng")
        return Sink(os.fspath(paths[-1]))

    one = Recorder(session, part, START, lambda size, _since: size > 60_000)
    one.start()
    for seed in range(6):
        feed(session, seed, 700)
        one._tick()
    one.close()
    assert one.progress.parts == len(paths) > 2
    seq = 0
    for path in paths:
        player = playing(path)
        assert player.missing == ()
        assert player.first == seq
        seq = player.end
        assert told(player.session.ring, player.first, player.session.ring.end) == []
        assert len(player.session.snapshot().rows) == 4
    assert seq == session.ring.end


@pytest.mark.usefixtures("by_hand")
def test_a_recorder_that_the_ring_leaves_behind_says_so(tmp_path: Path) -> None:
    session = new_session(limit=BLOCK)
    one = recorder(session, tmp_path / "a.pcapng")
    one.start()
    session.feed(made.message(neigh("10.0.0.1", "02:00:00:00:00:01")) * 4 * BLOCK)
    with pytest.raises(RecordingError, match="too slow: 16384 records"):
        one._tick()


@pytest.mark.needs_root
def test_what_happened_to_real_namespaces_is_played_as_it_was(
    new_netns: Callable[[str], NamedNetns], tmp_path: Path
) -> None:
    path = tmp_path / "a.pcapng"
    left, right = new_netns("ovG-left"), new_netns("ovG-right")
    with watching() as session:
        here, there = (netns_of(session, one) for one in (left, right))
        await_complete(session, here)
        await_complete(session, there)
        one = recorder(session, path)
        one.start()
        moments = []
        for number in range(3):
            left.ip("link", "add", f"a{number}", "type", "veth", "peer", "name", "far0", "netns", right.name)
            left.ip("address", "add", f"10.5.{number}.1/24", "dev", f"a{number}")
            left.ip("link", "set", f"a{number}", "up")
            right.ip("link", "set", "far0", "name", f"eth{number}", "up")
            left.ip("neigh", "add", f"10.5.{number}.9", "lladdr", "02:00:00:00:00:09", "dev", f"a{number}")
            await_quiet(session, here, there)
            await_complete(session, here)
            moments.append((session.ring.end, [_shown(session, netns.key) for netns in (here, there)]))
        left.ip("link", "del", "a0")
        await_quiet(session, here, there)
        one.close()
    player = Player(os.fspath(path))
    for end, shown in moments:
        found = player.seek(end)
        assert [_shown(found, netns.key) for netns in (here, there)] == shown
    player.close()


def _shown(session: Session, key: NetnsKey) -> tuple[object, ...]:
    row = next(row for row in session.snapshot().rows if row.netns.key == key)
    contents = session.tables_of(row.netns)
    return row.netns, row.identity, row.links, row.addresses, contents.messages, contents.read_ns, contents.gaps


def test_a_redacted_recording_has_the_same_shape(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    session = new_session()
    one = recorder(session, path, redactor=Redactor())
    one.start()
    list(life(session))
    one.close()
    player = playing(path)
    assert player.missing == ()
    assert player.records == session.ring.end
    found = player.seek(player.end).snapshot()
    assert sorted(len(row.links) for row in found.rows) == sorted(len(row.links) for row in session.snapshot().rows)
