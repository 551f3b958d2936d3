"""A server that restarts, is full, is away or refuses: nothing is lost unsaid, and afterwards all goes on."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from nats.js.api import DiscardPolicy, StreamConfig

from ovltui.capture.inputs import Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.errors import RemoteError
from ovltui.events.record import Record
from ovltui.remote import nats_client, nats_line, nats_publisher
from ovltui.remote.nats_client import NatsClient
from ovltui.remote.nats_fleet import Fleet, PublishedMachine
from ovltui.remote.nats_line import PublishedLine
from ovltui.remote.nats_server import Identity
from ovltui.remote.nats_subjects import KEPT, STREAM, Published
from tests.bed.nats import NatsServer, Node, Reading, await_that, publishing
from tests.capture.made import feed

pytestmark = pytest.mark.needs_nats
_COUNT = 400


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as one:
        yield one


def _machine(stack: ExitStack, server: NatsServer) -> PublishedMachine:
    fleet = Fleet(server.server())
    stack.callback(fleet.close)
    (machine,) = fleet.new_machines()
    return machine


def _all(node: Node) -> list[Record]:
    ring = node.session.ring
    return [ring[seq] for seq in range(ring.first, ring.end)]


def _happens(node: Node, seed: int) -> None:
    feed(node.session, seed, _COUNT, time.time_ns())
    node.sent()


def test_a_server_that_restarts_costs_no_event(stack: ExitStack) -> None:
    server = stack.enter_context(NatsServer())
    node = stack.enter_context(publishing(server, "restart"))
    _happens(node, 1)
    reading = stack.enter_context(Reading(_machine(stack, server).open()))
    await_that(lambda: len(reading.of(Record)) == _COUNT)
    server.stop()
    feed(node.session, 2, _COUNT, time.time_ns())
    await_that(lambda: node.publisher.trouble)
    assert "does not answer" in node.publisher.trouble
    feed(node.session, 3, _COUNT, time.time_ns())
    server.start()
    await_that(lambda: len(reading.of(Record)) == 3 * _COUNT)
    assert reading.of(Record) == _all(node)
    assert not node.publisher.trouble
    assert node.publisher.lost == 0


def test_what_waits_too_long_is_left_out_counted_and_told_to_viewers(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_publisher, "MOST_BYTES", 20_000)
    server = stack.enter_context(NatsServer())
    node = stack.enter_context(publishing(server, "lossy"))
    _happens(node, 1)
    reading = stack.enter_context(Reading(_machine(stack, server).open()))
    await_that(lambda: len(reading.of(Record)) == _COUNT)
    server.stop()
    for seed in range(2, 12):
        feed(node.session, seed, _COUNT, time.time_ns())
        time.sleep(0.1)
    await_that(lambda: node.publisher.lost)
    server.start()
    await_that(lambda: reading.of(Start))
    _happens(node, 12)
    await_that(lambda: reading.of(Record)[-1].seq == node.session.ring.end - 1)
    found, whole = reading.of(Record), _all(node)
    assert all(record == whole[record.seq] for record in found)
    assert len(whole) - len(found) == node.publisher.lost > 0
    again = reading.items.index(reading.of(Start)[0])
    assert any(isinstance(item, Note) and item.kind is NoteKind.STATE for item in reading.items[again:])


def test_a_server_that_is_full_is_told_and_taken_up_again(stack: ExitStack) -> None:
    server = stack.enter_context(NatsServer())
    client = NatsClient(server.server(), "test")
    stack.callback(client.close)
    stream = client.nc.jetstream()
    config = StreamConfig(name=STREAM, subjects=[KEPT], max_bytes=20_000, discard=DiscardPolicy.NEW)
    client.ask(stream.add_stream(config))
    node = stack.enter_context(publishing(server, "full"))
    for seed in range(9):
        feed(node.session, seed, _COUNT, time.time_ns())
        time.sleep(0.1)
    await_that(lambda: node.publisher.trouble)
    assert "maximum bytes exceeded" in node.publisher.trouble
    client.ask(stream.update_stream(config.evolve(max_bytes=20_000_000)))
    await_that(lambda: not node.publisher.trouble)
    reading = stack.enter_context(Reading(_machine(stack, server).open()))
    await_that(lambda: len(reading.of(Record)) == 9 * _COUNT)
    assert reading.of(Record) == _all(node)


def test_a_viewer_that_lost_a_host_finds_it_again_as_soon_as_the_server_is_back(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_client, "AWAY_S", 0.2)
    monkeypatch.setattr(nats_line, "SILENCE_S", 0.5)
    server = stack.enter_context(NatsServer())
    node = stack.enter_context(publishing(server, "again"))
    _happens(node, 1)
    machine = _machine(stack, server)
    reading = stack.enter_context(Reading(machine.open()))
    await_that(lambda: len(reading.of(Record)) == _COUNT)
    server.stop()
    await_that(lambda: reading.line.ended)
    server.start()
    second = stack.enter_context(Reading(_opened(machine)))
    _happens(node, 2)
    await_that(lambda: second.of(Record) and second.of(Record)[-1].seq == node.session.ring.end - 1)
    assert second.of(Record) == _all(node)[_COUNT:]


def test_hosts_that_lost_the_server_together_publish_their_frames_one_after_the_other(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_publisher, "SPREAD_S", 0.6)
    server = stack.enter_context(NatsServer())
    client = NatsClient(server.server(), "test")
    stack.callback(client.close)
    hosts = [nats_publisher.Publisher(client, Published(f"spread{number}", f"{number:08x}")) for number in range(20)]
    for host in hosts:
        stack.callback(host.close)
    assert not any(host.is_due for host in hosts)
    client.absences += 1
    due: list[int] = []
    begun = time.monotonic()
    while len(due) < len(hosts):
        due = [number for number, host in enumerate(hosts) if host.is_due]
        if 0.25 < time.monotonic() - begun < 0.35:
            assert 0 < len(due) < len(hosts)
        time.sleep(0.01)
    periods = {host.frame_s for host in hosts}
    assert len(periods) > len(hosts) / 2
    assert min(periods) >= nats_publisher.FRAME_S
    assert max(periods) < nats_line.FRAMES_S / 2


def _opened(machine: PublishedMachine) -> PublishedLine:
    """Open it as soon as that is possible."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return machine.open()
        except RemoteError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def refusal(server: NatsServer) -> str:
    """Return why a server does not let us in."""
    with pytest.raises(RemoteError) as refused:
        NatsClient(server.server(), "test")
    return str(refused.value)


def test_a_server_that_is_away_refuses_us_or_lacks_jetstream_is_told_in_a_sentence(stack: ExitStack) -> None:
    away = NatsServer()
    with pytest.raises(RemoteError, match="cannot be reached: Connection refused"):
        NatsClient(away.server(), "test")
    away.__exit__(None, None, None)
    strict = stack.enter_context(NatsServer("authorization { user: ann, password: pw }"))
    # The server hangs up behind its answer, and the kernel may throw away what was not read by then.
    assert any("refuses our credentials" in refusal(strict) for _ in range(5))
    NatsClient(strict.server(told=Identity(user="ann", password="pw")), "test").close()
    seed = strict.directory / "seed"
    seed.write_text("nonsense")
    with pytest.raises(RemoteError, match="holds no credentials"):
        NatsClient(strict.server(told=Identity(nkey=str(seed))), "test")
    with pytest.raises(RemoteError, match="TLS was asked for, and it offers none"):
        NatsClient(strict.server(strict.url.replace("nats:", "tls:")), "test")
