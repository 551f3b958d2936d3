"""What another machine has is asked in its own shell, and judged here."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ovltui.errors import RemoteError
from ovltui.remote.address import Address
from ovltui.remote.probe import PROBE, There, read
from ovltui.remote.ssh import Ssh


def probed(directory: Path, **texts: str) -> There:
    """Return what a machine has whose commands are these, and what a shell needs."""
    for name in ("sh", "id", "tail"):
        path = shutil.which(name)
        assert path
        (directory / name).symlink_to(path)
    for name, text in texts.items():
        command = directory / name.replace("_", ".")
        command.unlink(missing_ok=True)
        command.write_text(f"#!/bin/sh\n{text}\n")
        command.chmod(0o755)
    ran = subprocess.run(["sh", "-c", PROBE], capture_output=True, text=True, check=True, env={"PATH": str(directory)})
    assert ran.stderr == ""
    return read(f"Welcome to the machine!\novltui-probe\n{ran.stdout}\nBye", "box")


def recorder(there: There) -> list[str]:
    return Ssh(Address(None, "box", None))._recorder(there)[0]


def test_everything_that_is_there_is_found(tmp_path: Path) -> None:
    found = probed(
        tmp_path,
        id='[ "$1" = -u ] && echo 1000 || echo "some one"',
        sudo="exit 1",
        ovltui="echo noise; echo led 1",
        python3="echo 3 8 /usr/bin/python3",
        python3_12="echo 3 12 /opt/my python/bin/python3.12",
    )
    assert (found.uid, found.user, found.sudo) == (1000, "some one", "asks")
    assert (found.speaks, found.installed) == ("led 1", str(tmp_path / "ovltui"))
    assert found.pythons == (((3, 12), "/opt/my python/bin/python3.12"), ((3, 8), "/usr/bin/python3"))


def test_sudo_that_asks_nothing_is_free(tmp_path: Path) -> None:
    assert probed(tmp_path, id="echo 7", sudo="exit 0").sudo == "free"


def test_root_needs_no_sudo(tmp_path: Path) -> None:
    assert probed(tmp_path, id="echo 0", sudo="exit 0").sudo == ""


@pytest.mark.parametrize(
    ("python", "says"),
    [
        ("exit 1", "box has no python3: install Python 3.9 or newer there, or ovltui."),
        ("echo 3 6 /usr/bin/python3", "box has Python 3.6: install Python 3.9 or newer there, or ovltui."),
    ],
)
def test_a_machine_without_a_python_that_is_new_enough_is_said(tmp_path: Path, python: str, says: str) -> None:
    found = probed(tmp_path, id="echo 0", python3=python)
    with pytest.raises(RemoteError) as refused:
        recorder(found)
    assert str(refused.value) == says


def test_the_newest_enough_python_that_is_called_python3_runs_it(tmp_path: Path) -> None:
    found = probed(tmp_path, id="echo 0", python3="echo 3 11 /usr/bin/python3", python3_13="echo 3 13 /usr/bin/p13")
    assert recorder(found)[0] == "/usr/bin/python3"


def test_a_login_whose_shell_is_none_is_said() -> None:
    with pytest.raises(RemoteError, match="its login shell does not run sh"):
        read("This account is not available.\n", "box")
