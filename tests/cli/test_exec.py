import json
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ovltui.kernel.users import login_shell
from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns
from tests.cli.command import OVLTUI, environment, ovltui, ovltui_as_nobody, run

WHERE = ("readlink", "/proc/self/ns/net")


@pytest.mark.needs_root
def test_every_form_of_a_name_leads_to_the_same_namespace_as_nsenter(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    made = new_netns("cli-exec")
    inside = made.command("sh", "-c", "echo in; exec sleep 60")
    with subprocess.Popen(inside, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"in\n"
            wanted = run(made.command(*WHERE)).out
            forms = (made.name, str(made.path), f"/proc/{process.pid}/ns/net", str(process.pid), f"net:[{made.inode}]")
            for form in forms:
                ended = ovltui("exec", "--no-docker", form, "--", *WHERE)
                assert (ended.status, ended.out, ended.err) == (0, wanted, ""), form
        finally:
            process.kill()


@pytest.mark.needs_root
def test_an_nsid_leads_there(new_netns: Callable[[str], NamedNetns]) -> None:
    viewer, made = new_netns("cli-viewer"), new_netns("cli-exec")
    viewer.ip("netns", "set", made.name, "77")
    ended = run(viewer.command(*OVLTUI, "exec", "--no-docker", "nsid:77", "--", *WHERE))
    assert (ended.status, ended.out) == (0, f"net:[{made.inode}]\n")


@pytest.mark.needs_root
def test_host_is_right_here() -> None:
    assert ovltui("exec", "host", "--", *WHERE).out == run(WHERE).out


@pytest.mark.needs_root
@pytest.mark.parametrize(
    ("command", "status"),
    [("exit 7", 7), ("kill -TERM $$", -15), ("true", 0)],
)
def test_the_exit_status_is_the_commands_own(new_netns: Callable[[str], NamedNetns], command: str, status: int) -> None:
    made = new_netns("cli-status")
    assert ovltui("exec", made.name, "--no-docker", "--", "sh", "-c", command).status == status


@pytest.mark.needs_root
@pytest.mark.parametrize(
    ("word", "status", "sentence"),
    [("no-such-command", 127, "no such command"), ("/etc/passwd", 126, "cannot be run")],
)
def test_a_command_that_cannot_run_is_what_a_shell_says(word: str, status: int, sentence: str) -> None:
    ended = ovltui("exec", "host", "--", word)
    assert ended.status == status
    assert ended.err == f"ovltui: {word}{ended.err[len('ovltui: ') + len(word) :]}"
    assert sentence in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.needs_root
def test_the_command_gets_its_words_its_stdin_and_the_signals_of_a_fresh_process(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    made = new_netns("cli-words")
    words = [
        "exec",
        made.name,
        "--no-docker",
        "--",
        "sh",
        "-c",
        'cat; printf "[%s]" "$@"; grep SigIgn /proc/self/status',
    ]
    ended = subprocess.run(
        [*OVLTUI, *words, "sh", "a b", "--json", "--"],
        input="in\n",
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
        cwd="/",
    )
    assert ended.stdout.split("SigIgn:")[0] == "in\n[a b][--json][--]"
    ignored = int(ended.stdout.split("SigIgn:")[1], 16)
    assert not ignored & 1 << (13 - 1)  # SIGPIPE, which Python ignores for itself


@pytest.mark.needs_root
def test_the_command_gets_no_descriptor_of_ours(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-fds")
    ended = ovltui("exec", made.name, "--no-docker", "--", "ls", "/proc/self/fd")
    assert ended.out.split() == ["0", "1", "2", "3"]  # the last is of ls itself


@pytest.mark.needs_root
def test_an_unknown_name_is_status_4_with_what_is_near(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-near")
    ended = ovltui("exec", made.name + "x", "--no-docker", "--", "true")
    assert ended.status == 4
    assert f"no namespace is called {made.name}x; is it {made.name}" in ended.err


@pytest.mark.needs_root
@pytest.mark.parametrize("text", ["", "net:[1]", "/no/such/path", "nsid:4000000", "4194304", "\x1b[31m", "-"])
def test_what_names_nothing_is_status_4(text: str) -> None:
    ended = ovltui("exec", "--no-docker", text, "--", "true")
    assert ended.status == 4
    assert ended.err.count("\n") == 1
    assert "\x1b" not in ended.err


@pytest.mark.needs_root
def test_an_ordinary_user_is_told_that_root_is_needed(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-private")
    ended = ovltui_as_nobody("exec", "--no-docker", made.name, "--", "true")
    assert ended.status == 3
    assert "root" in ended.err
    assert ended.err.count("\n") == 1
    assert ovltui_as_nobody("exec", "host", "--", *WHERE).out == run(WHERE).out


def test_a_container_is_entered_by_name_and_by_id(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    container = node.docker("inspect", "-f", "{{.Id}}", "docker1n").strip()
    pid = int(node.docker("inspect", "-f", "{{.State.Pid}}", "docker1n"))
    rows = map(json.loads, ovltui("ls", "--json", "--docker", node.url).out.splitlines())
    name = next(row["name"] for row in rows if pid in row["pids"])
    for text in (name, container, container[:12]):
        ended = ovltui("exec", "--docker", node.url, text, "--", "ip", "-o", "-4", "addr", "show", "eth0")
        assert ended.status == 0, ended.err
        assert " 10.13.17.7/24 " in ended.out


def test_one_name_on_two_engines_is_ambiguous(two_engines: TwoEngines) -> None:
    words = [word for node in two_engines.nodes for word in ("--docker", node.url)]
    ended = ovltui("exec", *words, "mynet01", "--", "true")
    assert ended.status == 4
    assert "mynet01 is ambiguous: " in ended.err
    assert ended.err.count("(overlay)") >= 2


def test_the_shell_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(name: str) -> pwd.struct_passwd:
        if name != "ann":
            raise KeyError(name)
        return pwd.struct_passwd(("ann", "x", 1000, 1000, "", "/home/ann", "/bin/sh"))

    monkeypatch.setattr(pwd, "getpwnam", entry)
    other = str(Path("/bin/cat"))
    assert login_shell({"SHELL": other}) == other
    assert login_shell({"SHELL": other, "SUDO_USER": "ann"}) == "/bin/sh"
    assert login_shell({"SHELL": other, "SUDO_USER": "nobody-knows"}) == "/bin/sh"
    assert login_shell({"SHELL": "/no/such/shell"}) == "/bin/sh"
    assert login_shell({"SHELL": "cat"}) == "/bin/sh"
    assert login_shell({"SHELL": "/bin/false"}) == "/bin/sh"
    assert login_shell({}) == "/bin/sh"


@pytest.mark.needs_root
def test_without_a_command_it_is_that_shell(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-shell")
    ended = subprocess.run(
        [*OVLTUI, "exec", made.name, "--no-docker"],
        input="readlink /proc/self/ns/net; exit 9\n",
        capture_output=True,
        text=True,
        check=False,
        env=environment(SHELL="/bin/sh"),
        cwd="/",
    )
    assert (ended.returncode, ended.stdout) == (9, f"net:[{made.inode}]\n")


def test_with_resolv_names_are_resolved_as_inside_and_nothing_is_left_mounted(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    container = node.docker("ps", "-q", "--filter", "name=docker1n").strip()
    before = resolv_mounts()
    ended = ovltui("exec", "--docker", node.url, "--resolv", container, "--", "cat", "/etc/resolv.conf")
    assert ended.status == 0, ended.err
    assert "nameserver 127.0.0.11" in ended.out
    assert resolv_mounts() == before


def resolv_mounts() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if line.split()[4] in ("/etc/resolv.conf", "/mnt", "/tmp")]


def test_with_all_it_is_in_every_namespace_of_the_container(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    container = node.docker("ps", "-q", "--filter", "name=docker1n").strip()
    hostname = node.docker("inspect", "-f", "{{.Config.Hostname}}", "docker1n").strip()
    script = "hostname; exit 7"
    ended = ovltui("exec", "--docker", node.url, "--all", container, "--", "sh", "-c", script)
    assert (ended.status, ended.out.strip()) == (7, hostname)
    killed = ovltui("exec", "--docker", node.url, "--all", container, "--", "sh", "-c", "kill -TERM $$")
    assert killed.status in (-15, 143)


@pytest.mark.needs_root
def test_with_sys_the_devices_are_those_of_the_namespace(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-sys")
    made.ip("link", "add", "own0", "type", "veth", "peer", "name", "own1")
    words = ("exec", made.name, "--no-docker", "--sys", "--", "ls", "/sys/class/net")
    assert set(ovltui(*words).out.split()) >= {"lo", "own0", "own1"}
    assert not Path("/sys/class/net/own0").exists()


@pytest.mark.needs_root
@pytest.mark.parametrize("option", ["--resolv", "--all"])
def test_a_namespace_without_a_container_has_nothing_but_its_network(
    new_netns: Callable[[str], NamedNetns], option: str
) -> None:
    made = new_netns("cli-bare")
    ended = ovltui("exec", made.name, "--no-docker", option, "--", "true")
    assert ended.status == 4
    assert "only its network can be entered" in ended.err


def test_each_runs_it_everywhere_and_labels_the_lines(two_engines: TwoEngines) -> None:
    words = [word for node in two_engines.nodes for word in ("--docker", node.url)]
    ended = ovltui("exec", *words, "--each", "mynet01", "--", "sh", "-c", "readlink /proc/self/ns/net; exit 3")
    labels = [line.split() for line in ended.out.splitlines()]
    assert ended.status == 3
    assert len(labels) >= 2
    assert len({net for *_, net in labels}) == len(labels)
    assert all("mynet01" in label[0] for label in labels)


@pytest.mark.needs_root
def test_each_needs_a_command() -> None:
    ended = ovltui("exec", "--each", "host", "--no-docker")
    assert ended.status == 2
    assert ended.err.count("\n") == 1
