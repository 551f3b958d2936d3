"""What the shells complete, asked of the shells themselves."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns
from tests.bed.terminal import Terminal
from tests.cli.command import ROOT, environment, ovltui

SHELLS = ("bash", "zsh", "fish")
NewNetns = Callable[[str], NamedNetns]


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}, not installed")


@pytest.fixture
def path(tmp_path: Path) -> str:
    """PATH with a command ``ovltui`` of this checkout that asks no engine."""
    command = tmp_path / "bin" / "ovltui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ovltui --no-docker "$@"\n')
    command.chmod(0o755)
    return f"{command.parent}:{os.environ['PATH']}"


def script(shell: str, directory: Path) -> Path:
    made = directory / f"completion.{shell}"
    ended = ovltui("completion", shell)
    assert (ended.status, ended.err) == (0, "")
    made.write_text(ended.out)
    return made


def bash(line: str, directory: Path, path: str) -> list[str]:
    asked = f"source {script('bash', directory)}; COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)}; _ovltui"
    printed = f'{asked}; printf "%s\\n" "${{COMPREPLY[@]}}"; declare -F'
    ended = subprocess.run(
        ["bash", "--norc", "-c", printed],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment(PATH=path),
    )
    assert ended.stderr == ""
    lines = ended.stdout.splitlines()
    functions = [one for one in lines if one.startswith("declare -f")]
    assert functions == ["declare -f _ovltui", "declare -f _ovltui_names"]
    return [one for one in lines if one and not one.startswith("declare")]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_takes_its_script(shell: str, tmp_path: Path) -> None:
    needs(shell)
    ended = subprocess.run([shell, "-n", str(script(shell, tmp_path))], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ovltui l", ["ls", "lab"]),
        ("ovltui ls --k", ["--kind"]),
        ("ovltui ls --kind over", ["overlay"]),
        ("ovltui --color al", ["always"]),
        ("ovltui --color never w", ["watch"]),
        ("ovltui watch nei", ["neigh"]),
        ("ovltui watch --count ", []),
        ("ovltui completion z", ["zsh"]),
        ("ovltui lab br", ["break"]),
        ("ovltui lab break --ra", ["--random"]),
        ("ovltui exec ho", ["host"]),
    ],
)
def test_bash_completes_verbs_options_and_values(line: str, expected: list[str], tmp_path: Path, path: str) -> None:
    assert bash(line, tmp_path, path) == expected


@pytest.mark.needs_root
def test_bash_completes_names_of_namespaces_where_they_may_stand(
    new_netns: NewNetns, tmp_path: Path, path: str
) -> None:
    name = new_netns("ovcomp").name
    for line in (
        "ovltui exec ovcomp",
        "ovltui ls ovc",
        "ovltui watch neigh --netns ovco",
        "ovltui --ascii exec ovcomp",
    ):
        assert bash(line, tmp_path, path) == [name], line
    assert bash("ovltui info ovcomp", tmp_path, path) == []
    assert set(bash(f"ovltui exec {name} -- unshar", tmp_path, path)) == {"unshare"}


@pytest.mark.needs_root
def test_bash_completes_a_name_that_its_words_are_cut_at(new_netns: NewNetns, tmp_path: Path, path: str) -> None:
    name = new_netns("ovcomp@a:b").name
    # Readline keeps an @ with what follows it, but cuts behind a colon.
    assert bash("ovltui exec ovcomp@", tmp_path, path) == [name.removeprefix("ovcomp")]
    assert bash("ovltui exec ovcomp@a:", tmp_path, path) == [name.removeprefix("ovcomp@a:")]


@pytest.mark.needs_root
@pytest.mark.needs_tmux
def test_bash_and_zsh_complete_at_a_prompt(new_netns: NewNetns, tmp_path: Path, path: str) -> None:
    name = new_netns("ovcomp@x").name
    setups = {"bash": "bash --norc", "zsh": "zsh -f"}
    for shell, command in setups.items():
        if shutil.which(shell) is None:
            continue
        load = f"autoload -U compinit; compinit -u -d {tmp_path}/dump; " if shell == "zsh" else ""
        env = environment(PATH=path, PS1="prompt$ ")
        with Terminal(100, 20, command.split(), env) as terminal:
            terminal.wait("prompt$")
            terminal.type(f"cd {ROOT}; {load}source {script(shell, tmp_path)}; clear\n")
            terminal.wait(lambda screen: screen.strip() == "prompt$")
            terminal.type("ovltui exec ovcomp@")
            terminal.keys("Tab")
            terminal.wait(f"ovltui exec {name}", 10)


@pytest.mark.needs_root
def test_fish_completes_verbs_options_and_names(new_netns: NewNetns, tmp_path: Path, path: str) -> None:
    needs("fish")
    name = new_netns("ovcomp").name
    for line, expected in (
        ("ovltui l", ["ls", "lab"]),
        ("ovltui ls --kind over", ["overlay"]),
        ("ovltui exec ovcomp", [name]),
        ("ovltui watch --netns ovcomp", [name]),
    ):
        asked = f"source {script('fish', tmp_path)}; complete -C {shlex.quote(line)}"
        ended = subprocess.run(
            ["fish", "--no-config", "-c", asked],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=environment(PATH=path, HOME=str(tmp_path)),
        )
        assert sorted(one.partition("\t")[0] for one in ended.stdout.splitlines()) == sorted(expected), line


@pytest.mark.needs_root
def test_names_that_a_shell_reads_as_something_else_are_not_offered(new_netns: NewNetns) -> None:
    made = [new_netns(prefix) for prefix in ("ovcomp a", "ovcomp$(reboot)", "ovcomp\x1b[2J", "ovcomp-fine")]
    names = [name for name in ovltui("ls", "--names", "--no-docker").out.splitlines() if name.startswith("ovcomp")]
    assert names == [made[-1].name]
