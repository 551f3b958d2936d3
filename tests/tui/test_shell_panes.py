"""Shells in panes, in a real terminal: where they open, what their frames say, tabs, commands, odd sizes."""

import time

import pytest

from tests.bed.netns import ip
from tests.tui.panes import NOT_TWICE_S, NewNetns, open_shell, ovltui, run

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]
NATURE = "its network, the host's files and tools"


@pytest.mark.parametrize(("width", "height", "size"), [(120, 36, "86"), (80, 24, "80"), (140, 50, "100")])
def test_a_shell_opens_below_the_events_in_the_namespace(
    new_netns: NewNetns, width: int, height: int, size: str
) -> None:
    blue = new_netns("pane")
    with ovltui(blue, width, height) as terminal:
        open_shell(terminal)
        terminal.wait("ctrl+] Leave the shell")
        run(terminal, "readlink /proc/self/ns/net", f"net:[{blue.inode}]")
        run(terminal, "stty size", f" {size}")
        # What happens shows beside it.
        run(terminal, "ip link set lo mtu 1400", "mtu 65536 → 1400")


def shown_nature(screen: str) -> str:
    """Return what the frame says behind the key that leaves."""
    return screen.partition("(ctrl+] leaves)")[2].split("\n")[0].strip(" ━")


def is_cut(nature: str) -> bool:
    """Whether a long name left no room for all of it, and the cut is marked."""
    return len(nature) > len(NATURE) // 2 and nature.endswith("…") and NATURE.startswith(nature[:-1])


@pytest.mark.parametrize(("width", "height"), [(120, 36), (80, 24)])
def test_the_frame_says_what_the_shell_is_until_a_line_was_typed(new_netns: NewNetns, width: int, height: int) -> None:
    blue = new_netns("p")
    with ovltui(blue, width, height) as terminal:
        terminal.keys("s")
        terminal.wait(lambda screen: shown_nature(screen) == NATURE or (width == 80 and is_cut(shown_nature(screen))))
        terminal.wait("inside$")
        assert "host's files" not in terminal.text().split("inside$")[1]
        terminal.keys("x", "Enter")
        terminal.wait(lambda screen: "(ctrl+] leaves)━" in screen)


def test_several_shells_are_tabs_and_the_shells_screen_has_them_all(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, "echo first $((40 + 1))", "first 41")
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(NOT_TWICE_S)
        terminal.keys("!")
        terminal.wait(f"run in {blue.name}")
        terminal.type("echo second $((40 + 2)); sleep 1000")
        terminal.keys("Enter")
        terminal.wait("second 42")
        terminal.wait(f"1 {blue.name} sh")
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(NOT_TWICE_S)
        terminal.keys("4")  # 1 leads to the events from there, too
        terminal.wait("findings")
        terminal.keys("5")
        terminal.wait(lambda screen: "namespaces" not in screen and "second 42" in screen)
        terminal.keys("[")
        terminal.wait("first 41")
        terminal.keys("Enter")
        run(terminal, "stty size", "34 120")
        terminal.keys("C-]")
        terminal.wait("x Close")  # the pane's own keys work here, too
        terminal.keys("1")
        terminal.wait("namespaces")


def test_a_shell_that_ended_says_how_starts_again_and_closes(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, "exit 7", "ended 7")
        terminal.keys("Enter")
        terminal.wait(lambda screen: "ended" not in screen and "inside$" in screen)
        run(terminal, "exit 8", "ended 8")
        terminal.keys("x")
        terminal.wait(lambda screen: "shell" not in screen.lower().replace("s shell", ""))
        terminal.keys("p")
        terminal.wait("PAUSED")


def test_a_command_stays_with_its_output_and_is_offered_again(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        terminal.keys("!")
        terminal.wait("run in")
        terminal.type("ip -br link; exit 3")
        terminal.keys("Enter")
        terminal.wait(lambda screen: "ended 3" in screen and "LOOPBACK" in screen)
        terminal.keys("x")
        time.sleep(0.3)
        terminal.keys("!")
        terminal.wait("run in")
        terminal.keys("Up")
        terminal.wait("ip -br link; exit 3")


def test_a_shell_that_does_not_exist_gives_way_to_sh(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue, shell="/no/such/shell") as terminal:
        open_shell(terminal)
        run(terminal, "echo it is $0", "it is /bin/sh")


def test_a_namespace_that_died_is_a_sentence(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        ip("netns", "delete", blue.name)
        terminal.keys("s")
        terminal.wait("is gone")


def test_a_terminal_of_forty_by_ten_is_enough(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        for size in ((40, 10), (20, 4), (2, 2), (120, 36)):
            terminal.resize(*size)
            time.sleep(0.3)
        run(terminal, "echo still $((40 + 2))", "still 42")
