"""The ssh agent of the person who called sudo, which drops the variable that tells where it is.

Source: our environment, else that of the nearest of our ancestors which is theirs, in ``/proc/PID/environ``.
Privileges: root, which sudo gives. Incomplete: an agent that only their other sessions know is not found.
"""

import os
import pwd
import stat
from collections.abc import Iterator, Mapping

from ovltui.kernel import procfs

_WHERE = "SSH_AUTH_SOCK"


def agent_of(user: pwd.struct_passwd, environ: Mapping[str, str]) -> str:
    """Return the path of the agent's socket; empty where there is none of this user."""
    told = environ.get(_WHERE) or next((path for pid in _ancestors() if (path := _told(pid, user))), "")
    try:
        found = os.stat(told)
    except (OSError, ValueError):
        return ""
    return told if stat.S_ISSOCK(found.st_mode) and found.st_uid == user.pw_uid else ""


def _ancestors() -> Iterator[int]:
    pid = os.getppid()
    while pid > 1:
        yield pid
        pid = procfs.parent(pid)


def _told(pid: int, user: pwd.struct_passwd) -> str:
    if procfs.owner(pid) != user.pw_uid:
        return ""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            words = os.fsdecode(file.read()).split("\0")
    except OSError:  # it ended meanwhile
        return ""
    return next((word.partition("=")[2] for word in words if word.startswith(f"{_WHERE}=")), "")
