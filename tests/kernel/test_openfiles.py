"""What processes hold open is told apart, the namespaces of their sockets are known, and nothing stays open."""

import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovltui.kernel import openfiles, tasks
from ovltui.kernel.namespace import netns_id_of, opened
from ovltui.kernel.openfiles import is_namespace, is_socket
from ovltui.kernel.sockets import netns_id_of_socket, open_netns_of_socket, pidfd_of
from tests.bed.hiding import NAME, hidden
from tests.kernel.hearing import UNPRIVILEGED, await_true, inode, open_files

OWN = os.getpid()


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    before = open_files()
    yield
    assert open_files() == before


@pytest.mark.parametrize("has_statx", [True, False])
def test_namespaces_and_sockets_are_told_from_files(has_statx: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openfiles, "_has_statx", lambda: has_statx)
    with socket.socket() as one, Path("/proc/self/ns/net").open() as net, Path("/proc/self/ns/uts").open() as uts:
        found = openfiles.open_files(OWN)
        assert (one.fileno(), os.fstat(one.fileno()).st_ino) in found.sockets
        assert (net.fileno(), inode("/proc/self/ns/net")) in found.namespaces
        assert uts.fileno() not in dict(found.namespaces)
        assert is_socket(OWN, one.fileno(), os.fstat(one.fileno()).st_ino)
        assert is_namespace(OWN, net.fileno(), inode("/proc/self/ns/net"))
        assert not is_socket(OWN, net.fileno(), inode("/proc/self/ns/net"))
        assert not is_namespace(OWN, one.fileno(), os.fstat(one.fileno()).st_ino)
        fd, there = one.fileno(), os.fstat(one.fileno()).st_ino
    assert not is_socket(OWN, fd, there)


@pytest.mark.parametrize("has_statx", [True, False])
def test_a_process_that_is_gone_or_denied_is_told_by_its_error(
    has_statx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openfiles, "_has_statx", lambda: has_statx)
    with subprocess.Popen(["true"]) as process:
        process.wait()
    with pytest.raises(FileNotFoundError):
        openfiles.open_files(process.pid)
    code = f"from ovltui.kernel.openfiles import open_files; open_files({os.getpid()})"
    said = subprocess.run([*UNPRIVILEGED, sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError" in said.stderr


def test_the_namespace_of_our_own_socket_is_ours() -> None:
    with socket.socket() as one, pidfd_of(OWN) as pidfd:
        there = os.fstat(one.fileno()).st_ino
        assert netns_id_of_socket(pidfd, one.fileno(), there) == netns_id_of(OWN)
        assert netns_id_of_socket(pidfd, one.fileno(), there + 1) is None


@pytest.mark.needs_root
def test_the_namespace_of_a_socket_of_another_process_is_known_and_can_be_opened() -> None:
    with hidden("socket") as there:
        with opened(f"/proc/{there.pid}/fd/{there.number}") as namespace:
            assert namespace.inode == there.inode
        fd = open_netns_of_socket(there.pid, there.number)
        try:
            assert os.fstat(fd).st_ino == there.inode
            assert not os.get_inheritable(fd)
        finally:
            os.close(fd)


def test_what_is_no_socket_is_refused() -> None:
    with Path("/dev/null").open() as file:
        with pytest.raises(OSError, match=os.strerror(errno.ENOTSOCK)):
            open_netns_of_socket(OWN, file.fileno())
        with pytest.raises(OSError, match="not a namespace"), opened(f"/proc/{OWN}/fd/{file.fileno()}"):
            pass


@pytest.mark.parametrize("fd", [999_999, -1])
def test_a_descriptor_that_is_not_there_is_an_error(fd: int) -> None:
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        open_netns_of_socket(OWN, fd)


def test_threads_are_told_with_their_namespaces_and_names() -> None:
    there = inode("/proc/self/ns/net")
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        found = dict(tasks.netns_of_tasks(OWN))
        assert found == {int(task.name): there for task in Path("/proc/self/task").iterdir()}
        assert tasks.is_in_netns(OWN, thread.native_id or 0, there)
        assert not tasks.is_in_netns(OWN, thread.native_id or 0, there + 1)
    finally:
        done.set()
        thread.join()
    await_true(lambda: not tasks.is_in_netns(OWN, thread.native_id or 0, there))
    assert tasks.name(OWN, thread.native_id or 0) == ""


@pytest.mark.needs_root
def test_a_process_with_a_single_thread_tells_nothing_and_one_without_its_main_thread_does() -> None:
    with hidden("process") as alone, hidden("dead leader") as leaderless:
        assert tasks.netns_of_tasks(alone.pid) == ()
        assert (leaderless.number, leaderless.inode) in tasks.netns_of_tasks(leaderless.pid)
        assert tasks.name(leaderless.pid, leaderless.number) == NAME
        assert {alone.pid, leaderless.pid} <= set(tasks.pids())
