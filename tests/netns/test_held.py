"""What processes hold is asked for once, and whoever refuses is counted."""

import errno
import os
import socket
from collections.abc import Callable

import pytest

from ovltui.kernel.procfs import Process, processes
from ovltui.kernel.sockets import netns_id_of_socket
from ovltui.netns import held as held_module
from ovltui.netns import sockets as sockets_module
from ovltui.netns.gaps import NO_SOCKETS, gaps
from ovltui.netns.held import Held, Holders
from ovltui.netns.mounts import MountTable
from ovltui.netns.sockets import Sockets
from tests.bed.hiding import hidden
from tests.kernel.hearing import inode

pytestmark = pytest.mark.needs_root
HOME = inode("/proc/self/ns/net")
OWN = os.getpid()
NO_MOUNTS = MountTable({}, 0)
Ask = Callable[[int, int, int], int | None]


def asked(monkeypatch: pytest.MonkeyPatch, answer: Exception | None = None) -> list[int]:
    """Count the sockets that are copied; return their inodes."""
    copied: list[int] = []
    ask: Ask = netns_id_of_socket

    def count(pidfd: int, fd: int, there: int) -> int | None:
        copied.append(there)
        if answer:
            raise answer
        return ask(pidfd, fd, there)

    monkeypatch.setattr(sockets_module, "netns_id_of_socket", count)
    return copied


def look(sockets: Sockets, *files: socket.socket) -> None:
    sockets.begin()
    sockets.foreign(OWN, HOME, [(one.fileno(), os.fstat(one.fileno()).st_ino) for one in files])


def test_a_socket_is_asked_for_its_namespace_once(monkeypatch: pytest.MonkeyPatch) -> None:
    copied = asked(monkeypatch)
    sockets = Sockets()
    with socket.socket() as first, socket.socket() as second:
        look(sockets, first)
        look(sockets, first)
        assert len(copied) == 1
        look(sockets, first, second)
        assert len(copied) == 2
        look(sockets, second)
        look(sockets, first, second)
        assert len(copied) == 3  # forgotten when it was not seen


def test_sockets_that_may_not_be_looked_at_are_counted_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch, PermissionError(errno.EPERM, "Operation not permitted"))
    sockets = Sockets()
    with socket.socket() as one:
        for _ in range(2):
            look(sockets, one)
            assert sockets.denied == {OWN}
    said = gaps((Process(1, HOME, 1),), NO_MOUNTS, Held(denied_sockets=2), ())
    assert said == ("the sockets of 2 processes may not be looked at: what these alone keep is not listed",)


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOPROTOOPT])
def test_a_kernel_that_does_not_tell_is_asked_no_more_and_it_is_said(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = asked(monkeypatch, OSError(code, os.strerror(code)))
    sockets = Sockets()
    with socket.socket() as one:
        look(sockets, one)
        look(sockets, one)
    assert (sockets.told, len(copied)) == (False, 1)
    assert gaps((Process(1, HOME, 1),), NO_MOUNTS, Held(sockets_told=False), ()) == (NO_SOCKETS,)


def test_a_socket_that_closes_meanwhile_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch, OSError(errno.EBADF, "Bad file descriptor"))
    sockets = Sockets()
    with socket.socket() as one:
        look(sockets, one)
    assert (sockets.denied, sockets.told) == (set(), True)


def test_descriptors_that_may_not_be_read_are_counted_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(held_module, "open_files", refuse)
    assert Holders().look(processes()).denied > 0
    said = gaps((Process(1, HOME, 1),), NO_MOUNTS, Held(denied=1), ())
    assert said == ("the descriptors of 1 process may not be read: what they alone hold is not listed",)


def test_what_we_hold_ourselves_for_a_moment_is_no_evidence() -> None:
    with hidden("process") as there, open(f"/proc/{there.pid}/ns/net") as file:
        held = Holders().look(processes())
        assert os.fstat(file.fileno()).st_ino == there.inode
        assert there.inode not in held.descriptors


def test_of_a_process_that_was_born_while_we_looked_nothing_false_is_said() -> None:
    with hidden("thread") as there:
        found = tuple(process for process in processes() if process.pid != there.pid)
        held = Holders().look(found)
    assert [task.tid for tasks in held.tasks.values() for task in tasks if task.pid == there.pid] == [there.number]
    assert not [one for ones in held.descriptors.values() for one in ones if one.pid == there.pid]


def test_of_a_process_that_left_the_namespace_of_its_row_nothing_is_said() -> None:
    sockets = Sockets()
    with socket.socket() as one:
        sockets.begin()
        assert sockets.foreign(OWN, HOME + 1, [(one.fileno(), os.fstat(one.fileno()).st_ino)]) == {}
