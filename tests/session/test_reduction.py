from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.capture.decode import Decoder, Item
from ovltui.capture.notes import Note, NoteKind
from ovltui.events.gap import unpack_gap
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.kernel.wire import Table
from ovltui.session.recorder import Manner, Recorder
from ovltui.session.reduction import Reduction
from ovltui.session.session import Session
from tests.capture.made import START, docker, feed, gap, neigh, new_session
from tests.session import made


class Held:
    """Keeps what a recorder writes."""

    path = name = "held"

    def __init__(self) -> None:
        self.size = 0
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data
        self.size += len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing waits."""


def _reduced(reduction: Reduction, session: Session, seeds: tuple[int, ...] = (1,)) -> list[Item]:
    """Return what is written of stories."""
    held = Held()
    recorder = Recorder(session, lambda: held, START, manner=Manner(60, streams=True), reduction=reduction)
    recorder.start()
    for seed in seeds:
        feed(session, seed, 200)
    recorder.close()
    return list(Decoder("held").items(iter((held.data,))))


def _is_due(reduction: Reduction) -> bool:
    """Return whether it is due now; it may be another time."""
    return reduction.is_due


def _records(items: list[Item]) -> list[Record]:
    return [item for item in items if isinstance(item, Record)]


def _notes(items: list[Item], kind: NoteKind) -> Iterator[Note]:
    return (item for item in items if isinstance(item, Note) and item.kind is kind)


def test_records_that_are_left_out_leave_no_hole_in_the_numbers() -> None:
    session = new_session()
    found = _records(_reduced(Reduction(only=("route",)), session))
    assert [record.seq for record in found] == list(range(len(found)))
    kept = [session.ring[seq] for seq in range(session.ring.end)]
    wanted = [record.raw for record in kept if record.raw[4] not in (28, 29)]
    assert [record.raw for record in found] == wanted
    assert 0 < len(wanted) < len(kept)


def test_only_namespaces_of_these_names_and_our_own_are_there() -> None:
    found = _records(_reduced(Reduction(netns=("hidden[34]",)), new_session()))
    assert {record.nsid for record in found} == {OWN_NSID, 3, 4}


def test_gaps_are_always_there() -> None:
    session, reduction = new_session(), Reduction(only=("docker",))
    session.feed(gap(7))
    seq = session.ring.end - 1
    assert [unpack_gap(one.raw)[0] for one in reduction.sift(session.ring[seq], str)] == [7]


def test_tables_that_are_not_published_are_not_shown_as_empty() -> None:
    reduction = Reduction(only=("route",))
    assert reduction.left_out == {Table.NEIGHBOURS, Table.FDB}
    (state,) = _notes(_reduced(reduction, new_session()), NoteKind.STATE)
    assert state.value["named"]["gaps"] == ["its neigh and docker events are not published"]


@pytest.mark.parametrize(("only", "kinds"), [((), {0, 2}), (("docker",), {2}), (("neigh",), {0})])
def test_events_of_docker_are_a_class(only: tuple[str, ...], kinds: set[int]) -> None:
    session, reduction = new_session(), Reduction(only=only)
    session.docker_event(1, docker())
    session.feed(made.message(neigh("10.0.0.1", "02:00:00:00:00:01"), 2))
    found = [one for seq in range(session.ring.end) for one in reduction.sift(session.ring[seq], lambda _nsid: "")]
    assert {int(one.kind) for one in found} == kinds


@given(st.lists(st.integers(0, 3 * 10**9), max_size=200).map(sorted), st.integers(1, 20))
def test_what_is_beyond_the_rate_is_counted_to_the_last_event(times: list[int], rate: int) -> None:
    reduction = Reduction(rate=rate)
    one = Record(0, 0, 2, Kind.MESSAGE, neigh("10.0.0.1", "02:00:00:00:00:01"))
    found = [out for time_ns in times for out in reduction.sift(replace(one, time_ns=time_ns), str)]
    found += reduction.rest(9 * 10**9)
    gaps = [unpack_gap(out.raw)[0] or 0 for out in found if out.kind is Kind.GAP]
    assert len(found) - len(gaps) + sum(gaps) == len(times)
    assert all(
        sum(out.kind is Kind.MESSAGE and out.time_ns // 10**9 == second for out in found) <= rate for second in range(4)
    )


def test_one_class_that_storms_costs_the_others_nothing() -> None:
    session, reduction = new_session(), Reduction(rate=5)
    for number in range(100):
        session.feed(made.message(neigh(f"10.0.0.{number}", "02:00:00:00:00:01"), 2))
        session.feed(made.message(made.link(3, b"eth0"), 2) if number % 25 == 0 else b"")
    found = [one for seq in range(session.ring.end) for one in reduction.sift(session.ring[seq], str)]
    assert sum(one.raw[4:6] == b"\x10\0" for one in found) == 4
    assert sum(one.raw[4:6] == b"\x1c\0" for one in found) == 5


def test_all_is_told_anew_when_a_storm_that_was_cut_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("ovltui.session.reduction.time.monotonic", lambda: now[0])
    reduction = Reduction(rate=1)
    one = Record(0, 0, 2, Kind.MESSAGE, neigh("10.0.0.1", "02:00:00:00:00:01"))
    reduction.begin(0)
    assert not _is_due(reduction)
    for _ in range(3):
        list(reduction.sift(one, str))
    assert not _is_due(reduction)
    now[0] += 11
    assert _is_due(reduction)
    reduction.begin(0)
    assert [reduction.begins_anew for _ in range(2)] == [True, False]
    now[0] += 100
    assert not _is_due(reduction)


def test_a_namespace_that_gets_a_wanted_name_is_told_whole() -> None:
    session, reduction = new_session(), Reduction(netns=("ns9", "hidden2"))
    held = Held()
    recorder = Recorder(session, lambda: held, START, manner=Manner(60, streams=True), reduction=reduction)
    recorder.start()
    recorder._tick()
    assert _is_due(reduction) is False
    session.stream.bind(9, made.named(19, "ns9").key, session.ring.end)
    session.publish([*session.netnses, made.named(19, "ns9", 9)])
    recorder._tick()
    assert _is_due(reduction) is True
    recorder.close()


def test_a_namespace_that_is_born_where_all_are_published_is_told_as_ever() -> None:
    session, reduction = new_session(), Reduction(only=("route",))
    recorder = Recorder(session, Held, START, manner=Manner(60, streams=True), reduction=reduction)
    recorder.start()
    recorder._tick()
    session.publish([*session.netnses, made.named(19, "ns9", 9)])
    recorder._tick()
    assert not reduction.is_due
    recorder.close()


def test_notes_speak_of_records_by_their_new_numbers() -> None:
    session, reduction = new_session(), Reduction(only=("route",))
    held = Held()
    recorder = Recorder(session, lambda: held, START, manner=Manner(60, streams=True), reduction=reduction)
    recorder.start()
    feed(session, 1, 100)
    wanted = next(seq for seq in range(50, 100) if session.ring[seq].raw[4] in (24, 25))
    recorder.mark("here", wanted)
    recorder.close()
    items = list(Decoder("held").items(iter((held.data,))))
    (mark,) = _notes(items, NoteKind.MARK)
    found = next(record for record in _records(items) if record.seq == mark.value["seq"])
    assert found.raw == session.ring[wanted].raw
    assert mark.value["seq"] < wanted
