"""``ovltui path`` and ``ovltui map`` as processes of their own."""

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns
from tests.bed.swarm import NETWORK
from tests.cli.command import Ended, ovltui
from tests.topology.seen import overlay_of, sandbox_of

pytestmark = pytest.mark.needs_root


def asked(engines: TwoEngines, *words: str) -> Ended:
    return ovltui(*words, *(word for node in engines.nodes for word in ("--docker", node.url)))


def ends(engines: TwoEngines) -> tuple[str, str]:
    inside = [sandbox_of(node, name) for node, name in zip(engines.nodes, ("docker1n", "docker2n"), strict=True)]
    return f"net:[{inside[0].inode}]", f"net:[{inside[1].inode}]"


def test_a_way_that_is_well_is_status_0_and_ends_on_its_verdict(two_engines: TwoEngines) -> None:
    ended = asked(two_engines, "path", *ends(two_engines))
    assert ended.status == 0
    assert ended.out.splitlines()[-1].startswith("ok by all tables: docker1n")
    rows = [json.loads(line) for line in asked(two_engines, "path", *ends(two_engines), "--json").out.splitlines()]
    assert all(row.keys() == {"hop", "way", "netns", "link", "by", "verdict"} for row in rows)
    assert [row["hop"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["verdict"] for row in rows} == {"ok"}
    vtep = two_engines.nodes[1].address
    assert [row["link"] for row in rows if f"dst {vtep} " in row["by"] and "self permanent" in row["by"]] == ["vxlan0"]


def test_a_way_that_is_broken_is_status_1_and_names_the_culprit(two_engines: TwoEngines) -> None:
    overlay, far = overlay_of(two_engines.nodes[0], NETWORK), sandbox_of(two_engines.nodes[1], "docker2n")
    mac = far.json("ip -json link show dev eth0")[0]["address"]
    row = f"{mac} dev vxlan0 dst {two_engines.nodes[1].address} self"
    overlay.run(f"bridge fdb del {row}")
    try:
        ended = asked(two_engines, "path", *ends(two_engines))
    finally:
        overlay.run(f"bridge fdb replace {row} permanent")
    assert ended.status == 1
    last = ended.out.splitlines()[-1]
    assert last.startswith("missing: mynet01")
    assert last.endswith(f"/vxlan0: no forwarding entry {mac} dev vxlan0 self")


def test_what_leaves_the_machine_is_unknown_and_no_failure(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-path")
    made.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    made.ip("link", "add", "link", "v0", "name", "mv0", "type", "macvlan", "mode", "bridge")
    for name in ("v0", "v1", "mv0"):
        made.ip("link", "set", name, "up")
    made.ip("addr", "add", "10.9.0.1/24", "dev", "mv0")
    ended = ovltui("path", made.name, "10.9.0.2", "--no-docker")
    assert ended.status == 0
    assert ended.out.splitlines()[-1] == f"unknown: {made.name}/mv0: who answers for 10.9.0.2 is not visible"


def test_an_address_without_a_route_is_missing(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-path")
    ended = ovltui("path", made.name, "192.0.2.1", "--no-docker")
    assert (ended.status, ended.out.splitlines()[-1]) == (1, f"missing: {made.name}: no route to 192.0.2.1")
    assert ovltui("path", made.name, "nobody", "--no-docker").status == 4


def mapped(engines: TwoEngines) -> list[dict[str, Any]]:
    return [json.loads(line) for line in asked(engines, "map", "--json").out.splitlines()]


def test_the_map_holds_namespaces_links_ties_and_endpoints(two_engines: TwoEngines) -> None:
    rows = mapped(two_engines)
    assert {row["object"] for row in rows} == {"netns", "link", "join", "endpoint"}
    near, far = (sandbox_of(node, name) for node, name in zip(two_engines.nodes, ("docker1n", "docker2n"), strict=True))
    mac = far.json("ip -json link show dev eth0")[0]["address"]
    vteps = {node.address for node in two_engines.nodes}
    found = [row for row in rows if row["object"] == "endpoint" and row["mac"] == mac and row["vtep"] in vteps]
    assert [row["visible"] for row in found] == [True]
    assert found[0]["name"].startswith("docker2n")
    assert near.inode != far.inode


def test_with_one_engine_the_far_containers_are_named_by_what_it_tells(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    rows = [json.loads(line) for line in ovltui("map", "--json", "--docker", node.url).out.splitlines()]
    vtep = two_engines.nodes[1].address
    names = {row["name"] for row in rows if row["object"] == "endpoint" and row["vtep"] == vtep}
    assert any(name and name.startswith("docker2n") for name in names), names


def test_the_map_is_an_outline_for_people(two_engines: TwoEngines) -> None:
    lines = asked(two_engines, "map").out.splitlines()
    assert lines[0].split() == ["NETNS,", "LINK", "STATE", "TIED", "TO"]
    at = next(number for number, line in enumerate(lines) if two_engines.nodes[1].address in line and "→" in line)
    assert lines[at - 1].strip().startswith("vxlan0")
    assert lines[at].index(two_engines.nodes[1].address) == lines[at - 1].index("vxlan0") + 2


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
def test_graphviz_takes_the_map(two_engines: TwoEngines) -> None:
    text = asked(two_engines, "map", "--dot").out
    drawn = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=False)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert drawn.stdout.count('class="cluster"') >= 8


def test_the_map_as_svg_is_a_whole_file_with_every_name(new_netns: Callable[[str], NamedNetns]) -> None:
    one, two = new_netns("cli-svg"), new_netns("cli-svg")
    one.ip("link", "add", "left0", "type", "veth", "peer", "name", "right0", "netns", two.name)
    ended = ovltui("map", "--svg", "--no-docker")
    assert ended.status == 0
    words = {"".join(text.itertext()) for text in ET.fromstring(ended.out).iter() if text.tag.endswith("}text")}
    assert {one.name, "left0", two.name, "right0"} <= words
