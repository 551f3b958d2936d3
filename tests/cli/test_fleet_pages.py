import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ovltui.cli.fleet_pages import arithmetic, unit
from ovltui.cli.main import parse
from ovltui.errors import OvltuiError

_WORDS = ["record", "nats://a", "--only", "link,neigh", "--netns", "a b$c%d", "--unit", "systemd"]


def _line(text: str) -> str:
    return next(line.removeprefix("ExecStart=") for line in text.splitlines() if line.startswith("ExecStart="))


def test_a_unit_runs_the_words_that_were_given_without_the_one_that_asked_for_it() -> None:
    words = _line(unit("systemd", _WORDS)).split(" ", 1)[1]
    assert words == 'record nats://a --only link,neigh --netns "a b$$c%%d"'


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    path = tmp_path / "ovltui-record.service"
    path.write_text(unit("systemd", _WORDS).replace(_line(unit("systemd", _WORDS)).split()[0], "/bin/true"))
    found = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert "ovltui-record" not in found.stderr
    assert found.returncode == 0


def test_a_service_of_a_swarm_runs_them_in_a_container_on_each_node(tmp_path: Path) -> None:
    text = unit("swarm", _WORDS)
    path = tmp_path / "service"
    path.write_text(text.replace("docker service create", "printf '%s\\n'"))
    words = subprocess.run(["sh", path], capture_output=True, text=True, check=True).stdout
    inner = words[words.index("docker run") :].replace("\\\n", "").split("IMAGE ")[1].split(" & wait")[0]
    assert shlex.split(inner) == ["ovltui", *_WORDS[:-2]]


@pytest.mark.parametrize("kind", ["systemd", "swarm"])
def test_what_runs_may_hear_and_enter_other_namespaces(kind: str) -> None:
    text = unit(kind, _WORDS)
    assert all(name in text for name in ("NET_BROADCAST", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE"))


def test_the_page_tells_what_ten_a_hundred_and_ten_thousand_nodes_cost() -> None:
    text = arithmetic()
    assert all(number in text for number in ("\n      10 ", "\n     100 ", "\n  10,000 "))
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ls", "--since", "1h"], "go with --from nats"),
        (["ls", "--from", "nats://a", "--host", "ssh://b"], "leave out --host"),
        (["ls", "--from", "nats://a", "--since", "1y"], "neither a span"),
        (["ls", "--from", "nats://a", "--since", "1h"], "--at says when"),
        (["record", "nats://a", "--rotate", "1h"], "is for files"),
        (["record", "a.pcapng", "--only", "link"], "go with nats:// only"),
        (["record", "--unit", "systemd"], "needs the server: ovltui record nats://SERVER:4222 --unit systemd"),
        (["record", "nats://a", "--only", "x"], "no class"),
        (["record", "nats://u:p@a"], "NATS_PASSWORD"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_done(words: list[str], says: str) -> None:
    from ovltui.cli.main import main  # noqa: PLC0415

    with pytest.raises(OvltuiError, match=says):
        main(words)


def test_a_file_is_recorded_as_before() -> None:
    assert parse(["record", "a.pcapng"]).file == "a.pcapng"
