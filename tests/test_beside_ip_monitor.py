"""A container's life on two real engines: ``ip monitor`` in each namespace shows no event that ``ovltui`` lacks."""

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ovltui.netns.discover import Discoverer
from ovltui.netns.evidence import ways_in
from tests.bed.engines import TwoEngines
from tests.bed.ip_monitor import await_listening as await_in_groups
from tests.cli.command import await_listening

pytestmark = [pytest.mark.needs_root]
OVLTUI = str(Path(sys.executable).parent / "ovltui")


def rows_of(engines: TwoEngines) -> list[dict[str, Any]]:
    """Return what ``ovltui ls`` says of the namespaces of these two engines."""
    urls = [word for node in engines.nodes for word in ("--docker", node.url)]
    listed = subprocess.run([OVLTUI, *urls, "ls", "--json"], capture_output=True, check=True).stdout
    names = {node.netns for node in engines.nodes}
    rows = [json.loads(row) for row in listed.splitlines()]
    return [row for row in rows if row["engine"] in names or row["name"] in names]


def start(stack: ExitStack, words: list[str], output: Path) -> int:
    """Run a command until ``stack`` ends and return its process id; what it prints goes to a file."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=stack.enter_context(output.open("w")))
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process.pid


def test_no_event_of_ip_monitor_is_missing_and_each_has_the_right_name(two_engines: TwoEngines, tmp_path: Path) -> None:
    node = two_engines.nodes[0]
    rows = rows_of(two_engines)
    doors = {netns.key.id: door for netns in Discoverer().sweep().netnses for door in islice(ways_in(netns), 1)}
    urls = [word for each in two_engines.nodes for word in ("--docker", each.url)]
    with ExitStack() as stack:
        await_listening(start(stack, [OVLTUI, *urls, "watch", "--json"], tmp_path / "ovltui"))
        time.sleep(1.5)  # by then it knows the engines
        for row in rows:
            inside = ["nsenter", f"--net={doors[row['id']]}", "ip", "-o", "monitor"]
            await_in_groups(start(stack, inside, tmp_path / str(row["id"])))
        container = two_engines.run(0, "beside")
        node.docker("exec", "beside", "ping", "-c", "1", "docker2n")
        node.docker("rm", "-f", "beside")
        time.sleep(1.5)
    assert container
    ours = [json.loads(row) for row in (tmp_path / "ovltui").read_text().splitlines()]
    counts = Counter(event["netns"] for event in ours)
    theirs = {row["name"]: len((tmp_path / str(row["id"])).read_text().splitlines()) for row in rows}
    assert {name: counts[name] for name in theirs if counts[name] < theirs[name]} == {}
    host, overlay = node.netns, f"mynet01@{node.netns}"
    assert theirs[host] > 10
    assert theirs[overlay] > 10
    born = [event for event in ours if event["netns"].startswith("beside")]
    assert {"link", "addr", "route", "neigh"} <= {event["object"] for event in born}
    assert any(event["object"] == "link" and event["ifname"] == "eth0" for event in born)
    away = [event for event in ours if event["netns"] == f"mynet01@{two_engines.nodes[1].netns}"]
    assert {"fdb", "neigh"} <= {event["object"] for event in away}
