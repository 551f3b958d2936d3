"""Commands of iproute2 run in a network namespace, and what they said.

Source: a thread that enters the namespace; its child is born there, with the host's files. Privileges: CAP_SYS_ADMIN.
Incomplete: a command that is not installed is an ``OvltuiError``; what it prints is raw text.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from ovltui.errors import NetnsError, OvltuiError, PrivilegeError
from ovltui.kernel.namespace import opened, visit
from ovltui.text import clean

_PATIENCE_S = 60.0
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    """What it printed; raw, to be decoded, not shown."""
    says: str
    """What it wrote to stderr, on one line, safe to show."""


def search_path() -> str:
    """Return the directories in which commands are looked for: the user's, then those of the system."""
    return ":".join(filter(None, (os.environ.get("PATH"), _PATH)))


def is_installed(command: str) -> bool:
    """Return whether there is such a command."""
    return shutil.which(command, path=search_path()) is not None


def run(path: str, netns_id: int | None, argv: Sequence[str], told: str = "") -> Ran:
    """Run ``argv`` in the namespace at ``path``, with ``told`` on its stdin, and wait for its end.

    Args:
        path: where the namespace is mounted.
        netns_id: the id that it must have; None for any.
        argv: the words of the command.
        told: text for its stdin.

    Raises:
        NetnsError: the namespace is gone, or another one is there.
        PrivilegeError: the kernel refused to enter it.
        OvltuiError: there is no such command, or it does not end.
    """
    command = shutil.which(argv[0], path=search_path())
    if command is None:
        raise OvltuiError(f"the command {clean(argv[0])} is not installed.")
    environment = {"PATH": search_path(), "LC_ALL": "C"}

    def work() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, *argv[1:]],
            input=told,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            env=environment,
            timeout=_PATIENCE_S,
        )

    try:
        with opened(path, follow=False) as namespace:
            if netns_id is not None and namespace.id != netns_id:
                raise NetnsError(f"another namespace is at {clean(path)} now.")
            ended = visit(namespace.fd, work)
    except subprocess.TimeoutExpired as error:
        raise OvltuiError(f"{clean(argv[0])} did not end in {_PATIENCE_S:.0f} seconds.") from error
    except PermissionError as error:
        raise PrivilegeError(f"the kernel does not let us enter a namespace ({error.strerror}): be root.") from error
    except OSError as error:
        raise NetnsError(f"the namespace at {clean(path)} cannot be entered ({error.strerror}).") from error
    return Ran(ended.returncode, ended.stdout, clean(" ".join(ended.stderr.split())))
