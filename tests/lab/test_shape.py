"""Inside, the lab's overlay network differs from a Docker Engine's only in names and numbers."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ovltui.kernel import inside
from tests.bed.engines import TwoEngines
from tests.bed.swarm import NETWORK
from tests.lab.world import lab

pytestmark = pytest.mark.needs_root
MAC = re.compile(r"[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$")
NUMBERS = re.compile(r"(ifindex|link_index|_timer|_netnsid|linkNetNsId)$")
"""Keys whose values are numbers of this moment."""
Shape = list[tuple[str, object]]


def flat(value: Any, at: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value with the keys that lead to it; what names and numbers are is only said."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from flat(below, f"{at}.{key}")
    elif NUMBERS.search(at):
        yield at, "number"
    elif isinstance(value, str) and MAC.search(value):
        yield at, "02:42" if value.startswith("02:42") else "group" if int(value[:2], 16) & 1 else "mac"
    elif isinstance(value, str) and re.match(r"\d+\.\d+\.\d+\.\d+$", value):
        yield at, "address"
    else:
        yield at, value


def rows(path: str, *argv: str) -> list[Shape]:
    ran = inside.run(path, None, argv)
    assert ran.status == 0, ran.says
    # What traffic taught is no part of the shape.
    kept = [row for row in json.loads(ran.out or "[]") if row.get("state") != ""]
    return sorted((sorted(flat(row), key=str) for row in kept), key=str)


def settled(path: str, wanted: list[Shape], *argv: str) -> list[Shape]:
    """Return the rows, in time: the kernel says UP of a bridge a second after it came up."""
    deadline = time.monotonic() + 30
    while (found := rows(path, *argv)) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def overlay_of(engines: TwoEngines) -> str:
    node = engines.nodes[0]
    network = node.docker("network", "inspect", "-f", "{{.Id}}", NETWORK).strip()
    return f"/proc/{node.pid}/root/run/docker/netns/1-{network[:10]}"


def endpoint_of(engines: TwoEngines) -> str:
    node = engines.nodes[0]
    key = node.docker("inspect", "-f", "{{.NetworkSettings.SandboxKey}}", "docker1n").strip()
    return f"/proc/{node.pid}/root{key}"


LINKS = ("ip", "-details", "-json", "link", "show")
TABLES = [
    LINKS,
    ("bridge", "-json", "fdb", "show"),
    ("ip", "-json", "neigh", "show"),
    ("ip", "-json", "address", "show"),
    ("ip", "-json", "route", "show"),
]


@pytest.mark.parametrize("argv", TABLES, ids=" ".join)
def test_the_overlay_namespace_looks_like_dockers(two_engines: TwoEngines, ground: Path, argv: tuple[str, ...]) -> None:
    real = rows(overlay_of(two_engines), *argv)
    with lab(ground) as (_, plan):
        ours = settled(plan.path(plan.nodes[0].overlay), real, *argv)
    assert real
    assert ours == real


@pytest.mark.parametrize("argv", [LINKS, ("ip", "-json", "route", "show")], ids=" ".join)
def test_a_container_looks_like_dockers(two_engines: TwoEngines, ground: Path, argv: tuple[str, ...]) -> None:
    real = rows(endpoint_of(two_engines), *argv)
    with lab(ground) as (_, plan):
        ours = settled(plan.path(plan.containers[0].space), real, *argv)
    assert real
    assert ours == real


def test_a_difference_would_be_seen(ground: Path) -> None:
    with lab(ground) as (_, plan):
        path = plan.path(plan.nodes[0].overlay)
        before = rows(path, *LINKS)
        inside.run(path, None, ("ip", "link", "set", "vxlan0", "mtu", "1400"))
        assert rows(path, *LINKS) != before
