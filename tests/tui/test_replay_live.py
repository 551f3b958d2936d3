"""A real fault is recorded on the screens, all of it ends, and the replay shows what was seen live, line by line."""

import re
from pathlib import Path

import pytest

from tests.bed.terminal import Terminal
from tests.tui.lonely import OVLTUI, PATIENCE_S, lonely

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]


def told(screen: str) -> list[str]:
    """Return the lines of a screen without the status on top, the bar of time and the keys below."""
    lines = [line.rstrip() for line in screen.splitlines()[1:]]
    return [line for line in lines if line and "Help" not in line and "─╯" not in line and " ┃ " not in line]


def seen(terminal: Terminal) -> tuple[list[str], list[str], list[str]]:
    """Return what stands on the screens of checks and topology, and on the page of a path."""
    terminal.keys("4")
    checks = terminal.wait(lambda screen: "caused by" in screen and "open" in screen, PATIENCE_S)
    terminal.keys("3")
    topology = terminal.wait(lambda screen: "vxlan0" in screen and "overlay namespace" in screen, PATIENCE_S)
    terminal.keys("P")
    terminal.wait("path", PATIENCE_S)
    terminal.keys("C-u")
    terminal.type("docker1n docker2n")
    terminal.keys("Enter")
    path = terminal.wait("path from docker1n", PATIENCE_S)
    terminal.keys("Escape")
    terminal.wait(lambda screen: "path from" not in screen, PATIENCE_S)
    return told(checks)[:20], told(topology)[:18], [line for line in told(path) if "vxlan0" in line]


def test_a_fault_is_the_same_when_it_is_played(tmp_path: Path) -> None:
    file = tmp_path / "fault.pcapng"
    with lonely() as terminal:
        terminal.keys("L", "y")
        terminal.wait("docker2n", PATIENCE_S)
        terminal.keys("R")
        terminal.wait("record into", PATIENCE_S)
        terminal.keys("C-a", "C-k")
        terminal.type(str(file))
        terminal.keys("Enter")
        terminal.wait(re.compile(r"REC 00:\d\d \d").search, PATIENCE_S)
        terminal.keys("g", "j", "!")
        terminal.wait("run in", PATIENCE_S)
        terminal.type(f"{OVLTUI} lab break fdb-lost")
        terminal.keys("Enter")
        terminal.wait("! 1 error", PATIENCE_S)
        terminal.keys("C-]")
        live = seen(terminal)
    # The terminal is gone: the program was hung up in the middle of its recording.
    with Terminal(120, 36, [OVLTUI, "replay", str(file)], {"HOME": "/root"}) as terminal:
        terminal.wait("REPLAY", PATIENCE_S)
        terminal.wait(lambda screen: "space plays" in screen, PATIENCE_S)
        terminal.keys("}")
        terminal.wait("! 1 error", PATIENCE_S)
        terminal.keys("$")
        assert seen(terminal) == live
        terminal.keys("q")
        terminal.wait(lambda _: terminal.status == 0, PATIENCE_S)


def test_what_is_no_recording_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.pcapng"
    file.write_text("this is no recording")
    with Terminal(120, 10, [OVLTUI, "replay", str(file)]) as terminal:
        screen = terminal.wait("ovltui: ", PATIENCE_S)
        assert "Traceback" not in screen
        assert screen.strip().count("ovltui: ") == 1
