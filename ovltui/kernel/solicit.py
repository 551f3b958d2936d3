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
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ovltui.errors import NetnsError, OvltuiError, PrivilegeError
from ovltui.kernel.namespace import opened, visit
from ovltui.text import clean


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of one link."""

    path: str
    """A way into its namespace."""
    netns_id: int
    dev: str
    value: int

    @property
    def command(self) -> str:
        """The command that does the same by hand, safe to show."""
        return f"nsenter --net={clean(self.path)} sysctl -w net.ipv4.neigh.{clean(self.dev)}.app_solicit={self.value}"


def value_of(path: str, netns_id: int, dev: str) -> Setting:
    """Return the value that a link has now.

    Raises:
        NetnsError: the namespace or the link is gone.
        PrivilegeError: the kernel refused.
    """
    # The kernel resolves /proc/sys/net for the thread that opens it.
    return Setting(path, netns_id, dev, _inside(path, netns_id, dev, lambda: int(_file(dev).read_text("ascii"))))


def put(setting: Setting) -> None:
    """Set a value; errors as in ``value_of``."""
    _inside(
        setting.path,
        setting.netns_id,
        setting.dev,
        lambda: _file(setting.dev).write_text(str(setting.value), "ascii"),
    )


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


def _inside(path: str, netns_id: int, dev: str, work: Callable[[], int]) -> int:
    try:
        with opened(path) as namespace:
            if namespace.id != netns_id:
                raise NetnsError(f"The namespace at {clean(path)} is another one now: choose anew.")
            return visit(namespace.fd, work)
    except PermissionError as error:
        why = f"The kernel does not let us set app_solicit of {clean(dev)}: run ovltui as root."
        raise PrivilegeError(why) from error
    except OSError as error:
        why = f"There is no link {clean(dev)} in that namespace ({error.strerror or error})."
        raise NetnsError(why) from error
