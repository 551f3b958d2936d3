"""A namespace is opened only if it is one, identified once for its life, visited, and let go."""

import contextlib
import errno
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.kernel import namespace
from ovltui.kernel.namespace import Identified, mntns_of, netns_id_of, opened, visit
from tests.bed.netns import NamedNetns, ip
from tests.kernel.hearing import UNPRIVILEGED, inode, open_files

OWN = "/proc/self/ns/net"
NewNetns = Callable[[str], NamedNetns]


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    before = open_files(), threading.active_count()
    yield
    assert (open_files(), threading.active_count()) == before


def cookie() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        found: int = struct.unpack("=Q", probe.getsockopt(socket.SOL_SOCKET, 71, 8))[0]
        return found


def test_our_own_namespace_has_the_id_of_our_sockets() -> None:
    with opened(OWN) as own:
        assert (own.id, own.inode, own.lasting) == (cookie(), inode(OWN), True)
    assert netns_id_of(os.getpid()) == own.id


@pytest.mark.needs_root
@pytest.mark.parametrize("kind", ["file", "directory", "mnt", "uts", "pid", "device"])
def test_what_is_no_network_namespace_is_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()
    os.mknod(tmp_path / "device", 0o020600, os.makedev(1, 3))
    path = f"/proc/self/ns/{kind}" if kind in ("mnt", "uts", "pid") else str(tmp_path / kind)
    with pytest.raises(OSError, match="not a") as refusal, opened(path):
        pytest.fail("opened")
    assert refusal.value.errno == errno.EINVAL


def test_a_fifo_is_refused_at_once_and_its_writer_is_not_woken(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(OSError, match="not a namespace"), opened(str(fifo)):
        pytest.fail("opened")
    with pytest.raises(OSError, match="No such device") as still:
        os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    assert still.value.errno == errno.ENXIO


def test_a_path_that_leads_nowhere_is_an_error_of_the_kernel(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(str(tmp_path / "none")):
        pytest.fail("opened")
    assert netns_id_of(2**22 + 1) is None
    assert mntns_of(2**22 + 1) is None


def test_a_link_put_in_the_place_of_a_mount_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(OWN)
    with pytest.raises(OSError, match="not a namespace"), opened(str(link), follow=False):
        pytest.fail("opened")
    with opened(str(link)) as own:
        assert own.id == cookie()


@pytest.mark.needs_root
def test_an_id_is_never_given_out_twice_though_the_inode_is() -> None:
    name = f"h5-again-{os.getpid()}"
    seen: list[tuple[int, int]] = []
    while len(seen) < 60 and (len(seen) < 6 or len({inode for _, inode in seen}) == len(seen)):
        ip("netns", "add", name)
        try:
            with opened(f"/run/netns/{name}") as made:
                assert made.lasting
                seen.append((made.id, made.inode))
        finally:
            ip("netns", "delete", name)
    assert len({netns_id for netns_id, _ in seen}) == len(seen)
    assert len({inode for _, inode in seen}) < len(seen)


def test_process_mount_and_descriptor_lead_to_the_same_id(new_netns: NewNetns) -> None:
    made = new_netns("h5-same")
    command = made.command("sh", "-c", "echo; exec sleep 60")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as inside, made.path.open() as file:
        assert inside.stdout is not None
        inside.stdout.readline()
        found = []
        for path in (f"/proc/{inside.pid}/ns/net", str(made.path), f"/proc/self/fd/{file.fileno()}"):
            with opened(path) as one:
                found.append((one.id, one.inode))
        assert netns_id_of(inside.pid) == found[0][0]
        with opened(str(made.path)) as one:
            told = visit(one.fd, cookie)
        inside.kill()
    assert found == [(told, made.inode)] * 3
    assert told != cookie()


def test_a_kernel_that_tells_no_id_is_asked_by_cookie(new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_netns("h5-old")
    with opened(str(made.path)) as told:
        pass
    monkeypatch.setattr(namespace, "_NS_GET_ID", 0xB7FF)
    with opened(str(made.path)) as asked:
        assert (asked.id, asked.inode, asked.lasting) == (told.id, told.inode, True)


def test_without_an_id_the_inode_stands_in_and_says_so(new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_netns("h5-older")
    monkeypatch.setattr(namespace, "_NS_GET_ID", 0xB7FF)
    monkeypatch.setattr(namespace, "SO_NETNS_COOKIE", 9999)
    with opened(str(made.path)) as found:
        assert (found.id, found.inode, found.lasting) == (made.inode, made.inode, False)


def test_a_visit_works_inside_and_leaves_the_caller_where_it_is(new_netns: NewNetns) -> None:
    made = new_netns("h5-visit")
    made.ip("link", "add", "only-here", "type", "bridge")
    own = inode(OWN)
    with opened(str(made.path)) as there:
        inside = visit(there.fd, lambda: (inode("/proc/thread-self/ns/net"), sorted(socket.if_nameindex())))
    assert inside == (made.inode, [(1, "lo"), (2, "only-here")])
    assert inode("/proc/thread-self/ns/net") == own


def test_what_a_visit_raises_reaches_the_caller(new_netns: NewNetns) -> None:
    def fail() -> None:
        raise KeyError("inside")

    with opened(str(new_netns("h5-raise").path)) as there, pytest.raises(KeyError, match="inside"):
        visit(there.fd, fail)


def test_a_descriptor_that_is_no_namespace_cannot_be_visited(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file, pytest.raises(OSError, match="Invalid argument"):
        visit(file.fileno(), cookie)


def test_the_namespace_is_closed_also_when_the_block_fails() -> None:
    kept: list[Identified] = []
    with contextlib.suppress(ZeroDivisionError), opened(OWN) as own:
        kept.append(own)
        _ = 1 // 0
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(kept[0].fd)


@pytest.mark.needs_root
def test_an_ordinary_user_is_refused_the_visit(new_netns: NewNetns) -> None:
    made = new_netns("h5-user")
    code = (
        "from ovltui.kernel.namespace import opened, visit, netns_id_of\n"
        f"with opened({str(made.path)!r}) as there:\n"
        "    print(there.id)\n"
        "    try:\n"
        "        visit(there.fd, int)\n"
        "    except PermissionError as error:\n"
        "        print(error.strerror, netns_id_of(1))\n"
    )
    answer = subprocess.run([*UNPRIVILEGED, sys.executable, "-c", code], capture_output=True, text=True, check=True)
    with opened(str(made.path)) as there:
        assert answer.stdout.splitlines() == [str(there.id), "Operation not permitted None"]
