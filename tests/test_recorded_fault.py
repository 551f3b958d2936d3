"""A fault that is recorded on two real engines is replayed as it was: the finding, its cause, the topology, the way.

What the commands say of the living machine is the oracle. They replay where nothing of the machine is to be seen.
"""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ovltui.session.progress import PERIOD_S
from tests.bed.engines import TwoEngines
from tests.bed.swarm import NETWORK
from tests.cli.command import OVLTUI, await_listening, ovltui, run, running

PATIENCE_S = 30.0
LEAST_NETNSES = 8
"""Two nodes, and on each the network, its load balancer, and a container."""
NEAR_S = 0.2
"""Seconds that the stamps of two readers of one event may lie apart."""
ELSEWHERE = ("unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
_NOT_OF_ONE_LOOK = frozenset(("standing", "since", "event"))
_CAUSED = re.compile(r"caused by: (\d\d):(\d\d):(\d\d\.\d+) +(.*)")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Night:
    """A recording of a fault, and what was said while it stood."""

    path: Path
    at: str
    """When that was."""
    names: frozenset[str]
    """Of the namespaces of these engines, where the machine has others, too."""
    cause: tuple[float, str]
    """Time of day, in seconds, and line of the event that caused it, as ``check --watch`` told it."""
    live: dict[tuple[str, ...], Rows]
    """By command, what it said."""

    def again(self, *words: str) -> str:
        """Return what a command says of the recording, where nothing of the machine is to be seen."""
        origin = ("--from", str(self.path)) if words[0] != "report" else (str(self.path),)
        ended = run([*ELSEWHERE, *OVLTUI, *words, *origin, "--at", self.at])
        assert ended.status in (0, 1), ended.err
        return ended.out

    def ours(self, rows: Rows) -> Rows:
        """Return what is of these engines."""
        return ours(rows, self.names)


def ours(rows: Rows, names: frozenset[str]) -> Rows:
    kept = [row for row in rows if row["netns"] in names]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True))


def names_of(engines: TwoEngines) -> frozenset[str]:
    """Return what the namespaces of the engines are called now."""
    files = [Path("/run/netns", node.netns) for node in engines.nodes]
    for node in engines.nodes:
        files += Path(f"/proc/{node.pid}/root/run/docker/netns").iterdir()
    inodes = {file.stat().st_ino for file in files}
    urls = [word for node in engines.nodes for word in ("--docker", node.url)]
    return frozenset(row["name"] for row in said(ovltui("ls", "--json", *urls).out) if row["inode"] in inodes)


def settled(rows: Rows) -> Rows:
    """Return rows without the states of neighbours that only the passing of time changes."""
    found: Rows = json.loads(re.sub(r"REACHABLE|STALE|DELAY|PROBE", "known", json.dumps(rows)))
    return found


def await_true(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def said(out: str) -> Rows:
    return [json.loads(line) for line in out.splitlines()]


def caused(text: str) -> tuple[float, str]:
    found = _CAUSED.search(text)
    assert found, text
    hours, minutes, seconds, event = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds), event


@pytest.fixture(scope="module")
def night(two_engines: TwoEngines, tmp_path_factory: pytest.TempPathFactory) -> Night:
    first, second = two_engines.nodes
    path = tmp_path_factory.mktemp("night") / "a.pcapng"
    urls = ("--docker", first.url, "--docker", second.url)
    ids = [node.docker("ps", "-q", "--filter", f"name=docker{at}n") for at, node in enumerate(two_engines.nodes, 1)]
    mac = second.docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}", "docker2n")
    network = first.docker("network", "inspect", "-f", "{{.Id}}", NETWORK)
    inside = ["nsenter", f"--net=/proc/{first.pid}/root/run/docker/netns/1-{network[:10]}", "bridge", "fdb"]
    entry = [mac, "dev", "vxlan0", "dst", second.address, "self", "permanent"]
    commands = (
        *(("check", "--json"), ("map", "--json"), ("path", *ids, "--json"), ("path", *ids[::-1], "--json")),
        ("show", ids[0], "routes", "--json"),
    )
    with running("record", str(path), *urls) as recorder, running("check", "--watch", *urls) as watcher:
        lines: list[str] = []
        assert watcher.stdout
        reading = Thread(target=lines.extend, args=(watcher.stdout,), daemon=True)
        reading.start()
        for process in (recorder, watcher):
            await_listening(process.pid)
        await_true(lambda: path.exists() and path.stat().st_size)
        await_true(lambda: not ours(said(ovltui("check", "--json", *urls).out), names_of(two_engines)))
        subprocess.run([*inside, "del", *entry], check=True)
        try:
            await_true(lambda: any(" open " in line and "fdb-lost" in line for line in lines))
            live = {words: said(ovltui(*words, *urls).out) for words in commands}
            names = names_of(two_engines)
            at = datetime.now().astimezone().replace(tzinfo=None).isoformat()  # local, as people type it
            time.sleep(2 * PERIOD_S)
        finally:
            subprocess.run([*inside, "add", *entry], check=True)
        await_true(lambda: any(" mended " in line and "fdb-lost" in line for line in lines))
        time.sleep(2 * PERIOD_S)
        recorder.send_signal(signal.SIGTERM)
        assert recorder.wait(PATIENCE_S) == 0
        watcher.kill()
        reading.join()
    story = "".join(lines)
    opened = story[story.index(" open ") :]
    return Night(path, at, names, caused(opened[opened.index("fdb-lost") :]), live)


def test_the_finding_is_the_one_that_was_told_live(night: Night) -> None:
    (finding,) = night.ours(said(night.again("check", "--json")))
    live = night.ours(night.live["check", "--json"])
    assert [{key: value for key, value in finding.items() if key not in _NOT_OF_ONE_LOOK}] == [
        {key: value for key, value in row.items() if key not in _NOT_OF_ONE_LOOK} for row in live
    ]
    assert (finding["check"], finding["standing"]) == ("fdb-lost", "open")
    since = datetime.fromisoformat(finding["since"]).astimezone()
    assert since.timestamp() % 60 == pytest.approx(night.cause[0] % 60, abs=NEAR_S)


def test_its_cause_is_the_event_that_was_told_live(night: Night) -> None:
    out = night.again("check")
    time_of_day, event = caused(out[out.index("fdb-lost") :])
    assert event.split() == night.cause[1].split()
    assert time_of_day == pytest.approx(night.cause[0], abs=NEAR_S)


def test_the_wiring_and_the_way_are_those_of_then(night: Night) -> None:
    for words, live in night.live.items():
        if words[0] == "map":
            assert len(night.ours(live)) > len(night.names) >= LEAST_NETNSES
            assert night.ours(said(night.again(*words))) == night.ours(live)
        elif words[0] != "check":
            assert live
            assert settled(said(night.again(*words))) == settled(live)
    verdicts = [[row["verdict"] for row in live] for words, live in night.live.items() if words[0] == "path"]
    assert "missing" in verdicts[0]


def test_at_the_end_of_the_recording_it_is_mended(night: Night) -> None:
    ended = ovltui("check", "--json", "--from", str(night.path))
    assert night.ours(said(ended.out)) == []


def test_the_checks_made_anew_on_the_redacted_recording_find_it_under_other_names(night: Night) -> None:
    text = night.again("report", "--redact")
    assert re.search(r"^### 1: error, fdb-lost, ", text, re.MULTILINE)
    assert re.search(r"^> \S+ +\S+ +- ", text, re.MULTILINE)
    assert not re.search(f"{NETWORK}|docker[12]n|10\\.13\\.17\\.", text)


def test_the_report_tells_it_with_the_events_round_its_cause(night: Night) -> None:
    text = night.again("report")
    part = text[text.index("fdb-lost") :]
    assert re.search(rf"^> \S+ +{re.escape(night.cause[1].split()[0])} ", part, re.MULTILINE)
    assert "┌ docker1n" in text
    assert "bridge fdb" in part
