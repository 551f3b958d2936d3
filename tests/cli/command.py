"""The command ``ovltui`` as a process of its own, run from this checkout."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from ovltui.kernel.wire import Group

ROOT = Path(__file__).resolve().parents[2]
OVLTUI = (sys.executable, "-m", "ovltui")
NOBODY = 65534
_UNWANTED = ("DOCKER_HOST", "DOCKER_CONTEXT", "NO_COLOR", "SUDO_USER", "COLORTERM", "PYTHONUNBUFFERED")
_PATIENCE_S = 60
_START_S = 40
_LASTS_AT_MOST_S = 120
_THREADS = 3
_LASTS_S = 0.2
"""Longer than a thread that visits a namespace."""
_GROUPS_SHOWN = 32
"""Groups that /proc/net/netlink has room for."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of the tests without what would change answers, and with ``changes``."""
    kept = {key: value for key, value in os.environ.items() if key not in _UNWANTED}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PYTHONWARNINGS": "error"} | changes


def run(argv: Sequence[str], env: Mapping[str, str] | None = None) -> Ended:
    """Run a command with an empty stdin until it ends."""
    ended = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=env or environment(),
        timeout=_PATIENCE_S,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def ovltui(*words: str, **changes: str) -> Ended:
    """Run ``ovltui`` with ``words``; ``changes`` are variables of its environment."""
    return run([*OVLTUI, *words], environment(**changes))


def ovltui_as_nobody(*words: str) -> Ended:
    """Run ``ovltui`` as an ordinary user; needs root to become one.

    CAP_DAC_READ_SEARCH stays, so that the checkout may stand anywhere; it opens no namespace and no socket.
    """
    user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    capability = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return run([*user, *capability, *OVLTUI, *words], environment(HOME="/"))


def reader_of(pid: int) -> str:
    """Return the process id of the reader of a running ``ovltui``; empty while it has none."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").strip()


def await_listening(pid: int) -> None:
    """Wait until a running ``ovltui`` has swept once and its reader is in all groups.

    Raises:
        TimeoutError: not within forty seconds.
    """
    deadline = time.monotonic() + _START_S
    while not (_has_swept(pid) and any(map(_is_in_all_groups, reader_of(pid).split()))):  # it may have other children
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} does not listen")


def _has_swept(pid: int) -> bool:
    """Whether three threads last: the main one, the one that reads frames, and the one that sweeps again."""
    before = _threads(pid)
    time.sleep(_LASTS_S)
    return len(before & _threads(pid)) >= _THREADS


def _threads(pid: int) -> set[str]:
    return {task.name for task in Path(f"/proc/{pid}/task").iterdir()}


def _is_in_all_groups(reader: str) -> bool:
    wanted = sum(1 << (group - 1) for group in Group if group <= _GROUPS_SHOWN)
    rows = [line.split() for line in Path("/proc/net/netlink").read_text(encoding="ascii").splitlines()[1:]]
    return any(row[1:3] == ["0", reader] and int(row[3], 16) & wanted == wanted for row in rows)


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Start ``ovltui`` with ``words``; kill it at the end if it still runs, or after two minutes: reads see its end."""
    process = subprocess.Popen(
        [*OVLTUI, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env=environment(),
    )
    limit = Timer(_LASTS_AT_MOST_S, process.kill)
    limit.start()
    with process:
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()
