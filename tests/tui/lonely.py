"""A machine with nothing on it: its own mounts, processes and network, which end with the command that runs there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bed.terminal import Terminal
from tests.cli.command import NOBODY

OVLTUI = str(Path(sys.executable).parent / "ovltui")
_OWN = ("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave")
_BEGIN = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"'
_USER = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# The checkout may stand where an ordinary user cannot read.
_MAY_READ = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


@contextmanager
def lonely(*words: str, width: int = 120, height: int = 36, root: bool = True) -> Iterator[Terminal]:
    """Run ``ovltui`` there, in a terminal."""
    user = () if root else (*_USER, *_MAY_READ)
    command = [*_OWN, "sh", "-c", _BEGIN, "sh", *user, OVLTUI, *words, "--no-docker"]
    with Terminal(width, height, command, {"PS1": "inside$ ", "HOME": "/"}) as terminal:
        terminal.wait("LIVE", PATIENCE_S)
        yield terminal


PATIENCE_S = 40
"""Seconds that a busy machine may take for a step."""
