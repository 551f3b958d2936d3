"""The screens over a real sshd on loopback: ``python tests/bench/login.py [NAME ...]``, as root.

What goes to the terminal and what it costs, how long keys and new things take to be seen; also on a line of 16 KiB/s,
which is a veth pair with a token bucket at either end. Needs sshd and tc. Nothing else should run.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.kernel.namespace import enter
from ovltui.session.activity import WINDOW_S
from tests.bed.netns import NamedNetns, netns
from tests.bed.sshd import Sshd
from tests.bench.cost import cpu_of
from tests.bench.figures import Figures, measure
from tests.bench.screen import Screen
from tests.bench.start import IDLE_S, OVLTUI, SIZE, SOME, namespaces
from tests.bench.storm import KEYS, going_on, press, to_panes
from tests.bench.storms import route_storm

_SEEN = 12
"""New namespaces and links that are waited for."""
_ROUNDS, _SLOW_ROUNDS = 8, 3
_STORM_S = 5.0
_LINE = "tbf rate 131072bit burst 2kb latency 2s"
"""16 KiB/s, with a queue of twice that."""
_NEAR, _FAR = "198.18.0.1", "198.18.0.2"


@dataclass(frozen=True, slots=True)
class Line:
    """The way to sshd."""

    near: NamedNetns | None = None
    """Where the client runs, at the other end of a slow line; None for here, on loopback."""

    def command(self, sshd: Sshd, *argv: str) -> list[str]:
        """Return the command that logs in and runs ``argv``."""
        ssh, *words = sshd.command(*argv)
        if self.near is None:
            return [ssh, *words]
        place = {"HostName": _FAR, "Port": "22", "HostKeyAlias": f"[127.0.0.1]:{sshd.port}"}
        return self.near.command(ssh, *(f"-o{key}={value}" for key, value in place.items()), *words)


LOOPBACK = Line()


@contextmanager
def logged_in(*words: str, line: Line = LOOPBACK) -> Iterator[tuple[Screen, int]]:
    """Log in and run ``ovltui``; yield the terminal and the process there, when its first screen stands."""
    settings = (f"ListenAddress {_FAR}",) if line.near else ()
    with Sshd(*settings) as sshd, Screen(*SIZE, line.command(sshd, *OVLTUI, *words)) as screen:
        screen.wait(b"Quit", patience_s=60)
        running = {process.pid: process.cmdline()[1:2] for process in psutil.process_iter() if _lives(process)}
        yield screen, next(pid for pid, said in running.items() if said == OVLTUI[:1])


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@contextmanager
def slow_line() -> Iterator[Line]:
    """Have this process live at the far end of a line of 16 KiB/s each way."""
    with netns("ovnear") as near, netns("ovfar") as far, Path("/proc/self/ns/net").open("rb") as own:
        near.ip("link", "add", "line", "type", "veth", "peer", "name", "line", "netns", far.name)
        for end, address in ((near, _NEAR), (far, _FAR)):
            end.ip("addr", "add", f"{address}/24", "dev", "line")
            end.ip("link", "set", "line", "up")
            end.run("tc", "qdisc", "add", "dev", "line", "root", *_LINE.split())
        with far.path.open("rb") as there:
            enter(there.fileno())
        try:
            yield Line(near)
        finally:
            enter(own.fileno())


def idle(figures: Figures) -> None:
    """Nothing happens, with 100 namespaces."""
    with namespaces(SOME), logged_in() as (screen, pid):
        time.sleep(WINDOW_S + 3)
        before, begun = cpu_of(pid), time.monotonic()
        time.sleep(IDLE_S)
        cost, took = cpu_of(pid) - before, time.monotonic() - begun
        figures.add("idle: CPU", cost / took * 100, "%", 0.5)
        figures.add("idle: to the terminal", screen.sent(begun, begun + took), "B", 0)


def seen(figures: Figures) -> None:
    """How long new things take to the screen, and keys while little happens."""
    with logged_in() as (screen, _), netns("ovseen") as made:
        time.sleep(2)
        _latencies(figures, "a new link", [_until(screen, made, f"lnk{number}x") for number in range(_SEEN)])
        _latencies(figures, "a new namespace", [_until_named(screen, f"ovnew{number}") for number in range(_SEEN)])
        to_panes(screen)
        waits = [press(screen, key, answer) for _ in range(_ROUNDS) for key, answer in KEYS]
        _latencies(figures, "key to screen", waits, 50)


def storm(figures: Figures) -> None:
    """A storm of routes that goes on."""
    _storm(figures, "storm", _ROUNDS, 64, 50)


def slow(figures: Figures) -> None:
    """The same on a line of 16 KiB/s, as it is and with ``--slow``."""
    with slow_line() as line:
        _storm(figures, "16 KiB/s", _SLOW_ROUNDS, 16, 1500, line=line)
        _storm(figures, "16 KiB/s, --slow", _SLOW_ROUNDS, 16, 1000, "--slow", line=line)


def _storm(
    figures: Figures, name: str, rounds: int, most_kib: float, p95: float, *words: str, line: Line = LOOPBACK
) -> None:
    with route_storm() as routes, logged_in(*words, line=line) as (screen, _):
        time.sleep(2)
        to_panes(screen)
        with going_on(routes):
            time.sleep(1)
            since = time.monotonic()
            time.sleep(_STORM_S)
            sent = screen.sent(since, time.monotonic()) / (time.monotonic() - since)
            waits = [press(screen, key, answer) for _ in range(rounds) for key, answer in KEYS]
    figures.add(f"{name}: to the terminal", sent / 1024, "KiB/s", most_kib)
    _latencies(figures, f"{name}: key to screen", waits, p95)


def _until(screen: Screen, made: NamedNetns, ifname: str) -> float:
    since, begun = screen.count, time.monotonic()
    made.ip("link", "add", ifname, "type", "bridge")
    took = screen.wait(ifname.encode(), since) - begun
    time.sleep(0.3)
    return took


def _until_named(screen: Screen, name: str) -> float:
    since, begun = screen.count, time.monotonic()
    with netns(name):
        took = screen.wait(f"{name}-".encode(), since) - begun
        time.sleep(0.3)
    return took


def _latencies(figures: Figures, name: str, waits: list[float], goal_ms: float | None = None) -> None:
    waits = sorted(waits)
    figures.add(f"{name}, median", waits[len(waits) // 2] * 1e3, "ms")
    figures.add(f"{name}, p95", waits[int(len(waits) * 0.95)] * 1e3, "ms", goal_ms)


if __name__ == "__main__":
    measure(idle, seen, storm, slow)
