"""Every namespace that a process is in or that is mounted anywhere is found, once, and what is hidden is said."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from ovltui.kernel import mountinfo
from ovltui.kernel.namespace import Identified, netns_id_of, opened
from ovltui.kernel.procfs import processes
from ovltui.netns import numbers
from ovltui.netns.discover import Discoverer, Sweep, host_name, key_of
from ovltui.netns.evidence import ways_in
from ovltui.netns.gaps import HIDEPID
from ovltui.netns.model import Mount, Netns, Source
from ovltui.netns.mounts import MountTables
from tests.bed.netns import NamedNetns, ip
from tests.kernel.hearing import UNPRIVILEGED, await_true, inode, open_files

NewNetns = Callable[[str], NamedNetns]


def sweep() -> Sweep:
    return Discoverer().sweep()


def by_inode(found: Sweep) -> dict[int, Netns]:
    return {netns.inode: netns for netns in found.netnses}


@contextmanager
def running(*argv: str) -> Iterator[int]:
    """Run a shell command that prints a line once it is where it shall be, then waits; yield its pid."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_our_own_namespace_is_found_and_is_ours_alone() -> None:
    found = sweep()
    (own,) = [netns for netns in found.netnses if netns.own]
    assert own.key == key_of(os.getpid())
    assert own.key.host == host_name()
    assert own.inode == inode("/proc/self/ns/net")
    assert os.getpid() in own.pids
    assert own.nsid is None


def test_ids_ascend_and_none_stands_twice() -> None:
    ids = [netns.key.id for netns in sweep().netnses]
    assert ids == sorted(set(ids))


def test_every_name_of_ip_netns_is_found(new_netns: NewNetns) -> None:
    made = {one.name: one for one in (new_netns("h5-list"), new_netns("h5-list"))}
    found = by_inode(sweep())
    listed = {line.split()[0] for line in ip("netns", "list").splitlines()}
    assert made.keys() <= listed
    shown = {mount.path for netns in found.values() for mount in netns.mounts}
    still_there = {name for name in listed if Path("/run/netns", name).exists()}
    assert {f"/run/netns/{name}" for name in still_there} <= shown
    for one in made.values():
        netns = found[one.inode]
        with opened(str(one.path)) as there:
            assert netns.key.id == there.id
        assert (netns.sources[0], netns.pids, netns.own, netns.gaps) == (Source.MOUNT, (), False, ())


@pytest.mark.needs_root
def test_every_namespace_of_lsns_is_found() -> None:
    with running("unshare", "--net", "sh", "-c", "echo; read end") as pid:
        before = {netns.inode for netns in sweep().netnses}
        listed = subprocess.run(["lsns", "-t", "net", "-n", "-o", "NS"], capture_output=True, text=True, check=True)
        after = {netns.inode for netns in sweep().netnses}
        there = inode(f"/proc/{pid}/ns/net")
    of_processes = {int(line) for line in listed.stdout.split()}
    assert there in of_processes & after
    assert of_processes - before - after == set()


@pytest.mark.needs_root
def test_every_mount_of_every_readable_table_is_found() -> None:
    first = by_inode(sweep())
    tables = {}
    for process in processes():
        try:
            tables[process.mnt] = mountinfo.nsfs_mounts(process.pid)
        except OSError:
            continue
    second = by_inode(sweep())
    for rows in tables.values():
        for row in rows:
            if row.inode in first and row.inode in second:
                assert row.path in {mount.path for netns in (first, second) for mount in netns[row.inode].mounts}


def test_a_process_alone_keeps_a_namespace_listed_with_all_of_its_processes(new_netns: NewNetns) -> None:
    made = new_netns("h5-proc")
    inside = made.command("sh", "-c", "echo; read end")
    with running(*inside) as first, running(*inside) as second:
        there = made.inode
        ip("netns", "delete", made.name)
        netns = by_inode(sweep())[there]
        assert netns.pids == tuple(sorted((first, second)))
        assert (netns.sources[0], netns.mounts) == (Source.PROCESS, ())
        assert netns.key.id == netns_id_of(first)
    assert netns.key not in {netns.key for netns in sweep().netnses}


@pytest.mark.needs_root
def test_a_namespace_in_a_private_mount_namespace_is_found_and_can_be_opened(tmp_path: Path) -> None:
    spot = tmp_path / "a b\n[red]\x1b"
    spot.touch()
    script = 'unshare --net sh -c \'mount --bind /proc/self/ns/net "$0"\' "$0"; echo; read end'
    with running("unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(spot)) as pid:
        mntns = inode(f"/proc/{pid}/ns/mnt")
        found = [netns for netns in sweep().netnses if any(mount.mntns == mntns for mount in netns.mounts)]
        mine = [netns for netns in found if any(mount.path == str(spot) for mount in netns.mounts)]
        (netns,) = mine
        assert netns.mounts == (Mount(mntns, pid, str(spot)),)
        assert netns.mounts[0].shown == str(tmp_path / r"a b\x0a[red]\x1b")
        (path,) = ways_in(netns)
        with opened(path) as there:
            assert there.id == netns.key.id
    await_true(lambda: netns.key not in {netns.key for netns in sweep().netnses})


def test_a_namespace_whose_only_mount_is_covered_is_counted(new_netns: NewNetns) -> None:
    below, above = new_netns("h5-below"), new_netns("h5-above")
    lost = below.inode
    subprocess.run(["mount", "--bind", above.path, below.path], check=True)
    try:
        found = sweep()
        assert lost not in by_inode(found)
        assert f"net:[{lost}] is hidden by a mount over it" in found.gaps
    finally:
        subprocess.run(["umount", below.path], check=True)
    found = sweep()
    assert lost in by_inode(found)
    assert not [gap for gap in found.gaps if str(lost) in gap]


def test_each_is_greeted_once_while_it_is_open_and_its_answer_is_the_nsid(
    new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "listed", frozenset)
    made = new_netns("h5-greet")
    greeted: list[tuple[int, bool]] = []

    def greet(namespace: Identified, own: bool) -> int | None:
        assert os.fstat(namespace.fd).st_ino == namespace.inode
        greeted.append((namespace.id, own))
        return 42 if namespace.inode == made.inode else None

    found = Discoverer(greet).sweep()
    assert sorted(greeted) == [(netns.key.id, netns.own) for netns in found.netnses]
    assert {netns.inode: netns.nsid for netns in found.netnses if netns.nsid} == {made.inode: 42}


def test_a_greeting_that_the_kernel_refuses_is_said(new_netns: NewNetns) -> None:
    made = new_netns("h5-refuse")

    def greet(namespace: Identified, own: bool) -> int | None:
        del own
        if namespace.inode == made.inode:
            raise OSError(24, "Too many open files")
        return None

    found = Discoverer(greet).sweep()
    assert made.inode not in by_inode(found)
    assert f"net:[{made.inode}] cannot be opened (Too many open files)" in found.gaps


@pytest.mark.needs_root
def test_an_unprivileged_user_is_told_what_is_hidden(new_netns: NewNetns) -> None:
    made = new_netns("h5-user")
    code = (
        "import json\n"
        "from dataclasses import asdict\n"
        "from ovltui.netns.discover import Discoverer\n"
        "print(json.dumps(asdict(Discoverer().sweep())))\n"
    )
    said = subprocess.run([*UNPRIVILEGED, sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = json.loads(said.stdout)
    assert [netns["own"] for netns in found["netnses"] if netns["own"]] == [True]
    assert made.inode in [netns["inode"] for netns in found["netnses"]]
    hidden = [re.findall(r"\d+", gap) for gap in found["gaps"] if "processes" in gap]
    assert len(hidden) == 1
    assert int(hidden[0][0]) > 0


def test_processes_that_end_during_the_sweep_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "listed", frozenset)
    proc = tmp_path / "proc"
    (proc / "self/ns").mkdir(parents=True)
    (proc / "self/ns/net").symlink_to("/proc/self/ns/net")
    (proc / "77").mkdir()
    (proc / "88/ns").mkdir(parents=True)
    (proc / "88/ns/net").symlink_to("net:[4026599999]")
    (proc / "88/ns/mnt").symlink_to("mnt:[4026599998]")
    (proc / "uptime").touch()
    assert [asdict(process) for process in processes(proc)] == [{"pid": 88, "net": 4026599999, "mnt": 4026599998}]
    assert Discoverer(proc=proc).sweep() == Sweep((), (HIDEPID,))


def test_a_mount_table_is_asked_of_another_process_where_the_first_one_ended(tmp_path: Path) -> None:
    proc = tmp_path / "proc"
    (proc / "88").mkdir(parents=True)
    (proc / "88/mountinfo").write_text("31 29 0:4 net:[4026532001] /run/netns/a rw - nsfs nsfs rw\n")
    tables = MountTables(proc=proc)
    found = tables.read({5: (77, 88), 6: (99,)}, changed=True)
    assert found.by_inode == {4026532001: (Mount(5, 88, "/run/netns/a"),)}
    assert found.unreadable == 0


def test_nothing_is_left_open(new_netns: NewNetns) -> None:
    new_netns("h5-fd")
    before = open_files()
    sweep()
    assert open_files() == before
