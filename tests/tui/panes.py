"""The screens with a namespace chosen and shells in panes, as the tests of shells drive them."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bed.netns import NamedNetns
from tests.bed.terminal import Terminal
from tests.bench.screen import Screen

OVLTUI = str(Path(sys.executable).parent / "ovltui")
NewNetns = Callable[[str], NamedNetns]
ENV = {"PS1": "inside$ "}
NOT_TWICE_S = 0.6
"""Longer than the moment in which ctrl+] again sends one."""


@contextmanager
def ovltui(made: NamedNetns, width: int = 120, height: int = 36, shell: str = "/bin/sh") -> Iterator[Terminal]:
    """The screens, with a namespace chosen."""
    with Terminal(width, height, ["env", f"SHELL={shell}", OVLTUI, "--no-docker"], ENV) as terminal:
        terminal.wait("LIVE", timeout=40)
        if width < 100:
            terminal.keys("BTab")
        terminal.keys("/")
        terminal.type(f"netns:{made.name}")
        terminal.keys("Enter")
        terminal.wait(f"└ {made.name}")
        terminal.keys("G")
        terminal.wait(f"only {made.name}")
        yield terminal


def open_shell(terminal: Terminal) -> None:
    terminal.keys("s")
    terminal.wait("inside$")


def shell_on(screen: Screen, made: NamedNetns) -> None:
    """Choose a namespace and open a shell in it."""
    screen.wait(b"LIVE", patience_s=40)
    screen.press(f"/netns:{made.name}\r".encode(), b"netns")
    time.sleep(0.5)
    screen.press(b"G", f"only {made.name}".encode())
    screen.press(b"s", b"inside$ ")


def run(terminal: Terminal, command: str, answer: str) -> str:
    terminal.type(f"{command}\n")
    return terminal.wait(answer)
