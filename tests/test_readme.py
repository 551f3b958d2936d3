"""What the README says is true: each of its commands is run, and each key that it names exists."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.checks import ChecksScreen
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.screens.namespaces import NamespacesScreen
from ovltui.tui.screens.topology import TopologyScreen
from ovltui.tui.widgets.case_list import CaseList
from ovltui.tui.widgets.drawing_view import DrawingView
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.shell_pane import LEAVE
from tests.bed.engines import TwoEngines
from tests.bed.terminal import Terminal
from tests.cli.command import await_listening
from tests.kernel.hearing import await_true

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^\$ (ovltui .*?)(?:\s+#.*)?$", README, re.MULTILINE)
OF_A_LAB = [command for command in COMMANDS if command.startswith("ovltui lab ")]
OF_A_RECORDING = [command for command in COMMANDS if "night.pcapng" in command]
OF_SEVERAL_HOSTS = [command for command in COMMANDS if "--host" in command or "nats://" in command]
"""Run in ``test_two_hosts`` and ``test_two_hosts_nats``, which have several."""
ELSEWHERE = (*OF_A_LAB, *OF_A_RECORDING, *OF_SEVERAL_HOSTS)
SILENT = ("ovltui exec docker1n", "ovltui check")
"""Those that print nothing where all is well."""
OWNERS = (
    *(OvltuiApp, EventsScreen, EventPane, LineList, NetnsTable, NamespacesScreen),
    *(TopologyScreen, DrawingView, ChecksScreen, CaseList, Inspector),
)
"""Whose keys the README names."""
BIN = Path(sys.executable).parent


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)


def test_there_are_two_commands_and_no_more() -> None:
    assert len(blocks()) == 2
    assert len(COMMANDS) >= 7


def test_the_tests_command_is_the_one_that_runs_now_in_ci() -> None:
    assert blocks()[1].endswith(".venv/bin/pytest")
    assert "readme_block 2" in (ROOT / ".ci/run").read_text()


@pytest.mark.outside  # which has the network that pip needs
@pytest.mark.needs_root
@pytest.mark.needs_tmux
def test_the_first_command_shows_the_screens_from_a_fresh_checkout(tmp_path: Path) -> None:
    unwanted = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, tmp_path / "ovltui", ignore=unwanted)
    command = f"cd {shlex.quote(str(tmp_path / 'ovltui'))} && {blocks()[0]}; echo it ended with $?; sleep 60"
    # Beside the other tests it looks at no process of theirs.
    own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave"]
    with Terminal(120, 36, [*own, "sh", "-c", command]) as terminal:
        terminal.wait("LIVE", timeout=400)
        terminal.keys("q")
        terminal.wait("it ended with 0")


@pytest.mark.needs_root
@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in ELSEWHERE])
def test_a_command_of_the_readme_does_what_it_says(command: str, two_engines: TwoEngines) -> None:
    first, second = two_engines.nodes
    # Two engines on one machine know the same network: its name alone would be ambiguous.
    plain = {"ovltui": str(BIN / "ovltui"), "mynet01": f"mynet01@{first.netns}"}
    ours = {
        f"docker{number}n": node.docker("ps", "-q", "--filter", f"name=docker{number}n").strip()
        for number, node in enumerate(two_engines.nodes, 1)
    }
    # What a command inside is told are names of Docker's own resolver.
    before, dash, inside = command.partition(" -- ")
    words = [(plain | ours).get(word, word) for word in shlex.split(before)]
    words += [dash.strip(), *shlex.split(inside)] if dash else []
    engines = ["--docker", first.url, "--docker", second.url]
    words = [words[0], *engines, *words[1:]]
    endless = "watch" in words and "--for" not in words
    environ = {**os.environ, "SHELL": "/bin/sh"}
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environ) as process:
        try:
            if "watch" in words:
                await_listening(process.pid)
                time.sleep(1.5)  # by then it knows the engines
                first.docker("exec", "docker1n", "ping", "-c", "1", "-W", "1", "10.13.17.99", check=False)
            if endless:
                time.sleep(1)
                process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=90)
        finally:
            process.kill()
    assert process.returncode == (130 if endless else 0)
    assert output or command in SILENT


@pytest.mark.needs_root
def test_the_commands_of_a_lab_do_what_they_say() -> None:
    said = {}
    for command in OF_A_LAB:
        words = [str(BIN / "ovltui"), *shlex.split(command)[1:]]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        said[words[2]] = (ended.returncode, ended.stdout + ended.stderr)
    assert list(said) == ["up", "break", "hint", "check", "down"]
    assert {name: status for name, (status, _) in said.items()} == dict.fromkeys(said, 0) | {"check": 1}, said
    assert "not repaired" in said["check"][1]


@pytest.mark.needs_root
@pytest.mark.needs_tmux
def test_the_commands_of_a_recording_do_what_they_say(tmp_path: Path) -> None:
    record, play, *others = ([str(BIN / "ovltui"), *shlex.split(command)[1:]] for command in OF_A_RECORDING)
    assert (record[1], play[1]) == ("record", "replay")
    with subprocess.Popen([*record, "--no-docker"], stdin=subprocess.DEVNULL, cwd=tmp_path) as recorder:
        await_true(lambda: (tmp_path / record[2]).exists() and (tmp_path / record[2]).stat().st_size)
        recorder.send_signal(signal.SIGINT)
    assert recorder.returncode == 0
    for words in others:
        ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
    with Terminal(
        120, 36, ["sh", "-c", f"cd {tmp_path} && {shlex.join(play)}; echo it ended with $?; sleep 60"]
    ) as seen:
        seen.wait("REPLAY")
        seen.keys("q")
        seen.wait("it ended with 0")


def test_the_keys_of_the_readme_are_bound() -> None:
    table = "".join(re.findall(r"^\|.*\|$", README.split("## Keys")[1].split("##")[0], re.MULTILINE))
    named = set(re.findall(r"`([^`]+)`", table)) - {"sudo"}
    aliases = {"/": "slash", ":": "colon", "?": "question_mark", "esc": "escape", "ctrl+]": LEAVE}
    aliases |= {"F1": "f1", "F2": "f2"}
    aliases |= {"!": "exclamation_mark", "[": "left_square_bracket", "]": "right_square_bracket"}
    aliases |= {"<": "less_than_sign", ">": "greater_than_sign", "'": "apostrophe"}
    bound = {key for owner in OWNERS for binding in owner.BINDINGS for key in getattr(binding, "key", "").split(",")}
    assert {aliases.get(key, key) for key in named} <= bound


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]*]\(([^)]+)\)", README))
def test_the_pictures_exist(picture: str) -> None:
    assert (ROOT / picture).is_file()
