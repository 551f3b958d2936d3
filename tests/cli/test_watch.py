import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.bed.engines import TwoEngines
from tests.bed.ip_monitor import await_listening as await_in_groups
from tests.bed.ip_monitor import await_printed
from tests.bed.netns import NamedNetns, ip
from tests.bed.terminal import Terminal
from tests.cli.command import OVLTUI, ROOT, await_listening, ovltui, ovltui_as_nobody, reader_of, run, running

ROUTES = 3000
TALK = ("link", "addr", "route", "neigh", "rule")
"""What ``ip monitor`` prints by the same names; it counts forwarding entries among the neighbours."""


@contextmanager
def watching(*words: str) -> Iterator[subprocess.Popen[str]]:
    """``ovltui watch`` without engines, which listens already."""
    with running("watch", "--no-docker", *words) as process:
        await_listening(process.pid)
        yield process


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """End a watch and return what it printed."""
    process.terminate()
    out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    return out, err


def scenario(made: NamedNetns) -> None:
    """Let everything happen once that an overlay network does."""
    for words in (
        "link add br0 type bridge",
        "link add v1 type veth peer name v2",
        "link set v1 master br0",
        "link set v1 up",
        "link set v2 up",
        "link set br0 up",
        "addr add 10.77.0.1/24 dev v2",
        "route add 10.78.0.0/24 via 10.77.0.9 dev v2",
        "neigh add 10.77.0.9 lladdr 02:00:00:00:00:09 dev v2",
        "neigh del 10.77.0.9 dev v2",
        "rule add from 10.77.0.0/24 table 77",
        "rule del from 10.77.0.0/24 table 77",
        "link del v1",
        "link del br0",
    ):
        made.ip(*words.split())


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.needs_root
def test_the_same_events_in_the_same_order_as_ip_monitor_prints(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-monitor")
    monitor = made.command("stdbuf", "-oL", "ip", "-o", "monitor", "label", *TALK)
    with (
        subprocess.Popen(monitor, stdout=subprocess.PIPE, text=True) as beside,
        watching("--json", "--netns", made.name) as process,
    ):
        await_in_groups(beside.pid)
        scenario(made)
        await_printed(beside.pid)
        time.sleep(1.0)
        out, _ = ended(process)
        beside.terminate()
        lines, _ = beside.communicate(timeout=10)
    theirs = [match[1].lower() for match in re.finditer(r"^\[(\w+)\]", lines, re.MULTILINE)]
    # What went without an event, ip monitor does not tell.
    ours = [row["object"].replace("fdb", "neigh") for row in objects(out) if "resync" not in row]
    assert set(theirs) == set(TALK)
    assert [kind for kind in ours if kind in TALK] == theirs, lines
    assert {row["netns"] for row in objects(out)} == {made.name}


@pytest.mark.needs_root
def test_a_storm_is_printed_whole_and_in_order(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-storm")
    wanted = [f"10.{number >> 8}.{number & 255}.0/24" for number in range(256, 256 + ROUTES)]
    batch = "".join(f"route add {dst} dev lo\n" for dst in wanted)
    with watching("route", "--json", "--netns", made.name, "--count", str(ROUTES)) as process:
        subprocess.run(["ip", "-n", made.name, "-batch", "-"], input=batch, text=True, check=True)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    rows = objects(out)
    assert [row["dst"] for row in rows] == wanted
    assert [row["seq"] for row in rows] == sorted(row["seq"] for row in rows)
    assert {(row["netns"], row["object"], row["action"], row["dev"]) for row in rows} == {
        (made.name, "route", "new", "lo")
    }


@pytest.mark.needs_root
def test_a_namespace_that_is_born_while_watching_has_its_name_from_its_first_event_on(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    with watching("--json", "link", "nsid") as process:
        made = new_netns("cli-born")
        await_numbered(made)
        made.ip("link", "add", "v1", "type", "veth", "peer", "name", "v2")
        run(["ip", "netns", "delete", made.name])
        time.sleep(2.5)
        rows = objects(ended(process)[0])
    nsid = next(row["peer_nsid"] for row in rows if row["object"] == "nsid" and row.get("peer") == made.name)
    numbers = [row for row in rows if row["object"] == "nsid" and row["peer_nsid"] == nsid and row["nsid"] is None]
    assert [(row["action"], row["peer"]) for row in numbers] == [("new", made.name), ("del", made.name)]
    links = [row for row in rows if row["nsid"] == nsid and row["object"] == "link"]
    assert {row["netns"] for row in links} == {made.name}
    assert {"v1", "v2"} <= {row["ifname"] for row in links}


def await_numbered(made: NamedNetns) -> None:
    """Wait until somebody gave the namespace an nsid, from when on its events are heard."""
    deadline = time.monotonic() + 20
    while not any(row["name"] == made.name and "id" in row for row in json.loads(ip("-json", "netns", "list"))):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.needs_root
def test_that_we_number_namespaces_when_we_begin_is_no_event(new_netns: Callable[[str], NamedNetns]) -> None:
    viewer, made = new_netns("cli-viewer"), new_netns("cli-old")
    quiet = run(viewer.command(*OVLTUI, "watch", "nsid", "--no-docker", "--for", "1.5", "--filter", made.name))
    assert (quiet.status, quiet.out) == (0, "")
    assert re.search(r"^nsid 1\d{6}", viewer.ip("netns", "list-id"), re.MULTILINE)


@pytest.mark.needs_root
def test_passive_gives_no_nsid_and_says_what_it_does_not_hear(new_netns: Callable[[str], NamedNetns]) -> None:
    viewer = new_netns("cli-viewer")
    said = run(viewer.command(*OVLTUI, "watch", "--passive", "--no-docker", "--for", "0.5"))
    assert said.status == 0
    assert "without an nsid, whose events are not heard" in said.err
    assert viewer.ip("netns", "list-id") == ""


@pytest.mark.needs_root
def test_a_filter_keeps_what_matches(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-filter")
    words = ("--filter", f"netns:{made.name} dev:lo !127. action:new 10.99.", "--count", "1")
    with watching(*words) as process:
        for number in (98, 99):
            made.ip("route", "add", f"10.{number}.0.0/24", "dev", "lo")
        out, err = process.communicate(timeout=40)
    assert (process.returncode, out.count("\n")) == (0, 1), err
    assert re.fullmatch(rf"\d\d:\d\d:\d\d\.\d{{3}} {made.name} +\+ 10\.99\.0\.0/24 dev lo.*\n", out)


@pytest.mark.alone
@pytest.mark.needs_root
def test_a_lone_event_is_printed_at_once(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-prompt")
    with watching("route", "--netns", made.name) as process:
        assert process.stdout is not None
        started = time.monotonic()
        made.ip("route", "add", "10.97.0.0/24", "dev", "lo")
        line = process.stdout.readline()
        assert "10.97.0.0/24 dev lo" in line
        assert time.monotonic() - started < 0.5
        assert process.poll() is None


@pytest.mark.needs_root
@pytest.mark.needs_tmux
def test_in_a_terminal_it_says_what_it_does_in_colours_until_ctrl_c(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    made = new_netns("cli-tty")
    command = [*OVLTUI, "watch", "route", "--no-docker", "--netns", made.name]
    script = ["sh", "-c", 'trap : INT; "$@"; echo "status $?"; sleep 60', "sh", *command]
    with Terminal(100, 20, script, {"PYTHONPATH": str(ROOT)}) as terminal:
        terminal.wait("watching 1 namespace; ctrl+c ends")
        made.ip("route", "add", "10.96.0.0/24", "dev", "lo")
        terminal.wait("10.96.0.0/24 dev lo")
        assert re.search(r"\x1b\[32m\d\d:\d\d", terminal.ansi())
        terminal.keys("C-c")
        assert "Traceback" not in terminal.wait("status 130")


@pytest.mark.needs_root
@pytest.mark.parametrize("text", ["no-such-netns-at-all", "net:[1]"])
def test_an_unknown_namespace_is_status_4(text: str) -> None:
    said = ovltui("watch", "--no-docker", "--netns", text)
    assert (said.status, said.out) == (4, "")
    assert f"no namespace is called {text}" in said.err


@pytest.mark.needs_root
def test_an_ordinary_user_hears_their_own_namespace_and_is_told_so() -> None:
    said = ovltui_as_nobody("watch", "--no-docker", "--for", "0.5")
    assert said.status == 0
    assert "events of other namespaces are not heard" in said.err
    assert said.err.endswith("ovltui: run it as root to see everything.\n")


@pytest.mark.needs_root
def test_the_end_of_the_reader_is_an_error() -> None:
    with watching("--passive") as process:
        run(["kill", "-KILL", reader_of(process.pid)])
        _, err = process.communicate(timeout=40)
    assert process.returncode == 1
    assert "the reader process ended" in err


@pytest.mark.needs_root
def test_nothing_is_left_after_the_end() -> None:
    with watching() as process:
        reader = reader_of(process.pid)
        assert Path(f"/proc/{reader}").exists()
        ended(process)
    assert not Path(f"/proc/{reader}").exists()


def test_a_new_container_has_its_name_in_its_first_line(two_engines: TwoEngines) -> None:
    node, name = two_engines.nodes[0], f"cli-new-{os.getpid()}"
    with running("watch", "--docker", node.url, "--json", "link", "nsid") as process:
        await_listening(process.pid)
        time.sleep(2.5)  # by then it knows the engine
        two_engines.run(0, name)
        time.sleep(2.0)
        node.docker("rm", "--force", name)
        rows = objects(ended(process)[0])
    born = next(row for row in rows if row["object"] == "nsid" and row.get("peer") == name)
    assert (born["action"], born["netns"]) == ("new", "host")
    names = {row["netns"] for row in rows if row["nsid"] == born["peer_nsid"]}
    assert names == {name}
