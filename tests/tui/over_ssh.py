"""A shell in a pane of the screens, at the far side of an SSH connection."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bed.netns import NamedNetns
from tests.bed.sshd import Sshd
from tests.bed.terminal import Terminal

OVLTUI = str(Path(sys.executable).parent / "ovltui")


def pane(screen: str) -> list[str]:
    """Return the rows of the shell's pane: what stands below its title, right of the browser."""
    rows = screen.split("\n")
    title = next((number for number, row in enumerate(rows) if "━shell 1" in row), len(rows))
    left = rows[title].index("━shell 1") if title < len(rows) else 0
    return [row[left:] for row in rows[title + 1 :]]


def in_pane(drawn: Callable[[list[str]], bool]) -> Callable[[str], bool]:
    """Return what asks of the whole screen whether the pane's rows are so."""
    return lambda screen: drawn(pane(screen))


def starts_with(first: str, rows: list[str]) -> bool:
    """Whether the topmost row is ``first``."""
    return rows[:1] == [first]


@contextmanager
def shell_over_ssh(made: NamedNetns, width: int, height: int) -> Iterator[Terminal]:
    """Log in, start the screens, choose a namespace and open a shell in it; the terminal runs the ssh client."""
    with Sshd() as sshd:
        command = sshd.command("SHELL=/bin/sh", "PS1='inside$ '", OVLTUI, "--no-docker")
        with Terminal(width, height, command) as terminal:
            terminal.wait("LIVE", timeout=40)
            if width < 100:
                terminal.keys("BTab")
            terminal.keys("/")
            terminal.type(f"netns:{made.name}")
            terminal.keys("Enter")
            terminal.wait(f"└ {made.name}")
            terminal.keys("G")
            terminal.wait(f"only {made.name}")
            terminal.keys("s")
            terminal.wait(in_pane(partial(starts_with, "inside$")))
            yield terminal
