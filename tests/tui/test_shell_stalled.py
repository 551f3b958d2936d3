"""An SSH client that stops reading: nothing is lost, nothing grows, and it goes on where it was."""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns
from tests.tui.over_ssh import shell_over_ssh

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux, pytest.mark.needs_sshd]
STALL_S = 8
"""Longer than it takes until the library's queue of writes is full and its loop waits."""
MOST_GROWTH = 32 << 20
"""Bytes by which the process may grow meanwhile: one scrollback and some events."""


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_a_client_that_stops_reading_loses_neither_the_shell_nor_events(new_netns: Callable[[str], NamedNetns]) -> None:
    blue = new_netns("stall")
    with shell_over_ssh(blue, 120, 36) as terminal:
        terminal.type("kept=42; echo keeper $PPID.; read go; while :; do echo $((n += 1)); done\n")
        screen = terminal.wait(re.compile(r"keeper \d+\.").search)
        screens = parent(int(screen.split("keeper ")[-1].split(".")[0]))
        terminal.keys("Enter")
        terminal.wait(re.compile(r"│\d{5,}\s").search)
        before = resident(screens)
        os.kill(terminal.pid, signal.SIGSTOP)
        try:
            for number in range(STALL_S * 5):
                blue.ip("link", "set", "lo", "mtu", str(2000 + number))
                time.sleep(0.2)
            assert resident(screens) - before < MOST_GROWTH
        finally:
            os.kill(terminal.pid, signal.SIGCONT)
        terminal.keys("C-c")
        terminal.type("clear; echo still $((kept + 1))\n")
        terminal.wait("still 43", timeout=90)
        # Every change of that time is in the list.
        terminal.keys("C-]")
        terminal.wait("Quit")
        terminal.keys("/")
        terminal.type(f"netns:{blue.name} mtu")
        terminal.keys("Enter")
        terminal.wait(f"{1999 + STALL_S * 5 - 1} → {1999 + STALL_S * 5}")
