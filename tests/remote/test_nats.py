"""Hosts that publish to a real server, and viewers that read them there."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
from nats.aio.client import Client

from ovltui.capture.inputs import Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.errors import RemoteError
from ovltui.events.record import Kind, Record
from ovltui.remote import nats_line, nats_publisher
from ovltui.remote.nats_fleet import Fleet
from ovltui.remote.nats_publisher import Publisher
from ovltui.remote.nats_turns import Turns
from ovltui.session.reduction import Reduction
from tests.bed.nats import NatsServer, Node, Reading, await_that, publishing
from tests.capture.made import feed

pytestmark = pytest.mark.needs_nats
_COUNT = 400


@pytest.fixture(scope="module")
def server() -> Iterator[NatsServer]:
    with NatsServer() as one:
        yield one


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as one:
        yield one


def _fleet(stack: ExitStack, server: NatsServer, hosts: str, since_ns: int = 0, *, only_then: bool = False) -> Fleet:
    fleet = Fleet(server.server(), hosts, since_ns, only_then=only_then)
    stack.callback(fleet.close)
    return fleet


def _reading(stack: ExitStack, server: NatsServer, host: str, since_ns: int = 0, *, only_then: bool = False) -> Reading:
    (machine,) = _fleet(stack, server, host, since_ns, only_then=only_then).new_machines()
    return stack.enter_context(Reading(machine.open()))


def _all(node: Node) -> list[Record]:
    ring = node.session.ring
    return [ring[seq] for seq in range(ring.first, ring.end)]


def _happens(node: Node, seed: int, count: int = _COUNT) -> None:
    feed(node.session, seed, count, time.time_ns())
    node.sent()


def test_a_viewer_reads_what_was_recorded(server: NatsServer, stack: ExitStack) -> None:
    node = stack.enter_context(publishing(server, "one.example"))
    node.sent()
    reading = _reading(stack, server, "one.*")
    await_that(lambda: reading.of(Note))
    _happens(node, 1)
    await_that(lambda: len(reading.of(Record)) >= _COUNT)
    assert reading.of(Record) == _all(node)


def test_a_server_that_keeps_a_request_for_what_does_not_come_is_not_asked_for_ever(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = stack.enter_context(publishing(server, "queued"))
    _happens(node, 1)
    _happens(node, 2)
    publish, asked = Client.publish, []

    async def queueing(client: Client, subject: str, data: bytes = b"", reply: str = "", **more: Any) -> None:
        """Let the first request have one message, and answer the others as nats-server 2.9 may then do for 20 s."""
        if ".MSG.NEXT." not in subject or b"no_wait" not in data:
            await publish(client, subject, data, reply, **more)
            return
        asked.append(data)
        if len(asked) == 1:
            await publish(client, subject, b'{"batch":1,"no_wait":true}', reply)
        else:
            await publish(client, reply, headers={"Status": "408", "Description": "Requests Pending"})

    monkeypatch.setattr(Client, "publish", queueing)
    reading = _reading(stack, server, "queued")
    await_that(lambda: len(reading.of(Record)) >= 2 * _COUNT)
    assert reading.of(Record) == _all(node)
    assert len(asked) < 5


def test_a_viewer_that_joins_late_begins_at_the_newest_frame(server: NatsServer, stack: ExitStack) -> None:
    node = stack.enter_context(publishing(server, "late", frame_s=0.3))
    _happens(node, 1)
    time.sleep(0.4)
    _happens(node, 2)
    reading = _reading(stack, server, "late")
    await_that(lambda: reading.of(Record) and reading.of(Record)[-1].seq == node.session.ring.end - 1)
    assert reading.decoder.start
    assert reading.decoder.start.first >= _COUNT
    found = reading.of(Record)
    assert found == _all(node)[found[0].seq :]


def test_a_viewer_sees_the_past_from_a_time_on_and_then_the_present(server: NatsServer, stack: ExitStack) -> None:
    node = stack.enter_context(publishing(server, "past", frame_s=0.2))
    _happens(node, 1)
    time.sleep(0.5)
    since_ns = time.time_ns()
    _happens(node, 2)
    time.sleep(0.5)
    _happens(node, 3)
    reading = _reading(stack, server, "past", since_ns)
    await_that(lambda: reading.of(Record) and reading.of(Record)[-1].seq == node.session.ring.end - 1)
    found = reading.of(Record)
    assert found[0].seq <= _COUNT  # the second story is there from its beginning
    _happens(node, 4)
    await_that(lambda: reading.of(Record)[-1].seq == node.session.ring.end - 1)
    assert reading.of(Record) == _all(node)[found[0].seq :]
    assert not reading.of(Start)  # a part that only went on is no loss


def test_a_viewer_sees_how_it_was_at_a_time_and_nothing_after(server: NatsServer, stack: ExitStack) -> None:
    node = stack.enter_context(publishing(server, "then"))
    _happens(node, 1)
    at_ns = time.time_ns()
    _happens(node, 2)
    reading = _reading(stack, server, "then", at_ns, only_then=True)
    await_that(lambda: reading.of(Record))
    time.sleep(0.3)
    assert reading.of(Record) == _all(node)[:_COUNT]


def test_the_past_of_several_hosts_comes_in_the_order_of_time(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_ns = time.time_ns()
    nodes = [stack.enter_context(publishing(server, f"order{number}")) for number in range(3)]
    for turn in range(9):
        _happens(nodes[turn % 3], turn, 20)
    passed: list[tuple[int, object]] = []
    take = Turns.take

    async def noted(turns: Turns, host: object, kept_ns: int) -> None:
        """Note, in the one thread of the connection, when the server kept what is passed on next, and of whom."""
        await take(turns, host, kept_ns)
        passed.append((kept_ns, host))

    monkeypatch.setattr(Turns, "take", noted)
    machines = _fleet(stack, server, "order*", since_ns).new_machines()
    readings = [stack.enter_context(Reading(machine.open())) for machine in machines]
    await_that(lambda: sum(len(reading.of(Record)) for reading in readings) == 180)
    assert [kept_ns for kept_ns, _ in passed] == sorted(kept_ns for kept_ns, _ in passed)
    changes = sum(one is not other for (_, one), (_, other) in pairwise(passed))
    assert changes >= 8  # each turn was another one's


def killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have recorders end without a word, as those do that are killed."""
    monkeypatch.setattr(Publisher, "_say_end", lambda _publisher: None)


def test_a_recorder_that_was_killed_and_begins_anew_ends_the_line(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(monkeypatch)
    with publishing(server, "kill") as node:
        _happens(node, 1)
        reading = _reading(stack, server, "kill")
        await_that(lambda: len(reading.of(Record)) == _COUNT)
    stack.enter_context(publishing(server, "kill")).sent()
    await_that(lambda: reading.line.ended)
    assert reading.line.ended == "its recorder began anew."


def test_a_viewer_that_comes_after_the_end_shows_what_was_and_hears_of_the_end_at_once(
    server: NatsServer, stack: ExitStack
) -> None:
    with publishing(server, "over") as node:
        _happens(node, 1)
    (machine,) = _fleet(stack, server, "over").new_machines()
    begun = time.monotonic()
    reading = stack.enter_context(Reading(machine.open()))
    await_that(lambda: reading.line.ended)
    assert time.monotonic() - begun < nats_line.FIRST_WORD_S / 2
    assert re.fullmatch(r"its recorder ended at \d\d:\d\d:\d\d\.", reading.line.ended)
    await_that(lambda: len(reading.of(Record)) == _COUNT)
    assert not reading.line.heard
    with pytest.raises(RemoteError, match="its recorder ended at"):  # why it is lost is said as long as it is
        machine.open()


def test_a_viewer_that_comes_after_a_silent_end_hears_nothing_and_says_since_when(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(monkeypatch)
    monkeypatch.setattr(nats_line, "FIRST_WORD_S", 0.5)
    with publishing(server, "mute") as node:
        _happens(node, 1)
    reading = _reading(stack, server, "mute")
    await_that(lambda: reading.line.ended)
    assert re.match(r"it is silent, and published nothing from \d\d:\d\d:\d\d on: its rec", reading.line.ended)
    assert len(reading.of(Record)) == _COUNT


def test_a_host_that_has_nothing_to_say_is_heard_by_whoever_comes(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_publisher, "BEAT_S", 0.2)
    node = stack.enter_context(publishing(server, "calm"))
    node.sent()
    reading = _reading(stack, server, "calm")
    await_that(lambda: reading.line.heard)
    assert not reading.line.ended


def test_at_a_time_long_after_the_last_word_it_is_said_that_nothing_was_published_then(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(monkeypatch)
    monkeypatch.setattr(nats_line, "FRAMES_S", 0.1)
    with publishing(server, "ago") as node:
        _happens(node, 1)
    time.sleep(0.3)
    reading = _reading(stack, server, "ago", time.time_ns(), only_then=True)
    await_that(lambda: reading.line.ended)
    assert re.match(r"nothing was published by it from \d\d:\d\d:\d\d on", reading.line.ended)
    assert reading.line.heard


def test_a_recorder_that_begins_anew_ends_the_line_and_the_next_one_goes_on(
    server: NatsServer, stack: ExitStack
) -> None:
    with publishing(server, "anew") as node:
        _happens(node, 1)
        (machine,) = _fleet(stack, server, "anew").new_machines()
        reading = stack.enter_context(Reading(machine.open()))
        await_that(lambda: len(reading.of(Record)) == _COUNT)
        with pytest.raises(RemoteError, match="nothing that begins anew"):
            machine.open()
    node = stack.enter_context(publishing(server, "anew"))
    _happens(node, 2, 30)
    await_that(lambda: reading.line.ended)
    assert "its recorder ended at" in reading.line.ended
    second = stack.enter_context(Reading(machine.open()))
    await_that(lambda: len(second.of(Record)) == 30)
    assert second.of(Record) == _all(node)


def test_hosts_that_appear_later_are_found_once(server: NatsServer, stack: ExitStack) -> None:
    fleet = _fleet(stack, server, "new-*")
    assert fleet.new_machines() == ()
    stack.enter_context(publishing(server, "new-1")).sent()
    assert [machine.name for machine in fleet.new_machines()] == ["new-1"]
    assert fleet.new_machines() == ()


def test_what_is_left_out_on_purpose_is_not_published_and_said(server: NatsServer, stack: ExitStack) -> None:
    node = stack.enter_context(publishing(server, "thin", Reduction(only=("route",), netns=("hidden2",))))
    _happens(node, 1)
    reading = _reading(stack, server, "thin")
    wanted = [
        record for record in _all(node) if record.raw[4] < 28 and record.nsid in (-1, 2)
    ]  # RTM_…LINK, ADDR and ROUTE come before RTM_NEWNEIGH
    await_that(lambda: len(reading.of(Record)) == len(wanted))
    assert [(record.nsid, record.raw) for record in reading.of(Record)] == [(one.nsid, one.raw) for one in wanted]
    (state,) = (note for note in reading.of(Note) if note.kind is NoteKind.STATE)
    assert state.value["named"]["gaps"] == [
        "its neigh and docker events are not published",
        "only hidden2 and its own namespace are published",
    ]
    assert len(state.value["named"]["netnses"]) == 2


def test_beyond_the_rate_a_gap_tells_how_many(server: NatsServer, stack: ExitStack) -> None:
    node = stack.enter_context(publishing(server, "rate", Reduction(rate=50)))
    node.sent()
    reading = _reading(stack, server, "rate")
    await_that(lambda: reading.of(Note))
    _happens(node, 1)
    await_that(lambda: _told_of(reading.of(Record)) >= _COUNT)
    found = reading.of(Record)
    assert _told_of(found) == _COUNT > len(found)
    assert [record.seq for record in found] == list(range(len(found)))


def _told_of(records: list[Record]) -> int:
    """Return how many events records stand for, those that a gap tells included."""
    return sum(int.from_bytes(record.raw[:8], "little") if record.kind is Kind.GAP else 1 for record in records)


def test_nothing_listens_here(server: NatsServer, stack: ExitStack) -> None:
    import psutil  # noqa: PLC0415

    node = stack.enter_context(publishing(server, "deaf"))
    node.sent()
    reading = _reading(stack, server, "deaf")
    await_that(lambda: reading.of(Note))
    assert not [one for one in psutil.Process().net_connections() if one.status == psutil.CONN_LISTEN]


def test_a_host_that_is_silent_counts_as_lost_and_one_that_has_nothing_to_say_does_not(
    server: NatsServer, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(monkeypatch)
    monkeypatch.setattr(nats_publisher, "BEAT_S", 0.2)
    monkeypatch.setattr(nats_line, "SILENCE_S", 1.5)
    with publishing(server, "silent") as node:
        node.sent()
        reading = _reading(stack, server, "silent")
        await_that(lambda: reading.of(Note))
        time.sleep(3)
        assert not reading.line.ended
    await_that(lambda: reading.line.ended)
    assert "nothing was heard of it" in reading.line.ended
