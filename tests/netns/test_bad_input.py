"""What others name, cover, jail, deny or own neither hides a namespace unsaid nor speaks to the terminal."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.kernel.namespace import opened
from ovltui.netns.discover import Discoverer
from ovltui.netns.evidence import ways_in
from ovltui.netns.gaps import HIDEPID
from ovltui.netns.model import Descriptor, Netns, NetnsKey, Socket, Source, Task
from tests.bed.hiding import hidden
from tests.bed.netns import NamedNetns, ip
from tests.cli.command import NOBODY, environment, ovltui
from tests.kernel.hearing import inode

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]
HOSTILE = (
    b"a b\tc\nd",
    rb"back\040slash\134",
    "bidi\u202egnp\u2066".encode(),
    b"[red]markup [@click=app.quit]x[",
    b"\x1b[31m\x1b]0;title\x07\x9b31m",
    b"\xff\xfe not UTF-8 \xc3",
    b"n" * 255,
    b"$(touch x); `id` 'quoted\"",
)
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
PRIVATE = ("unshare", "--mount", "--propagation", "private", "sh", "-c")
AS_NOBODY = (
    f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search "
)
SWEEP = """
import json
from ovltui.netns.discover import Discoverer
found = Discoverer().sweep()
print(json.dumps([[[netns.own, netns.inode] for netns in found.netnses], found.gaps]))
"""


@contextmanager
def shell(*argv: str | bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that says a word once all is as it shall be, then waits for one."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.communicate(b"\n", timeout=10)


@contextmanager
def mounted(*names: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Mount a new namespace under each name, where nobody else sees it."""
    each = 'for name; do : > "/mnt/$name"; unshare --net mount --bind /proc/self/ns/net "/mnt/$name"; done'
    with shell(*PRIVATE, f"mount -t tmpfs none /mnt; {each}; echo ready; read end", "sh", *names) as process:
        yield process


def of(mntns: int) -> list[Netns]:
    """Return the namespaces that are mounted in one mount namespace and nowhere else."""
    found = Discoverer().sweep().netnses
    return [netns for netns in found if netns.mounts and {mount.mntns for mount in netns.mounts} == {mntns}]


def swept(*argv: str) -> tuple[dict[int, bool], list[str]]:
    """Sweep by a command that runs Python; return the inodes with whether each is its own, and the gaps."""
    said = subprocess.run(argv, capture_output=True, text=True, check=True, env=environment(HOME="/"), timeout=30)
    found, gaps = json.loads(said.stdout)
    return {number: own for own, number in found}, gaps


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_a_mount_point_of_any_bytes_is_found_opened_and_shown_safely(name: bytes) -> None:
    with mounted(name) as process:
        (netns,) = of(inode(f"/proc/{process.pid}/ns/mnt"))
        (mount,) = netns.mounts
        assert os.fsencode(mount.path) == b"/mnt/" + name
        assert not UNSAFE.search(mount.shown)
        with opened(next(ways_in(netns)), follow=False) as there:
            assert there.id == netns.key.id


def test_no_mount_point_speaks_to_the_terminal_by_ls() -> None:
    with mounted(*HOSTILE) as process:
        mntns = inode(f"/proc/{process.pid}/ns/mnt")
        shown = {mount.shown for netns in of(mntns) for mount in netns.mounts}
        text, rows = ovltui("ls", "--no-docker").out, ovltui("ls", "--no-docker", "--json").out
    assert len(shown) == len(HOSTILE)
    assert not UNSAFE.search(text + rows)
    paths = {path for line in rows.splitlines() for path in json.loads(line)["paths"]}
    assert shown <= paths
    assert all(path in text for path in shown)


@pytest.mark.parametrize("place", ["thread", "descriptor", "socket"])
def test_no_name_of_a_process_speaks_to_the_terminal(place: str) -> None:
    with hidden(place, "\x1b[7m\u202e[b]\x9b") as there:
        rows = {row["inode"]: row for row in map(json.loads, ovltui("ls", "--no-docker", "--json").out.splitlines())}
        text = ovltui("ls", "--no-docker").out
    (holder,) = rows[there.inode]["holders"]
    assert rf"of \x1b[7m\u202e[b]\x9b (pid {there.pid})" in holder
    assert holder in text
    assert not UNSAFE.search(text)


@pytest.mark.parametrize("lie", ["ln -s /proc/1/ns/net /mnt/lie/x", "mkfifo /mnt/lie/x", "mknod /mnt/lie/x c 1 5"])
def test_a_mount_that_is_covered_by_a_lie_is_never_taken_for_another_and_is_said(lie: str) -> None:
    script = (
        "mount -t tmpfs none /mnt; mkdir /mnt/true /mnt/lie; : > /mnt/true/x; "
        f"unshare --net mount --bind /proc/self/ns/net /mnt/true/x; stat -c %i /mnt/true/x; {lie}; "
        "mount --bind /mnt/lie /mnt/true; echo ready; read end"
    )
    with subprocess.Popen([*PRIVATE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lost = int(process.stdout.readline())
        process.stdout.readline()
        found = Discoverer().sweep()
        process.communicate("\n")
    assert lost not in {netns.inode for netns in found.netnses}
    assert [gap for gap in found.gaps if f"net:[{lost}]" in gap] == [f"net:[{lost}] is hidden by a mount over it"]


def test_a_mount_outside_of_a_chroot_is_found_by_another_process_and_said_where_there_is_none() -> None:
    jailed = (
        "mount -t tmpfs none /mnt; : > /mnt/x; mkdir /mnt/jail; unshare --net mount --bind /proc/self/ns/net /mnt/x; "
        "stat -c %i /mnt/x; mount --bind / /mnt/jail; exec chroot /mnt/jail sh -c 'echo ready; read end'"
    )
    with subprocess.Popen([*PRIVATE, jailed], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        there = int(process.stdout.readline())
        process.stdout.readline()
        alone = Discoverer().sweep()
        enter = ("nsenter", f"--mount=/proc/{process.pid}/ns/mnt", "sh", "-c", "echo ready; read end")
        with shell(*enter):
            beside = Discoverer().sweep()
        process.communicate("\n")
    assert there not in {netns.inode for netns in alone.netnses}
    assert any("1 mount table can be read through a chroot only" in gap for gap in alone.gaps)
    assert there in {netns.inode for netns in beside.netnses}
    assert not any("chroot" in gap for gap in beside.gaps)


@pytest.mark.parametrize(("option", "says"), [("invisible", HIDEPID), ("noaccess", "process may not be read")])
def test_processes_that_proc_hides_are_said(option: str, says: str) -> None:
    python = shlex.join([sys.executable, "-c", SWEEP])
    script = f"mount -o remount,hidepid={option} /proc && {AS_NOBODY} {python}; true"
    found, gaps = swept("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script)
    assert any(says in gap for gap in gaps)
    assert list(found.values()).count(True) == 1


def test_root_sees_through_hidepid() -> None:
    python = shlex.join([sys.executable, "-c", SWEEP])
    script = f"mount -o remount,hidepid=invisible /proc && {python}; true"
    _, gaps = swept("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script)
    assert gaps == []


def test_a_namespace_of_another_user_namespace_is_found_and_opened() -> None:
    with shell("unshare", "--user", "--map-root-user", "--net", "sh", "-c", "echo ready; read end") as process:
        there = inode(f"/proc/{process.pid}/ns/net")
        (netns,) = [netns for netns in Discoverer().sweep().netnses if netns.inode == there]
        assert (netns.sources[0], netns.pids) == (Source.PROCESS, (process.pid,))
        ended = ovltui("exec", str(process.pid), "--", "readlink", "/proc/self/ns/net")
    assert (ended.status, ended.out) == (0, f"net:[{there}]\n")


def test_from_inside_a_user_namespace_what_is_denied_is_counted() -> None:
    outside = inode("/proc/self/ns/net")
    found, gaps = swept("unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", SWEEP)
    assert list(found.values()).count(True) == 1
    assert found.get(outside) is not True
    assert any("may not be read" in gap for gap in gaps)


def test_a_descriptor_that_was_opened_where_it_was_mounted_is_told_from_files(new_netns: NewNetns) -> None:
    made = new_netns("f-exec")
    script = 'exec 7< "$0" 8< /dev/null 9< /proc/self/ns/uts; echo ready; read end'
    with shell("sh", "-c", script, str(made.path)) as process:
        there, held = made.inode, f"descriptor 7 of sh (pid {process.pid})"
        for source in (Source.MOUNT, Source.DESCRIPTOR):
            (netns,) = [netns for netns in Discoverer().sweep().netnses if netns.inode == there]
            assert netns.sources[0] == source
            assert held in netns.held
            if netns.mounts:
                ip("netns", "delete", made.name)
        assert netns.sources == (Source.DESCRIPTOR,)
        (way,) = ways_in(netns)
        with opened(way) as namespace:
            assert namespace.id == netns.key.id


def test_holders_of_one_process_are_said_together() -> None:
    netns = Netns(
        *(NetnsKey("vm", 40), 4026532369, None, False, (), (), ()),
        tasks=(Task(5, 6, "a"), Task(5, 7, "b")),
        descriptors=(Descriptor(8, 3, "c"), Descriptor(8, 4, "c"), Descriptor(9, 3, "")),
        sockets=(Socket(8, 5, 100, "c"),),
    )
    assert netns.held == (
        "thread 6 of a (pid 5)",
        "thread 7 of b (pid 5)",
        "descriptors 3 4 of c (pid 8)",
        "descriptor 3 of process 9",
        "socket 5 of c (pid 8)",
    )
