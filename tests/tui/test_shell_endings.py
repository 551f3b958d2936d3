"""What ends shells in panes, and that nothing that they started is left behind."""

import os
import signal
import time

import pytest

from tests.bed.netns import ip
from tests.bed.processes import descendants, gone, words_of
from tests.bed.sshd import Sshd
from tests.bed.terminal import Terminal
from tests.kernel.hearing import await_true
from tests.tui.panes import NOT_TWICE_S, OVLTUI, NewNetns, open_shell, ovltui, run

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]


def of_shells(pid: int) -> list[int]:
    return [pid for pid in descendants(pid) if "reader" not in words_of(pid)]


def test_quitting_names_the_living_shells_and_ends_them(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue, shell="/bin/bash") as terminal:
        terminal.keys("s")
        terminal.wait("1 " + blue.name + " bash")
        run(terminal, "sleep 1000 & nohup sleep 1001 >/dev/null 2>&1 & echo started $((40 + 2))", "started 42")
        # Programs that read packet filters come and go meanwhile.
        await_true(lambda: len(of_shells(terminal.pid)) == 4)
        left = of_shells(terminal.pid)
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(NOT_TWICE_S)
        terminal.keys("q")
        terminal.wait("quit?")
        terminal.keys("n")
        terminal.wait(lambda screen: "quit?" not in screen)
        terminal.keys("q")
        screen = terminal.wait("quit?")
        assert f"{blue.name} bash" in screen
        terminal.keys("y")
        assert all(map(gone, (terminal.pid, *left)))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_the_screens_ends_the_shells_and_lets_the_namespace_go(
    new_netns: NewNetns, number: signal.Signals
) -> None:
    blue = new_netns("pane")
    with ovltui(blue, shell="/bin/bash") as terminal:
        terminal.keys("s")
        terminal.wait("1 " + blue.name + " bash")
        run(terminal, "sleep 1000 & (setsid sleep 1001 &) ; echo started $((40 + 2))", "started 42")
        left = descendants(terminal.pid)
        ip("netns", "delete", blue.name)  # now only the shell keeps it
        os.kill(terminal.pid, number)
        assert all(map(gone, (terminal.pid, *left)))


def test_a_shell_that_alone_keeps_its_namespace_says_so(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        ip("netns", "delete", blue.name)
        terminal.wait("GONE, held by this shell")
        terminal.type("exit\n")
        terminal.wait("ended 0")


@pytest.mark.needs_sshd
def test_a_closed_ssh_connection_ends_the_shells(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with Sshd() as sshd:
        command = sshd.command("SHELL=/bin/bash", OVLTUI, "--no-docker")
        with Terminal(120, 36, command) as terminal:
            terminal.wait("LIVE", timeout=40)
            terminal.keys("/")
            terminal.type(f"netns:{blue.name}")
            terminal.keys("Enter")
            terminal.wait(f"└ {blue.name}")
            terminal.keys("G")
            terminal.wait(f"only {blue.name}")
            terminal.keys("s")
            terminal.wait("1 " + blue.name + " bash")
            run(terminal, "sleep 1000 & echo pid=$$; echo started $((40 + 2))", "started 42")
            shell = int(terminal.text().split("pid=")[-1].split()[0])
            left = [shell, *descendants(shell)]
            assert len(left) == 2
            os.kill(terminal.pid, signal.SIGKILL)
            assert all(map(gone, left))
