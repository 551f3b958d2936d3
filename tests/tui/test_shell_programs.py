"""The programs that people live in, in a pane of the screens, over a real sshd."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns
from tests.tui.over_ssh import in_pane, shell_over_ssh, starts_with

pytestmark = [
    pytest.mark.needs_root,
    pytest.mark.needs_tmux,
    pytest.mark.needs_sshd,
    pytest.mark.needs_programs,
]
NewNetns = Callable[[str], NamedNetns]
SIZES = ((80, 24, 80), (140, 50, 100))
"""Columns and rows of the whole, and columns of the pane in it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to be run in a pane."""

    command: str
    draws: Callable[[list[str]], bool]
    """Whether the rows of the pane are its screen, from top to bottom."""
    quits: str
    """What is typed to end it."""


def programs(directory: Path, made: NamedNetns, width: int) -> tuple[Program, ...]:
    """Return the programs; what each draws reaches from the first to the last row and column of the pane."""
    ruler = ("1234567890" * 20)[:width]
    lines = [f"{number:03} {ruler}"[:width] for number in range(1, 200)]
    (directory / "file").write_text("\n".join(lines) + "\n")

    def pages(rows: list[str], last: re.Pattern[str]) -> bool:
        shown = rows[: next((at for at, row in enumerate(rows) if last.search(row)), 0)]
        return len(shown) > 8 and shown == lines[: len(shown)]

    return (
        Program("vim -u NONE file", lambda rows: pages(rows, re.compile(r'^"file" 199(L| lines)')), ":q\n"),
        Program("less file", lambda rows: pages(rows, re.compile("^file$")), "q"),
        Program(
            "htop",
            lambda rows: any("PID" in row and "USER" in row for row in rows) and any("F10Quit" in row for row in rows),
            "q",
        ),
        Program(
            "tmux -S socket -f /dev/null new-session 'readlink /proc/self/ns/net; exec sh'",
            lambda rows: rows[0] == f"net:[{made.inode}]" and any(row.startswith("[0] 0:") for row in rows),
            "exit\n",
        ),
    )


@pytest.mark.parametrize(("width", "height", "columns"), SIZES, ids=str)
def test_vim_less_htop_and_tmux_draw_and_end_in_a_pane_over_ssh(
    new_netns: NewNetns, tmp_path: Path, width: int, height: int, columns: int
) -> None:
    blue = new_netns("program")
    with shell_over_ssh(blue, width, height) as terminal:
        terminal.type(f"cd {tmp_path}\n")
        for number, program in enumerate(programs(tmp_path, blue, columns)):
            terminal.type(f"clear; {program.command}; status=$?; clear; echo ended {number} $status\n")
            terminal.wait(in_pane(program.draws))
            terminal.type(program.quits)
            terminal.wait(in_pane(partial(starts_with, f"ended {number} 0")))
        assert terminal.alive
