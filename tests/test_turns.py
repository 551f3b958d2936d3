"""A run of several processes: who is alone is alone, what is shared is made once, and an end by a signal is tidy."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.bed.processes import lives

ROOT = Path(__file__).resolve().parent.parent
CONFTEST = "from tests.conftest import *\n"
INI = """
[pytest]
addopts = -n {processes} --dist loadscope --no-loadscope-reorder -p no:cacheprovider -p no:asyncio
markers =
    alone
    outside
    needs_root
"""
COUNTING = """
import os, pathlib, time
import pytest

PLACE = pathlib.Path(__file__).parent / "inside"
ME = os.environ["PYTEST_XDIST_WORKER"]

def work(alone):
    mine = PLACE / ME
    mine.touch()
    time.sleep(0.02)
    beside = len(list(PLACE.iterdir()))
    mine.unlink()
    with open(PLACE.parent / "seen", "a") as seen:
        seen.write(f"{ME} {'alone' if alone else 'beside'} {beside}\\n")

@pytest.mark.needs_root
@pytest.mark.parametrize("number", range(30))
def test_beside(number):
    work(False)

@pytest.mark.alone
@pytest.mark.parametrize("number", range(5))
def test_alone(number):
    work(True)

@pytest.fixture(scope="module")
def shared():
    return ME

@pytest.mark.parametrize("number", range(5))
def test_shared(shared, number):
    (PLACE.parent / f"shared-{shared}").touch()
"""
ENDLESS = """
import os, pathlib, time
import pytest

@pytest.mark.parametrize("number", range(2))
def test_that_lasts(new_netns, number, tmp_path):
    place = pathlib.Path(__file__).parent
    new_netns("turns")
    (place / f"inside/{number}").touch()
    try:
        time.sleep(60)
    finally:
        time.sleep(1)
        (place / f"tidied-{number}").touch()
"""


@contextmanager
def inner(place: Path, source: str, processes: int) -> Iterator["subprocess.Popen[str]"]:
    """Run tests by the rules of these ones, in a directory of their own."""
    (place / "inside").mkdir()
    (place / "conftest.py").write_text(CONFTEST)
    (place / "test_inner.py").write_text(source)
    (place / "pytest.ini").write_text(INI.format(processes=processes))
    argv = [sys.executable, "-m", "pytest", "-q"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        argv, cwd=place, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as run:
        try:
            yield run
        finally:
            run.kill()


@pytest.mark.needs_root
def test_who_is_alone_is_alone_and_a_fixture_of_a_module_is_made_once(tmp_path: Path) -> None:
    with inner(tmp_path, COUNTING, 3) as run:
        said, _ = run.communicate(timeout=120)
    assert "40 passed" in said
    seen = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert {int(beside) for _, kind, beside in seen if kind == "alone"} == {1}
    assert max(int(beside) for _, kind, beside in seen if kind == "beside") > 1
    assert len(list(tmp_path.glob("shared-*"))) == 1


@pytest.mark.needs_root
@pytest.mark.parametrize("how", ["to the first process", "to all, as a terminal does"])
def test_an_interrupted_run_of_several_processes_leaves_nothing(tmp_path: Path, how: str) -> None:
    with inner(tmp_path, ENDLESS, 2) as run:
        deadline = time.monotonic() + 90
        while len(list((tmp_path / "inside").iterdir())) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        below = psutil.Process(run.pid).children(recursive=True)
        if how == "to the first process":
            run.send_signal(signal.SIGTERM)
        else:
            os.killpg(run.pid, signal.SIGINT)
        run.communicate(timeout=60)
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert len(list(tmp_path.glob("tidied-?"))) == 2
    assert [process for process in below if lives(process)] == []
