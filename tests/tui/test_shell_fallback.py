"""Without the native emulator the pure one draws the shells, and ``ovltui info`` says so."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns
from tests.bed.terminal import Terminal

WITHOUT_PYGHOSTTY = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyghostty":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from ovltui.__main__ import main
sys.exit(main())
"""
ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", WITHOUT_PYGHOSTTY]


def test_info_says_which_emulator_draws_and_why() -> None:
    without = subprocess.run([*COMMAND, "--no-docker", "info"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "drawn by bittty, slower on much output: pyghostty is not installed" in without.stdout
    command = [sys.executable, "-m", "ovltui", "--no-docker", "info"]
    usual = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "drawn by libghostty-vt" in usual.stdout


@pytest.mark.needs_root
@pytest.mark.needs_tmux
def test_a_pane_is_drawn_without_the_native_emulator(new_netns: Callable[[str], NamedNetns]) -> None:
    blue = new_netns("pure")
    env = {"PS1": "inside$ ", "SHELL": "/bin/sh", "PYTHONPATH": str(ROOT)}
    with Terminal(120, 36, [*COMMAND, "--no-docker"], env) as terminal:
        terminal.wait("LIVE", timeout=40)
        terminal.keys("/")
        terminal.type(f"netns:{blue.name}")
        terminal.keys("Enter")
        terminal.wait(f"└ {blue.name}")
        terminal.keys("G", "s")
        terminal.wait("inside$")
        terminal.type("readlink /proc/self/ns/net; stty size\n")
        terminal.wait(lambda screen: f"net:[{blue.inode}]" in screen and " 86" in screen)
        terminal.type(r"printf '\033[?1049h\033[H\033[31mred\033[m\033[3;3Hthird'; sleep 1000")
        terminal.keys("Enter")
        screen = terminal.wait("  third")
        assert "inside$" not in screen  # the alternate screen
        assert any("red" in row and "38;" in row for row in terminal.ansi().split("\n"))
        maps = Path(f"/proc/{terminal.pid}/maps").read_text()
        assert "ghostty" not in maps
