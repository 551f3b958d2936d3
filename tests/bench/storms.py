"""Storms of events at the kernel's full speed, in namespaces of their own; needs root."""

import itertools
import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bed.netns import NamedNetns, ip, netns

EVENTS = 200_000
"""Route events of a storm."""
CROWD = 50
"""Namespaces that storm at once."""
FLAPS = 30_000
"""As many that what is done once does not count."""
_marks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Storm:
    """Batches of ``ip``, one for each namespace, that are run all at once."""

    netnses: tuple[NamedNetns, ...]
    batches: tuple[Path, ...]

    def start(self) -> list[subprocess.Popen[bytes]]:
        """Begin; whoever calls this waits for the processes."""
        pairs = zip(self.netnses, self.batches, strict=True)
        words = [["ip", "-n", each.name, "-batch", str(batch)] for each, batch in pairs]
        return [subprocess.Popen(one, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for one in words]

    def run(self) -> None:
        """Run it to its end."""
        for process in self.start():
            if process.wait():
                raise RuntimeError(f"ip -batch ended with status {process.returncode}")

    def mark(self) -> str:
        """Cause one route event that is told apart by the address that is returned, after all others."""
        number = next(_marks)
        address = f"198.18.{number >> 8}.{number & 255}"
        self.netnses[-1].ip("route", "add", address, "dev", "lo")
        return address

    def nsids(self) -> set[int]:
        """Return the nsids of the namespaces, and give one to each that has none, as ``ovltui`` does."""
        for each in self.netnses:
            if each.name not in _numbered():
                ip("netns", "set", each.name, "auto")
        numbered = _numbered()
        return {numbered[each.name] for each in self.netnses}


def _numbered() -> dict[str, int]:
    rows = json.loads(ip("-json", "netns", "list"))
    return {row["name"]: row["id"] for row in rows if "id" in row}


@contextmanager
def route_storm(events: int = EVENTS, crowd: int = 1) -> Iterator[Storm]:
    """Routes of the IPv4 main table, added and deleted again, in ``crowd`` namespaces at once."""
    number = events // crowd // 2
    routes = [f"10.{index >> 16}.{index >> 8 & 255}.{index & 255} dev lo" for index in range(number)]
    lines = [f"route {verb} {route}" for verb in ("add", "del") for route in routes]
    with _storm(lines, crowd) as made:
        yield made


@contextmanager
def flap_storm(flaps: int = FLAPS, crowd: int = 1) -> Iterator[Storm]:
    """A veth pair that goes down and up again, with the messages of about 1,500 bytes that this makes."""
    lines = [f"link set flap {state}" for _ in range(flaps // crowd) for state in ("down", "up")]
    with _storm(lines, crowd) as made:
        for each in made.netnses:
            each.ip("link", "add", "flap", "type", "veth", "peer", "name", "palf")
            each.ip("link", "set", "palf", "up")
        yield made


@contextmanager
def _storm(lines: list[str], crowd: int) -> Iterator[Storm]:
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ovltui-bench-")))
        batch = directory / "batch"
        batch.write_text("\n".join(lines) + "\n", encoding="ascii")
        netnses = tuple(stack.enter_context(netns("ovbench")) for _ in range(crowd))
        yield Storm(netnses, (batch,) * crowd)
