"""Neighbour solicitations told to programs: ``net.ipv4.neigh.DEV.app_solicit``, set and set back.

Source: the sysctl of a link in its namespace. With 1, the kernel tells netlink of a neighbour that it looks for, before
it asks on the wire: the first broadcast ARP of each lookup then leaves a second later. Privileges: CAP_SYS_ADMIN to
enter, CAP_NET_ADMIN to write. Incomplete: lookups that a vxlan device answers by itself are misses, not solicitations.

``main`` is a process that outlives its caller by a moment: it reads what to set back, one JSON object a line, and does
so when its standard input ends, also when the caller was killed.
"""

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from shlex import quote

from ovltui.errors import NetnsError, OvltuiError, PrivilegeError
from ovltui.kernel.namespace import Identified, opened, visit
from ovltui.text import clean


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of one link."""

    path: str
    """A way into its namespace."""
    netns_id: int
    dev: str
    value: int
    others: Sequence[str] = ()
    """Further ways in, for when the process or mount that ``path`` leads over is gone."""

    @property
    def command(self) -> str:
        """The command that does the same by hand, safe to show and to copy."""
        key = f"net.ipv4.neigh.{self.dev}.app_solicit"
        if "." in self.dev:  # sysctl takes either separator, but not both in one key
            key = f"net/ipv4/neigh/{self.dev}/app_solicit"
        return f"nsenter --net={clean(quote(self.path))} sysctl -w {clean(quote(key))}={self.value}"


def value_of(path: str, netns_id: int, dev: str, others: Sequence[str] = ()) -> Setting:
    """Return the value that a link has now.

    Raises:
        NetnsError: the namespace is gone.
        PrivilegeError: the kernel refused.
        OvltuiError: there is no such link in it.
    """
    unknown = Setting(path, netns_id, dev, 0, others)
    # The kernel resolves /proc/sys/net for the thread that opens it.
    return replace(unknown, value=_inside(unknown, lambda: int(_file(dev).read_text("ascii"))))


def put(setting: Setting) -> None:
    """Set a value; errors as in ``value_of``."""
    _inside(setting, lambda: _file(setting.dev).write_text(str(setting.value), "ascii"))


def main() -> int:
    """Set back all that stdin names, last first, when it ends."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    settings = [Setting(**json.loads(line)) for line in sys.stdin]
    for setting in reversed(settings):
        with contextlib.suppress(OvltuiError):  # what is gone needs nothing
            put(setting)
    return 0


def as_line(setting: Setting) -> bytes:
    """Return a setting as ``main`` reads it."""
    return json.dumps(asdict(setting)).encode() + b"\n"


def _file(dev: str) -> Path:
    return Path(f"/proc/sys/net/ipv4/neigh/{dev}/app_solicit")


def _inside(setting: Setting, work: Callable[[], int]) -> int:
    dev = clean(setting.dev)
    try:
        with _entrance(setting) as namespace:
            return visit(namespace.fd, work)
    except PermissionError as error:
        raise PrivilegeError(f"The kernel does not let us set app_solicit of {dev}: run ovltui as root.") from error
    except OSError as error:
        raise OvltuiError(f"There is no link {dev} in that namespace ({error.strerror or error}).") from error


@contextlib.contextmanager
def _entrance(setting: Setting) -> Iterator[Identified]:
    """Open the namespace by the first way that still leads to it."""
    refusal: OSError | None = None
    for path in (setting.path, *setting.others):
        with contextlib.ExitStack() as stack:
            try:
                namespace = stack.enter_context(opened(path))
            except OSError as error:
                refusal = error
                continue
            if namespace.is_still(setting.netns_id):
                yield namespace
                return
    if isinstance(refusal, PermissionError):
        raise refusal
    raise NetnsError(f"The namespace at {clean(setting.path)} is gone, or another one now: choose anew.")
