"""A container's life on a real engine: what Docker says of it stands among the kernel's events, in Docker's order."""

import json
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.bed.engines import TwoEngines
from tests.cli.command import running

NAME = "timeline"
_PATIENCE_S = 60


class Printed:
    """The objects that a watch printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.rows: list[dict[str, Any]] = []
        self._process = process
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for row in self._process.stdout:
            self.rows.append(json.loads(row))

    def docker(self, event: str, name: str) -> dict[str, Any] | None:
        """Return the first event of Docker of that kind and name."""
        for row in tuple(self.rows):
            if row["object"] == "docker" and (row["event"], row["name"]) == (event, name):
                return row
        return None

    def end(self) -> None:
        self._process.terminate()
        self._thread.join(_PATIENCE_S)
        assert self._process.wait(_PATIENCE_S) == 0


def await_true(true: Callable[[], object], work: Callable[[], object] = lambda: None) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        work()
        time.sleep(0.2)


def test_the_life_of_a_container_stands_at_its_place_in_the_stream(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]

    def probe() -> None:
        node.docker("network", "create", "timeline-probe")
        node.docker("network", "rm", "timeline-probe")

    with running("watch", "--docker", node.url, "--json") as process:
        printed = Printed(process)
        await_true(lambda: printed.docker("create", "timeline-probe"), probe)
        began = time.time_ns()
        container = two_engines.run(0, NAME)
        await_true(lambda: any(row["netns"] == NAME for row in tuple(printed.rows)))
        node.docker("rm", "-f", NAME)
        await_true(lambda: printed.docker("destroy", NAME))
        ended = time.time_ns()
        printed.end()
    told = [row for row in printed.rows if row["object"] == "docker" and NAME in (row["name"], _container(row))]
    assert [row["event"] for row in told] == [
        *("create", "connect", "start"),
        *("kill", "die", "disconnect", "destroy"),
    ]
    assert {row["id"] for row in told if row["type"] == "container"} == {container}
    assert {row["name"] for row in told if row["type"] == "network"} == {"mynet01"}
    assert told[4]["attributes"]["exitCode"] == "137"
    assert [row["netns"] for row in told[3:]] == [NAME] * 4
    assert told[0]["netns"] == node.netns
    assert all(_iso(began) <= row["time"] <= _iso(ended) for row in told)
    # The veth end is in the container before Docker says that it runs, and leaves after it died.
    links = [row["seq"] for row in printed.rows if row["netns"] == NAME and row["object"] == "link"]
    create, _, start, _, die, *_ = (row["seq"] for row in told)
    assert create < min(links) < start < die < max(links)
    assert [row["seq"] for row in printed.rows] == sorted(row["seq"] for row in printed.rows)


def _container(row: dict[str, Any]) -> str:
    return str(row["attributes"].get("containerName", ""))


def _iso(time_ns: int) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(time_ns // 10**9))}.{time_ns % 10**9:09}Z"
