"""What processes cost: CPU seconds from ``/proc/PID/stat``, messages that a netlink socket lost from its own table."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil

_DROPS, _PORT = 8, 2
_TICK_S = 0.25
_IDLE = 0.08
"""Share of a core below which processes count as having nothing left to do."""


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process and of its living descendants."""
    head = psutil.Process(pid)
    total = 0.0
    for process in (head, *head.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def settle(cpu: Callable[[], float], patience_s: float = 120) -> None:
    """Wait until processes have nothing left to do."""
    deadline = time.monotonic() + patience_s
    before = cpu()
    while time.monotonic() < deadline:
        time.sleep(_TICK_S)
        now = cpu()
        if now - before < _IDLE * _TICK_S:
            return
        before = now


def netlink_drops(pid: int) -> int:
    """Return how many messages the netlink socket of process ``pid`` lost."""
    return int(_netlink_row(pid)[_DROPS])


def await_socket(pid: int, patience_s: float = 5) -> None:
    """Wait until process ``pid`` has bound a netlink socket to groups."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        row = _netlink_row(pid)
        if row and int(row[3], 16):
            return
        time.sleep(0.01)
    raise TimeoutError(f"process {pid} does not listen")


def _netlink_row(pid: int) -> list[str]:
    rows = [row.split() for row in Path(f"/proc/{pid}/net/netlink").read_text(encoding="ascii").splitlines()[1:]]
    return next((row for row in rows if int(row[_PORT]) == pid and row[1] == "0"), [])
