"""Network namespaces made for a test by ``ip netns``, under names of their own; needs root."""

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bed.signals import deferred

_numbers = itertools.count(1)


def ip(*args: str) -> str:
    """Run ``ip`` in the test's own namespace and return what it printed.

    Raises:
        RuntimeError: it failed, with what it said.
    """
    run = subprocess.run(["ip", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"ip {' '.join(args)}: {run.stderr.strip()}")
    return run.stdout


@dataclass(frozen=True, slots=True)
class NamedNetns:
    """A namespace that stands in ``/run/netns``."""

    name: str

    @property
    def path(self) -> Path:
        """Its file, to be opened for ``setns``."""
        return Path("/run/netns", self.name)

    @property
    def inode(self) -> int:
        """Inode of its nsfs file, as ``net:[4026532369]`` shows it."""
        return self.path.stat().st_ino

    def ip(self, *args: str) -> str:
        """Run ``ip`` in it and return what it printed."""
        return ip("-n", self.name, *args)

    def json(self, *args: str) -> Any:
        """Run ``ip -json`` in it and return the decoded answer."""
        return json.loads(self.ip("-json", *args) or "[]")

    def command(self, *argv: str) -> list[str]:
        """Return the arguments that run a command in it: one process, with the mounts of the test."""
        return ["nsenter", f"--net={self.path}", "--", *argv]

    def run(self, *argv: str) -> str:
        """Run a command in it and return what it printed; a failure raises ``CalledProcessError``."""
        run = subprocess.run(self.command(*argv), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return run.stdout


@contextmanager
def netns(prefix: str = "ovt") -> Iterator[NamedNetns]:
    """Make a namespace called ``<prefix>-<pid>-<number>`` with ``lo`` up, and delete it at the end.

    Its user ends the processes that it started in there: they keep the namespace alive.
    """
    made = NamedNetns(f"{prefix}-{os.getpid()}-{next(_numbers)}")
    with deferred():
        ip("netns", "add", made.name)
    try:
        made.ip("link", "set", "lo", "up")
        yield made
    finally:
        with deferred():
            if made.path.exists():  # a test may have deleted it
                ip("netns", "delete", made.name)
