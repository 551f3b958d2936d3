"""``ovltui show`` as a process of its own, against ``ip -json -d`` and ``bridge -json`` inside of the namespace."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from ovltui.topology.sockets import end_text
from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns
from tests.bed.swarm import NETWORK
from tests.cli.command import ovltui
from tests.topology.seen import Inside, overlay_of, sandbox_of

pytestmark = pytest.mark.needs_root
ORACLES = {
    "links": ("ip -json -d link",),
    "addrs": ("ip -json -d addr",),
    "routes": ("ip -json -d -4 route show table all", "ip -json -d -6 route show table all"),
    "rules": ("ip -json -d -4 rule", "ip -json -d -6 rule"),
    "neigh": ("ip -json -d neigh show nud all",),
    "fdb": ("bridge -json fdb",),
}
NAMED_OTHERWISE = frozenset(("link_netns",))
"""What ``ip`` names as /run/netns does, and we as Docker does."""
TRIES = 10
LEAST_ALIKE = 3
"""Keys that a row of ours shares with its like, at least."""
PASSING = frozenset(("used", "updated", "refcnt", "expires", "preferred_life_time", "valid_life_time", "gc_timer"))


def shown(name: str, subject: str, *options: str) -> list[dict[str, Any]]:
    ended = ovltui("show", name, subject, "--json", *options)
    assert ended.status == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def said(inside: Inside, subject: str) -> list[dict[str, Any]]:
    rows = [row for command in ORACLES[subject] for row in inside.json(command)]
    return [row for row in rows if row]


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return the keys that both have with other values; objects inside are compared alike."""
    found = []
    for key in ours.keys() & theirs.keys() - NAMED_OTHERWISE - PASSING:
        mine, other = ours[key], theirs[key]
        if isinstance(mine, dict) and isinstance(other, dict):
            found += [f"{key}.{inner}" for inner in difference(mine, other)]
        elif isinstance(mine, list) and isinstance(other, list) and mine and isinstance(mine[0], dict):
            pairs = list(zip(mine, other, strict=False))
            found += [f"{key}[{at}].{one}" for at, pair in enumerate(pairs) for one in difference(*pair)]
            found += [f"{key}: {len(mine)} is not {len(other)}"] * (len(mine) != len(other))
        elif mine != other:
            found.append(f"{key}: {mine!r} is not {other!r}")
    return found


def calm(name: str, inside: Inside, subject: str, *options: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what both say of a table that did not change meanwhile: new links are still busy with IPv6."""
    for _ in range(TRIES):
        before, ours, theirs = said(inside, subject), shown(name, subject, *options), said(inside, subject)
        if before == theirs:
            break
    return ours, theirs


def compare(name: str, inside: Inside, *options: str) -> None:
    for subject in ORACLES:
        ours, theirs = calm(name, inside, subject, *options)
        ours = [row for row in ours if row.get("family") not in ("ipmr", "ip6mr")]
        assert len(ours) == len(theirs), (subject, ours, theirs)
        for row in theirs:
            nearest = min(ours, key=lambda one: len(difference(one, row)))
            assert not difference(nearest, row), (subject, row)
            assert len(nearest.keys() & row.keys()) >= LEAST_ALIKE
            ours.remove(nearest)


def test_each_table_says_what_ip_and_bridge_say(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-show")
    for command in (
        "link add br0 type bridge",
        "link add veth0 type veth peer name veth1",
        "link set veth0 master br0 up",
        "link set veth1 up",
        "link set br0 up",
        "link add vxlan0 type vxlan id 4097 dstport 4789 proxy l2miss l3miss local 10.9.0.1",
        "link set vxlan0 master br0 up",
        "link add link veth1 name mv0 type macvlan mode bridge",
        "addr add 10.9.0.1/24 dev br0",
        "addr add fd00:9::1/64 dev br0 nodad",
        "route add 10.10.0.0/16 via 10.9.0.9 metric 7",
        "route add blackhole 10.11.0.0/16",
        "route add 10.12.0.0/16 table 77 nexthop via 10.9.0.3 weight 2 nexthop via 10.9.0.4",
        "rule add from 10.9.0.0/24 lookup 77 priority 100",
        "rule add fwmark 7 blackhole priority 200",
        "neigh add 10.9.0.7 lladdr 02:42:0a:09:00:07 dev vxlan0 nud permanent",
        "neigh add proxy 10.9.0.8 dev br0",
    ):
        made.ip(*command.split())
    made.run("bridge", "fdb", "add", "02:42:0a:09:00:07", "dev", "vxlan0", "dst", "192.0.2.7", "self", "permanent")
    compare(made.name, Inside(str(made.path)), "--no-docker")


def test_an_overlay_and_a_container_say_what_ip_and_bridge_say(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    for inside in (overlay_of(node, NETWORK), sandbox_of(node, "docker1n")):
        compare(f"net:[{inside.inode}]", inside, "--docker", node.url)


def test_links_in_other_namespaces_have_names(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    overlay = overlay_of(node, NETWORK)
    ended = ovltui("show", f"net:[{overlay.inode}]", "links", "--docker", node.url)
    heading, *lines = ended.out.splitlines()
    assert heading.split() == ["IF", "NAME", "STATE", "MTU", "ADDRESS", "MASTER", "KIND", "TIED", "TO", "DETAILS"]
    tied = {line.split()[1]: line[heading.index("TIED") :].split("  ")[0].strip() for line in lines}
    assert tied["veth1"].startswith("docker1n")
    assert tied["veth1"].endswith("/eth0")
    assert tied["vxlan0"].startswith(f"in {node.netns}")
    assert ended.err.startswith("ovltui: nsenter --net=")
    assert ended.err.endswith(" ip -d link\n")


BRIDGE_KEYS = frozenset(
    (
        "ifindex",
        "ifname",
        "flags",
        "mtu",
        "master",
        "state",
        "priority",
        "cost",
        "hairpin",
        "learning",
        "flood",
        "isolated",
    )
)


def test_bridges_say_what_bridge_link_says(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-bridge")
    for command in (
        "link add br0 type bridge stp_state 1",
        "link add veth0 type veth peer name veth1",
        "link set veth0 master br0 up",
        "link set veth0 type bridge_slave cost 7 hairpin on isolated on",
        "link set veth1 up",
        "link set br0 up",
    ):
        made.ip(*command.split())
    made.run("bridge", "link", "set", "dev", "veth0", "learning", "off")
    (ours,) = (row for row in shown(made.name, "bridges", "--no-docker") if row["ifname"] != "br0")
    (theirs,) = (row for row in json.loads(made.run("bridge", "-json", "-d", "link")) if row["ifname"] == "veth0")
    assert ours.keys() & theirs.keys() >= BRIDGE_KEYS
    assert [key for key in BRIDGE_KEYS - {"state"} if ours[key] != theirs[key]] == []
    vlans = {row["ifname"]: row["vlans"] for row in json.loads(made.run("bridge", "-json", "vlan") or "[]")}
    assert ours["vlans"] == vlans.get("veth0", [])
    text = ovltui("show", made.name, "bridges", "--no-docker")
    words = [line.split() for line in text.out.splitlines()]
    assert [row[:2] for row in words] == [["BRIDGE", "PORT"], ["br0", "-"], ["br0", "veth0"]]
    assert "stp on" in text.out
    assert "learning off" in text.out
    assert f"bridge -n {made.name} vlan" in text.err


LISTEN = """
import socket, sys
kept = []
for family, kind, host in ((2, 1, "127.0.0.1"), (10, 1, "::"), (10, 1, "::1"), (2, 2, "0.0.0.0")):
    one = socket.socket(family, kind)
    if host == "::1":
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.bind((host, 0))
    kept.append(one)
    if kind == 1:
        one.listen(7)
        other = socket.create_connection(("127.0.0.1" if host == "::" else host, one.getsockname()[1]))
        kept += [other, one.accept()[0]]
print("ready", flush=True)
sys.stdin.read()
"""
STATES = ("LISTEN", "UNCONN", "ESTAB")


def ss(made: NamedNetns) -> set[tuple[str, ...]]:
    """Return protocol, state, both ends, and the process of each socket, as ``ss`` prints them."""
    found: set[tuple[str, ...]] = set()
    for line in made.run("ss", "-Htunap").splitlines():
        netid, state, _, _, local, peer, *users = line.split()
        if state in STATES:
            found.add((netid, state, local, peer.removesuffix("*") if state != "ESTAB" else peer, "".join(users)))
    return found


def test_sockets_say_what_ss_says(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-socks")
    command = made.command(sys.executable, "-c", LISTEN)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        theirs = {(row[:3], f"pid={process.pid}," in row[4]) for row in ss(made)}
        rows = [row for row in shown(made.name, "sockets", "--no-docker") if row["state"] in STATES]
        ours = {
            ((row["netid"], row["state"], end_text(row["local"], row["local_port"])), held(row, process.pid))
            for row in rows
        }
        assert ours == theirs
        assert len(rows) == 10
        text = ovltui("show", made.name, "sockets", "--no-docker").out
        process.communicate("")
    waiting = [line.split() for line in text.splitlines()[1:]]
    assert [(row[1], row[4]) for row in waiting[:4] if row[0] == "tcp"] == [("LISTEN", "1")] * 3
    assert all(str(process.pid) in row for row in waiting[:4])


def held(row: dict[str, Any], pid: int) -> bool:
    return [user["pid"] for user in row["users"]] == [pid]


def test_processes_say_who_is_in_it(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-procs")
    with subprocess.Popen(made.command("setpriv", "--reuid=4711", "--clear-groups", "sleep", "60")) as process:
        try:
            deadline = time.monotonic() + 40
            rows: list[dict[str, Any]] = []
            while [row["name"] for row in rows] != ["sleep"]:
                assert time.monotonic() < deadline, rows
                rows = shown(made.name, "processes", "--no-docker")
        finally:
            process.kill()
    assert rows == [
        {
            "netns": made.name,
            "pid": process.pid,
            "ppid": os.getpid(),
            "uid": 4711,
            "name": "sleep",
            "command": ["sleep", "60"],
        }
    ]


SEND = """
import socket, time
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("begin", flush=True)
for _ in range(2000):
    one.sendto(b"x" * 100, ("127.0.0.1", 9))
    time.sleep(0.01)
"""


def test_counters_say_what_ip_says_and_how_much_passes(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-count")
    with subprocess.Popen(made.command(sys.executable, "-c", SEND), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begin\n"
        begun = time.monotonic()
        (found,) = shown(made.name, "counters", "--no-docker")
        took = time.monotonic() - begun
        process.kill()
    process.wait()
    (after,) = made.json("-s", "link")
    (said,) = shown(made.name, "counters", "--no-docker")
    assert said["stats64"] == after["stats64"]
    assert said["rate"]["rx"]["packets"] == 0
    assert found["rate"]["rx"]["packets"] > 5
    assert found["rate"]["rx"]["bytes"] / found["rate"]["rx"]["packets"] == pytest.approx(128, abs=60)
    assert 0.3 < found["seconds"] < took


def test_showing_gives_no_nsid(new_netns: Callable[[str], NamedNetns]) -> None:
    viewer, made = new_netns("cli-viewer"), new_netns("cli-quiet")
    assert ovltui("show", made.name, "links", "--no-docker").status == 0
    assert str(made.inode) not in viewer.ip("netns", "list-id")


def test_all_tables_have_a_heading_each_and_objects_say_of_which_they_are(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    made = new_netns("cli-all")
    ended = ovltui("show", made.name, "--no-docker")
    headings = [line.split()[0] for line in ended.out.split("\n") if line.isupper()]
    assert headings == ["IF", "DEV", "TABLE", "FAMILY", "ADDRESS", "MAC", "BRIDGE", "PROTO", "PID", "IF"]
    tables = {row["subject"] for row in shown(made.name, "all", "--no-docker")}
    assert tables >= {"links", "addrs", "rules", "counters"}


def test_a_hostile_name_cannot_speak_to_the_terminal(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-evil")
    made.ip("link", "add", "\x1b[31mx", "type", "veth", "peer", "name", "y")
    for options in ((), ("--json",)):
        out = ovltui("show", made.name, "links", "--no-docker", *options).out
        assert "\x1b" not in out
        assert "x1b[31mx" in out


def test_what_is_not_there_is_status_4_and_what_is_no_table_status_2() -> None:
    assert ovltui("show", "no-such-netns", "--no-docker").status == 4
    assert ovltui("show", "host", "files", "--no-docker").status == 2
