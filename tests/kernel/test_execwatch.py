"""Who executes a program is told at once, and where the kernel refuses there is nothing to wait for."""

import subprocess
import sys
from pathlib import Path

import pytest

from ovltui.kernel.execwatch import ExecWatch
from tests.kernel.hearing import UNPRIVILEGED, await_true

ROOT = Path(__file__).resolve().parent.parent.parent
_HERE = "from ovltui.kernel.execwatch import ExecWatch; watch = ExecWatch(); print(watch.fd >= 0, watch.drain())"


@pytest.mark.outside
@pytest.mark.needs_root
def test_a_program_that_is_executed_is_told_by_its_process() -> None:
    watch = ExecWatch()
    heard: set[int] = set()

    def is_heard(pid: int) -> bool:
        pids, lost = watch.drain()
        heard.update(pids)
        return pid in heard and not lost

    try:
        with subprocess.Popen(["sleep", "60"]) as process:
            await_true(lambda: is_heard(process.pid))
            process.kill()
    finally:
        watch.close()


@pytest.mark.needs_root
@pytest.mark.parametrize("way", [UNPRIVILEGED, ("unshare", "--net")])
def test_where_there_are_no_notices_nothing_fails(way: tuple[str, ...]) -> None:
    ended = subprocess.run([*way, sys.executable, "-c", _HERE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout in ("False (frozenset(), False)\n", "True (frozenset(), False)\n")
