"""A place for labs of its own, beside those of other runs: commands see a /run that nobody else sees."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.procfs import processes
from ovltui.kernel.sleeper import is_sleeper
from ovltui.lab.apply import up
from ovltui.lab.place import Place
from ovltui.lab.plan import MARK, Plan
from ovltui.lab.teardown import tear_down
from tests.cli.command import NOBODY, Ended, environment, run

_ENDED_S = 30.0
_HOLD = "mount -t tmpfs tmpfs /run && echo ready && exec sleep infinity"


@dataclass(frozen=True, slots=True)
class World:
    """A mount namespace with an empty /run, held by a process."""

    pid: int

    def command(self, *argv: str) -> list[str]:
        """Return the words that run a command in it."""
        return ["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", "--", *argv]

    def ovltui(self, *words: str, **changes: str) -> Ended:
        """Run ``ovltui`` in it."""
        return run(self.command(sys.executable, "-m", "ovltui", *words), environment(**changes))

    def ovltui_as_nobody(self, *words: str) -> Ended:
        """Run ``ovltui`` in it as an ordinary user, who may read the checkout wherever it stands."""
        user = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        may_read = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
        words = ("setpriv", *user, *may_read, sys.executable, "-m", "ovltui", *words)
        return run(self.command(*words), environment(HOME="/"))

    def run(self, *argv: str) -> Ended:
        """Run another command in it."""
        return run(self.command(*argv))

    def path(self, path: str) -> Path:
        """Return how we reach a path of it."""
        return Path(f"/proc/{self.pid}/root{path}")


@contextmanager
def world() -> Iterator[World]:
    """Make a world; at the end the lab in it is removed, and it ends with its process."""
    holding = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", _HOLD]
    with subprocess.Popen(holding, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "ready\n"
            made = World(holder.pid)
            yield made
            made.ovltui("lab", "down")
        finally:
            holder.kill()


@contextmanager
def lab(directory: Path, nodes: int = 2, containers: int = 1) -> Iterator[tuple[Place, Plan]]:
    """Build a lab in a directory, and remove it."""
    place = Place(directory / "run")
    plan = up(place, nodes, containers)
    try:
        yield place, plan
    finally:
        with place.locked():
            tear_down(place)


def sleepers(directory: Path) -> set[int]:
    """Return the processes of labs that were built with ``directory`` on PATH, which they keep in their environment."""
    return {
        process.pid for process in processes() if is_sleeper(process.pid, (MARK,)) and _knows(process.pid, directory)
    }


def _knows(pid: int, directory: Path) -> bool:
    try:
        return os.fsencode(directory) in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it ended meanwhile
        return False


def mounts_below(directory: Path) -> list[str]:
    """Return what is mounted below a directory."""
    rows = Path("/proc/self/mountinfo").read_text("utf-8").splitlines()
    return [row for row in rows if row.split()[4].startswith(f"{directory}/")]


def kill_group(process: "subprocess.Popen[str]") -> None:
    """Kill a process that leads a group, and all of the group; wait until all of it has ended."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + _ENDED_S
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.005)
