"""Finding namespaces: ``python tests/bench/discovery.py [NAME ...]``, as root.

One look of ``ovltui ls`` at 1,000 namespaces (500 named, 300 mounted where nobody else sees it, 200 kept by a process)
beside ``lsns -t net``; what the sweeps of a session cost then, and what it needs of memory; how soon a new namespace is
on the screen. Nothing else should run.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.kernel.mountwatch import MountWatch
from ovltui.kernel.rtnl import Rtnl
from ovltui.netns.discover import Discoverer, Sweep
from ovltui.netns.mounts import MountTables
from ovltui.session.greet import ask_nsid
from tests.bench.figures import Figures, measure
from tests.bench.screen import Screen

NAMED, PRIVATE, BY_PROCESS = 500, 300, 200
MADE = NAMED + PRIVATE + BY_PROCESS
NEW = 5
SIZE = (120, 36)
OVLTUI = [str(Path(sys.executable).parent / "ovltui"), "--no-docker"]
_CLONE_NEWNS, _CLONE_NEWNET = 0x20000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MEMORY = """
import psutil, time
from ovltui.session.live import LiveSession, Options
process = psutil.Process()
session = LiveSession(Options(no_docker=True))
before = process.memory_info().rss
session.start()
time.sleep(2)
print(process.memory_info().rss - before, len(session.snapshot().rows))
session.close()
"""
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _batch(what: str) -> None:
    lines = "".join(f"netns {what} ovdisc-{number}\n" for number in range(NAMED))
    subprocess.run(["ip", "-batch", "-"], input=lines, text=True, check=True)


def _mount_privately() -> None:
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    _check(_libc.unshare(_CLONE_NEWNS))
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None))
    _check(_libc.mount(b"tmpfs", b"/mnt", b"tmpfs", 0, None))
    for number in range(PRIVATE):
        path = Path("/mnt", str(number))
        path.touch()
        _check(_libc.unshare(_CLONE_NEWNET))
        _check(_libc.mount(b"/proc/self/ns/net", bytes(path), None, _MS_BIND, None))
    _check(_libc.setns(home, _CLONE_NEWNET))
    os.close(home)


def _unshare() -> None:
    _check(_libc.unshare(_CLONE_NEWNET))


@contextmanager
def namespaces() -> Iterator[None]:
    """Make 1,000 namespaces."""
    children = []
    _batch("add")
    try:
        for work in (_mount_privately, *[_unshare] * BY_PROCESS):
            ready, done = os.pipe()
            children.append(os.fork())
            if not children[-1]:
                work()
                os.write(done, b"\0")
                signal.pause()
            os.close(done)
            os.read(ready, 1)
            os.close(ready)
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        _batch("delete")


def _our_look() -> Sweep:
    with Rtnl() as rtnl:
        return Discoverer(partial(ask_nsid, rtnl)).sweep()


def listing(figures: Figures) -> None:
    """One look of ``ovltui ls``, in this process, beside ``lsns -t net``, at 1,000 namespaces, the second time."""
    before = len(_our_look().netnses)
    with namespaces():
        for _ in range(2):
            begun = time.monotonic()
            found = _our_look()
            ended = time.monotonic()
            # It fails where a process ends while it reads; a machine with nothing else running has none.
            listed = subprocess.run(["lsns", "-t", "net", "-n"], capture_output=True, check=True).stdout
            theirs = time.monotonic() - ended
        figures.add("our look", (ended - begun) * 1e3, "ms")
        figures.add("lsns -t net", theirs * 1e3, "ms")
        _sweeps(figures)
    figures.add("our look: found", len(found.netnses) - before)
    figures.add("lsns -t net: found", len(listed.splitlines()))
    figures.ratio("look", "our look", "lsns -t net", 1)
    for name, seen in (("our look", len(found.netnses)), ("lsns -t net", len(listed.splitlines()))):
        figures.add(f"{name}: for each that it found", figures.values[name][-1] / seen * 1e3, "us")
    figures.ratio("look for each", "our look: for each that it found", "lsns -t net: for each that it found", 1)


def _sweeps(figures: Figures) -> None:
    """What the sweeps of a session cost, of whose namespaces nothing is new."""
    watch = MountWatch()
    discoverer = Discoverer(tables=MountTables(watch))
    discoverer.sweep()
    for name, full in (("a sweep of a session", False), ("a full look of a session", True)):
        begun = time.thread_time()
        found = discoverer.sweep(changed=False, full=full)
        figures.add(name, (time.thread_time() - begun) * 1e3, "ms")
        assert len(found.netnses) >= MADE
    watch.close()


def memory(figures: Figures) -> None:
    """Memory of a session with 1,000 namespaces, for each of them."""
    with namespaces():
        said = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True).stdout
    grown, number = map(int, said.split())
    assert number >= MADE
    figures.add("memory of a namespace", grown / number / 1000, "kB", 50)


def appearing(figures: Figures) -> None:
    """Seconds from the end of ``ip netns add`` until the new namespace is on the screen by its name."""
    with Screen(*SIZE, OVLTUI) as screen:
        screen.wait(b"Quit")
        time.sleep(2)
        for number in range(NEW):
            name, since = f"ovnew-{number}", screen.count
            subprocess.run(["ip", "netns", "add", name], check=True)
            made = time.monotonic()
            try:
                figures.add("a new one on the screen", (screen.wait(name.encode(), since) - made) * 1e3, "ms", 200)
            finally:
                subprocess.run(["ip", "netns", "delete", name], check=True)
            time.sleep(0.5)


if __name__ == "__main__":
    measure(listing, memory, appearing)
