"""A network namespace that a file keeps: made, and let go of again, as ``ip netns add`` and ``delete`` do.

Source: unshare(2) and a bind mount of nsfs. Privileges: CAP_SYS_ADMIN. Incomplete: a namespace whose file was removed
lives on while a process, a descriptor or a socket is in it.
"""

import ctypes
import errno
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.namespace import opened

_CLONE_NEWNET = 0x40000000
_MS_BIND = 0x1000
_MNT_DETACH = 0x2
_UMOUNT_NOFOLLOW = 0x8
_NO_MOUNT = frozenset((errno.EINVAL, errno.ENOENT))
_IPV6 = ("/proc/sys/net/ipv6/conf/all/disable_ipv6", "/proc/sys/net/ipv6/conf/default/disable_ipv6")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Made:
    """A namespace that was just made."""

    id: int
    """The kernel's namespace id."""
    lasting: bool
    """Whether that is the kernel's own, never given out twice."""


def make(path: str) -> Made:
    """Make a namespace without IPv6, as Docker's are, and mount it at ``path``, a new file.

    Raises:
        FileExistsError: there is a file already.
        OSError: the kernel refused; an empty file may be left.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDONLY | os.O_CLOEXEC, 0))
    _in_a_thread(lambda: _mount_new(path))
    with opened(path, follow=False) as namespace:
        return Made(namespace.id, namespace.lasting)


def remove(path: str) -> None:
    """Unmount and remove the file at ``path``, in every mount namespace; nothing happens where there is none.

    Raises:
        OSError: the kernel refused.
    """
    if _libc.umount2(os.fsencode(path), _MNT_DETACH | _UMOUNT_NOFOLLOW) and ctypes.get_errno() not in _NO_MOUNT:
        raise _last_error(path)
    try:
        os.unlink(path)  # copies of the mount in other mount namespaces go with the file
    except FileNotFoundError:
        return


def _mount_new(path: str) -> None:
    if _libc.unshare(_CLONE_NEWNET):
        raise _last_error("unshare")
    if _libc.mount(b"/proc/thread-self/ns/net", os.fsencode(path), None, _MS_BIND, None):
        raise _last_error(path)
    for setting in _IPV6:
        if os.path.exists(setting):  # the kernel may have no IPv6
            Path(setting).write_text("1", "ascii")


def _in_a_thread(work: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (handed to the caller below)
            errors.append(error)

    thread = threading.Thread(target=run, name="ovltui-netns-make")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def _last_error(what: str) -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code), what)
