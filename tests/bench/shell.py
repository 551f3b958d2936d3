"""Shells in panes: ``python tests/bench/shell.py [NAME ...]``, as root.

How soon a key is echoed, alone, beside events and beside another shell that floods; and how long 20 MB take, beside
tmux in the same run. Nothing else should run.
"""

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.bed.netns import NamedNetns, netns
from tests.bench.cost import cpu_of
from tests.bench.figures import Figures, measure
from tests.bench.screen import Screen

OVLTUI = [str(Path(sys.executable).parent / "ovltui"), "--no-docker"]
SIZE = (120, 36)
KEYS = [chr(0x0410 + number) for number in range(64)]
"""Each is typed once: a line that is painted again holds the older ones."""
PAUSE_S = 0.06
EVENTS_PER_SECOND = 20
BULK = 20_000_000
ENV = {"SHELL": "/bin/sh", "PS1": "in$ "}
_LEAVE = b"\x1d"


@contextmanager
def in_shell(made: NamedNetns) -> Iterator[Screen]:
    """The screens, typing to a shell in a namespace."""
    with Screen(*SIZE, OVLTUI, ENV) as screen:
        screen.wait(b"LIVE")
        time.sleep(1)
        screen.press(f"/netns:{made.name}\r".encode(), b"netns")
        time.sleep(0.5)
        screen.press(b"G", f"only {made.name}".encode())
        screen.press(b"s", b"in$ ")
        yield screen


def echoes(screen: Screen) -> float:
    """Return the 95th percentile of the milliseconds until a key is echoed."""
    screen.press(b"cat\r", b"cat")
    time.sleep(0.5)
    taken = []
    for key in KEYS[:60]:
        time.sleep(PAUSE_S)
        taken.append(screen.press(key.encode(), key.encode()))
    return sorted(taken)[int(len(taken) * 0.95)] * 1000


def echo(figures: Figures) -> None:
    """Milliseconds from a key to its echo, 95th percentile."""
    with netns("ovbench") as made, in_shell(made) as screen:
        figures.add("echo", echoes(screen), "ms", 30)


def echo_beside_events(figures: Figures) -> None:
    """The same, while events come beside it."""
    with netns("ovbench") as made, in_shell(made) as screen:
        script = f"while sleep {1 / EVENTS_PER_SECOND}; do ip link set lo mtu 1400; ip link set lo mtu 1500; done"
        events = subprocess.Popen(made.command("sh", "-c", script))
        try:
            figures.add("echo beside 20 events a second", echoes(screen), "ms", 30)
        finally:
            events.kill()
            events.wait()


def echo_beside_flood(figures: Figures) -> None:
    """The same, while ``yes`` floods another pane."""
    with netns("ovbench") as made, in_shell(made) as screen:
        screen.press(b"yes\r", b"y")
        screen.press(_LEAVE, b"Filter")
        screen.press(b"!", b"run in")
        screen.press(b"sh\r", b"in$ ")
        before, begun = cpu_of(screen.pid), time.monotonic()
        figures.add("echo beside yes in another pane", echoes(screen), "ms", 50)
        figures.add("CPU meanwhile", (cpu_of(screen.pid) - before) / (time.monotonic() - begun) * 100, "%")


def bulk(figures: Figures) -> None:
    """Seconds until 20 MB have passed, beside tmux."""
    line = "".join(chr(33 + number % 90) for number in range(99)) + "\n"
    with tempfile.NamedTemporaryFile("w", prefix="ovbench-") as file:
        file.write(line * (BULK // len(line)))
        file.flush()
        command = f"cat {shlex.quote(file.name)}; echo all$((40 + 2))\r".encode()
        with netns("ovbench") as made, in_shell(made) as screen:
            figures.add("ovltui", screen.press(command, b"all42"), "s")
        socket = f"ovbench-{time.monotonic_ns()}"
        with Screen(*SIZE, ["tmux", "-L", socket, "-f", "/dev/null", "new", "/bin/sh"], ENV) as screen:
            screen.wait(b"in$ ")
            figures.add("tmux", screen.press(command, b"all42"), "s")
            subprocess.run(["tmux", "-L", socket, "kill-server"], check=True)
    figures.ratio("20 MB", "ovltui", "tmux", 2)


if __name__ == "__main__":
    measure(echo, echo_beside_events, echo_beside_flood, bulk)
