"""The ssh agent of whoever called sudo is found, and nobody else's."""

import os
import pwd
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovltui.kernel.agent import agent_of
from tests.cli.command import NOBODY, ROOT

_ASK = f"""
import pwd, sys
sys.path.insert(0, {str(ROOT)!r})
from ovltui.kernel.agent import agent_of
print(agent_of(pwd.getpwuid({NOBODY}), {{}}))
"""


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    """A socket in the place of an agent's."""
    path = tmp_path / "agent"
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
        yield path


def test_the_agent_that_the_environment_names_is_taken_if_it_is_the_user_s(agent: Path, tmp_path: Path) -> None:
    user = pwd.getpwuid(os.geteuid())
    assert agent_of(user, {"SSH_AUTH_SOCK": str(agent)}) == str(agent)
    (tmp_path / "file").touch()
    assert agent_of(user, {"SSH_AUTH_SOCK": str(tmp_path / "file")}) == ""
    assert agent_of(user, {"SSH_AUTH_SOCK": "/nowhere"}) == ""
    other = next(one for one in pwd.getpwall() if one.pw_uid != user.pw_uid)
    assert agent_of(other, {"SSH_AUTH_SOCK": str(agent)}) == ""


@pytest.mark.needs_root
def test_an_ancestor_of_that_user_tells_where_the_agent_is(agent: Path) -> None:
    os.chown(agent, NOBODY, -1)
    for directory in (agent.parent, *agent.parent.parents[:3]):
        if directory.stat().st_uid == os.geteuid() and directory != Path("/tmp"):
            directory.chmod(0o755)
    # A process of the user, which waits for one of root's, as a shell waits for sudo.
    waits = f"if os.fork():\n os.setresuid({NOBODY}, {NOBODY}, 0)\n os.wait()\nelse:\n time.sleep(0.5)\n"
    asks = f" os.execv({sys.executable!r}, ['python', '-c', ASK])"
    code = f"import os, time\nASK = {_ASK!r}\n{waits}{asks}"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"SSH_AUTH_SOCK": str(agent)}
    )
    assert ran.stdout.strip() == str(agent)
