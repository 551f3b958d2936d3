"""Shells in panes, in a real terminal: every key, what is left behind, and what never reaches the terminal outside."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns, ip
from tests.bed.sshd import Sshd
from tests.bed.terminal import Terminal
from tests.bench.screen import Screen

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]
OVLTUI = str(Path(sys.executable).parent / "ovltui")
NewNetns = Callable[[str], NamedNetns]
ENV = {"PS1": "inside$ "}
_NOT_TWICE_S = 0.6
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


def run(terminal: Terminal, command: str, answer: str) -> str:
    terminal.type(f"{command}\n")
    return terminal.wait(answer)


def gone(pid: int, within: float = 3.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def descendants(pid: int) -> list[int]:
    words = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.split()
    pairs = list(zip(map(int, words[::2]), map(int, words[1::2]), strict=True))
    found = [pid]
    for parent in found:
        found += [child for child, of in pairs if of == parent]
    return found[1:]


@pytest.mark.parametrize(("width", "height", "size"), [(120, 36, "86"), (80, 24, "80"), (140, 50, "100")])
def test_a_shell_opens_below_the_events_in_the_namespace(
    new_netns: NewNetns, width: int, height: int, size: str
) -> None:
    blue = new_netns("pane")
    with ovltui(blue, width, height) as terminal:
        open_shell(terminal)
        run(terminal, "readlink /proc/self/ns/net", f"net:[{blue.inode}]")
        run(terminal, "stty size", f" {size}")
        # What happens shows beside it.
        run(terminal, "ip link set lo mtu 1400", "mtu 65536 → 1400")


NATURE = "its network, the host's files and tools"


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
        time.sleep(_NOT_TWICE_S)
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


def test_several_shells_are_tabs_and_the_shells_screen_has_them_all(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        run(terminal, "echo first $((40 + 1))", "first 41")
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(_NOT_TWICE_S)
        terminal.keys("!")
        terminal.wait(f"run in {blue.name}")
        terminal.type("echo second $((40 + 2)); sleep 1000")
        terminal.keys("Enter")
        terminal.wait("second 42")
        terminal.wait(f"1 {blue.name} sh")
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(_NOT_TWICE_S)
        terminal.keys("5")
        terminal.wait(lambda screen: "namespaces" not in screen and "second 42" in screen)
        terminal.keys("[")
        terminal.wait("first 41")
        terminal.keys("Enter")
        run(terminal, "stty size", "34 120")
        terminal.keys("C-]", "1")
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


def test_quitting_names_the_living_shells_and_ends_them(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue, shell="/bin/bash") as terminal:
        terminal.keys("s")
        terminal.wait("1 " + blue.name + " bash")
        run(terminal, "sleep 1000 & nohup sleep 1001 & echo started $((40 + 2))", "started 42")
        left = [pid for pid in descendants(terminal.pid) if "reader" not in words_of(pid)]
        assert len(left) == 4
        terminal.keys("C-]")
        terminal.wait("Quit")
        time.sleep(_NOT_TWICE_S)
        terminal.keys("q")
        terminal.wait("quit?")
        terminal.keys("n")
        terminal.wait(lambda screen: "quit?" not in screen)
        terminal.keys("q")
        screen = terminal.wait("quit?")
        assert f"{blue.name} bash" in screen
        terminal.keys("y")
        assert all(map(gone, (terminal.pid, *left)))


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


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


@pytest.mark.skipif(shutil.which("vim") is None, reason="needs vim, not installed")
def test_vim_draws_and_resizes_in_a_pane(new_netns: NewNetns, tmp_path: Path) -> None:
    blue = new_netns("pane")
    file = tmp_path / "file"
    with ovltui(blue, 80, 24) as terminal:
        open_shell(terminal)
        terminal.type(f"cd {tmp_path}; clear; vim -u NONE file\n")
        terminal.wait(lambda screen: screen.count("\n~") > 5)
        terminal.keys("i")
        terminal.type("typed in vim")
        terminal.resize(120, 36)
        terminal.wait(lambda screen: "typed in vim" in screen and "│~" in screen)
        terminal.keys("Escape")
        time.sleep(0.3)
        terminal.type(":wq\n")
        terminal.wait("inside$")
        assert file.read_text() == "typed in vim\n"


def test_a_terminal_of_forty_by_ten_is_enough(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with ovltui(blue) as terminal:
        open_shell(terminal)
        for size in ((40, 10), (20, 4), (2, 2), (120, 36)):
            terminal.resize(*size)
            time.sleep(0.3)
        run(terminal, "echo still $((40 + 2))", "still 42")


def shell_on(screen: Screen, made: NamedNetns) -> None:
    """Choose a namespace and open a shell in it."""
    screen.wait(b"LIVE", patience_s=40)
    screen.press(f"/netns:{made.name}\r".encode(), b"netns")
    time.sleep(0.5)
    screen.press(b"G", f"only {made.name}".encode())
    screen.press(b"s", b"inside$ ")


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
        time.sleep(_NOT_TWICE_S)
        screen.press(b"n\x1decho ba''ck\r", b"back")
        # A line that opens has what is typed behind its key.
        screen.press(b"\x1d!echo ru''n | tr a-z A-Z\r", b"RUN")


EVIL = (
    r"\033]52;c;aGFja2Vk\007\033]0;\105VIL\007\033]9;\105VIL\007\033P+q544e\033\\\033[c\033[>c\033[6n\033[5n"
    r"\033]10;?\007\033_Ga=q\033\\\033[?1000h\033[?1003h\033[21t\033c\033]1337;\105VIL\007\033[?1049h"
)


def test_nothing_of_what_a_program_writes_reaches_the_terminal_outside(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    environ = {**ENV, "SHELL": "/bin/sh"}
    with Screen(120, 36, [OVLTUI, "--no-docker"], environ) as screen:
        shell_on(screen, blue)
        since = screen.count
        screen.press(f"printf '{EVIL}'; head -c 3000000 /dev/urandom\r".encode(), b"")
        time.sleep(3)
        screen.press(b"\x1bc\recho al''ive\r", b"alive")
        written = b"".join(piece for _, piece in screen._pieces[since:])
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
        time.sleep(_NOT_TWICE_S)
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
        time.sleep(_NOT_TWICE_S)
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


def test_the_mouse_reaches_a_program_that_asked_for_it_at_its_own_coordinates(new_netns: NewNetns) -> None:
    blue = new_netns("pane")
    with Screen(120, 36, [OVLTUI, "--no-docker"], {**ENV, "SHELL": "/bin/sh"}) as screen:
        shell_on(screen, blue)
        screen.press(b"clear; stty raw -echo; printf '\\033[?1000h\\033[?1006h'; echo re''ady; cat -v\r", b"ready")
        time.sleep(0.3)
        screen.press(b"\x1b[<0;50;25M", b"^[[<0;16;6M")
        screen.press(b"\x1b[<0;50;25m", b"^[[<0;16;6m")
        screen.press(b"\x1b[<64;50;25M", b"^[[<64;16;6M")
