"""What a mount keeps is not opened in every sweep, and is never taken for another namespace."""

import select
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.kernel.mountinfo import NsfsMount, nsfs_mounts
from ovltui.kernel.mountwatch import MountWatch
from ovltui.kernel.namespace import Identified, opened
from ovltui.netns import discover
from ovltui.netns.discover import Discoverer
from ovltui.netns.model import Netns, NetnsKey
from ovltui.netns.mounts import MountTables
from tests.bed.netns import NamedNetns, ip
from tests.kernel.hearing import await_true, inode

NewNetns = Callable[[str], NamedNetns]
pytestmark = pytest.mark.needs_root


class Sweeps:
    """Sweeps, and which namespaces the last one opened."""

    def __init__(self, watch: MountWatch) -> None:
        self.opened: list[int] = []
        self.gaps: tuple[str, ...] = ()
        self.doubted: set[int] = set()
        self._watch = watch
        self._discoverer = Discoverer(self._greet, MountTables(watch), stays=self._stays)

    def noticed(self) -> bool:
        """Whether the watch tells of changed mounts since it was last asked."""
        ready = bool(select.select([self._watch.fd], [], [], 0)[0])
        if ready:
            self._watch.drain()
        return ready

    def sweep(self, *, changed: bool) -> dict[int, Netns]:
        """Return what there is by inode."""
        self.opened.clear()
        found = self._discoverer.sweep(changed=changed, full=False)
        self.gaps = found.gaps
        return {netns.inode: netns for netns in found.netnses}

    def _greet(self, namespace: Identified, own: bool) -> int | None:
        del own
        self.opened.append(namespace.inode)
        return None

    def _stays(self, key: NetnsKey) -> bool:
        return key.id not in self.doubted


@pytest.fixture
def sweeps() -> Iterator[Sweeps]:
    watch = MountWatch()
    try:
        if not watch.by_fanotify:
            pytest.skip("this kernel does not watch mount namespaces (before Linux 6.14)")
        made = Sweeps(watch)
        made.sweep(changed=True)
        yield made
    finally:
        watch.close()


@pytest.fixture
def place(new_netns: NewNetns, sweeps: Sweeps) -> NamedNetns:
    """A mounted namespace that the last sweep found."""
    made = new_netns("ovE-kept")
    assert made.inode in sweeps.sweep(changed=True)
    assert made.inode in sweeps.opened
    return made


def test_it_is_listed_unopened_while_no_mount_changes(sweeps: Sweeps, place: NamedNetns) -> None:
    before = sweeps.sweep(changed=True)[place.inode]
    for _ in range(3):
        assert sweeps.sweep(changed=False)[place.inode] == before
        assert place.inode not in sweeps.opened


def test_it_is_opened_again_when_mounts_may_have_changed_or_it_may_not_stay_so(
    sweeps: Sweeps, place: NamedNetns
) -> None:
    key = sweeps.sweep(changed=True)[place.inode].key
    assert place.inode in sweeps.opened
    sweeps.doubted.add(key.id)
    assert sweeps.sweep(changed=False)[place.inode].key == key
    assert place.inode in sweeps.opened


def test_what_a_mount_covers_is_looked_for_again_only_when_mounts_change(
    sweeps: Sweeps, place: NamedNetns, new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, above = place.inode, new_netns("ovE-above")
    looks = []

    def looked(pid: int, proc: Path) -> tuple[NsfsMount, ...]:
        looks.append(pid)
        return nsfs_mounts(pid, proc)

    monkeypatch.setattr(discover, "nsfs_mounts", looked)
    subprocess.run(["mount", "--bind", above.path, place.path], check=True)
    try:
        for changed in (True, True, False):
            looks.clear()
            assert lost not in sweeps.sweep(changed=changed)
            assert f"net:[{lost}] is hidden by a mount over it" in sweeps.gaps
            assert bool(looks) is changed
    finally:
        subprocess.run(["umount", place.path], check=True)
    assert sweeps.noticed()
    assert lost in sweeps.sweep(changed=True)
    assert not any(str(lost) in gap for gap in sweeps.gaps)


def test_what_only_a_process_is_in_is_opened_in_every_sweep(sweeps: Sweeps) -> None:
    with subprocess.Popen(["unshare", "-n", "sleep", "60"]) as process:
        try:
            await_true(lambda: inode(f"/proc/{process.pid}/ns/net") != inode("/proc/self/ns/net"))
            there = inode(f"/proc/{process.pid}/ns/net")
            for _ in range(2):
                assert there in sweeps.sweep(changed=False)
                assert there in sweeps.opened
        finally:
            process.kill()


def test_who_is_in_it_is_told_all_the_same(sweeps: Sweeps, place: NamedNetns) -> None:
    with subprocess.Popen(place.command("sleep", "60")) as process:
        try:
            await_true(lambda: inode(f"/proc/{process.pid}/ns/net") == place.inode)
            assert sweeps.sweep(changed=False)[place.inode].pids == (process.pid,)
            assert place.inode not in sweeps.opened
        finally:
            process.kill()
    assert sweeps.sweep(changed=False)[place.inode].pids == ()


def test_another_one_under_its_name_or_with_its_inode_is_never_taken_for_it(sweeps: Sweeps, place: NamedNetns) -> None:
    inodes: set[int] = set()
    for times in range(300):
        if times >= 30 and len(inodes) < times:
            return
        before = sweeps.sweep(changed=sweeps.noticed())[place.inode].key
        inodes.add(place.inode)
        ip("netns", "delete", place.name)
        ip("netns", "add", place.name)
        with opened(str(place.path)) as now:
            assert sweeps.sweep(changed=sweeps.noticed())[place.inode].key.id == now.id != before.id
    raise AssertionError("no inode was used again")
