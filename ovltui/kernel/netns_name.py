"""Names in /run/netns, by which ``ip netns`` knows namespaces: given and taken away again.

Source: mount(2) of the namespace's file onto ``/run/netns/NAME``, as ``ip netns attach`` does it. Privileges:
CAP_SYS_ADMIN. A name keeps its namespace alive until it is taken away. Incomplete: like ip, it makes the directory
shared where it is not, which stays.

``main`` is a process that outlives its caller by a moment: it reads names, one JSON object a line, and takes them away
when its standard input ends, also when the caller was killed.
"""

import contextlib
import ctypes
import errno
import json
import os
import re
import shlex
import signal
import sys
from dataclasses import asdict, dataclass

from ovltui.errors import NetnsError, OvltuiError, PrivilegeError, UsageError
from ovltui.kernel.namespace import opened
from ovltui.text import clean

DIRECTORY = "/run/netns"
_MS_BIND, _MS_REC, _MS_SHARED = 0x1000, 0x4000, 0x100000
_MNT_DETACH, _UMOUNT_NOFOLLOW = 0x2, 0x8
_LONGEST = 255
_OF_PROCESS = re.compile(r"/proc/([0-9]+)/ns/net")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Named:
    """A name that was given."""

    name: str
    path: str
    """The way into the namespace by which it got it."""
    netns_id: int
    """The kernel's id of the namespace."""
    given: bool = True
    """False for one that was taken away again."""

    @property
    def command(self) -> str:
        """The command that does the same by hand, safe to show."""
        of_process = _OF_PROCESS.fullmatch(self.path)
        if of_process:
            return f"ip netns attach {shlex.quote(self.name)} {of_process[1]}"
        target = shlex.quote(f"{DIRECTORY}/{self.name}")
        return f"touch {target} && mount --bind {shlex.quote(clean(self.path))} {target}"


def attach(named: Named) -> None:
    """Give a namespace a name.

    Raises:
        UsageError: there is such a name by now.
        NetnsError: the namespace is gone, or another one is at its path now.
        PrivilegeError: the kernel refused.
    """
    target = f"{DIRECTORY}/{named.name}"
    try:
        with opened(named.path) as namespace:
            if namespace.id != named.netns_id:
                raise NetnsError(f"The namespace at {clean(named.path)} is another one now: choose anew.")
            _share_directory()
            os.close(os.open(target, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0))
            try:
                _mount(f"/proc/self/fd/{namespace.fd}", target, _MS_BIND)
            except OSError:
                os.unlink(target)
                raise
    except FileExistsError as error:
        raise UsageError(_taken(named.name)) from error
    except PermissionError as error:
        raise PrivilegeError("The kernel does not let us name namespaces: run ovltui as root.") from error
    except OSError as error:
        raise NetnsError(f"The namespace could not be named ({error.strerror or error}).") from error


def detach(named: Named) -> bool:
    """Take a name away, if it still is that namespace's; return whether it was.

    Raises:
        PrivilegeError: the kernel refused.
    """
    target = f"{DIRECTORY}/{named.name}"
    try:
        with opened(target, follow=False) as namespace:
            ours = namespace.id == named.netns_id
        if ours:
            _told(_libc.umount2(os.fsencode(target), _MNT_DETACH | _UMOUNT_NOFOLLOW))
            os.unlink(target)
    except PermissionError as error:
        raise PrivilegeError(f"The kernel does not let us take {named.name} away: run ovltui as root.") from error
    except OSError:  # somebody took it away
        return False
    return ours


def check(name: str) -> None:
    """Refuse what cannot be a name, or is one already.

    Raises:
        UsageError: why.
    """
    too_long = len(os.fsencode(name)) > _LONGEST
    if not name or name in (".", "..") or "/" in name or name.startswith("-") or clean(name) != name or too_long:
        says = clean(name) or "An empty text"
        raise UsageError(f"{says} is no name for ip netns: take 1 to 255 bytes, no slash or control, no dash first.")
    if os.path.lexists(f"{DIRECTORY}/{name}"):
        raise UsageError(_taken(name))


def main() -> int:
    """Take away all that stdin names, last first, when it ends."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    names = {named.name: named for named in (Named(**json.loads(line)) for line in sys.stdin)}
    for named in reversed(names.values()):
        if named.given:
            with contextlib.suppress(OvltuiError):  # nobody is left to be told
                detach(named)
    return 0


def as_line(named: Named) -> bytes:
    """Return a name as ``main`` reads it."""
    return json.dumps(asdict(named)).encode() + b"\n"


def _taken(name: str) -> str:
    return f"ip netns knows a namespace called {name} already: choose another name."


def _share_directory() -> None:
    """Make the directory, and its mounts seen by mount namespaces that are made later, as ip does."""
    os.makedirs(DIRECTORY, mode=0o755, exist_ok=True)
    try:
        _mount("", DIRECTORY, _MS_SHARED | _MS_REC)
    except OSError as error:
        if error.errno != errno.EINVAL:  # it is no mount of its own yet
            raise
        _mount(DIRECTORY, DIRECTORY, _MS_BIND | _MS_REC)
        _mount("", DIRECTORY, _MS_SHARED | _MS_REC)


def _mount(source: str, target: str, flags: int) -> None:
    _told(_libc.mount(os.fsencode(source), os.fsencode(target), b"none", ctypes.c_ulong(flags), None))


def _told(result: int) -> None:
    """Raise what the kernel said, if it refused."""
    if result:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
