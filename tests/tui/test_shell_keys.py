"""Keys and the mouse in a shell in a pane, in a real terminal: all of them are the shell's but one."""

import time

import pytest

from tests.bench.screen import Screen
from tests.tui.panes import ENV, NOT_TWICE_S, OVLTUI, NewNetns, open_shell, ovltui, run, shell_on

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]


def test_every_key_reaches_the_shell_but_one(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, "stty raw -echo; echo ready; exec cat -vT", "ready")
        terminal.keys(
            "q", "/", "Tab", "BTab", "Escape", "Up", "F1", "F5", "C-c", "C-z", "C-p", "C-q", "C-l", "5", "S", "!"
        )
        terminal.wait("!")
        terminal.keys("M-x")
        terminal.wait("^[x")  # with an escape sequence right behind it the library would mistake it
        terminal.keys("C-Left", "PageUp", "Enter", "BSpace", ":", "?", "[", "é")
        sent = "q/^I^[[Z^[^[[A^[OP^[[15~^C^Z^P^Q^L5S!^[x^[[1;5D^[[5~^M^?:?[M-CM-)"
        terminal.wait(lambda screen: sent in screen.replace("\n", "").replace("│", "").replace(" ", ""))
        assert terminal.alive


def test_the_one_key_leaves_it_running_and_leads_back(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, "echo pid $((40 + 2))", "pid 42")
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(NOT_TWICE_S)
        terminal.keys("p")
        terminal.wait("PAUSED")
        terminal.keys("p", "s")
        run(terminal, "echo again $((40 + 3))", "again 43")


def test_the_one_key_twice_is_sent(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, "stty raw -echo; echo ready; exec cat -vT", "ready")
        terminal.keys("C-]", "C-]", "x")
        terminal.wait("^]x")


def test_keys_typed_at_once_act_one_behind_the_other(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with Screen(120, 36, [OVLTUI, "--no-docker"], {**ENV, "SHELL": "/bin/sh"}) as screen:
        screen.wait(b"LIVE", patience_s=40)
        screen.press(f"/netns:{blue.name}\r".encode(), b"netns")
        time.sleep(0.5)
        # The cursor moves, the shell opens there, and what is behind that is typed to it.
        inside = f"in{blue.inode}side"
        screen.press(b"Gsreadlink /proc/self/ns/net | tr -d ':[]' | sed 's/^net/in/; s/$/side/'\r", inside.encode())
        screen.press(b"\x1dq", b"quit?")
        time.sleep(NOT_TWICE_S)
        screen.press(b"n\x1decho ba''ck\r", b"back")
        # A line that opens has what is typed behind its key.
        screen.press(b"\x1d!echo ru''n | tr a-z A-Z\r", b"RUN")


def test_the_mouse_reaches_a_program_that_asked_for_it_at_its_own_coordinates(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with Screen(120, 36, [OVLTUI, "--no-docker"], {**ENV, "SHELL": "/bin/sh"}) as screen:
        shell_on(screen, blue)
        screen.press(b"clear; stty raw -echo; printf '\\033[?1000h\\033[?1006h'; echo re''ady; cat -v\r", b"ready")
        time.sleep(0.3)
        screen.press(b"\x1b[<0;50;25M", b"^[[<0;16;6M")
        screen.press(b"\x1b[<0;50;25m", b"^[[<0;16;6m")
        screen.press(b"\x1b[<64;50;25M", b"^[[<64;16;6M")
