"""What recording costs: CPU beside watching alone, and how fast a recording of 1,000,000 records opens and seeks.

``python -m tests.bench.record [PART ...]``; needs root for ``watching`` and ``commands``.
"""

import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psutil

from ovltui.kernel import wire
from ovltui.session.live import LiveSession, Options
from ovltui.session.player import Player
from ovltui.session.session import Session
from tests.bench.cost import await_socket, cpu_of, settle
from tests.bench.figures import Figures, measure
from tests.bench.storms import EVENTS, FLAPS, flap_storm, route_storm
from tests.capture.made import BASE_NS, recorder
from tests.session import made

RECORDS = 1_000_000
NETNSES = 48
_PIECE = 20_000
_PACE_S = 0.15
"""Seconds for a piece: a storm at the kernel's full speed."""
_SEEKS = 9
_PATIENCE_S = 10
_FLAPS = 4 * FLAPS
"""So many that processors are busy for a second, which are counted in hundredths of it."""


def watching(figures: Figures) -> None:
    """CPU of a storm of routes and of one of link changes, with a recorder and without."""
    for name, storm, size in (("routes", route_storm, EVENTS), ("links", flap_storm, _FLAPS)):
        with storm(size) as made_up:
            made_up.nsids()
            for recorded in (False, True):
                seconds = _watch(made_up.run, recorded=recorded)
                figures.add(f"{name}, {'recorded' if recorded else 'watched'}", seconds, "s CPU")
            figures.ratio(f"{name}, recorded / watched", f"{name}, recorded", f"{name}, watched", 1.3)


def _watch(storm: Callable[[], None], *, recorded: bool) -> float:
    session = LiveSession(Options(no_docker=True))
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        stack.callback(session.close)
        session.start()
        _await_tables(session)
        if recorded:
            one = recorder(session, Path(directory, "a.pcapng"))
            one.start()
            stack.callback(one.close)
        settle(lambda: cpu_of(os.getpid()))
        before = cpu_of(os.getpid())
        storm()
        settle(lambda: cpu_of(os.getpid()))
        return cpu_of(os.getpid()) - before


def _await_tables(session: LiveSession) -> None:
    """Wait until all tables were read: before that, the events of a storm are taken into none."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and not session.netnses:
        time.sleep(0.01)
    while time.monotonic() < deadline and not all(session.tables_of(one).complete for one in session.netnses):
        time.sleep(0.05)


def commands(figures: Figures) -> None:
    """CPU of ``ovltui record`` in a storm, checks included, beside ``ovltui watch --json`` into nothing."""
    for name, storm in (("routes", route_storm), ("links", flap_storm)):
        with storm() as made_up, tempfile.TemporaryDirectory() as directory:
            made_up.nsids()
            for words in (("watch", "--json"), ("record", os.path.join(directory, "a.pcapng"))):
                figures.add(f"{name}, {words[0]}", _command(made_up.run, words), "s CPU")
            figures.ratio(f"{name}, record / watch --json", f"{name}, record", f"{name}, watch", 1)


def _command(storm: Callable[[], None], words: Sequence[str]) -> float:
    command = [sys.executable, "-m", "ovltui", "--no-docker", *words]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not (readers := psutil.Process(process.pid).children()) and time.monotonic() < deadline:
                time.sleep(0.01)
            await_socket(readers[0].pid)
            settle(lambda: cpu_of(process.pid))
            before = cpu_of(process.pid)
            storm()
            settle(lambda: cpu_of(process.pid))
            return cpu_of(process.pid) - before
        finally:
            process.terminate()


def opening(figures: Figures) -> None:
    """Opening and seeking, in CPU seconds."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "a.pcapng")
        _record(path)
        figures.add("bytes of a record", path.stat().st_size / RECORDS, "bytes")
        player, seconds = _opened(path)
        figures.add("open", seconds, "s CPU", 2)
        chance = random.Random(1)
        seeks = [_seek(player, chance.randrange(player.first, player.end)) for _ in range(_SEEKS)]
        player.close()
        figures.add("seek, median", median(seeks), "s CPU", 0.2)
        figures.add("seek, slowest", max(seeks), "s CPU", 0.2)
        os.truncate(path, path.stat().st_size - 9)
        player, seconds = _opened(path)
        figures.add("open without an index", seconds, "s CPU", 2)
        player.close()


def _opened(path: Path) -> tuple[Player, float]:
    before = time.process_time()
    player = Player(os.fspath(path))
    assert player.records == RECORDS
    return player, time.process_time() - before


def _seek(player: Player, seq: int) -> float:
    before = time.process_time()
    session = player.seek(seq)
    session.snapshot()
    newest = session.ring.seqs(None, seq - 100, seq)
    assert not newest or session.ring[newest[-1]].seq < seq
    return time.process_time() - before


def _record(path: Path) -> None:
    session = Session(made.HOST, made.OWN, 2 * RECORDS)
    for nsid in range(2, 2 + NETNSES):
        session.stream.bind(nsid, made.named(nsid, f"ns{nsid}").key, 0)
    session.publish([made.own(), *(made.named(nsid, f"ns{nsid}", nsid) for nsid in range(2, 2 + NETNSES))])
    pieces = list(_pieces())
    one = recorder(session, path)
    one.start()
    for piece in pieces:
        due = time.monotonic() + _PACE_S
        session.feed(piece)
        time.sleep(max(0.0, due - time.monotonic()))
    one.close()
    assert not one.failure


def _pieces() -> Iterator[bytes]:
    for start in range(0, RECORDS, _PIECE):
        yield b"".join(_frame(number) for number in range(start, start + _PIECE))


def _frame(number: int) -> bytes:
    raw = _link(number) if number % 50 == 0 else _route(number)
    return made.message(raw, 2 + number % NETNSES, BASE_NS + number * 10_000)


def _link(number: int) -> bytes:
    mtu = wire.attribute(4, struct.pack("=I", number))
    return made.link(3 + number % 7, b"veth%d" % (number % 7), change=0, more=mtu)


def _route(number: int) -> bytes:
    kind = wire.Rtm.NEWROUTE if number & 1 else wire.Rtm.DELROUTE
    body = struct.pack("=BBBBBBBBI", 2, 32, 0, 0, 254, 4, 0, 1, 0)
    dst = wire.attribute(1, struct.pack("!I", 0x0A000000 + number // 2))
    return wire.message(kind, 0, 0, body + dst + wire.attribute(4, struct.pack("=I", 1)))


if __name__ == "__main__":
    measure(watching, commands, opening)
