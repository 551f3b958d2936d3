"""In a real terminal: the mouse is handed over and back, lines are printed plainly, saved files are named last."""

from pathlib import Path

import pytest

from tests.bed.terminal import Terminal
from tests.tui.panes import OVLTUI


@pytest.mark.needs_tmux
def test_what_is_seen_can_be_taken_away(tmp_path: Path) -> None:
    with Terminal(100, 24, [OVLTUI, "--no-docker"], {"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.wait("LIVE", 40)
        terminal.keys("C-s")
        terminal.wait("save text and picture as")
        terminal.keys("Enter")
        terminal.wait("Saved as")
        terminal.keys("F2")
        terminal.wait("The mouse is the terminal's")
        terminal.wait(lambda _: terminal._ask("#{mouse_any_flag}") == "0")
        terminal.keys("F2")
        terminal.wait("The mouse chooses")
        terminal.wait(lambda _: terminal._ask("#{mouse_any_flag}") == "1")
        terminal.keys("D")
        terminal.wait("lines; enter returns", 20)
        terminal.keys("Enter")
        terminal.wait("LIVE")
        terminal.keys("q")
        terminal.wait(f"ovltui: saved {tmp_path}/ovltui/views/", 20)


@pytest.mark.needs_tmux
def test_the_mouse_can_be_left_to_the_terminal_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[screen]\nmouse = false\n", encoding="utf-8")
    with Terminal(100, 24, [OVLTUI, "--no-docker", "--config", str(path)]) as terminal:
        terminal.wait("LIVE", 40)
        terminal.wait(lambda _: terminal._ask("#{mouse_any_flag}") == "0")
