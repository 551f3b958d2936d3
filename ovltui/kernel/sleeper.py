"""A process that does nothing but be in a namespace, as the main process of an idle container is.

Source: ``sh``, waiting for a line on a pipe whose other end it holds itself, so that it has no child and no terminal.
Its command line bears its marks, by which it is found and ended, never by its number alone. Privileges: CAP_SYS_ADMIN
to start it in a namespace, the right to kill it. Incomplete: it ends with the machine, or when somebody kills it.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ovltui.errors import OvltuiError
from ovltui.kernel.inside import search_path
from ovltui.kernel.namespace import opened, visit

_WAIT = "exec >/dev/null; read -r _"
# The shell gives a background command /dev/null for stdin, if not told otherwise; it then ends, so that nobody has to
# reap what it started.
_LAUNCH = f'exec 3<&0; sh -c "{_WAIT}" "$@" <&3 3<&- &'
_LAUNCHES = ("/bin/sh", "-c", _LAUNCH, "sh")
_SLEEPS = ("sh", "-c", _WAIT)
"""How the command lines of both begin, before the marks."""


def start(path: str, marks: Sequence[str]) -> None:
    """Start a sleeper in the namespace at ``path``; it runs when this returns.

    Raises:
        OSError: the namespace is gone or may not be entered.
        OvltuiError: the shell does not start.
    """
    near, far = os.pipe()
    try:
        with opened(path, follow=False) as namespace:
            status = visit(namespace.fd, lambda: _launch(near, far, marks))
    finally:
        os.close(near)
        os.close(far)
    if status:
        raise OvltuiError(f"sh does not start a process in the namespace (status {status}).")


def is_sleeper(pid: int, marks: Sequence[str]) -> bool:
    """Return whether process ``pid`` is a living sleeper, or about to become one, whose marks begin with ``marks``."""
    command = _command(pid)
    return any(command[: len(begins) + len(marks)] == (*begins, *marks) for begins in (_SLEEPS, _LAUNCHES))


def end(pid: int, marks: Sequence[str]) -> None:
    """Kill process ``pid`` if it is a sleeper whose marks begin with ``marks``; nothing happens where it is gone.

    Raises:
        PermissionError: it may not be killed.
    """
    try:
        # The descriptor means this one process, also if its number is given out again meanwhile.
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if is_sleeper(pid, marks):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        os.close(fd)


def _launch(near: int, far: int, marks: Sequence[str]) -> int:
    return subprocess.run(
        [*_LAUNCHES, *marks],
        stdin=near,
        stdout=subprocess.PIPE,  # which is read until the sleeper, the last to have it, lets go of it
        stderr=subprocess.DEVNULL,
        pass_fds=(far,),
        cwd="/",
        env={"PATH": search_path()},
        start_new_session=True,
        check=False,
    ).returncode


def _command(pid: int) -> tuple[str, ...]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ()
    return tuple(word.decode("utf-8", "surrogateescape") for word in raw.split(b"\0")[:-1])
