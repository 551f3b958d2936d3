"""The installed command in a real terminal: shells, signals, a closed connection, hostile names."""

import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.bed.netns import NamedNetns, ip
from tests.bed.processes import descendants, gone, words_of
from tests.bed.sshd import Sshd
from tests.bed.terminal import Terminal

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]
OVLTUI = str(Path(sys.executable).parent / "ovltui")
NewNetns = Callable[[str], NamedNetns]


@contextmanager
def ovltui(*arguments: str, width: int = 120, height: int = 60) -> Iterator[Terminal]:
    with Terminal(width, height, [OVLTUI, "--no-docker", *arguments], {"PS1": "inside$ "}) as terminal:
        terminal.wait("LIVE")
        yield terminal


def readers_of(pid: int) -> list[int]:
    """Return the reader processes that process ``pid`` started."""
    return [child.pid for child in psutil.Process(pid).children() if "kernel.reader" in words_of(child.pid)]


def remote_apps() -> set[int]:
    """Return all processes that run the installed command, without the ssh client that asked for it."""
    return {pid for pid in psutil.pids() if words_of(pid).split()[1:2] == [OVLTUI]}


def choose(terminal: Terminal, name: str) -> None:
    """Move the browser's cursor to a namespace."""
    terminal.keys("/")
    terminal.type(f"netns:{name}")
    terminal.keys("Enter", "G")
    terminal.wait(f"only {name}")


def test_a_new_namespace_appears_by_name_with_its_events_and_leaves_when_it_dies(new_netns: NewNetns) -> None:
    with ovltui() as terminal:
        blue = new_netns("tuiblue")
        terminal.wait(blue.name)
        # What happened before it got its nsid, in the first milliseconds, is not heard but loaded.
        blue.ip("link", "set", "lo", "mtu", "1400")
        terminal.wait("mtu 65536 → 1400")
        ip("netns", "delete", blue.name)
        terminal.wait(f"it was {blue.name}")


def test_a_full_screen_shell_is_in_the_namespace_and_exit_gives_the_screen_back(new_netns: NewNetns) -> None:
    blue = new_netns("tuishell")
    blue.ip("addr", "add", "10.99.1.7/24", "dev", "lo")
    with ovltui() as terminal:
        terminal.wait(blue.name)
        choose(terminal, blue.name)
        before = terminal.text().splitlines()[1]
        terminal.keys("S")
        terminal.wait(f"shell in {blue.name}")
        terminal.type("ip -br addr; ip addr add 10.99.1.8/24 dev lo\n")
        terminal.wait("10.99.1.7/24")
        terminal.type("exit\n")
        screen = terminal.wait(lambda text: "10.99.1.8/24 dev lo" in text and "quit" in text.splitlines()[-1].lower())
        assert "LIVE" in screen
        assert screen.splitlines()[1] == before


def test_ctrl_c_in_the_shell_ends_the_command_and_nothing_else(new_netns: NewNetns) -> None:
    blue = new_netns("tuiint")
    with ovltui() as terminal:
        terminal.wait(blue.name)
        choose(terminal, blue.name)
        terminal.keys("S")
        terminal.wait("inside$")
        terminal.type("echo be''gun; sleep 77\n")
        terminal.wait("begun")
        terminal.keys("C-c")
        terminal.type("echo still $((40 + 2))\n")
        terminal.wait("still 42")
        terminal.type("exit\n")
        terminal.wait("LIVE")


def test_a_shell_that_is_killed_gives_the_terminal_back(new_netns: NewNetns) -> None:
    blue = new_netns("tuikill")
    with ovltui() as terminal:
        terminal.wait(blue.name)
        choose(terminal, blue.name)
        terminal.keys("S")
        terminal.wait(f"shell in {blue.name}")
        terminal.type("kill -9 $$\n")
        terminal.wait("ended with status -9")
        terminal.keys("q")
        assert gone(terminal.pid)


def test_a_shell_that_cannot_be_run_gives_way_to_sh(new_netns: NewNetns) -> None:
    blue = new_netns("tuinoshell")
    # tmux sets SHELL itself
    with Terminal(120, 60, ["env", "SHELL=/no/such/shell", OVLTUI, "--no-docker"]) as terminal:
        terminal.wait(blue.name)
        choose(terminal, blue.name)
        terminal.keys("S")
        terminal.wait(f"shell in {blue.name}")
        terminal.type("echo it is $0\n")
        terminal.wait("it is /bin/sh")
        terminal.type("exit 3\n")
        terminal.wait("ended with status 3")
        terminal.wait("LIVE")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_leaves_a_sane_terminal(number: signal.Signals) -> None:
    script = f"{OVLTUI} --no-docker; echo ended; stty -a; exec sleep 100"
    with Terminal(100, 30, ["sh", "-c", script]) as terminal:
        terminal.wait("LIVE")
        app = psutil.Process(terminal.pid).children()[0].pid
        (reader,) = readers_of(app)
        os.kill(app, number)
        screen = terminal.wait("isig")
        assert " echo" in screen.replace(" -echo", " off")
        assert " icanon" in screen.replace(" -icanon", " off")
        assert "namespaces" not in screen
        assert gone(app)
        assert gone(reader)


def test_a_reader_ends_when_the_screens_are_killed_outright() -> None:
    with ovltui() as terminal:
        (reader,) = readers_of(terminal.pid)
        os.kill(terminal.pid, signal.SIGKILL)
        assert gone(reader)


@pytest.mark.needs_sshd
@pytest.mark.parametrize("with_shell", [False, True])
def test_a_closed_ssh_connection_leaves_no_process(new_netns: NewNetns, *, with_shell: bool) -> None:
    blue = new_netns("tuissh")
    before = remote_apps()
    with Sshd() as sshd, Terminal(100, 60, sshd.command("SHELL=/bin/sh", OVLTUI, "--no-docker")) as terminal:
        terminal.wait("LIVE")
        terminal.wait(blue.name)
        (app,) = remote_apps() - before
        (reader,) = readers_of(app)
        children = [reader]
        if with_shell:
            choose(terminal, blue.name)
            terminal.keys("S")
            terminal.wait(f"shell in {blue.name}")
            terminal.type("echo is $((40 + 2))\n")
            terminal.wait("is 42")
            children += [pid for pid in descendants(app) if pid != reader]
            assert len(children) > 1
        os.kill(terminal.pid, signal.SIGKILL)
        assert gone(app)
        assert all(gone(child) for child in children)


def test_a_link_with_an_escape_sequence_for_a_name_is_shown_as_text(new_netns: NewNetns) -> None:
    blue = new_netns("tuievil")
    with ovltui() as terminal:
        terminal.wait(blue.name)
        blue.ip("link", "add", "\x1b[31mx", "type", "veth", "peer", "name", "[red]y")
        screen = terminal.wait(r"\x1b[31mx")
        assert "[red]y" in screen
        assert terminal.alive


def test_it_shrinks_to_forty_by_ten_and_grows_again() -> None:
    with ovltui() as terminal:
        terminal.resize(40, 10)
        terminal.wait(lambda screen: "LIVE" in screen and max(map(len, screen.splitlines())) <= 40)
        terminal.resize(120, 36)
        terminal.wait(lambda screen: "route" in screen and "neigh" in screen)


def test_the_suspended_program_comes_back_whole() -> None:
    with Terminal(100, 30, ["bash", "--norc", "-i"], {"PS1": "outside$ "}) as terminal:
        terminal.wait("outside$")
        terminal.type(f"{OVLTUI} --no-docker\n")
        terminal.wait("LIVE")
        terminal.keys("C-z")
        terminal.wait("Stopped")
        terminal.type("fg\n")
        screen = terminal.wait(lambda text: "LIVE" in text and "namespaces" in text)
        assert "Quit" in screen
        terminal.keys("q")
        terminal.wait("outside$")


@pytest.mark.parametrize("told", [False, True])
def test_a_terminal_that_vanishes_in_a_storm_leaves_no_process(new_netns: NewNetns, *, told: bool) -> None:
    """The library's own threads would wait for ever to write to it, or spin reading it."""
    blue = new_netns("tuigone")
    near, far = os.openpty()
    process = subprocess.Popen([OVLTUI, "--no-docker"], stdin=far, stdout=far, stderr=far, start_new_session=True)
    os.close(far)
    storm = subprocess.Popen(
        [*blue.command("sh", "-c"), "while :; do ip link set lo mtu 1400; ip link set lo mtu 1500; done"],
        start_new_session=True,
    )
    try:
        os.read(near, 100_000)
        time.sleep(1)
        (reader,) = readers_of(process.pid)
        if told:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        os.close(near)  # nobody has read for a second: the program may be waiting to write
        assert process.wait(30) == 0
        assert gone(reader)
    finally:
        os.killpg(storm.pid, signal.SIGKILL)
        storm.wait()
        process.kill()
        process.wait()


def test_a_terminal_that_takes_nothing_more_does_not_hold_up_the_end(new_netns: NewNetns) -> None:
    blue = new_netns("tuistuck")
    near, far = os.openpty()
    process = subprocess.Popen([OVLTUI, "--no-docker"], stdin=far, stdout=far, stderr=far, start_new_session=True)
    before = termios.tcgetattr(far)
    try:
        os.read(near, 100_000)
        for mtu in range(1300, 1420):
            blue.ip("link", "set", "lo", "mtu", str(mtu))
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert termios.tcgetattr(far)[3] == before[3]
    finally:
        process.kill()
        process.wait()
        os.close(near)
        os.close(far)


def test_solicitations_are_switched_on_by_name_and_back_at_the_end(new_netns: NewNetns) -> None:
    blue = new_netns("tuisol")
    blue.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    value = ("cat", "/proc/sys/net/ipv4/neigh/v0/app_solicit")
    with ovltui() as terminal:
        terminal.wait(blue.name)
        choose(terminal, blue.name)
        terminal.keys(":")
        terminal.wait("some of its letters")
        terminal.type("solicitations of v0")
        terminal.wait("sets app_solicit")
        terminal.keys("Enter")
        terminal.wait("net.ipv4.neigh.v0.app_solicit=1")
        assert blue.run(*value) == "1\n"
        terminal.keys("q")
        assert gone(terminal.pid)
    assert blue.run(*value) == "0\n"
