"""Several machines in one session: what each said stays true, and nothing of one is taken for another's."""

import os
import re
import time
from pathlib import Path

import pytest

from ovltui.capture.inputs import Clock
from ovltui.capture.notes import Note, NoteKind, pack
from ovltui.capture.values import encoded
from ovltui.errors import NetnsError
from ovltui.events.record import Kind
from ovltui.kernel.wire import Rtm, Table
from ovltui.netns.model import NetnsKey
from ovltui.session.hosts import HostState
from ovltui.session.kept import Kept
from ovltui.session.player import Player
from ovltui.session.session import Session
from ovltui.state.tables import Tables
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
)

EVENTS = 400
HEAD_NS = captured.BASE_NS


def read_tables(session: Session, number: int) -> None:
    """Put tables of a namespace in, as somebody who read them."""
    netns = next(one for one in session.netnses if one.key.id == number)
    tenure = session.tenure_of(netns)
    assert tenure
    kept = session.kept.of(tenure) or Kept(tenure, netns, Tables())
    with session.kept.lock:
        session.kept.catch_up()
        kept.tables.load(Table.NEIGHBOURS, [captured.neigh("10.1.1.1", "02:00:00:00:00:09")])
        kept.read, kept.read_ns = session.ring.end, HEAD_NS
        session.kept.put(kept)
        session.stream.tap.read(kept, (Table.NEIGHBOURS,))


def life(session: Session) -> None:
    """Let a bit of everything happen."""
    host = session.host
    captured.feed(session, 1, EVENTS // 2)
    read_tables(session, 13)
    session.docker_event(HEAD_NS, captured.docker())
    captured.feed(session, 2, EVENTS // 2)
    session.feed(captured.gap())
    session.feed(made.died(4) + made.born(4) + made.message(made.link(9, b"newborn"), 4))
    session.publish([one for one in netnses_of(host) if one.nsid != 4], gaps=("something is hidden",))


RECORDS = EVENTS + 5


def recorded(directory: Path, host: str, *, boot: str = "") -> bytes:
    """Return the recording of a life."""
    return recording_of(directory / f"{host}.pcapng", session_of(host), life, boot=boot)


def one(directory: Path, host: str = "node1", url: str = "") -> FakeMachine:
    """Return a machine that tells a life."""
    machine = FakeMachine(host, url)
    machine.connection(recorded(directory, host))
    return machine


def both(directory: Path) -> list[FakeMachine]:
    """Return this machine and another one."""
    return [one(directory), one(directory, "node2", "ssh://node2")]


def plain(text: str, host: str) -> str:
    """Return a line of a joined session as that machine alone shows it."""
    return " ".join(text.replace(f"{host}:", "").replace(f" {host} ", " host ").split())


def test_one_machine_alone_is_shown_as_its_own_recording_shows_it(tmp_path: Path) -> None:
    machine = one(tmp_path)
    player = Player(os.fspath(tmp_path / "node1.pcapng"))
    alone = player.seek(player.end)
    session = joined(machine, records=RECORDS)
    try:
        assert [row.identity.name for row in session.snapshot().rows] == ["host", "hidden2", "hidden3"]
        for shown, row in zip(session.snapshot().rows, alone.snapshot().rows, strict=True):
            assert (shown.identity.name, shown.links, shown.netns.inode) == (
                row.identity.name,
                row.links,
                row.netns.inode,
            )
            assert sorted(shown.addresses) == sorted(row.addresses)
            assert session.tables_of(shown.netns).messages == alone.tables_of(row.netns).messages
            assert session.tables_of(shown.netns).gaps == alone.tables_of(row.netns).gaps
        assert [line.replace("node1", "*", 1).split() for line in lines(session) if "LOST" in line] == [
            line.split() for line in lines(alone) if "LOST" in line
        ]
        told = [line for line in lines(session) if "LOST" not in line]
        assert told == [line for line in lines(alone) if "LOST" not in line]
        assert session.gaps() == alone.gaps()
    finally:
        session.close()
        player.close()


def test_two_machines_with_the_same_numbers_are_told_apart(tmp_path: Path) -> None:
    machines = both(tmp_path)
    session = joined(*machines, records=2 * RECORDS)
    try:
        for host in ("node1", "node2"):
            player = Player(os.fspath(tmp_path / f"{host}.pcapng"))
            alone = player.seek(player.end)
            there = [plain(line, host) for line in lines(session) if line.split()[1].split(":")[0] == host]
            told = [" ".join(line.replace(" * ", " host ").split()) for line in lines(alone)]
            assert sorted(there) == sorted(told)
            for row in alone.snapshot().rows:
                name = host if row.netns.own else f"{host}:{row.identity.name}"
                shown = session.snapshot().row(name)
                assert shown
                assert shown.links == row.links
                assert session.tables_of(shown.netns).messages == alone.tables_of(row.netns).messages
            player.close()
        labels = [(engine.label, engine.url) for engine in session.snapshot().engines]
        assert labels == [
            ("node1", "node1:unix:///run/clandestine.sock"),
            ("node2", "node2:unix:///run/clandestine.sock"),
        ]
    finally:
        session.close()


def test_no_number_of_one_machine_means_a_namespace_of_another(tmp_path: Path) -> None:
    session = joined(*both(tmp_path), records=2 * RECORDS)
    try:
        nsids = [row.netns.nsid for row in session.snapshot().rows]
        assert len({*nsids}) == len(nsids)
        row = session.snapshot().row("node2:hidden3")
        assert row
        assert row.netns.nsid is not None
        assert session.number_of(row.netns.nsid) == ("node2", 3)
        home = session.snapshot().row("node2")
        assert home
        assert home.netns.nsid is not None
        assert session.number_of(home.netns.nsid) == ("node2", None)
    finally:
        session.close()


def test_a_name_is_found_on_every_machine_or_on_the_one_that_is_named(tmp_path: Path) -> None:
    session = joined(*both(tmp_path), records=2 * RECORDS)
    try:
        names = [
            [row.identity.name for row in session.find(text)] for text in ("hidden2", "node2:hidden2", "node1", "1")
        ]
        assert names == [["node1:hidden2", "node2:hidden2"], ["node2:hidden2"], ["node1"], ["node1", "node2"]]
        (row,) = session.find("node2:hidden2")
        assert session.shell_command(row.netns)[:2] == ["there", "node2"]
        assert session.shell_command(row.netns)[-1] == str(row.netns.inode)
        assert session.visitable(row.netns) is None
        (here,) = session.find("node1:hidden2")
        raw = session.visitable(here.netns)
        assert raw
        assert raw.key == NetnsKey("node1", 12)
    finally:
        session.close()


def test_a_line_that_is_lost_is_a_row_and_what_is_shown_says_so(tmp_path: Path) -> None:
    machines = both(tmp_path)
    session = joined(*machines, records=2 * RECORDS)
    try:
        machines[1].connections[0].cut("the cable was cut.")
        await_true(lambda: session.hosts[1].state is HostState.LOST)
        end = lines(session)[-1]
        assert "node2" in end
        assert "the line to node2 was lost: the cable was cut" in end
        assert session.hosts[1].says == "the cable was cut."
        assert any("node2 is lost: the cable was cut" in gap for gap in session.gaps())
        (row,) = session.find("node2:hidden3")
        assert session.tables_of(row.netns).gaps[-1] == "the line to node2 is lost: this is as of then"
        (other,) = session.find("node1:hidden3")
        assert "as of then" not in " ".join(session.tables_of(other.netns).gaps)
        with pytest.raises(NetnsError, match="node2 is lost"):
            session.shell_command(row.netns)
    finally:
        session.close()


def test_after_a_reconnection_all_is_as_it_is_now_and_what_went_meanwhile_is_gone(tmp_path: Path) -> None:
    machines = both(tmp_path)
    session = joined(*machines, records=2 * RECORDS)
    try:
        before = [line for line in lines(session) if "node2:hidden2" in line]
        again = session_of("node2")
        again.publish([netns for netns in netnses_of("node2") if netns.nsid != 2])
        again.stream.feed(made.message(made.link(4, b"eth7"), 3))
        read_tables(again, 13)
        machines[1].connection(recording_of(tmp_path / "again.pcapng", again, lambda live: captured.feed(live, 5, 50)))
        machines[1].connections[0].cut("cut.")
        await_true(lambda: session.hosts[1].state is HostState.LOST)
        await_true(lambda: session.hosts[1].state is HostState.LIVE)
        await_true(lambda: any("is back after" in line for line in lines(session)))
        await_true(lambda: session.ring.end >= 2 * RECORDS + 2 + 50)
        assert not session.find("node2:hidden2")
        (row,) = session.find("node2:hidden3")
        assert row.links == next(one.links for one in again.snapshot().rows if one.identity.name == "hidden3")
        says = " ".join(session.tables_of(row.netns).gaps)
        assert "as of then" not in says
        assert "lost" not in says
        # Rows of before keep their names.
        assert [line for line in lines(session) if "node2:hidden2" in line][: len(before)] == before
    finally:
        session.close()


def test_a_new_section_of_a_line_counts_what_was_lost(tmp_path: Path) -> None:
    machines = [one(tmp_path), FakeMachine("node2", "ssh://node2")]
    slow = session_of("node2")
    first = recording_of(tmp_path / "first.pcapng", slow, lambda live: captured.feed(live, 1, 100))
    captured.feed(slow, 2, 77)  # nobody wrote these
    second = recording_of(tmp_path / "second.pcapng", slow, lambda live: captured.feed(live, 3, 10))
    connection = machines[1].connection(first)
    session = joined(*machines, records=RECORDS + 100)
    try:
        connection.give(second)
        await_true(lambda: session.ring.end >= RECORDS + 111)
        (row,) = [line for line in lines(session) if "too slow" in line]
        assert "LOST 77 events of node2" in row
        assert session.hosts[1].lost == 77
        assert session.hosts[1].state is HostState.LIVE
        (there,) = session.find("node2:hidden3")
        assert there.links == slow.snapshot().row("hidden3").links  # type: ignore[union-attr]
    finally:
        session.close()


def clock_note(token: int, time_ns: int) -> bytes:
    """Return the block of an answer to a line of ours."""
    return pack(Note(NoteKind.CLOCK, 0, time_ns, encoded(Clock(token, time_ns))))


def test_the_times_of_a_machine_with_a_wrong_clock_are_corrected_and_a_jump_is_a_row(tmp_path: Path) -> None:
    machine = one(tmp_path)
    late = FakeMachine("node2", "ssh://node2")
    ahead = 180 * 10**9
    source = session_of("node2")
    connection = late.connection(recording_of(tmp_path / "node2.pcapng", source))
    session = joined(machine, late, records=RECORDS)
    try:
        now = time.time_ns()
        connection.give(clock_note(now, now + ahead))
        await_true(lambda: session.hosts[1].offset_ns is not None)
        status = session.hosts[1]
        assert abs(status.offset_ns - ahead) <= status.uncertainty_ns  # type: ignore[operator]
        assert re.search(r"the clock of node2 is 1(79|80)\.\d* s ahead of ours", " ".join(session.gaps()))
        now = time.time_ns()
        connection.give(clock_note(now, now - ahead))
        await_true(lambda: re.search(r"the clock of node2 was put back by 3(59|60)\.\d* s", lines(session)[-1]))
    finally:
        session.close()


def test_a_machine_that_was_booted_anew_is_another_one_with_the_same_name(tmp_path: Path) -> None:
    machine = FakeMachine("node2", "ssh://node2")
    machine.connection(recorded(tmp_path, "node2", boot="a"))
    again = session_of("node2")
    again.publish(
        [*netnses_of("node2")[:1], made.named(12, "reborn", 2).__class__(NetnsKey("node2", 12), 7, 2, False, (), ())]
    )
    machine.connection(recording_of(tmp_path / "again.pcapng", again, boot="b"))
    session = joined(one(tmp_path), machine, records=2 * RECORDS)
    try:
        before = [line for line in lines(session) if "node2:hidden2" in line]
        machine.connections[0].cut("cut.")
        await_true(lambda: any("node2 was booted anew" in line for line in lines(session)))
        await_true(lambda: not session.find("node2:hidden2"))
        assert [status.name for status in session.hosts] == ["node1", "node2"]
        assert [line for line in lines(session) if "node2:hidden2" in line] == before
        keys = {row.netns.key.host for row in session.snapshot().rows}
        assert keys == {"node1", "node2~2"}
    finally:
        session.close()


def test_two_hosts_with_one_name_have_two(tmp_path: Path) -> None:
    machines = [one(tmp_path, "vm"), FakeMachine("10.0.0.2", "ssh://10.0.0.2")]
    machines[1].connection(recorded(tmp_path, "vm"))
    session = joined(*machines, records=2 * RECORDS)
    try:
        names = [row.identity.name for row in session.snapshot().rows]
        assert "vm" in names
        assert "vm@10.0.0.2" in names
        assert "vm@10.0.0.2:hidden2" in names
        assert len({row.netns.key for row in session.snapshot().rows}) == len(names)
    finally:
        session.close()


def test_the_same_machine_named_twice_is_shown_once(tmp_path: Path) -> None:
    data = recorded(tmp_path, "vm", boot="b")
    machines = [FakeMachine("vm"), FakeMachine("localhost", "ssh://localhost")]
    for machine in machines:
        machine.connection(data)
    session = joined(*machines, records=RECORDS)
    try:
        await_true(lambda: HostState.ENDED in [status.state for status in session.hosts])
        (ended,) = [status for status in session.hosts if status.state is HostState.ENDED]
        assert ended.says == "it is the same machine as vm"
        assert len({row.netns.inode for row in session.snapshot().rows}) == len(session.snapshot().rows)
    finally:
        session.close()


def test_a_host_comes_and_goes_while_the_session_runs(tmp_path: Path) -> None:
    session = joined(one(tmp_path), records=RECORDS)
    try:
        assert session.snapshot().row("hidden2")
        session.add(one(tmp_path, "node2", "ssh://node2"))
        await_true(lambda: session.snapshot().row("node2:hidden2"))
        assert session.snapshot().row("node1:hidden2")
        await_true(lambda: session.ring.end >= 2 * RECORDS)
        session.drop("node2")
        assert [row.identity.name for row in session.snapshot().rows] == ["host", "hidden2", "hidden3"]
        assert "node2 is shown no longer" in lines(session)[-1]
        with pytest.raises(NetnsError, match="no host is called node2"):
            session.drop("node2")
    finally:
        session.close()


def test_a_machine_that_cannot_be_reached_is_said_and_hides_no_other(tmp_path: Path) -> None:
    session = joined(one(tmp_path), FakeMachine("node9", "ssh://node9"), records=RECORDS)
    try:
        states = {status.name: (status.state, status.says) for status in session.hosts}
        assert states["node9"] == (HostState.LOST, "node9 does not answer.")
        assert states["node1"][0] is HostState.LIVE
        assert "node9 is lost: node9 does not answer" in session.gaps()
        assert session.snapshot().row("node1")
        assert all("node9" not in line for line in lines(session))
    finally:
        session.close()


def test_what_is_no_recording_is_refused_in_a_sentence(tmp_path: Path) -> None:
    del tmp_path
    machine = FakeMachine("node2", "ssh://node2")
    machine.connection(b"Welcome to node2!\n" * 3)
    session = joined(machine)
    try:
        machine.connections[0].cut("")
        await_true(lambda: session.hosts[0].state is HostState.LOST)
        assert "is no recording" in session.hosts[0].says
    finally:
        session.close()


def test_messages_that_say_what_was_born_are_of_that_machine_only(tmp_path: Path) -> None:
    session = joined(*both(tmp_path), records=2 * RECORDS)
    try:
        kinds = [
            session.ring[seq].raw[4]
            for seq in range(session.ring.end)
            if session.ring[seq].kind is Kind.MESSAGE and session.ring[seq].raw[4] in (Rtm.NEWNSID, Rtm.DELNSID)
        ]
        assert kinds.count(Rtm.NEWNSID) == kinds.count(Rtm.DELNSID) == 2
        newborn = [line for line in lines(session) if "newborn" in line]
        # Nobody said what it is: its line has no name that another namespace has.
        assert len(newborn) == 2
        assert all("hidden4" not in line for line in newborn)
    finally:
        session.close()
