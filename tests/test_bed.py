"""The test bed keeps its own promises: real engines, a true screen, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from tests.bed import image, means, processes, swarm
from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns, netns
from tests.bed.node import EngineError, Node
from tests.bed.picture import CELL_WIDTH, svg
from tests.bed.sshd import Sshd
from tests.bed.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
OTHER_RUN = """
import time
from tests.bed.engines import TwoEngines
with TwoEngines("cut", containers=False) as engines:
    print(*(node.directory for node in engines.nodes), flush=True)
    time.sleep(60)
"""
INNER_CONFTEST = """
from tests.bed import means
from tests.conftest import *
means.COMMANDS["needs_tmux"] = ("tmux", "no-such-command")
"""
INNER_TEST = """
import pytest
@pytest.mark.needs_tmux
def test_inner() -> None:
    pass
"""


def left_of(directories: list[Path]) -> list[object]:
    """Return what is still there of a pair of engines, given the directories of its nodes."""
    top = directories[0].parent
    paths = [path for path in (top, *(Path("/run/netns", path.name) for path in directories)) if path.exists()]
    running = [process for path in directories for process in processes.marked(str(path))]
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(top) in line]
    return [*paths, *running, *mounts]


def mntns_of(pid: int) -> Path:
    return Path(f"/proc/{pid}/ns/mnt").readlink()


def test_containers_of_both_engines_reach_each_other(two_engines: TwoEngines) -> None:
    ping = ("exec", "docker1n", "ping", "-c", "1", "-W", "2", "docker2n")
    assert "1 packets received" in two_engines.nodes[0].docker(*ping)


def test_each_engine_is_in_its_own_network_and_mount_namespace(two_engines: TwoEngines) -> None:
    for node in two_engines.nodes:
        assert Path(f"/proc/{node.pid}/comm").read_text() == "dockerd\n"
        assert Path(f"/proc/{node.pid}/ns/net").stat().st_ino == Path("/run/netns", node.netns).stat().st_ino
    pids = [os.getpid(), *(node.pid for node in two_engines.nodes)]
    assert len({mntns_of(pid) for pid in pids}) == 3


def test_a_sandbox_stands_in_the_mount_table_of_its_engine_only(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    sandbox = node.docker("inspect", "-f", "{{.NetworkSettings.SandboxKey}}", "docker1n").rsplit("/", 1)[1]
    assert f"/netns/{sandbox}" in Path(f"/proc/{node.pid}/mountinfo").read_text()
    assert sandbox not in Path("/proc/self/mountinfo").read_text()


def test_a_failing_docker_command_says_what_docker_said(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    with pytest.raises(EngineError, match="No such container: nowhere"):
        node.docker("stop", "nowhere")
    assert not node.docker("stop", "nowhere", check=False)


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_an_engine_starts_again_in_its_old_mounts_and_holds_no_deleted_namespace() -> None:
    with netns("bystander") as bystander, TwoEngines("bed", containers=False) as engines:
        node = engines.nodes[0]
        mounts = Path(f"/proc/{node.pid}/mountinfo")
        before = mntns_of(node.pid)
        assert bystander.name in mounts.read_text()
        node.kill()
        node.start()
        assert mntns_of(node.pid) == before
        subprocess.run(["ip", "netns", "delete", bystander.name], check=True)
        assert bystander.name not in Path(f"/proc/{node.pid}/mountinfo").read_text()


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_closing_leaves_nothing_though_one_engine_was_killed_and_one_hangs() -> None:
    with TwoEngines("bed", containers=False) as engines:
        directories = [node.directory for node in engines.nodes]
        first, second = engines.nodes
        engines.run(0, "stays")
        pid, container_id = first.docker("inspect", "-f", "{{.State.Pid}} {{.Id}}", "stays").split()
        container = psutil.Process(int(pid))
        cgroups = list(processes.cgroups_of(container_id))
        first.kill()
        second.kill(signal.SIGSTOP)
        assert processes.lives(container)
        assert len(cgroups) > 0
        assert len(left_of(directories)) > len(directories)
    assert left_of(directories) == []
    assert not processes.lives(container)
    assert [cgroup for cgroup in cgroups if cgroup.exists()] == []


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_a_set_up_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    directories: list[Path] = []

    def fail(nodes: Sequence[Node], directory: Path) -> None:
        assert directory.is_dir()
        directories.extend(node.directory for node in nodes)
        assert len(left_of(directories)) > len(directories)
        raise EngineError("half way")

    monkeypatch.setattr(swarm, "join", fail)
    with pytest.raises(EngineError, match="half way"), TwoEngines("bed"):
        pass
    assert left_of(directories) == []


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_an_interrupted_run_leaves_nothing() -> None:
    argv = [sys.executable, "-c", OTHER_RUN]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdout is not None
        directories = [Path(word) for word in run.stdout.readline().decode().split()]
        assert len(left_of(directories)) > len(directories)
        run.send_signal(signal.SIGINT)
        time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        run.wait(60)
    assert left_of(directories) == []


def test_a_dynamically_linked_busybox_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "busybox"
    program.write_bytes(b"\x7fELF" + b"\0" * 100 + b"/lib64/ld-linux-x86-64.so.2\0")
    with pytest.raises(ValueError, match="busybox-static"):
        image.write(program, tmp_path / "image.tar")


@pytest.mark.needs_root
def test_a_namespace_of_a_test_has_lo_up_and_is_gone_afterwards(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    assert new_netns("bed").name != new_netns("bed").name
    with netns("bed") as made:
        assert [link["ifname"] for link in made.json("link", "show", "up")] == ["lo"]
        assert made.run("readlink", "/proc/self/ns/net").strip() == f"net:[{made.inode}]"
    assert not made.path.exists()


@pytest.mark.needs_tmux
def test_the_screen_shows_what_was_typed_and_its_colours() -> None:
    with Terminal(60, 10, ["sh"], {"PS1": "> ", "WORD": "a;b"}) as terminal:
        terminal.wait(">")
        terminal.type(r"printf '\033[38;2;1;2;3mrgb\033[m %s\n' $WORD;")
        terminal.keys("Enter")
        terminal.wait("\nrgb a;b\n")
        assert "\x1b[38;2;1;2;3mrgb\x1b[39m a;b" in terminal.ansi()
        assert terminal.size == (60, 10)
        terminal.resize(40, 8)
        terminal.type("stty size")
        terminal.keys("Enter")
        terminal.wait("\n8 40\n")


@pytest.mark.needs_tmux
def test_a_command_in_the_terminal_has_no_signal_blocked() -> None:
    with Terminal(60, 10, ["sleep", "60"]) as terminal:
        status = Path(f"/proc/{terminal.pid}/status")
        deadline = time.monotonic() + 40
        while not status.read_text().startswith("Name:\tsleep"):  # tmux has forked but not executed it yet
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert "SigBlk:\t0000000000000000" in status.read_text()


@pytest.mark.needs_tmux
def test_waiting_fails_with_the_screen_when_the_command_has_ended() -> None:
    with Terminal(60, 10, ["sh", "-c", "echo last words; read -r _; exit 3"]) as terminal:
        terminal.wait("last words")  # tmux may lose what a command says in its last millisecond
        terminal.keys("Enter")
        with pytest.raises(AssertionError, match=r"status 3.*'first words'\nlast words"):
            terminal.wait("first words")


@pytest.mark.needs_tmux
def test_a_key_that_tmux_would_type_as_text_is_refused() -> None:
    with Terminal(60, 10, ["cat"]) as terminal:
        for name in ("Entr", "ctrl+c", "", "é!"):
            with pytest.raises(ValueError, match="no key of tmux"):
                terminal.keys(name)
        terminal.keys("x", ";", "F12", "C-Left", "Escape", "S", "/")
        assert "x;" in terminal.wait("/")


@pytest.mark.needs_tmux
def test_closing_a_terminal_ends_a_command_that_ignores_hup() -> None:
    with Terminal(60, 10, ["sh", "-c", "trap '' HUP; echo deaf; exec sleep 60"]) as terminal:
        terminal.wait("deaf")
        command = psutil.Process(terminal.pid)
    assert not processes.lives(command)


@pytest.mark.needs_root
@pytest.mark.needs_sshd
def test_sshd_gives_a_login_and_the_status_of_a_command() -> None:
    with Sshd() as sshd:
        run = subprocess.run(
            sshd.command("echo", "$SSH_CONNECTION; tty; exit 4"), capture_output=True, text=True, check=False
        )
        assert f"127.0.0.1 {sshd.port}" in run.stdout
        assert "/dev/pts/" in run.stdout
        assert run.returncode == 4
        flat = subprocess.run(sshd.command("tty", tty=False), capture_output=True, text=True, check=False)
        assert flat.stdout == "not a tty\n"


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_missing_means_skip_a_test_and_fail_it_in_ci(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "conftest.py").write_text(INNER_CONFTEST)
    (tmp_path / "test_inner.py").write_text(INNER_TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra\nmarkers =\n    needs_tmux\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout
    assert "needs no-such-command, not installed" in run.stdout
    assert bool(run.returncode) == bool(ci)


def test_a_picture_has_the_colours_of_the_screen_at_their_columns() -> None:
    drawn = svg("\x1b[38;2;1;2;3m漢 on\n&\x1b[48;2;9;8;7m \x1b[0;7mx\x1b[m", 20, 2)
    column = [f'x="{number * CELL_WIDTH:.2f}"' for number in range(4)]
    assert f'<text {column[0]} y="14.85" fill="#010203">漢</text>' in drawn
    assert f'<text {column[3]} y="14.85" fill="#010203">on</text>' in drawn
    assert 'fill="#010203">&amp;</text>' in drawn
    assert f'<rect {column[1]} y="18.62" width="9.63" height="18.62" fill="#090807"' in drawn
    assert f'<rect {column[2]} y="18.62" width="9.63" height="18.62" fill="#e0e0e0"' in drawn
    assert 'fill="#121212">x</text>' in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_every_marker_that_asks_for_means_is_declared(pytestconfig: pytest.Config) -> None:
    declared = {line.split(":")[0] for line in pytestconfig.getini("markers")}
    assert set(means.MISSING) <= declared
