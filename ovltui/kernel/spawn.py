"""A command in a network namespace: with the host's files and that namespace's network, as ``nsenter --net`` gives.

Source: the namespace file, opened and identified again, then setns(2) and execve(2). Privileges: CAP_SYS_ADMIN.
Incomplete: /sys and /etc/resolv.conf stay those of the host, unless a ``Dress`` says otherwise. ``command_line`` does
it in a process of its own, for callers that must not change namespace themselves.
"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from ovltui.errors import ExitStatus, NetnsError, OvltuiError, PrivilegeError
from ovltui.kernel.dress import NETWORK_ONLY, Dress, dressing
from ovltui.kernel.namespace import enter, opened
from ovltui.kernel.relaunch import module_command
from ovltui.text import clean

CANNOT_RUN = 126
NOT_FOUND = 127


def enter_and_exec(path: str, netns_id: int, argv: Sequence[str], dress: Dress = NETWORK_ONLY) -> NoReturn:
    """Replace this process by ``argv`` in the namespace at ``path``, if it is still the one with id ``netns_id``.

    Raises:
        NetnsError: the namespace died, or another one is at ``path`` now.
        PrivilegeError: the kernel refused to enter it.
        OvltuiError: the command cannot be run (status 126) or found (status 127).
    """
    try:
        with dressing(dress, netns_id), opened(path) as namespace:
            if not namespace.is_still(netns_id):
                raise NetnsError(f"The namespace at {clean(path)} is another one now: list again and choose anew.")
            enter(namespace.fd)
    except PermissionError as error:
        raise PrivilegeError(
            f"The kernel refused to enter the namespace ({error.strerror}): run it as root."
        ) from error
    except FileNotFoundError as error:
        raise NetnsError(f"The namespace at {clean(path)} is gone: list again and choose anew.") from error
    except OSError as error:
        raise NetnsError(f"{clean(path)} cannot be entered ({error.strerror}).") from error
    run_here(argv)


def run_here(argv: Sequence[str]) -> NoReturn:
    """Replace this process by ``argv``; errors as in ``enter_and_exec``."""
    # Python ignores these, and what is ignored stays so over execve.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(argv[0], list(argv))
    except FileNotFoundError as error:
        raise CommandError(f"{clean(argv[0])}: no such command.", NOT_FOUND) from error
    except OSError as error:
        raise CommandError(f"{clean(argv[0])} cannot be run ({error.strerror}).", CANNOT_RUN) from error


class CommandError(OvltuiError):
    """A command that could not be started; its status is that which a shell would give."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence, ExitStatus.FINDINGS)
        self.command_status = status


def command_line(path: str, netns_id: int, argv: Sequence[str], dress: Dress = NETWORK_ONLY) -> list[str]:
    """Return the words that run ``argv`` there in a child process."""
    return module_command("ovltui.kernel.spawn", str(netns_id), path, dress.word(), *argv)


def main() -> int:
    """Enter and run; print one sentence when that fails."""
    netns_id, path, dress, *argv = sys.argv[1:]
    try:
        enter_and_exec(path, int(netns_id), argv, Dress.of(dress))
    except CommandError as error:
        sys.stderr.write(f"ovltui: {error}\n")
        return error.command_status
    except OvltuiError as error:
        sys.stderr.write(f"ovltui: {error}\n")
        return error.status
