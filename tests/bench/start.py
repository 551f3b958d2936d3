"""Start, listing and idling: ``python tests/bench/start.py [NAME ...]``, as root.

The first paint beside that of an empty Textual app, ``ovltui ls`` beside ``lsns -t net`` with 1,000 namespaces, and
what the screens cost while nothing happens, with 100 namespaces. Nothing else should run.
"""

import compileall
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.session.activity import WINDOW_S
from tests.bench.cost import cpu_of
from tests.bench.figures import Figures, measure
from tests.bench.screen import Screen

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
OVLTUI = [str(BIN / "ovltui"), "--no-docker"]
SIZE = (120, 36)
MANY = 1_000
SOME = 100
IDLE_S = 20.0
_EMPTY_APP = """
from textual.app import App
from textual.widgets import Label
class Empty(App):
    def compose(self):
        yield Label("painted")
Empty().run()
"""
_CLONE_NEWNET, _MS_BIND, _MNT_DETACH = 0x40000000, 4096, 2
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def namespaces(number: int) -> Iterator[None]:
    """Make namespaces, each with a process in it and mounted at a file, as those of containers are."""
    with TemporaryDirectory(prefix="ovbench-", dir="/run") as directory:
        children, paths = [], [Path(directory, str(index)) for index in range(number)]
        try:
            for path in paths:
                children.append(_pause_in_new_netns())
                path.touch()
                _check(_libc.mount(f"/proc/{children[-1]}/ns/net".encode(), bytes(path), None, _MS_BIND, None))
            yield
        finally:
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            for path in paths:
                _libc.umount2(bytes(path), _MNT_DETACH)


def _pause_in_new_netns() -> int:
    """Return the process id of a child in a network namespace of its own."""
    ready, done = os.pipe()
    child = os.fork()
    if not child:
        _libc.unshare(_CLONE_NEWNET)
        os.write(done, b"\0")
        signal.pause()
    os.read(ready, 1)
    os.close(ready)
    os.close(done)
    return child


def first_paint(figures: Figures) -> None:
    """Seconds until the first whole screen stands."""
    with Screen(*SIZE, [sys.executable, "-c", _EMPTY_APP]) as screen:
        empty = screen.wait(b"painted") - screen.begun
    with Screen(*SIZE, OVLTUI) as screen:
        ours = screen.wait(b"Quit") - screen.begun
    figures.add("first paint of an empty Textual app", empty, "s")
    figures.add("first paint of ovltui", ours, "s")
    figures.ratio("first paint", "first paint of ovltui", "first paint of an empty Textual app", 1.5)


def listing(figures: Figures) -> None:
    """``ovltui ls`` beside ``lsns -t net`` with 1,000 namespaces."""
    with namespaces(MANY):
        for name, words in (("ovltui ls", [*OVLTUI, "ls"]), ("lsns -t net", ["lsns", "-t", "net"])):
            begun = time.monotonic()
            listed = subprocess.run(words, capture_output=True, check=True).stdout
            figures.add(name, time.monotonic() - begun, "s")
            figures.add(f"{name}: lines", len(listed.splitlines()))
    figures.ratio("ls", "ovltui ls", "lsns -t net", 1)


def idling(figures: Figures) -> None:
    """CPU and bytes to the terminal while nothing happens, with 100 namespaces."""
    with namespaces(SOME), Screen(*SIZE, OVLTUI) as screen:
        screen.wait(b"Quit")
        time.sleep(WINDOW_S + 3)  # what happened at the start still shows as activity
        before, begun = cpu_of(screen.pid), time.monotonic()
        time.sleep(IDLE_S)
        cost, took = cpu_of(screen.pid) - before, time.monotonic() - begun
        sent = screen.sent(begun, begun + took)
    figures.add("idle CPU", cost / took * 100, "%", 0.5)
    figures.add("idle bytes", sent, "B", 0)


if __name__ == "__main__":
    # As an installed package is: else each start after an edit would compile it, where PYTHONDONTWRITEBYTECODE is set.
    compileall.compile_dir(ROOT / "ovltui", quiet=1)
    measure(first_paint, listing, idling)
