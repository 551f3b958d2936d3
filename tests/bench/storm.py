"""Events at the kernel's full speed: ``python tests/bench/storm.py [NAME ...]``, as root.

What the reader process, ``ovltui watch`` and the screens lose and cost, beside ``ip monitor`` in the same storm; how
much goes to the terminal, and how long a key takes meanwhile. Needs tmux. Nothing else should run.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.kernel import frames
from tests.bed.terminal import Terminal
from tests.bench.cost import await_socket, cpu_of, netlink_drops, settle
from tests.bench.figures import Figures, measure
from tests.bench.screen import Screen
from tests.bench.storms import CROWD, Storm, flap_storm, route_storm
from tests.kernel.hearing import Ear, ear

OVLTUI = [str(Path(sys.executable).parent / "ovltui"), "--no-docker"]
SIZE = (120, 36)
KEYS = ((b"p", b"PAUSED"), (b"p", b"LIVE"), (b"k", b"48;5;24"), (b"k", b"48;5;24"), (b"j", b"48;5;24"), (b"G", b"LIVE"))
"""Keys in the order in which they are pressed, each with what the screen then says."""
_ROUNDS = 12


@contextmanager
def monitor(storm: Storm) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``ip -o monitor``: in the namespace, or here for all of them where there are several."""
    one = len(storm.netnses) == 1
    words = storm.netnses[0].command("ip", "-o", "monitor") if one else ["ip", "-o", "monitor", "all-nsid"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            await_socket(process.pid)
            yield process
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reader heard of a storm."""

    events: int
    lost: int


def heard(listener: Ear, nsids: set[int]) -> Heard:
    """Count the messages of some namespaces, and all that were lost."""
    said = listener.frames()
    events = sum(frame.kind is frames.FrameKind.MESSAGE and frame.nsid in nsids for frame in said)
    lost = sum(frames.GAP.unpack(frame.payload)[0] for frame in said if frame.kind is frames.FrameKind.GAP)
    return Heard(events, lost)


def measure_reader(figures: Figures, name: str, storm: Storm) -> None:
    """The reader process beside ``ip -o monitor``."""
    nsids = storm.nsids()
    with ear() as listener, monitor(storm) as peer:
        listener.listen()
        time.sleep(0.2)
        before, before_peer = cpu_of(listener.receiver.pid), cpu_of(peer.pid)
        events_before = heard(listener, nsids).events
        storm.run()
        settle(lambda: cpu_of(listener.receiver.pid) + cpu_of(peer.pid))
        got = heard(listener, nsids)
        events, drops = got.events - events_before, netlink_drops(peer.pid)
        cost, cost_peer = cpu_of(listener.receiver.pid) - before, cpu_of(peer.pid) - before_peer
    figures.add(f"{name}: events", events)
    figures.add(f"{name}: lost by the reader", got.lost, goal=0)
    figures.add(f"{name}: lost by ip monitor", drops)
    figures.add(f"{name}: CPU of the reader", cost / events * 1e6, "us/ev")
    figures.add(f"{name}: CPU of ip -o monitor", cost_peer / max(1, events + got.lost - drops) * 1e6, "us/ev")
    figures.ratio(name, f"{name}: CPU of the reader", f"{name}: CPU of ip -o monitor", 1.5)


def measure_watch(figures: Figures, name: str, storm: Storm, *words: str) -> None:
    """``ovltui watch`` into a file, until the storm's last event stands in it."""
    with TemporaryDirectory(prefix="ovltui-bench-") as directory:
        path = Path(directory, "out")
        with path.open("wb") as out, subprocess.Popen([*OVLTUI, "watch", *words], stdout=out) as watch:
            try:
                while not path.stat().st_size:
                    storm.mark()
                    time.sleep(0.3)
                before, begun = cpu_of(watch.pid), time.monotonic()
                storm.run()
                stormed = time.monotonic() - begun
                await_in(path, storm.mark().encode())
                took, cost = time.monotonic() - begun, cpu_of(watch.pid) - before
            finally:
                watch.terminate()
        lines = path.read_bytes().splitlines()
    # The line of a gap says LOST; in JSON its action is "lost".
    lost = sum(b"LOST" in line or b'"lost"' in line for line in lines)
    figures.add(f"{name}: lines", len(lines))
    figures.add(f"{name}: gaps", lost, goal=0)
    figures.add(f"{name}: CPU", cost / len(lines) * 1e6, "us/ev")
    figures.add(f"{name}: speed", len(lines) / took, "ev/s")
    figures.add(f"{name}: behind the storm at its end", took - stormed, "s")


def await_in(path: Path, what: bytes, patience_s: float = 120) -> None:
    """Wait until the last lines of a file contain ``what``."""
    deadline = time.monotonic() + patience_s
    with path.open("rb") as file:
        while time.monotonic() < deadline:
            file.seek(max(0, path.stat().st_size - 65536))
            if what in file.read():
                return
            time.sleep(0.02)
    raise TimeoutError(f"{what!r} is not printed")


def in_tmux(terminal: Terminal, storm: Storm) -> tuple[float, float]:
    """Return the CPU seconds of a tmux server with all in it and of an attached client, and the storm's seconds."""
    server = int(terminal._ask("#{pid}"))
    attach = ["tmux", "-S", str(terminal._directory / "socket"), "attach"]
    with Screen(*SIZE, attach) as client:

        def cpu() -> float:
            return cpu_of(server) + cpu_of(client.pid)

        time.sleep(2)
        before, begun = cpu(), time.monotonic()
        storm.run()
        stormed = time.monotonic() - begun
        settle(cpu)
        cost = cpu() - before
        terminal._tmux("detach-client", "-a", check=False)
    return cost, stormed


def measure_screens(figures: Figures, name: str, storm: Storm) -> None:
    """The whole TUI in tmux beside three panes of ``ip monitor`` in another tmux, the same storm once for each."""
    place = storm.netnses[0]
    with Terminal(*SIZE, place.command("ip", "monitor", "link")) as panes:
        for what in ("route", "neigh"):
            panes._tmux("split-window", "-v", "exec " + " ".join(place.command("ip", "monitor", what)))
        peer, peer_s = in_tmux(panes, storm)
    with Terminal(*SIZE, OVLTUI) as terminal:
        terminal.wait("Quit")
        ours, ours_s = in_tmux(terminal, storm)
        lost = "LOST" in terminal.text()
    figures.add(f"{name}: lost", float(lost), goal=0)
    figures.add(f"{name}: CPU of the TUI in tmux", ours, "s")
    figures.add(f"{name}: CPU of three ip monitor in tmux", peer, "s")
    figures.ratio(name, f"{name}: CPU of the TUI in tmux", f"{name}: CPU of three ip monitor in tmux", 1)
    figures.add(f"{name}: the storm took beside the TUI", ours_s, "s")
    figures.add(f"{name}: the storm took beside ip monitor", peer_s, "s")


@contextmanager
def going_on(storm: Storm) -> Iterator[None]:
    """Repeat a storm in a thread until the block ends."""
    enough = threading.Event()

    def repeat() -> None:
        while not enough.is_set():
            storm.run()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def measure_terminal(figures: Figures, name: str, storm: Storm) -> None:
    """Bytes to the terminal, and how long keys take, during a storm that goes on."""
    with Screen(*SIZE, OVLTUI) as screen:
        screen.wait(b"Quit")
        time.sleep(1.5)
        to_panes(screen)
        with going_on(storm):
            time.sleep(0.5)
            since = time.monotonic()
            time.sleep(4)
            sent = screen.sent(since, time.monotonic()) / (time.monotonic() - since)
            waits = sorted(press(screen, key, answer) for _ in range(_ROUNDS) for key, answer in KEYS)
    figures.add(f"{name}: to the terminal", sent / 1024, "KiB/s", 64)
    figures.add(f"{name}: key to screen, median", waits[len(waits) // 2] * 1e3, "ms")
    figures.add(f"{name}: key to screen, p95", waits[int(len(waits) * 0.95)] * 1e3, "ms", 50)
    figures.add(f"{name}: key to screen, worst", waits[-1] * 1e3, "ms")


def to_panes(screen: Screen) -> None:
    """Move the focus from the tree to the panes of events."""
    for _ in range(2):
        screen.press(b"\t", b"\x1b[")


def press(screen: Screen, key: bytes, answer: bytes) -> float:
    """Press a key a moment after the last, never in step with the paints."""
    time.sleep(0.0731)
    return screen.press(key, answer)


def reader(figures: Figures) -> None:
    """All storms at the reader."""
    with route_storm() as storm:
        measure_reader(figures, "routes", storm)
    with route_storm(crowd=CROWD) as storm:
        measure_reader(figures, f"routes in {CROWD}", storm)
    with flap_storm() as storm:
        measure_reader(figures, "flaps", storm)


def watch(figures: Figures) -> None:
    """Both forms of ``ovltui watch``."""
    with route_storm() as storm:
        measure_watch(figures, "watch", storm)
        measure_watch(figures, "watch --json", storm, "--json")
    with route_storm(crowd=CROWD) as storm:
        measure_watch(figures, f"watch of {CROWD}", storm)


def tui(figures: Figures) -> None:
    """The screens beside tmux."""
    with route_storm() as storm:
        measure_screens(figures, "routes", storm)
    with flap_storm() as storm:
        measure_screens(figures, "flaps", storm)


def terminal(figures: Figures) -> None:
    """The screens on a terminal of their own."""
    with route_storm() as storm:
        measure_terminal(figures, "routes", storm)


if __name__ == "__main__":
    measure(reader, watch, tui, terminal)
