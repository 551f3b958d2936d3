"""What is built can be installed and used where there is no checkout: the source archive, its wheel, each verb.

Nothing is fetched: the dependencies are those of the environment of the tests, behind the packages of a fresh one.
"""

import os
import re
import shlex
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ovltui.cli.main import VERBS
from tests.bed.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
SAID = {
    "ls": ("ls --no-docker", "host"),
    "watch": ("watch link --no-docker --count 1 --filter smoke0", "smoke0"),
    "show": ("show host links --no-docker", "lo"),
    "map": ("map --no-docker", "docker1n"),
    "path": ("path docker1n docker2n --no-docker", "ok"),
    "check": ("check --no-docker --list", "fdb-lost"),
    "exec": ("exec docker1n --no-docker -- ip -brief link", "eth0"),
    "record": ("record --no-docker --for 0.5 smoke.pcapng", ""),
    "replay": ("replay --print smoke.pcapng", ""),
    "report": ("report smoke.pcapng", "#"),
    "convert": ("convert smoke.pcapng smoke.jsonl", ""),
    "lab": ("lab status", "docker2n"),
    "config": ("config --default", "theme"),
    "completion": ("completion bash", "complete -F"),
    "info": ("info --no-docker", "ovltui"),
}
"""For each verb its words, and what it says; a recording is made before it is read."""
_PATIENCE_S = 180
_EVENTS = "while sleep 0.3; do ip link add smoke0 type bridge; ip link del smoke0; done"


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, and a fresh environment in which it is installed."""

    sdist: Path
    wheel: Path
    environment: Path
    package: frozenset[str]
    """Files that the package had when it was built."""

    @property
    def ovltui(self) -> str:
        return str(self.environment / "bin/ovltui")


def _run(*words: str | Path, cwd: Path) -> str:
    """Run a command without the checkout on any path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    ended = subprocess.run(words, cwd=cwd, env=kept, capture_output=True, text=True, check=False, timeout=_PATIENCE_S)
    assert ended.returncode == 0, f"{words}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    at = tmp_path_factory.mktemp("wheel")
    package = [path for path in (ROOT / "ovltui").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    _run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", at, cwd=ROOT)
    (sdist,) = at.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(at, filter="data")
    source = at / sdist.name.removesuffix(".tar.gz")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", at, cwd=source)
    (wheel,) = at.glob("*.whl")
    venv.create(at / "venv", with_pip=False)
    pip = (sys.executable, "-m", "pip", "--python", at / "venv/bin/python", "install", "-q", "--no-index", "--no-deps")
    _run(*pip, wheel, cwd=at)
    (own,) = (at / "venv/lib").glob("python*/site-packages")
    (own / "dependencies.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return Built(sdist, wheel, at / "venv", frozenset(path.relative_to(ROOT).as_posix() for path in package))


def test_the_wheel_of_the_source_archive_has_every_file_of_the_package(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        found = {name for name in archive.namelist() if name.startswith("ovltui/")}
    assert found == built.package
    assert {"ovltui/py.typed", "ovltui/tui/screens/events.tcss"} <= found


def test_the_man_page_is_installed_where_man_looks(built: Built) -> None:
    page = (built.environment / "share/man/man1/ovltui.1").read_text(encoding="utf-8")
    assert page.startswith(".TH OVLTUI 1")


def test_it_is_the_installed_package_that_runs(built: Built) -> None:
    where = _run(
        built.environment / "bin/python", "-c", "import ovltui; print(ovltui.__file__)", cwd=built.sdist.parent
    )
    assert Path(where.strip()).is_relative_to(built.environment)
    assert _run(built.ovltui, "--version", cwd=built.sdist.parent) == f"ovltui {built.wheel.name.split('-')[1]}\n"


def _script(ovltui: str, words: Sequence[str]) -> str:
    """Return a script that does each of these with events behind it, in a lab, and says how each ended."""
    each = [f"echo '== {line}'; {shlex.quote(ovltui)} {line}; echo \"== ended with $?\"" for line in words]
    return "\n".join([f"{shlex.quote(ovltui)} lab up || exit 9", f"({_EVENTS}) &", *each, f"{ovltui} lab down"])


@pytest.mark.needs_root
def test_each_verb_does_its_work_outside_of_the_checkout(built: Built, tmp_path: Path) -> None:
    assert set(SAID) == {verb.name for verb in VERBS}
    script = _script(built.ovltui, [line for line, _ in SAID.values()])
    output = _run("sh", ROOT / "tests/bed/apart.sh", "sh", "-c", script, cwd=tmp_path)
    parts = dict(part.split("\n", 1) for part in re.split(r"(?m)^== ", output)[1:] if not part.startswith("ended"))
    for line, says in SAID.values():
        assert says in parts[line], output
    assert output.count("== ended with 0\n") == len(SAID), output
    assert (tmp_path / "smoke.jsonl").stat().st_size


@pytest.mark.needs_root
@pytest.mark.needs_tmux
def test_the_screens_open_outside_of_the_checkout(built: Built, tmp_path: Path) -> None:
    # Beside the other tests it looks at no process of theirs.
    own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave"]
    with Terminal(100, 30, [*own, "sh", "-c", f"cd {tmp_path}; {built.ovltui} --no-docker"]) as terminal:
        terminal.wait("LIVE", timeout=90)
        terminal.keys("q")
        terminal.wait(lambda _screen: not terminal.alive)
        assert terminal.status == 0
