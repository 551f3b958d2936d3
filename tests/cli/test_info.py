import json
import os
import platform
import subprocess
import sys
from importlib import metadata

import pytest

from tests.bed.engines import TwoEngines
from tests.cli.command import environment, ovltui, ovltui_as_nobody


@pytest.mark.needs_root
def test_json_tells_versions_privileges_and_means() -> None:
    ended = ovltui("info", "--json", "--no-docker")
    assert (ended.status, ended.out.count("\n")) == (0, 1)
    said = json.loads(ended.out)
    assert said["versions"]["textual"] == metadata.version("textual")
    assert said["versions"]["kernel"] == platform.release()
    assert said["versions"]["python"] == platform.python_version()
    assert (said["user"], said["uid"]) == ("root", 0)
    assert all(said["capabilities"].values())
    assert said["kernel"]["all_nsid"] is True
    assert said["kernel"]["receive_buffer"] >= 64 << 20
    assert said["engines"] == []
    rows = ovltui("ls", "--json", "--no-docker").out.splitlines()
    assert set(said["namespaces"]) == {json.loads(row)["kind"] for row in rows}


@pytest.mark.needs_root
def test_an_ordinary_user_is_told_what_each_missing_capability_costs() -> None:
    ended = ovltui_as_nobody("info", "--no-docker")
    assert ended.status == 0
    for word in ("NET_BROADCAST", "NET_ADMIN", "SYS_PTRACE", "SYS_ADMIN"):
        line = next(line for line in ended.out.splitlines() if f"CAP_{word}" in line)
        assert "no: cannot " in line
    assert "of our own namespace only" in ended.out
    assert "may not be read" in ended.out


@pytest.mark.needs_root
def test_text_has_a_heading_for_each_section() -> None:
    out = ovltui("info", "--no-docker").out
    headings = [line for line in out.splitlines() if not line.startswith(" ")]
    assert headings[:5] == ["versions", "privileges", "kernel", "engines", "namespaces"]
    assert "no Docker Engine was found" in out


def test_engines_are_told_by_label_url_and_version(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    said = json.loads(ovltui("info", "--json", "--docker", node.url).out)
    engine = next(engine for engine in said["engines"] if engine["url"] == node.url)
    version = node.docker("version", "-f", "{{.Server.Version}}").strip()
    assert (engine["version"], engine["answers"], engine["asked"]) == (version, True, True)


@pytest.mark.needs_root
def test_a_silent_engine_is_told_with_the_reason() -> None:
    ended = ovltui("info", "--docker", "/no/such.sock")
    assert ended.status == 5
    assert "unix:///no/such.sock  does not answer (no such file or directory)" in ended.out


def test_it_runs_where_stdin_is_closed() -> None:
    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "ovltui", "info", "--no-docker"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        cwd="/",
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"uid {os.geteuid()}" in ended.stdout
