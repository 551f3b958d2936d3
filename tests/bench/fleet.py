"""What a fleet costs: bytes that a node publishes, what the server stores, what both take of a CPU.

``python -m tests.bench.fleet [PART ...]``; needs root and nats-server. ``ovltui record --explain-fleet`` does its sums
with these figures.
"""

import os
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from ovltui.capture import blocks
from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.notes import Note, NoteKind, pack
from ovltui.kernel import wire
from ovltui.remote.nats_client import NatsClient
from ovltui.remote.nats_publisher import PublishedPart, Publisher
from ovltui.remote.nats_subjects import Published
from ovltui.remote.nats_ticks import beat, divided
from ovltui.session.live import LiveSession, Options
from ovltui.session.recorder import Manner, Recorder
from tests.bed.nats import NatsServer, await_that
from tests.bed.netns import netns
from tests.bench.cost import cpu_of
from tests.bench.figures import Figures, measure
from tests.capture.made import neigh
from tests.session import made

_ROUNDS, _PAUSE_S = 12, 0.5
_TICKS, _HOSTS, _EVENTS = 300, 4, 25
_CROWD = 50


def node(figures: Figures) -> None:
    """One node on which a container starts and ends twice a second, among fifty namespaces."""
    with ExitStack() as stack:
        server = stack.enter_context(NatsServer())
        for _ in range(_CROWD):
            stack.enter_context(netns("ovfleet"))
        client = NatsClient(server.server(), "bench")
        stack.callback(client.close)
        publisher = Publisher(client, Published("bench", "00000000"))
        asked = [0.0]
        """When a new part is wanted: one of which all tables are known."""
        session = LiveSession(Options(no_docker=True))
        stack.callback(session.close)
        session.start()
        recorder = Recorder(
            session,
            lambda: PublishedPart(publisher),
            Start(FORMAT, "0", "", None, 0),
            lambda _size, since: since < asked[0] < time.monotonic(),
            manner=Manner(streams=True),
        )
        recorder.start()
        stack.callback(recorder.close)
        time.sleep(4)
        asked[0] = time.monotonic()
        time.sleep(1)
        figures.add("bytes of a frame, for each namespace", publisher.frame / len(session.netnses), "bytes")
        sent, records, cpu = publisher.sent, session.ring.end, cpu_of(os.getpid())
        for number in range(_ROUNDS):
            _container(number)
            time.sleep(_PAUSE_S)
        time.sleep(1)
        events = session.ring.end - records
        figures.add("events of a container that starts and ends", events / _ROUNDS)
        figures.add("bytes of an event, names and tables with it", (publisher.sent - sent) / events, "bytes")
        figures.add("CPU of an event, captured and published", (cpu_of(os.getpid()) - cpu) / events * 1e6, "us")
        figures.add(
            "bytes of a beat", len(beat(1, 1, (1, 1))) + len("PUB ovltui-beat.node-0000.00000000 52\r\n\r\n"), "bytes"
        )


def _container(number: int) -> None:
    """Do what Docker does with the links of a container of an overlay network."""
    name = f"ovfleetc{number}"
    script = f"""\
netns add {name}
link add fv{number} type veth peer name fw{number}
link add fb{number} type bridge
link set fb{number} up
link set fw{number} master fb{number} up
link set fv{number} netns {name}
netns exec {name} ip link set fv{number} name eth0
netns exec {name} ip addr add 10.99.0.2/24 dev eth0
netns exec {name} ip link set eth0 up
netns exec {name} ip route add default via 10.99.0.1
neigh add 10.99.0.2 lladdr 02:00:00:00:00:02 dev fb{number} nud permanent
link del fb{number}
netns del {name}
link del fw{number}
"""
    with tempfile.NamedTemporaryFile("w", suffix=".batch") as batch:
        batch.write(script)
        batch.flush()
        subprocess.run(["ip", "-force", "-batch", batch.name], capture_output=True, check=False)


def rates(figures: Figures) -> None:
    """Bytes of an event at rates between one and a thousand a second, by the ticks that these make."""
    with NatsServer() as server:
        client = NatsClient(server.server(), "bench")
        publisher = Publisher(client, Published("rates", "00000000"))
        publisher.put(divided(_frame()))
        for rate in (4, 40, 400, 4000):
            await_that(lambda: not publisher.waiting)
            sent, ticks = publisher.sent, 20
            for tick in range(ticks):
                publisher.put(divided(_events(rate // 4, tick)))
            await_that(lambda: not publisher.waiting)
            figures.add(f"bytes of an event, {rate} a second", (publisher.sent - sent) / ticks / (rate // 4), "bytes")
        publisher.close()
        client.close()


def server(figures: Figures) -> None:
    """What the server takes at full speed from some publishers, and what it stores."""
    with NatsServer() as one, ExitStack() as stack:
        publishers = []
        for number in range(_HOSTS):
            client = NatsClient(one.server(), "bench")
            stack.callback(client.close)
            publishers.append(Publisher(client, Published(f"host{number}", "00000000")))
        assert one.pid
        before, begun = cpu_of(one.pid), time.monotonic()
        threads = [threading.Thread(target=_publish, args=(publisher,)) for publisher in publishers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, cpu = time.monotonic() - begun, cpu_of(one.pid) - before
        sent = sum(publisher.sent for publisher in publishers)
        stored = sum(path.stat().st_size for path in Path(one.directory).rglob("*.blk"))
        ticks = _HOSTS * _TICKS
        figures.add("ticks a second that a server takes", ticks / took)
        figures.add("CPU of the server for a tick", cpu / ticks * 1e6, "us")
        figures.add("bytes stored for a byte sent", stored / sent)
        figures.add("memory of the server", psutil.Process(one.pid).memory_info().rss / 1e6, "MB")


def _publish(publisher: Publisher) -> None:
    publisher.put(divided(_frame()))
    for tick in range(_TICKS):
        publisher.put(divided(_events(_EVENTS, tick)))
    await_that(lambda: not publisher.waiting, 60)


def _frame() -> bytes:
    start, state = Note(NoteKind.START, 0, 0, {}), Note(NoteKind.STATE, 0, 0, {}, (os.urandom(10_000),))
    return blocks.section("", "", "", "") + pack(start) + pack(state)


def _events(count: int, tick: int) -> bytes:
    """Return messages as a bridge and a veth pair cause them."""
    found = []
    for number in range(count):
        mac = f"02:42:0a:{tick & 255:02x}:{number & 255:02x}:01"
        raw = (
            made.link(3 + number % 9, b"veth%07x" % (number * 7919), more=_LINK)
            if number % 3 == 0
            else neigh("10.0.0.9", mac)
        )
        found.append(blocks.packet(number % 5, 1_700_000_000_000_000_000 + tick * 250_000_000 + number * 31_337, raw))
    return b"".join(found)


_LINK = b"".join(
    wire.attribute(kind, bytes(size)) for kind, size in ((4, 4), (13, 4), (16, 1), (7, 96), (23, 192), (26, 400))
)
"""As long as the attributes of a link are."""


if __name__ == "__main__":
    measure(node, rates, server)
