"""Mounts are noticed in every watched mount namespace, and watching keeps nothing alive."""

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovltui.kernel import mountwatch
from ovltui.kernel.mountwatch import MountWatch
from ovltui.kernel.namespace import opened
from ovltui.kernel.nsid import FIRST_GIVEN, give_nsid
from ovltui.kernel.rtnl import Rtnl
from tests.bed.netns import NamedNetns
from tests.kernel.hearing import NsidSocket, inode, open_files

NewNetns = Callable[[str], NamedNetns]
pytestmark = pytest.mark.needs_root
PRIVATE = ("unshare", "--mount", "--propagation", "private", "sh", "-c", "echo; read go; eval $go; echo; read end")


@pytest.fixture(params=["fanotify", "poll"])
def watch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MountWatch]:
    if request.param == "poll":
        monkeypatch.setattr(mountwatch, "_FAN_REPORT_MNT", 0x4000_0000)
    made = MountWatch()
    if request.param == "fanotify" and not made.by_fanotify:
        made.close()
        pytest.skip("this kernel has no FAN_REPORT_MNT")
    assert made.by_fanotify == (request.param == "fanotify")
    try:
        made.watch(own_mntns(), os.getpid())
        yield made
    finally:
        made.close()


def own_mntns() -> int:
    return inode("/proc/self/ns/mnt")


def is_ready(watch: MountWatch, patience_s: float) -> bool:
    poll = select.poll()
    poll.register(watch.fd, watch.events)
    return bool(poll.poll(patience_s * 1000))


def settle(watch: MountWatch) -> None:
    """Take notices until none comes: others mount too."""
    deadline = time.monotonic() + 5
    while is_ready(watch, 0.01) and time.monotonic() < deadline:
        watch.drain()


@contextmanager
def private_mntns(change: str) -> Iterator[tuple[int, Callable[[], None]]]:
    """Run a process in a mount namespace of its own; yield its pid and what makes it run ``change``."""
    with subprocess.Popen(PRIVATE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as inside:
        assert inside.stdin is not None
        assert inside.stdout is not None
        stdin, stdout = inside.stdin, inside.stdout
        stdout.readline()

        def go() -> None:
            stdin.write(f"{change}\n")
            stdin.flush()
            stdout.readline()

        try:
            yield inside.pid, go
        finally:
            inside.kill()


def test_a_new_namespace_and_its_end_are_noticed(watch: MountWatch, new_netns: NewNetns) -> None:
    settle(watch)
    assert not is_ready(watch, 0)
    made = new_netns("h5-mount")
    assert is_ready(watch, 30)
    settle(watch)
    subprocess.run(["ip", "netns", "delete", made.name], check=True)
    assert is_ready(watch, 30)


def test_a_mount_in_a_private_mount_namespace_is_noticed(tmp_path: Path) -> None:
    watch = MountWatch()
    try:
        if not watch.by_fanotify:
            pytest.skip("this kernel has no FAN_REPORT_MNT")
        with private_mntns(f"mount -t tmpfs none {tmp_path}") as (pid, change):
            mntns = inode(f"/proc/{pid}/ns/mnt")
            assert mntns != own_mntns()
            watch.watch(mntns, pid)
            assert watch.watches(mntns, pid)
            assert not is_ready(watch, 0.02)
            change()
            assert is_ready(watch, 30)
            watch.drain()
            assert not is_ready(watch, 0)
    finally:
        watch.close()


def test_a_mount_namespace_under_the_inode_of_a_dead_one_is_watched_anew() -> None:
    watch = MountWatch()
    try:
        with private_mntns("true") as (pid, _):
            mntns = inode(f"/proc/{pid}/ns/mnt")
            watch.watch(mntns, pid)
            assert watch.watches(mntns, pid)
            assert not watch.watches(mntns, pid + 1)
            watch.watch(mntns, 2**22 + 1)
            assert not watch.watches(mntns, 2**22 + 1)
            watch.watch(own_mntns(), pid)
            assert not watch.watches(own_mntns(), pid)
            watch.keep(set())
            assert not watch.watches(mntns, pid)
    finally:
        watch.close()


def test_watching_keeps_no_namespace_alive(watch: MountWatch, new_netns: NewNetns) -> None:
    made = new_netns("h5-pin")
    with private_mntns("true") as (pid, _), NsidSocket() as beside:
        watch.watch(inode(f"/proc/{pid}/ns/mnt"), pid)
        with Rtnl() as rtnl, opened(str(made.path)) as there:
            nsid = give_nsid(rtnl, there.fd, FIRST_GIVEN)
        subprocess.run(["ip", "netns", "delete", made.name], check=True)
        beside.await_end(nsid, 30)


def test_it_does_not_keep_the_mounts_of_a_dead_mount_namespace(watch: MountWatch, new_netns: NewNetns) -> None:
    made = new_netns("h5-pin")
    with NsidSocket() as beside:
        with private_mntns("true") as (pid, _):
            watch.watch(inode(f"/proc/{pid}/ns/mnt"), pid)
            with Rtnl() as rtnl, opened(str(made.path)) as there:
                nsid = give_nsid(rtnl, there.fd, FIRST_GIVEN)
            subprocess.run(["umount", made.path], check=True)
            with pytest.raises(AssertionError, match="did not end"):
                beside.await_end(nsid, 0.05)
        beside.await_end(nsid, 30)


def test_nothing_stays_open() -> None:
    before = open_files()
    watch = MountWatch()
    watch.watch(own_mntns(), os.getpid())
    watch.watch(own_mntns(), 2**22 + 1)
    watch.close()
    assert open_files() == before
