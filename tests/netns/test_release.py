"""Looking at a namespace adds nothing to the time that the kernel takes to release it when its last holder goes.

Releases while sweeps go on are compared, in turn and in the same run, with releases without: a busy machine is slow in
both.
"""

import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import pytest

from ovltui.kernel.namespace import Identified, opened
from ovltui.kernel.nsid import FIRST_GIVEN, give_nsid
from ovltui.kernel.rtnl import Rtnl
from ovltui.netns.discover import Discoverer, Sweep
from ovltui.netns.evidence import ways_in
from tests.bed.hiding import PLACES, Hidden, hidden
from tests.kernel.hearing import PATIENCE_S, NsidSocket, open_files

pytestmark = pytest.mark.needs_root

REST_S = 0.1
"""Between two sweeps: what is held from one to the next is held so long, longer than a release takes."""
ENOUGH, MOST = 3, 8
"""Pairs of releases that are compared at least, and at most."""


class Sweeps:
    """Sweeps that go on in a thread, but while they are told to rest."""

    def __init__(self, discoverer: Discoverer) -> None:
        self._discoverer = discoverer
        self._changed = threading.Condition()
        self._wanted = self._ended = False
        self._begun = self._done = 0
        self._thread = threading.Thread(target=self._run)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Sweep until the block ends."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._wanted = False
                assert self._changed.wait_for(lambda: self._begun == self._done, PATIENCE_S)

    @contextmanager
    def thread(self) -> Iterator[None]:
        """Have the thread, which sweeps while ``running``."""
        self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
            self._thread.join()

    def await_one(self, *, end: bool) -> None:
        """Wait until a sweep that began after this call has begun, or has ended."""
        with self._changed:
            next_one = self._begun + 1
            assert self._changed.wait_for(lambda: (self._done if end else self._begun) >= next_one, PATIENCE_S)

    def _run(self) -> None:
        while not self._ended:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._ended)
                self._begun += 1
                self._changed.notify_all()
            self._discoverer.sweep()
            with self._changed:
                self._done = self._begun
                self._changed.notify_all()
            time.sleep(REST_S)


def give(there: Hidden) -> int:
    """Give a hidden namespace an nsid, by which its end is heard."""
    with Rtnl() as rtnl:
        netns = next(netns for netns in Discoverer().sweep().netnses if netns.inode == there.inode)
        with opened(next(ways_in(netns))) as namespace:
            return give_nsid(rtnl, namespace.fd, FIRST_GIVEN)


def seconds_to_release(place: str, beside: NsidSocket, sweeps: Sweeps | None, *, amid: bool = False) -> float:
    """Return how long the kernel takes to release a namespace, which sweeps have seen where they go on.

    Args:
        place: where it hides.
        beside: hears its end.
        sweeps: those that go on.
        amid: whether a sweep is under way when its last holder goes; else one has just ended.
    """
    with hidden(place) as there:
        nsid = give(there)
        if sweeps:
            sweeps.await_one(end=True)
            if amid:
                sweeps.await_one(end=False)
        there.let_go()
        return beside.await_end(nsid, PATIENCE_S)


def is_added_to(place: str, discoverer: Discoverer) -> bool:
    """Return whether releases take longer while ``discoverer`` sweeps than without it."""
    with_us: list[float] = []
    without: list[float] = []
    sweeps = Sweeps(discoverer)
    with NsidSocket() as beside, sweeps.thread():
        for number in itertools.count(1):
            without.append(seconds_to_release(place, beside, None))
            with sweeps.running():
                with_us.append(seconds_to_release(place, beside, sweeps, amid=number % 2 == 0))
            if number >= ENOUGH and median(with_us) <= max(without) and min(with_us) <= median(without):
                return False
            if number == MOST:
                return True
    raise AssertionError


@pytest.mark.parametrize("place", PLACES)
def test_sweeps_add_nothing_to_a_release(place: str) -> None:
    before = open_files()
    assert not is_added_to(place, Discoverer())
    assert open_files() == before


class Holding(Discoverer):
    """Holds each namespace that it opened until the next sweep is over, as a careless one would."""

    def __init__(self) -> None:
        super().__init__(self._hold)
        self._held: list[int] = []

    def _hold(self, namespace: Identified, _own: bool) -> None:
        self._held.append(os.dup(namespace.fd))

    def sweep(self, *, changed: bool = True, full: bool = True) -> Sweep:
        """Sweep, then let go of what an earlier sweep opened."""
        before, self._held = self._held, []
        found = super().sweep(changed=changed, full=full)
        self.let_go(before)
        return found

    def let_go(self, held: list[int] | None = None) -> None:
        for fd in self._held if held is None else held:
            os.close(fd)


def test_a_namespace_that_is_held_until_the_next_sweep_is_noticed() -> None:
    holding = Holding()
    assert is_added_to("process", holding)
    holding.let_go()
