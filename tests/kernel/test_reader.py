"""The reader hands on every message of every namespace in order, and says what it could not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from json import loads
from pathlib import Path

import psutil
import pytest

from ovltui.events.decode import decode
from ovltui.events.record import Kind, Record
from ovltui.kernel import frames, wire
from ovltui.kernel.datagrams import Datagrams
from ovltui.kernel.frames import FrameKind
from ovltui.kernel.namespace import opened
from ovltui.kernel.nsid import FIRST_GIVEN, give_nsid
from ovltui.kernel.reader import Reader
from ovltui.kernel.receiver import Receiver
from ovltui.kernel.rtnl import Rtnl
from tests.bed.netns import NamedNetns, ip
from tests.kernel.hearing import UNPRIVILEGED, Ear, Frame, await_true, ear, frames_of, open_files

NewNetns = Callable[[str], NamedNetns]
SMALL = 1 << 16
STORM = 2000
FLOOD = 30000
"""Routes whose frames fill a pipe and half a mebibyte."""
BACKLOG = 500_000
END = bytes((192, 0, 2, 99))
"""Address by which a monitor is known to have heard everything."""

PARENT = """
import sys, time
from ovltui.kernel.receiver import Receiver
receiver = Receiver()
receiver.read()
print(receiver.pid, flush=True)
time.sleep(60)
"""


def heard(made: NamedNetns) -> int:
    """Give a namespace an nsid, unless somebody else did, and return it."""
    with Rtnl() as rtnl, opened(str(made.path)) as there:
        return give_nsid(rtnl, there.fd, FIRST_GIVEN)


def settle(listening: Ear, made: NamedNetns, nsid: int) -> int:
    """Wait until everything so far was heard; return how many messages of the namespace that was."""
    made.ip("route", "add", "192.0.2.97/32", "dev", "lo")
    await_true(lambda: "new 192.0.2.97" in routes(listening.messages(nsid)))
    return len(listening.messages(nsid))


def await_heard(listening: Ear, nsid: int, part: bytes) -> None:
    """Wait for a message of a namespace that has these bytes in it."""
    await_true(lambda: any(part in frame.payload for frame in listening.messages(nsid)))


def storm(made: NamedNetns, count: int, verb: str = "add") -> None:
    """Add or delete ``count`` routes."""
    lines = "".join(f"route {verb} 10.{n >> 8}.{n & 255}.0/24 dev lo\n" for n in range(count))
    command = ["ip", "-n", made.name, "-batch", "-"]
    subprocess.run(command, input=lines, text=True, check=True, capture_output=True)


def routes(frames_heard: Sequence[Frame]) -> list[str]:
    """Return the action and destination of each IPv4 route that was heard, in order."""
    events = [decode(Record(0, 0, frame.nsid, Kind.MESSAGE, frame.payload)) for frame in frames_heard]
    return [f"{event.action} {event.fields['dst']}" for event in events if event.object == "route"]


@contextmanager
def monitor(made: NamedNetns, output: Path) -> Iterator[None]:
    """Run ``ip -o monitor`` in a namespace; it has heard everything when the block ends."""
    with output.open("wb") as file, subprocess.Popen(made.command("ip", "-o", "monitor"), stdout=file) as inside:
        sockets = Path(f"/proc/{inside.pid}/net/netlink")
        await_true(lambda: any(line.split()[2] == str(inside.pid) for line in sockets.read_text().splitlines()[1:]))
        try:
            yield
            made.ip("address", "add", "192.0.2.99/32", "dev", "lo")
            await_true(lambda: b"192.0.2.99/32" in output.read_bytes())
        finally:
            inside.kill()


@pytest.fixture
def listening() -> Iterator[Ear]:
    with ear() as made:
        yield made.listen()


@pytest.mark.needs_root
def test_the_reader_says_first_what_it_can_hear(listening: Ear) -> None:
    hello = listening.frames()[0]
    assert (hello.kind, hello.nsid) == (FrameKind.HELLO, frames.OWN_NSID)
    told = loads(hello.payload)
    assert told == {"all_nsid": True, "rcvbuf": 128 << 20, "says": []}
    assert abs(hello.time_ns - time.time_ns()) < 5 * 10**9


def test_events_of_several_namespaces_come_in_order_under_their_nsids(new_netns: NewNetns, listening: Ear) -> None:
    made = [new_netns("h5-order") for _ in range(3)]
    nsids = [heard(one) for one in made]
    for step in range(4):
        for one in made:
            one.ip("link", "set", "lo", "mtu", str(3000 + step))
    for nsid in nsids:
        await_heard(listening, nsid, (3003).to_bytes(4, "little"))
    order = []
    for frame in listening.frames():
        if frame.nsid in nsids and frame.rtm == wire.Rtm.NEWLINK:
            event = decode(Record(0, 0, frame.nsid, Kind.MESSAGE, frame.payload))
            order.append((nsids.index(frame.nsid), event.fields["mtu"]))
    order = [step for step in order if step[1] < 4000]  # it was up before
    assert order == [(place, 3000 + step) for step in range(4) for place in range(3)]
    times = [frame.time_ns for frame in listening.frames()]
    assert times == sorted(times)


def test_it_hears_as_many_events_as_ip_monitor_inside(new_netns: NewNetns, listening: Ear, tmp_path: Path) -> None:
    made = [new_netns("h5-count") for _ in range(2)]
    nsids = [heard(one) for one in made]
    before = [settle(listening, one, nsid) for one, nsid in zip(made, nsids, strict=True)]
    with monitor(made[0], tmp_path / "0"), monitor(made[1], tmp_path / "1"):
        storm(made[0], 300)
        storm(made[1], 200)
        made[1].ip("link", "add", "br7", "type", "bridge")
        made[1].ip("link", "set", "br7", "up", "mtu", "1400")
        made[1].ip("neigh", "add", "192.0.2.1", "lladdr", "02:00:00:00:00:01", "dev", "br7")
        made[1].ip("link", "del", "br7")
        storm(made[0], 300, "del")
    for number, nsid in enumerate(nsids):
        lines = (tmp_path / str(number)).read_text().splitlines()
        # ip monitor names ids of its own table; groups of a bridge are printed by bridge monitor.
        printed = [line for line in lines if "192.0.2.99" not in line and "nsid" not in line]
        others = (wire.Rtm.NEWNSID, wire.Rtm.DELNSID, wire.Rtm.NEWMDB, wire.Rtm.DELMDB)
        await_heard(listening, nsid, END)
        ours = [
            frame
            for frame in listening.messages(nsid)[before[number] :]
            if END not in frame.payload and frame.rtm not in others
        ]
        assert len(ours) == len(printed)
    added = listening.messages(nsids[0])[before[0] :]
    assert routes(added)[:300] == [f"new 10.{n >> 8}.{n & 255}.0/24" for n in range(300)]
    assert listening.lost() == 0


def between(heard_frames: list[Frame], nsid: int) -> list[Frame]:
    """Return the frames from the first message of a namespace to the last one."""
    places = [
        place
        for place, frame in enumerate(heard_frames)
        if frame.nsid == nsid and frame.kind is FrameKind.MESSAGE and frame.rtm == wire.Rtm.NEWROUTE
    ]
    return heard_frames[places[0] : places[-1] + 1]


def test_what_overruns_the_receive_buffer_is_counted_in_a_gap_at_its_place(new_netns: NewNetns) -> None:
    made = new_netns("h5-gap")
    nsid = heard(made)
    with ear(SMALL) as small, ear() as large:
        small.listen()
        large.listen()
        storm(made, 10)
        await_true(lambda: len(routes(small.messages(nsid))) == 10)
        os.kill(small.receiver.pid, signal.SIGSTOP)
        await_true(lambda: psutil.Process(small.receiver.pid).status() == psutil.STATUS_STOPPED)
        storm(made, STORM + 10, "replace")
        os.kill(small.receiver.pid, signal.SIGCONT)
        await_true(small.lost)
        made.ip("route", "add", "192.0.2.0/24", "dev", "lo")
        await_true(lambda: "new 192.0.2.0/24" in routes(small.messages(nsid)))
        await_true(lambda: "new 192.0.2.0/24" in routes(large.messages(nsid)))
        after = small.frames()
        gaps = [place for place, frame in enumerate(after) if frame.kind is FrameKind.GAP]
        everything = large.frames()
        all_of_it, got = routes(large.messages(nsid)), routes(small.messages(nsid))
        assert large.lost() == 0
    assert len(gaps) == 1
    before_gap = [frame for frame in after[: gaps[0]] if frame.nsid == nsid and frame.kind is FrameKind.MESSAGE]
    # The queue from before the loss comes first, then the gap, then what came later.
    assert routes(before_gap) == all_of_it[: len(routes(before_gap))]
    assert 10 < len(routes(before_gap)) < STORM
    assert got[len(routes(before_gap)) :] == ["new 192.0.2.0/24"]
    lost, span_ns = frames.GAP.unpack(after[gaps[0]].payload)
    # Both hear all namespaces in one order: the gap is the only frame that one of them alone has.
    assert lost == len(between(everything, nsid)) - (len(between(after, nsid)) - 1)
    assert 0 < span_ns < 60 * 10**9


def test_a_pipe_that_nobody_reads_loses_what_does_not_fit_and_says_so(new_netns: NewNetns) -> None:
    made = new_netns("h5-full")
    nsid = heard(made)
    with ear(64 << 20, BACKLOG) as deaf, ear() as beside:
        beside.listen()
        deaf.await_start()
        storm(made, FLOOD)
        await_true(lambda: len(routes(beside.messages(nsid))) == FLOOD)
        assert not drops(deaf.receiver.pid)
        deaf.listen()
        await_true(deaf.lost)
        made.ip("route", "add", "192.0.2.0/24", "dev", "lo")
        await_true(lambda: "new 192.0.2.0/24" in routes(deaf.messages(nsid)))
        whole, size = deaf.frames(), len(deaf._data)
    expected = {f"new 10.{n >> 8}.{n & 255}.0/24": n for n in range(FLOOD)} | {"new 192.0.2.0/24": FLOOD}
    place = allowed = missing = 0
    for frame in whole:
        if frame.kind is FrameKind.GAP:
            allowed += frames.GAP.unpack(frame.payload)[0]
        for route in routes([frame]) if frame.nsid == nsid else ():
            if route in expected:
                # What is missing stands counted in a gap between its neighbours.
                assert 0 <= expected[route] - place <= allowed
                missing += expected[route] - place
                place, allowed = expected[route] + 1, 0
    assert place == FLOOD + 1
    assert missing > 1000
    assert size < (1 << 20) + BACKLOG + 65536


@pytest.mark.alone
def test_a_loss_is_said_as_soon_as_there_is_room_also_when_nothing_follows(new_netns: NewNetns) -> None:
    made = new_netns("h5-quiet")
    nsid = heard(made)
    with ear(64 << 20, BACKLOG) as deaf, ear() as beside:
        beside.listen()
        deaf.await_start()
        storm(made, FLOOD)
        await_true(lambda: len(routes(beside.messages(nsid))) == FLOOD)
        deaf.listen()
        await_true(deaf.lost, 1.0)


def drops(pid: int) -> int:
    """Return what the kernel dropped on the netlink sockets of a process, as /proc tells."""
    rows = [line.split() for line in Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]]
    return sum(int(row[8]) for row in rows if row[2] == str(pid))


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_of_a_terminal_do_not_stop_it(signum: signal.Signals, listening: Ear) -> None:
    os.kill(listening.receiver.pid, signum)
    before = len(listening.frames())
    if os.geteuid() == 0:
        ip("route", "replace", "192.0.2.77/32", "dev", "lo")
        ip("route", "del", "192.0.2.77/32", "dev", "lo")
        await_true(lambda: len(listening.frames()) > before)
    assert psutil.Process(listening.receiver.pid).status() != psutil.STATUS_ZOMBIE


def test_it_is_a_session_of_its_own(listening: Ear) -> None:
    assert os.getsid(listening.receiver.pid) == listening.receiver.pid


def test_it_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        reader = psutil.Process(int(parent.stdout.readline()))
        assert reader.is_running()
        parent.kill()
    await_true(lambda: not reader.is_running() or reader.status() == psutil.STATUS_ZOMBIE)


def test_it_ends_quietly_when_the_pipe_is_closed() -> None:
    receiver = Receiver()
    receiver.read()
    os.close(receiver._near)
    assert receiver._process.wait(30) == 0
    assert receiver._process.stderr is not None
    assert receiver._process.stderr.read() == b""
    receiver._process.stderr.close()


def test_closing_it_wakes_whoever_reads_and_leaves_nothing() -> None:
    before = open_files()
    with ear() as made:
        made.listen()
        process = psutil.Process(made.receiver.pid)
    assert not process.is_running()
    assert open_files() == before


def test_one_that_dies_says_why() -> None:
    receiver = Receiver(1 << 40)
    try:
        while receiver.read():
            pass
        assert "Error" in receiver.last_words()
    finally:
        receiver.close()
        receiver.release()


def test_one_that_is_killed_says_its_status() -> None:
    with ear() as made:
        made.listen()
        os.kill(made.receiver.pid, signal.SIGKILL)
        assert made.receiver.last_words() == "exit status -9"


@pytest.mark.needs_root
def test_an_ordinary_user_hears_his_own_namespace_and_is_told_so() -> None:
    code = "from ovltui.kernel.receiver import Receiver\nimport sys\nr = Receiver()\n"
    code += "sys.stdout.buffer.write(r.read())\nr.close()\nr.release()\n"
    said = subprocess.run([*UNPRIVILEGED, sys.executable, "-c", code], capture_output=True, check=True).stdout
    length = frames.HEADER.unpack_from(said)[3]
    told = loads(said[frames.HEADER.size : frames.HEADER.size + length])
    assert told["all_nsid"] is False
    assert told["says"] == ["events of other namespaces are not heard (Operation not permitted)"]
    assert 0 < told["rcvbuf"] < 128 << 20


def test_frames_that_the_pipe_takes_in_parts_arrive_whole_and_in_order() -> None:
    near, far = os.pipe()
    os.set_blocking(far, False)
    reader = Reader(far)
    try:
        reader._pending.clear()
        reader._waiting = 0
        sizes = [0, 5, 200_000, 1, *[700] * 200, 65536, 0]
        sent = [Frame(number, 7, FrameKind.MESSAGE, bytes([number & 255]) * size) for number, size in enumerate(sizes)]
        for frame in sent:
            reader._put(frames.frame(frame.kind, frame.time_ns, frame.nsid, frame.payload))
        arrived = b""
        while reader._waiting:
            reader._write()
            arrived += os.read(near, 30_001)
        while len(piece := os.read(near, 30_001)) == 30_001:
            arrived += piece
    finally:
        reader._socket.close()
        os.close(near)
        os.close(far)
    assert frames_of(arrived + piece) == sent
    assert not reader._pending


def test_a_message_that_does_not_fit_is_counted_in_a_gap_at_its_place(new_netns: NewNetns) -> None:
    made = new_netns("h5-long")
    nsid = heard(made)
    near, far = os.pipe()
    reader = Reader(far)
    try:
        reader._came = Datagrams(reader._socket.fileno(), 128, 200)
        reader._pending.clear()
        made.ip("route", "add", "192.0.2.1", "dev", "lo")
        made.ip("link", "set", "lo", "mtu", "3000")
        made.ip("route", "add", "192.0.2.2", "dev", "lo")
        reader._receive()
        said = frames_of(b"".join(reader._pending))
    finally:
        reader._socket.close()
        os.close(near)
        os.close(far)
    places = [frame.kind is FrameKind.GAP or routes([frame]) for frame in said if frame.nsid in (nsid, frames.OWN_NSID)]
    first, second = places.index(["new 192.0.2.1"]), places.index(["new 192.0.2.2"])
    assert True in places[first:second]
