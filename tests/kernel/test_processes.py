"""What the kernel says of processes, users and capabilities, and commands that are born in a namespace."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ovltui.errors import ExitStatus
from ovltui.events.decode import decode
from ovltui.events.record import Kind, Record
from ovltui.kernel import capabilities, procfs
from ovltui.kernel.capabilities import Capability
from ovltui.kernel.dress import NETWORK_ONLY
from ovltui.kernel.dump import dump
from ovltui.kernel.namespace import opened
from ovltui.kernel.peer import listener
from ovltui.kernel.relaunch import module_command
from ovltui.kernel.spawn import CANNOT_RUN, NOT_FOUND, command_line
from ovltui.kernel.users import login_shell
from ovltui.kernel.wire import Table
from tests.bed.netns import NamedNetns, ip
from tests.kernel.hearing import UNPRIVILEGED, await_true, inode

NewNetns = Callable[[str], NamedNetns]
HOSTILE = "\x1b[31m\n\u202e"


def run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20)


def netns_id(path: str) -> int:
    with opened(path) as there:
        return there.id


def test_capabilities_are_read_by_their_numbers(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000201000\n")
    assert capabilities.effective(status) == {Capability.NET_ADMIN, Capability.SYS_ADMIN}
    status.write_text("Name:\tx\n")
    assert capabilities.effective(status) == frozenset()


@pytest.mark.needs_root
def test_without_capabilities_all_of_them_are_missing() -> None:
    code = "from ovltui.kernel.capabilities import missing; print(*map(int, missing()))"
    assert run([*UNPRIVILEGED, sys.executable, "-c", code]).stdout.split() == ["11", "12", "19", "21"]


def test_names_and_commands_of_processes_are_clean() -> None:
    code = "import sys; print(flush=True); sys.stdin.read()"
    argv = [sys.executable, "-c", code, HOSTILE]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert procfs.command(process.pid)[-1] == r"\x1b[31m\x0a\u202e"
        assert procfs.raw_command(process.pid)[-1] == HOSTILE
        assert procfs.name(process.pid).startswith("python")
        process.kill()
    gone = process.pid
    assert (procfs.name(gone), procfs.command(gone)) == ("", ())


NAMED = {
    "plain": ("sleep", "/bin/sleep", ("sleep", "60")),
    "longer than the kernel keeps": ("a-program-with-a-long-name", None, ("60",)),
    "blanks in it": ("a b", None, ("60",)),
    "another name than its program's": ("sleep", "/bin/sleep", ("something-else-altogether", "60")),
    "no words but one": ("cat", "/bin/cat", ("cat",)),
    "a title over its words": ("cat", "/bin/cat", ("cat: working hard",)),
}


@pytest.mark.parametrize("case", NAMED)
def test_names_and_commands_are_those_that_other_tools_show(case: str, tmp_path: Path) -> None:
    name, program, words = NAMED[case]
    if program is None:
        program = str(tmp_path / name)
        shutil.copy("/bin/sleep", program)
        words = (program, *words)
    with subprocess.Popen(words, executable=program, stdin=subprocess.PIPE) as process:
        try:
            await_true(lambda: psutil.Process(process.pid).exe() == os.path.realpath(program))
            oracle = psutil.Process(process.pid)
            assert procfs.name(process.pid) == oracle.name() == name
            assert list(procfs.raw_command(process.pid)) == oracle.cmdline()
            assert procfs.parent(process.pid) == os.getpid()
        finally:
            process.kill()


def test_all_processes_are_listed_with_their_namespaces() -> None:
    found = {process.pid: process for process in procfs.processes()}
    own = found[os.getpid()]
    assert (own.net, own.mnt) == (inode("/proc/self/ns/net"), inode("/proc/self/ns/mnt"))
    assert list(found) == sorted(found)


def test_who_listens_on_a_socket_is_told_and_nobody_where_none_does(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert listener(path) == os.getpid()
    assert listener(path) is None
    assert listener(str(tmp_path / "none")) is None


def test_the_shell_is_that_of_the_person_if_it_can_be_run(tmp_path: Path) -> None:
    shell = tmp_path / "zsh"
    shell.touch(0o755)
    root = pwd.getpwuid(0)
    assert login_shell({"SHELL": str(shell)}) == str(shell)
    assert login_shell({"SHELL": str(shell), "SUDO_USER": root.pw_name}) == root.pw_shell
    for useless in ("", "zsh", str(tmp_path / "none"), "/etc/passwd", "/usr/sbin/nologin"):
        assert login_shell({"SHELL": useless}) == "/bin/sh"
    assert login_shell({"SUDO_USER": "no-such-user-h5"}) == "/bin/sh"


def test_a_module_is_run_from_its_own_place_and_not_from_the_current_directory(tmp_path: Path) -> None:
    (tmp_path / "ovltui").mkdir()
    (tmp_path / "ovltui/__init__.py").write_text("raise SystemExit('taken over')")
    words = module_command("ovltui.kernel.spawn", "1", "/nowhere", NETWORK_ONLY.word(), "true", bare=True)
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (
        ExitStatus.NO_NETNS,
        "ovltui: The namespace at /nowhere is gone: list again and choose anew.\n",
    )


def test_a_command_runs_in_the_namespace_and_its_status_is_ours(new_netns: NewNetns) -> None:
    made = new_netns("h5-exec")
    there = netns_id(str(made.path))
    ended = run(command_line(str(made.path), there, ["sh", "-c", "readlink /proc/self/ns/net; exit 7"]))
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, f"net:[{made.inode}]\n", "")


def test_a_namespace_that_was_replaced_is_not_entered(new_netns: NewNetns) -> None:
    made = new_netns("h5-exec")
    there = netns_id(str(made.path))
    ip("netns", "delete", made.name)
    ip("netns", "add", made.name)
    ended = run(command_line(str(made.path), there, ["true"]))
    assert ended.returncode == ExitStatus.NO_NETNS
    assert "is another one now" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("argv", "status"), [(["no-such-command-h5"], NOT_FOUND), (["/etc/passwd"], CANNOT_RUN), (["/"], CANNOT_RUN)]
)
def test_a_command_that_cannot_be_run_has_the_status_of_a_shell(
    argv: list[str], status: int, new_netns: NewNetns
) -> None:
    made = new_netns("h5-exec")
    ended = run(command_line(str(made.path), netns_id(str(made.path)), argv))
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (status, "", 1)
    assert ended.stderr.startswith("ovltui: ")


def test_without_the_capability_the_refusal_is_said(new_netns: NewNetns) -> None:
    made = new_netns("h5-exec")
    ended = run([*UNPRIVILEGED, *command_line(str(made.path), netns_id(str(made.path)), ["true"])])
    assert ended.returncode == ExitStatus.PRIVILEGE
    assert "run it as root" in ended.stderr


def test_a_dump_holds_what_ip_prints(new_netns: NewNetns) -> None:
    made = new_netns("h5-dump")
    made.ip("link", "add", "br7", "type", "bridge")
    made.ip("address", "add", "192.0.2.7/24", "dev", "br7")
    made.ip("address", "add", "2001:db8::7/64", "dev", "br7", "nodad")
    with opened(str(made.path)) as there:
        answers = dump(there, (Table.LINKS, Table.ADDRESSES), own=False)
    links = [decode(Record(0, 0, 0, Kind.MESSAGE, raw)).fields for raw in answers[Table.LINKS]]
    addresses = [decode(Record(0, 0, 0, Kind.MESSAGE, raw)).fields for raw in answers[Table.ADDRESSES]]
    shown = made.json("address", "show")
    assert [(one["ifindex"], one["ifname"]) for one in links] == [(one["ifindex"], one["ifname"]) for one in shown]
    assert {(one["ifindex"], one["local"], one["prefixlen"]) for one in addresses} == {
        (one["ifindex"], info["local"], info["prefixlen"]) for one in shown for info in one["addr_info"]
    }


def test_a_dump_of_our_own_namespace_needs_no_visit() -> None:
    with opened("/proc/self/ns/net") as own:
        answers = dump(own, (Table.LINKS,), own=True)
    links = [decode(Record(0, 0, 0, Kind.MESSAGE, raw)).fields for raw in answers[Table.LINKS]]
    named = dict(socket.if_nameindex())
    assert {one["ifindex"]: one["ifname"] for one in links if one["ifindex"] in named} == {
        index: name for index, name in named.items() if index in {one["ifindex"] for one in links}
    }
    assert "lo" in {one["ifname"] for one in links}
