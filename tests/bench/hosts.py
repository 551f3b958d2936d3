"""Twenty simulated nodes at 500 events a second each on one viewer: ``python -m tests.bench.hosts [PART ...]``.

A node is a process that writes a led stream, a recording of a session that a thread feeds in real time; the viewer is
the real one, on a terminal. No kernel is behind the events, so that nothing but the viewer and the lines is measured.
Needs no privileges. Nothing else should run: the twenty nodes take a core of their own.
"""

import itertools
import os
import random
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil

from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.pipe import Pipe
from ovltui.cli.led import Leader
from ovltui.errors import RemoteError, UsageError
from ovltui.kernel import wire
from ovltui.netns.model import NetnsKey
from ovltui.remote.line import Line
from ovltui.session.joined import JoinedSession
from ovltui.session.recorder import LINE, Recorder
from ovltui.session.session import Session
from tests.bed.nats import await_that
from tests.bench.figures import Figures, measure
from tests.bench.screen import Screen
from tests.bench.storm import KEYS, SIZE, press
from tests.capture.made import neigh
from tests.session import made

NODES, RATE = 20, 500
_NETNSES = 8
_STEP_S = 0.02
_ROUNDS = 12
_SETTLE_S, _WINDOW_S = 5.0, 4.0


def viewer(figures: Figures) -> None:
    """Keys, CPU and losses of the screens while all nodes speak."""
    with tempfile.TemporaryDirectory(prefix="ovltui-bench-") as directory:
        stop = Path(directory, "stop")
        with Screen(*SIZE, [sys.executable, "-m", "tests.bench.hosts", "--view", directory]) as screen:
            screen.wait(b"Quit", patience_s=60)
            await_that(lambda: len(list(Path(directory).glob("live.*"))) == NODES, 60)
            time.sleep(_SETTLE_S)
            screen.press(b"\t", b"\x1b[")
            screen.press(b"\t", b"\x1b[")
            cpu, begun = _cpu(screen.pid), time.monotonic()
            time.sleep(_WINDOW_S)
            took, cost = time.monotonic() - begun, _cpu(screen.pid) - cpu
            bytes_sent = screen.sent(begun, time.monotonic()) / took
            waits = _keys(screen)
            stop.touch()
            await_that(lambda: len(list(Path(directory).glob("sent.*"))) == NODES, 60)
            time.sleep(2)
            quiet = _keys(screen)
        told = [path.read_text().split() for path in Path(directory).glob("sent.*")]
        seen, lost = map(int, Path(directory, "seen").read_text().split())
    sent = sum(int(count) for count, _ in told)
    figures.add("events sent", sent)
    figures.add("events a second", sum(int(count) / float(seconds) for count, seconds in told))
    figures.add("events lost and said", lost)
    figures.add("events lost unsaid", sent - seen - lost, goal=0)
    figures.add("CPU of the viewer", cost / took * 100, "% of a core")
    figures.add("to the terminal", bytes_sent / 1024, "KiB/s", 64)
    for what, found in (("", waits), (", when nobody speaks", quiet)):
        figures.add(f"key to screen, median{what}", found[len(found) // 2] * 1e3, "ms")
        figures.add(f"key to screen, p95{what}", found[int(len(found) * 0.95)] * 1e3, "ms", None if what else 50)


def _keys(screen: Screen) -> list[float]:
    return sorted(press(screen, key, answer) for _ in range(_ROUNDS) for key, answer in KEYS)


def _cpu(pid: int) -> float:
    """Return the CPU seconds of the viewer without the nodes, which are processes of it."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


class Simulated:
    """A machine that is a process of this file.

    Args:
        number: which.
        directory: where it says how far it is.
    """

    def __init__(self, number: int, directory: str) -> None:
        self.name = f"node{number:02}"
        self.url = f"ssh://{self.name}"
        self._words = ["-m", "tests.bench.hosts", "--node", str(number), directory]

    def open(self) -> Line:
        """Start it."""
        return Line([sys.executable, *self._words])

    def shell_words(self, paths: Sequence[str], inode: int) -> list[str]:
        """Refuse."""
        raise RemoteError(f"{self.name} is simulated: {list(paths)} of it, {inode}, cannot be entered.")

    def close(self) -> None:
        """Nothing is shared."""


def view(directory: str) -> None:
    """Show all nodes until SIGTERM; say what was seen."""
    from ovltui.tui.run import run_joined  # noqa: PLC0415  (nodes need none of it)

    session = JoinedSession([Simulated(number, directory) for number in range(NODES)])

    def reach(text: str) -> None:
        raise UsageError(f"{text}: no more than {NODES}.")

    run_joined(session, reach)
    seen = sum(session.ring.messages_by_nsid(0, session.ring.end).values())
    lost = sum(host.lost for host in session.hosts)
    Path(directory, "seen").write_text(f"{seen} {lost}")


def node(number: int, directory: str) -> None:
    """Be a node until nobody leads it."""
    ended = threading.Event()
    leader = Leader(ended)
    session = _session(f"node{number:02}")
    recorder = Recorder(session, partial(Pipe, ended), Start(FORMAT, "0", "", None, 0, boot=str(number)), manner=LINE)
    leader.answers(recorder.clock)
    recorder.start()
    Path(directory, f"live.{number}").touch()
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # the viewer alone is measured
    sent, due, chance, begun = 0, time.monotonic(), random.Random(number), time.monotonic()
    while not Path(directory, "stop").exists() and not ended.is_set():
        due += _STEP_S
        time.sleep(max(0.0, due - time.monotonic()))
        count = int(RATE * _STEP_S)
        session.feed(b"".join(_event(chance) for _ in range(count)))
        sent += count
    Path(directory, f"sent.{number}").write_text(f"{sent} {time.monotonic() - begun}")
    ended.wait()


def _session(host: str) -> Session:
    session = Session(host, NetnsKey(host, 1), 200_000)
    found = [
        replace(made.named(10 + nsid, f"{host}-c{nsid}", nsid), key=NetnsKey(host, 10 + nsid)) for nsid in _nsids()
    ]
    for netns in found:
        assert netns.nsid is not None
        session.stream.bind(netns.nsid, netns.key, 0)
    session.publish([replace(made.own(), key=NetnsKey(host, 1)), *found])
    session.feed(b"".join(made.message(made.link(3, b"eth0"), nsid, time.time_ns()) for nsid in _nsids()))
    return session


def _nsids() -> range:
    return range(2, 2 + _NETNSES)


_ADDRESSES = itertools.count(1)


def _event(chance: random.Random) -> bytes:
    """Return a route, a neighbour or, seldom, a link that changes."""
    what, number = chance.randrange(20), next(_ADDRESSES)
    address = socket.inet_ntoa(struct.pack("!I", 0x0A000000 + number % 0xFFFFFF))
    if what == 0:
        raw = made.link(3, b"eth0", change=0, more=wire.attribute(4, struct.pack("=I", 1000 + number % 8000)))
    elif what < 10:
        raw = neigh(
            address,
            f"02:42:{number >> 24 & 255:02x}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
        )
    else:
        raw = _route(address, new=bool(number & 1))
    return made.message(raw, chance.choice(_nsids()), time.time_ns())


def _route(address: str, *, new: bool) -> bytes:
    body = struct.pack("=BBBBBBBBI", 2, 32, 0, 0, 254, 4, 0, 1, 0)
    dst = wire.attribute(1, socket.inet_aton(address)) + wire.attribute(4, struct.pack("=I", 3))
    return wire.message(wire.Rtm.NEWROUTE if new else wire.Rtm.DELROUTE, 0, 0, body + dst)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--view"]:
        view(sys.argv[2])
    elif sys.argv[1:2] == ["--node"]:
        node(int(sys.argv[2]), sys.argv[3])
        os._exit(0)
    else:
        measure(viewer)
