"""What programs in a pane write: it is drawn, searched, marked and copied, and never reaches the terminal outside."""

import base64
import os
import re
import shutil
import time
from pathlib import Path

import pytest

from tests.bench.screen import Screen
from tests.tui.panes import ENV, NOT_TWICE_S, OVLTUI, NewNetns, open_shell, ovltui, run, shell_on

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]
EVIL = (
    r"\033]52;c;aGFja2Vk\007\033]0;\105VIL\007\033]9;\105VIL\007\033P+q544e\033\\\033[c\033[>c\033[6n\033[5n"
    r"\033]10;?\007\033_Ga=q\033\\\033[?1000h\033[?1003h\033[21t\033c\033]1337;\105VIL\007\033[?1049h"
)
OUR_QUESTION = re.compile(rb"\x1b7\x1b\[2;\d+H\x1b\[6n\x1b8")
"""By which we ask the terminal whether it has drawn."""


@pytest.mark.skipif(shutil.which("vim") is None, reason="needs vim, not installed")
def test_vim_draws_and_resizes_in_a_pane(new_netns: NewNetns, tmp_path: Path) -> None:
    blue = new_netns("pane")
    file = tmp_path / "file"
    with ovltui(blue, 80, 24) as terminal:
        open_shell(terminal)
        terminal.type(f"cd {tmp_path}; clear; vim -u NONE -c 'set showmode' file\n")
        terminal.wait(lambda screen: screen.count("\n~") > 5)
        terminal.keys("i")
        terminal.wait("-- INSERT --")
        terminal.type("typed in vim")
        terminal.resize(120, 36)
        terminal.wait(lambda screen: "typed in vim" in screen and "│~" in screen)
        terminal.keys("Escape")
        terminal.wait(lambda screen: "-- INSERT --" not in screen)
        terminal.type(":wq\n")
        terminal.wait("inside$")
        assert file.read_text() == "typed in vim\n"


def test_nothing_of_what_a_program_writes_reaches_the_terminal_outside(new_netns: NewNetns, tmp_path: Path) -> None:
    blue = new_netns("pane")
    environ = {**ENV, "SHELL": "/bin/sh"}
    with Screen(120, 36, [OVLTUI, "--no-docker"], environ) as screen:
        shell_on(screen, blue)
        since = screen.count
        # The shell takes the answers to what is asked there for a command: "[>1" makes a file.
        screen.press(f"cd {tmp_path}; printf '{EVIL}'; head -c 3000000 /dev/urandom\r".encode(), b"")
        time.sleep(3)
        screen.press(b"\x1bc\recho al''ive\r", b"alive")
        written = OUR_QUESTION.sub(b"", b"".join(piece for _, piece in screen._pieces[since:]))
        for sequence in (
            b"\x1b]",
            b"\x1bP",
            b"\x1b_",
            b"\x1b^",
            b"EVIL",
            b"\x1b[c",
            b"\x1b[6n",
            b"\x1b[?1003",
            b"\x07",
        ):
            assert sequence not in written, sequence


def test_what_scrolled_away_is_searched_and_what_shows_is_copied(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with Screen(120, 36, [OVLTUI, "--no-docker"], {**ENV, "SHELL": "/bin/sh"}) as screen:
        shell_on(screen, blue)
        screen.press(b"seq 1000 1400\r", b"1400")
        screen.press(b"\x1d", b"Filter")
        time.sleep(NOT_TWICE_S)
        screen.press(b"\x1b[Z", b"finds")  # the pane is the last in the ring
        screen.press(b"/", b"search:")
        screen.press(b"1057\r", b"rows back")
        since = screen.count
        screen.press(b"y", b"\x1b]52;c;")
        screen.wait(b"Copied", since)
        written = b"".join(piece for _, piece in screen._pieces[since:])
        copied = base64.b64decode(written.split(b"\x1b]52;c;")[1].split(b"\a")[0].split(b"\x1b")[0])
        assert b"\n1057\n" in copied


def test_text_is_marked_by_keys_back_into_what_scrolled_away_while_output_waits(
    new_netns: NewNetns, tmp_path: Path
) -> None:
    blue, gate = new_netns("pane"), tmp_path / "gate"
    os.mkfifo(gate)
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, f"seq 1000 1400; read go <{gate}; seq 2000 2100", "1400")
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(NOT_TWICE_S)
        terminal.keys("BTab")
        terminal.wait("v marks")
        terminal.keys("v", "Home", *("k" * 30), "PageUp", "l", "l")
        terminal.wait("rows back, arrows move")
        gate.write_text("go\n")
        time.sleep(0.5)
        assert "2100" not in terminal.text()
        terminal.keys("y")
        terminal.wait("Copied")
        terminal.wait("v marks")
        copied = terminal._tmux("show-buffer").split("\n")
        assert copied[-2:] == ["1400", ""]
        first = int(copied[1]) - 1
        assert copied == [str(first)[2:], *map(str, range(first + 1, 1401)), ""]
        assert first < 1371
        terminal.keys("Enter", "Enter")  # typing leads to the newest again
        terminal.wait("2100")
