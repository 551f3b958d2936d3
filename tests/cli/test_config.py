"""``ovltui config`` checks the file, prints what holds and a sample; the screens refuse what it refuses."""

from pathlib import Path

import pytest

from ovltui.errors import ExitStatus
from tests.bed.terminal import Terminal
from tests.cli.command import OVLTUI, environment, ovltui


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_sample_is_a_config_file_that_lists_every_command(tmp_path: Path) -> None:
    sample = ovltui("config", "--default")
    assert (sample.status, sample.err) == (ExitStatus.FINE, "")
    assert '# "events.pause" = "p" ' in sample.out
    assert ovltui("config", "--config", written(tmp_path, sample.out)).status == ExitStatus.FINE


def test_what_holds_is_printed_and_which_file_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, '[screen]\ntheme = "light"\n[keys]\n"events.pause" = "space"\n')
    ended = ovltui("config", "--config", path)
    assert (ended.status, ended.err) == (ExitStatus.FINE, f"ovltui: {path}\n")
    assert 'theme = "light"' in ended.out.splitlines()
    assert '"events.pause" = "space"' in ended.out.splitlines()


def test_without_a_file_it_says_where_one_would_be_read(tmp_path: Path) -> None:
    ended = ovltui("config", XDG_CONFIG_HOME=str(tmp_path))
    assert ended.err == f"ovltui: {tmp_path}/ovltui/config.toml is not there: the defaults hold\n"
    assert 'theme = "auto"' in ended.out.splitlines()


def test_info_names_the_paths(tmp_path: Path) -> None:
    ended = ovltui("info", "--no-docker", XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
    assert f"{tmp_path}/ovltui/config.toml  (not there)" in ended.out
    assert f"{tmp_path}/state/ovltui/recordings" in ended.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[screen]\ntheme = "dakr"\n', ":2: screen.theme is 'dakr'"),
        ('[keys]\n"events.paus" = "x"\n', ":2: there is no command 'events.paus', but events.pause"),
        ('[keys]\n"events.pause" = "a"\n', ":2: a is the key of events.all as well"),
    ],
)
@pytest.mark.needs_tmux
def test_the_screens_do_not_start_on_a_file_that_cannot_be_meant(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    ended = ovltui("config", "--config", path)
    assert ended.status == ExitStatus.USAGE
    assert ended.err.startswith(f"ovltui: {path}{says}")
    with Terminal(200, 12, [*OVLTUI, "--no-docker", "--config", path], environment()) as terminal:
        terminal.wait(says, 30)
        terminal.wait(lambda _: terminal.status == ExitStatus.USAGE, 30)
