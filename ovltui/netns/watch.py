"""Keeps the list of namespaces true: sweeps whenever something hints at a change, and once a second anyway.

Source: hints are notices of changed mounts (``kernel.mountwatch``), of programs executed in a namespace that the last
sweep did not find (``kernel.execwatch``), and whatever calls ``hint`` (an nsid event, a Docker event). Privileges:
those of the sweep. Incomplete: a namespace that is born and dies between two sweeps without any of these is not seen;
one that only a thread, a descriptor or a socket keeps is found as late as ``netns.beat`` says.
"""

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable

from ovltui.kernel.execwatch import ExecWatch
from ovltui.kernel.mountwatch import MountWatch
from ovltui.kernel.namespace import Identified
from ovltui.kernel.procfs import netns_inode
from ovltui.netns.beat import Beat
from ovltui.netns.discover import Discoverer, Greet, Sweep
from ovltui.netns.kept import Stays
from ovltui.netns.mounts import MountTables

PERIOD_S = 1.0
"""Seconds between sweeps when nothing hints."""


class NetnsWatch:
    """A thread that sweeps and hands each result on.

    Args:
        greet: see ``netns.discover.Greet``; called in the thread.
        publish: called in the thread with each sweep.
        stays: see ``netns.kept.Stays``; called in the thread.
    """

    def __init__(self, greet: Greet, publish: Callable[[Sweep], None], stays: Stays = lambda _key: True) -> None:
        self._publish = publish
        self._mounts = MountWatch()
        self._execs = ExecWatch()
        self._wanted = greet
        self._discoverer = Discoverer(self._greet, MountTables(self._mounts), stays=stays)
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)
        self._closing = False
        self._beat = Beat()
        self._last = Sweep((), ())
        self._sought: set[int] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="ovltui-netns", daemon=True)

    def start(self) -> None:
        """Sweep once in the calling thread, then go on in a thread of its own."""
        self._publish(self._sweep(changed=True))
        self._thread.start()

    def hint(self) -> None:
        """Sweep soon; any thread may call it, also after the end, when nothing happens."""
        with self._lock, contextlib.suppress(BlockingIOError):  # a full pipe wakes as well
            if not self._closing:
                os.write(self._wake_out, b"\0")

    def close(self) -> None:
        """End the thread and let go of everything."""
        with self._lock, contextlib.suppress(BlockingIOError):
            self._closing = True
            os.write(self._wake_out, b"\0")
        if self._thread.is_alive():
            self._thread.join()
        os.close(self._wake_in)
        os.close(self._wake_out)
        self._mounts.close()
        self._execs.close()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._mounts.fd, self._mounts.events)
        poll.register(self._wake_in, select.POLLIN)
        if self._execs.fd >= 0:
            poll.register(self._execs.fd, select.POLLIN)
        due = time.monotonic() + PERIOD_S
        while not self._closing:
            ready = {fd for fd, _ in poll.poll(max(0.0, due - time.monotonic()) * 1000)}
            changed = self._mounts.fd in ready
            if changed:
                self._mounts.drain()
            if self._wake_in in ready:
                os.read(self._wake_in, 4096)
            hinted = self._is_elsewhere() if ready == {self._execs.fd} else bool(ready)
            if hinted:
                self._beat.hint()
            if time.monotonic() >= due:
                self._sought.clear()
            elif not hinted:
                continue
            if not self._closing:
                swept = self._sweep(changed=changed)
                if not self._closing:
                    self._publish(swept)
                due = time.monotonic() + PERIOD_S

    def _greet(self, namespace: Identified, own: bool) -> int | None:
        # Of thousands that are born together each takes a millisecond: whoever leaves does not wait for the rest.
        return None if self._closing else self._wanted(namespace, own)

    def _is_elsewhere(self) -> bool:
        """Whether one of those that executed a program is where no sweep has looked in vain since the last period."""
        pids, lost = self._execs.drain()
        known = {netns.inode for netns in self._last.netnses}
        new = {inode for inode in map(netns_inode, pids) if inode} - known - self._sought
        self._sought |= new
        return lost or bool(new)

    def _sweep(self, *, changed: bool) -> Sweep:
        """Sweep, or return what the last sweep found and why there is no newer one."""
        full, begun = self._beat.is_due(time.monotonic()), time.thread_time()
        try:
            self._last = self._discoverer.sweep(changed=changed, full=full)
        except OSError as error:
            why_not = f"the namespaces could not be listed anew ({error.strerror or error})"
            return Sweep(self._last.netnses, (*self._last.gaps, why_not))
        finally:
            if full:
                self._beat.took(time.monotonic(), time.thread_time() - begun)
        return self._last
