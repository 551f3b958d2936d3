"""The list of namespaces is true within a moment of each change, and watching it keeps none alive."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ovltui.kernel import mountwatch
from ovltui.kernel.namespace import Identified, opened
from ovltui.kernel.nsid import FIRST_GIVEN, give_nsid
from ovltui.kernel.rtnl import Rtnl
from ovltui.netns import beat
from ovltui.netns import watch as watch_module
from ovltui.netns.discover import Sweep, nsid_only
from ovltui.netns.watch import NetnsWatch
from tests.bed.hiding import hidden
from tests.bed.netns import NamedNetns, ip
from tests.kernel.hearing import NsidSocket, await_true, inode, open_files

pytestmark = pytest.mark.alone  # times are promised, and sweeps counted
NewNetns = Callable[[str], NamedNetns]


class Published:
    """What a watch published last, and how often."""

    def __init__(self) -> None:
        self.sweeps: list[Sweep] = []
        self.watch = NetnsWatch(nsid_only, self.sweeps.append)

    def inodes(self) -> set[int]:
        return {netns.inode for netns in self.sweeps[-1].netnses}

    def await_listed(self, inode: int, *, listed: bool) -> None:
        """Wait until a namespace is listed or is not; two tenths of a second at most."""
        await_true(lambda: (inode in self.inodes()) == listed, 0.2)


@pytest.fixture
def published() -> Iterator[Published]:
    made = Published()
    made.watch.start()
    try:
        yield made
    finally:
        made.watch.close()


def test_the_first_sweep_is_there_when_start_returns(published: Published) -> None:
    assert inode("/proc/self/ns/net") in published.inodes()


def test_a_new_namespace_is_listed_and_a_dead_one_leaves_at_once(new_netns: NewNetns, published: Published) -> None:
    for _ in range(3):
        made = new_netns("h5-watch")
        published.await_listed(made.inode, listed=True)
        dead = made.inode
        ip("netns", "delete", made.name)
        published.await_listed(dead, listed=False)


def test_deleted_namespaces_are_released_within_a_tenth_of_a_second(new_netns: NewNetns, published: Published) -> None:
    with NsidSocket() as beside:
        for _ in range(5):
            made = new_netns("h5-watch")
            with Rtnl() as rtnl, opened(str(made.path)) as there:
                nsid = give_nsid(rtnl, there.fd, FIRST_GIVEN)
            published.watch.hint()
            ip("netns", "delete", made.name)
            assert beside.await_end(nsid, 0.1) < 0.1


def test_without_fanotify_changes_are_seen_as_well(new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mountwatch, "_FAN_REPORT_MNT", 0x4000_0000)
    published = Published()
    published.watch.start()
    try:
        made = new_netns("h5-watch")
        await_true(lambda: made.inode in published.inodes(), 0.2)
    finally:
        published.watch.close()


def test_a_hint_sweeps_soon_and_nothing_sweeps_once_in_a_period(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "PERIOD_S", 60.0)
    time.sleep(0.05)
    before = len(published.sweeps)
    published.watch.hint()
    await_true(lambda: len(published.sweeps) > before, 0.2)
    monkeypatch.setattr(watch_module, "PERIOD_S", 0.02)
    published.watch.hint()
    before = len(published.sweeps)
    await_true(lambda: len(published.sweeps) > before + 3, 1)


def test_a_process_alone_is_found_by_the_period(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "PERIOD_S", 0.05)
    published.watch.hint()
    command = ["unshare", "--net", "sh", "-c", "echo; read end"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        alone = inode(f"/proc/{process.pid}/ns/net")
        await_true(lambda: alone in published.inodes(), 0.5)
        process.kill()


@pytest.mark.outside  # the kernel tells of executed programs only there
@pytest.mark.needs_root
def test_a_process_alone_is_found_as_soon_as_it_executes_a_program(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "PERIOD_S", 60.0)
    published.watch.hint()
    time.sleep(0.1)
    for _ in range(3):
        with subprocess.Popen(["unshare", "--net", "sleep", "60"]) as process:
            own = inode("/proc/self/ns/net")
            await_true(lambda: inode(f"/proc/{process.pid}/ns/net") != own)  # noqa: B023
            published.await_listed(inode(f"/proc/{process.pid}/ns/net"), listed=True)
            process.kill()


@pytest.mark.alone  # programs of other tests are executed in namespaces that nobody knows
@pytest.mark.outside
@pytest.mark.needs_root
def test_programs_executed_in_known_namespaces_cause_no_sweep(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "PERIOD_S", 60.0)
    published.watch.hint()
    time.sleep(0.2)
    before = len(published.sweeps)
    for _ in range(20):
        subprocess.run(["true"], check=True)
    time.sleep(0.1)
    assert len(published.sweeps) <= before + 1


@pytest.mark.needs_root
def test_what_a_descriptor_keeps_is_found_after_a_hint_and_leaves_with_it(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beat, "REST_S", 60.0)
    monkeypatch.setattr(beat, "HINT_REST_S", 0.01)
    monkeypatch.setattr(beat, "HINT_SHARE", 1.0)
    with hidden("descriptor") as there:
        published.watch.hint()
        await_true(lambda: there.inode in published.inodes(), 5)
        (netns,) = [netns for netns in published.sweeps[-1].netnses if netns.inode == there.inode]
        assert any(f"(pid {there.pid})" in holder for holder in netns.held)
    published.watch.hint()
    await_true(lambda: there.inode not in published.inodes(), 5)


@pytest.mark.needs_root
def test_without_a_hint_it_is_found_by_the_next_full_look(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beat, "REST_S", 0.2)
    monkeypatch.setattr(beat, "SHARE", 1.0)
    with hidden("socket") as there:
        await_true(lambda: there.inode in published.inodes(), 10)


def test_closing_leaves_no_thread_and_no_descriptor_and_hints_do_nothing_then() -> None:
    before = open_files(), threading.active_count()
    for started in (True, False):
        published = Published()
        if started:
            published.watch.start()
        published.watch.close()
        reused = os.pipe()
        published.watch.hint()
        os.set_blocking(reused[0], False)
        with pytest.raises(BlockingIOError):
            os.read(reused[0], 1)
        for fd in reused:
            os.close(fd)
    assert (open_files(), threading.active_count()) == before


def test_hints_from_many_threads_while_it_closes_are_safe() -> None:
    published = Published()
    published.watch.start()
    done = threading.Event()

    def hint() -> None:
        while not done.is_set():
            published.watch.hint()

    threads = [threading.Thread(target=hint) for _ in range(3)]
    for thread in threads:
        thread.start()
    published.watch.close()
    time.sleep(0.02)
    done.set()
    for thread in threads:
        thread.join()


@pytest.mark.needs_root
def test_whoever_ends_does_not_wait_until_all_that_were_born_together_are_greeted(new_netns: NewNetns) -> None:
    greeted: list[int] = []
    first, may_go_on = threading.Event(), threading.Event()

    def greet(namespace: Identified, _own: bool) -> None:
        greeted.append(namespace.id)
        if born.is_set():
            first.set()
            may_go_on.wait(10)

    born, sweeps = threading.Event(), list[Sweep]()
    watch = NetnsWatch(greet, sweeps.append)
    watch.start()
    born.set()
    for number in range(4):
        new_netns(f"h5-born{number}")
    watch.hint()
    assert first.wait(10)
    ending = threading.Thread(target=watch.close)
    ending.start()
    await_true(lambda: watch._closing, 10)
    before, told = len(greeted), len(sweeps)
    may_go_on.set()
    ending.join(10)
    assert not ending.is_alive()
    assert len(greeted) == before
    assert len(sweeps) == told
