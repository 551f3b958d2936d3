"""What else of a container a command in its network may see: its resolv.conf, a fitting /sys, or all its namespaces.

Source: ``/proc/PID/root``, mount(2) in a mount namespace of the command's own, setns(2) on a pidfd. Privileges:
CAP_SYS_ADMIN. Incomplete: the new /sys has no cgroups below it, as with ``ip netns exec``; all namespaces are those of
one process, without its environment, user or limits.
"""

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from ovltui.errors import NetnsError
from ovltui.kernel.namespace import mntns_of, opened

_RESOLV = "/etc/resolv.conf"
_SCRATCH = ("/mnt", "/tmp")  # noqa: S108  (only covered, for a moment and for nobody else)
_MOST_RESOLV = 1 << 16
_MS_BIND, _MS_REC, _MS_SLAVE, _MNT_DETACH = 0x1000, 0x4000, 0x80000, 2
_CLONE_NEWNS = 0x20000
_ALL = _CLONE_NEWNS | 0x2000000 | 0x4000000 | 0x8000000 | 0x20000000 | 0x40000000
"""Mount, cgroup, UTS, IPC, pid and network namespace; not the user namespace, in which we might not be root."""
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Dress:
    """What a command sees beside the network."""

    pid: int = 0
    """A process in the namespace, of which the rest is taken."""
    resolv: bool = False
    """Its resolv.conf stands in the place of the host's."""
    sys: bool = False
    """/sys shows the devices of the namespace."""
    everything: bool = False
    """It is in all namespaces of the process: what ``docker exec`` gives."""

    def word(self) -> str:
        """Return it as a word of a command line."""
        return f"{self.pid},{self.resolv:d},{self.sys:d},{self.everything:d}"

    @classmethod
    def of(cls, word: str) -> Self:
        """Return what ``word`` says."""
        pid, *flags = map(int, word.split(","))
        return cls(pid, *map(bool, flags))


NETWORK_ONLY = Dress()
"""The host's files, the namespace's network."""


def chosen(pids: Sequence[int], *, resolv: bool = False, sys: bool = False, everything: bool = False) -> Dress:
    """Return what a command should see, given the processes of its namespace.

    Raises:
        NetnsError: none of them has files of its own, as a container's have.
    """
    if not (resolv or everything):
        return Dress(sys=sys)
    ours = mntns_of(os.getpid())
    # A shell of somebody, in there by nsenter, has the host's files.
    pid = next((pid for pid in pids if mntns_of(pid) not in (None, ours)), None)
    if pid is None:
        raise NetnsError("No process in this namespace has files of its own: only its network can be entered.")
    return Dress(pid, resolv, sys, everything)


@contextmanager
def dressing(dress: Dress, netns_id: int) -> Iterator[None]:
    """Take what is needed of the process now, enter the namespace in the block, and put it on behind it.

    Raises:
        NetnsError: the process has ended, or is in another network namespace now.
        OSError: the kernel refuses.
    """
    text = _resolv_of(dress.pid) if dress.resolv and not dress.everything else b""
    pidfd = os.pidfd_open(dress.pid) if dress.everything else -1
    if dress.resolv or dress.everything:  # what was taken is of the process in there, if that still is
        with opened(f"/proc/{dress.pid}/ns/net") as namespace:
            if not namespace.is_still(netns_id):
                raise NetnsError(f"Process {dress.pid} has left the namespace: list again and choose anew.")
    yield
    if dress.everything:
        _enter_all(pidfd)
        return
    if text or dress.sys:
        _check(_libc.unshare(_CLONE_NEWNS))
        _mount("none", "/", "", _MS_REC | _MS_SLAVE)
    if text:
        _cover_resolv(text)
    if dress.sys:
        _mount("sysfs", "/sys", "sysfs", 0)


def _resolv_of(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/root{_RESOLV}", "rb") as file:
            return file.read(_MOST_RESOLV)
    except OSError as error:
        raise NetnsError(f"Process {pid} shows no resolv.conf ({error.strerror}).") from error


def _cover_resolv(text: bytes) -> None:
    """Let ``text`` stand in the place of the host's file, in memory, for this process and its children alone."""
    scratch = next(path for path in _SCRATCH if os.path.isdir(path))
    _mount("tmpfs", scratch, "tmpfs", 0)
    with open(f"{scratch}/resolv.conf", "wb") as file:
        file.write(text)
    _mount(f"{scratch}/resolv.conf", _RESOLV, "", _MS_BIND)
    _check(_libc.umount2(scratch.encode(), _MNT_DETACH))


def _enter_all(pidfd: int) -> None:
    """Enter every namespace; the pid namespace holds for children, so that a child goes on and this process waits."""
    _check(_libc.setns(pidfd, _ALL))
    os.close(pidfd)
    os.chdir("/")
    child = os.fork()
    if child:
        _wait_as(child)


def _wait_as(child: int) -> None:
    """Wait for ``child`` and end as it did; what reaches us is for it."""

    def pass_on(number: int, _: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    for number in (signal.SIGINT, signal.SIGQUIT):  # the terminal sends them to the child as well
        signal.signal(number, signal.SIG_IGN)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL has its default in any case
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    _check(_libc.mount(source.encode(), target.encode(), kind.encode(), flags, None))


def _check(result: int) -> None:
    if result:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
