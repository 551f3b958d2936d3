"""The topology of 1,000 namespaces: ``python tests/bench/topology.py [NAME ...]``, as root.

500 veth pairs, each between two namespaces, so 2,000 links with ``lo``: how long the model takes that is built out of
their tables, how long it takes again when one changed, and ``ovltui map`` as a whole. Nothing else should run.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.cli.netns import looked
from ovltui.cli.output import Output
from ovltui.kernel.wire import Table
from ovltui.session.live import LiveSession, Options
from ovltui.session.picture import visited
from ovltui.topology.builder import build
from ovltui.topology.links import link_of
from ovltui.topology.model import JoinKind
from tests.bench.figures import Figures, measure

PAIRS = 500
MADE = 2 * PAIRS
PREFIX = f"ovtopo-{os.getpid()}"
OVLTUI = [sys.executable, "-m", "ovltui", "--no-docker"]


def _batch(lines: Iterator[str]) -> None:
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


@contextmanager
def namespaces() -> Iterator[None]:
    """Make 1,000 namespaces, tied in pairs."""
    try:
        _batch(f"netns add {PREFIX}-{number}" for number in range(MADE))
        _batch(
            f"link add eth0 netns {PREFIX}-{number} type veth peer name eth0 netns {PREFIX}-{number + 1}"
            for number in range(0, MADE, 2)
        )
        yield
    finally:
        made = [path.name for path in Path("/run/netns").iterdir() if path.name.startswith(f"{PREFIX}-")]
        _batch(f"netns delete {name}" for name in made)


def model(figures: Figures) -> None:
    """The model of 1,000 namespaces with 2,000 links."""
    with namespaces(), looked(LiveSession(Options(no_docker=True)), Output(sys.stdout, None)) as session:
        begun = time.perf_counter()
        places = visited(session.snapshot().rows, tuple(Table))
        figures.add("all tables visited", (time.perf_counter() - begun) * 1e3, "ms")
    link_of.cache_clear()
    begun = time.thread_time()
    topology = build(places)
    joins = list(topology.joins())
    figures.add("built, every tie followed: processor", (time.thread_time() - begun) * 1e3, "ms", 150)
    figures.add("links", sum(len(node.links) for node in topology.nodes.values()))
    pairs = sum(join.kind is JoinKind.VETH and not hasattr(join.to, "nsid") for join in joins)
    assert pairs >= PAIRS, pairs
    changed = [replace(place) if number == 0 else place for number, place in enumerate(places)]
    begun = time.thread_time()
    build(changed, topology)
    figures.add("built again after a change in one", (time.thread_time() - begun) * 1e3, "ms", 1)


def whole(figures: Figures) -> None:
    """``ovltui map`` of 1,000 namespaces, start to end."""
    with namespaces():
        begun = time.perf_counter()
        said = subprocess.run([*OVLTUI, "map"], capture_output=True, text=True, check=True).stdout
        figures.add("ovltui map", time.perf_counter() - begun, "s", 1)
    assert said.count("→") >= MADE


if __name__ == "__main__":
    measure(model, whole)
