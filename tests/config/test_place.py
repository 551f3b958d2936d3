"""The file is looked for where its person keeps such files, and read only where it can be one."""

import os
import pwd
from pathlib import Path

import pytest

from ovltui.config.model import Theme
from ovltui.config.place import MOST, default_path, loaded
from ovltui.errors import UsageError


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "ovltui" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_it_is_below_the_config_home_else_below_the_home(tmp_path: Path) -> None:
    assert default_path({"XDG_CONFIG_HOME": str(tmp_path), "HOME": "/h"}) == tmp_path / "ovltui" / "config.toml"
    assert default_path({"HOME": "/h"}) == Path("/h/.config/ovltui/config.toml")
    assert default_path({"HOME": "/h", "XDG_CONFIG_HOME": "not/absolute"}) == Path("/h/.config/ovltui/config.toml")


@pytest.mark.needs_root
def test_under_sudo_it_is_that_of_who_called_it() -> None:
    person = next(one for one in pwd.getpwall() if one.pw_uid)
    environ = {"SUDO_USER": person.pw_name, "HOME": "/root", "XDG_CONFIG_HOME": "/elsewhere"}
    assert default_path(environ) == Path(person.pw_dir, ".config/ovltui/config.toml")


def test_without_a_file_the_defaults_hold_and_its_place_is_known(tmp_path: Path) -> None:
    settings = loaded(None, {"XDG_CONFIG_HOME": str(tmp_path)})
    assert (settings.theme, settings.found) == (Theme.AUTO, False)
    assert settings.path == str(tmp_path / "ovltui" / "config.toml")


def test_a_file_that_is_there_or_named_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, '[screen]\ntheme = "mono"\n')
    assert loaded(None, {"XDG_CONFIG_HOME": str(tmp_path)}).theme is Theme.MONO
    assert loaded(str(path), {"HOME": "/nowhere"}).theme is Theme.MONO


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[screen]\n# \xff\n", ":2: this is no UTF-8"),
        (b"#" * (MOST + 1), "is longer than"),
        (b"[nope]\n", ":1: there is no section 'nope'"),
    ],
)
def test_what_is_no_config_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UsageError) as error:
        loaded(str(path), {})
    assert str(error.value).startswith(str(path))
    assert says in str(error.value)


def test_a_named_file_that_is_missing_a_directory_or_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("missing", ".", "pipe", "a\0b"):
        with pytest.raises(UsageError, match="is no file: ovltui config --default > FILE"):
            loaded(f"{tmp_path}/{name}", {})
