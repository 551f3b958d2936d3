"""Every namespace of two real engines has the name to which docker's own commands lead a person.

The truth comes from ``docker ps``, ``docker service ps``, ``docker network ls`` and the mount tables of the engines,
read here and not by ovltui.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bed import image
from tests.bed.engines import TwoEngines
from tests.bed.node import Node
from tests.cli.command import ovltui

SERVICE, REPLICAS = "namesvc", 8
_MOUNT = re.compile(r" net:\[(\d+)\] /run/docker/netns/(\S+) ")


def listed(*words: str) -> dict[int, dict[str, Any]]:
    ended = ovltui("ls", "--json", *words)
    assert ended.status == 0, ended.err
    return {row["inode"]: row for row in map(json.loads, ended.out.splitlines())}


def inode_of(node: Node, container: str) -> int:
    pid = node.docker("inspect", "-f", "{{.State.Pid}}", container)
    return Path(f"/proc/{pid}/ns/net").stat().st_ino


def mounted(node: Node) -> dict[str, int]:
    """Return inodes by the names of the engine's mounts."""
    table = Path(f"/proc/{node.pid}/mountinfo").read_text(encoding="utf-8")
    return {match[2]: int(match[1]) for match in _MOUNT.finditer(table) if match[2] != "default"}


def plain(name: str) -> str:
    """A name without what tells it from those of other engines."""
    return name.partition("@")[0]


@pytest.fixture(scope="module")
def busy(two_engines: TwoEngines) -> Iterator[TwoEngines]:
    """The engines with a compose project, containers of all network modes, and a service of eight replicas."""
    first = two_engines.nodes[0]
    compose = ("--label", "com.docker.compose.project=nameshop", "--label")
    started = (
        ("nameshop-web-1", "nameshop_default", *compose, "com.docker.compose.service=web"),
        ("nameshop-web-2", "nameshop_default", *compose, "com.docker.compose.service=web"),
        ("name-vlan", "namevlan"),
        ("name-none", "none"),
        ("name-host", "host"),
        ("name-sidecar", "container:nameshop-web-1"),
        ("name-both", "mynet01"),
    )
    identity = first.docker("image", "inspect", "-f", "{{.Id}}", image.NAME)
    try:
        first.docker("network", "create", "nameshop_default")
        first.docker("network", "create", "-d", "macvlan", "-o", "parent=eth0", "namevlan")
        for name, network, *options in started:
            first.docker("run", "-d", "--rm", "--name", name, "--net", network, *options, image.NAME)
        first.docker("network", "connect", "nameshop_default", "name-both")
        where = ("--network", "mynet01", "--endpoint-mode", "dnsrr", "--no-resolve-image", "--detach")
        script = ("sh", "-c", "trap exit TERM; while :; do sleep 1; done")
        first.docker("service", "create", "--name", SERVICE, "--replicas", str(REPLICAS), *where, identity, *script)
        await_replicas(first)
        yield two_engines
    finally:
        first.docker("service", "rm", SERVICE, check=False)
        first.docker("rm", "-f", *(name for name, *_ in started), check=False)
        await_no_tasks(two_engines)
        first.docker("network", "rm", "nameshop_default", "namevlan", check=False)


def await_replicas(node: Node) -> None:
    deadline = time.monotonic() + 60
    form = ("--filter", "desired-state=running", "--format", "{{.CurrentState}}")
    while node.docker("service", "ps", SERVICE, *form).count("Running") < REPLICAS:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def await_no_tasks(engines: TwoEngines) -> None:
    deadline = time.monotonic() + 60
    while any(node.docker("ps", "-q", "--filter", f"name={SERVICE}") for node in engines.nodes):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def expected_containers(engines: TwoEngines) -> dict[int, tuple[str, str]]:
    """Return by inode what ``docker ps`` or ``docker service ps`` calls each container, and the engine's label."""
    manager = engines.nodes[0]
    rows = manager.docker("service", "ps", SERVICE, "--no-trunc", "--format", "{{.ID}} {{.Name}}").splitlines()
    slots = {row.split()[0]: row.split()[1] for row in rows}
    found = {}
    for node in engines.nodes:
        for row in node.docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}").splitlines():
            container, name = row.split()
            mode = node.docker("inspect", "-f", "{{.HostConfig.NetworkMode}}", container)
            if mode != "host" and not mode.startswith("container:"):
                task = name.rpartition(".")[2]
                found[inode_of(node, container)] = (slots.get(task, name), node.netns)
    return found


def test_each_container_and_task_is_called_as_docker_calls_it(busy: TwoEngines) -> None:
    rows, expected = listed(), expected_containers(busy)
    assert {inode: plain(rows[inode]["name"]) for inode in expected} == {
        inode: name for inode, (name, _) in expected.items()
    }
    assert {inode: rows[inode]["engine"] for inode in expected} == {
        inode: label for inode, (_, label) in expected.items()
    }
    tasks = sorted(name for name, _ in expected.values() if name.startswith(SERVICE))
    assert tasks == [f"{SERVICE}.{number}" for number in range(1, REPLICAS + 1)]
    names = [rows[inode]["name"] for inode in expected]
    assert [name for name in names if name.startswith((SERVICE, "name-", "nameshop")) and "@" in name] == []


def test_each_namespace_of_a_network_is_called_after_it(busy: TwoEngines) -> None:
    rows = listed()
    for node in busy.nodes:
        mounts = mounted(node)
        networks = [row.split() for row in node.docker("network", "ls", "--format", "{{.ID}} {{.Name}}").splitlines()]
        for network, name in networks:
            wanted = {f"1-{network[:10]}": name, f"lb_{network[:9]}": f"lb-{name}"}
            for key in wanted.keys() & mounts.keys():
                row = rows[mounts[key]]
                assert (plain(row["name"]), row["engine"], row["network"]) == (wanted[key], node.netns, name)
        sandbox = rows[mounts["ingress_sbox"]]
        assert (plain(sandbox["name"]), sandbox["engine"]) == ("ingress-sbox", node.netns)


def test_no_namespace_of_an_engine_is_left_without_a_name_of_docker(busy: TwoEngines) -> None:
    rows = listed()
    for node in busy.nodes:
        unnamed = [
            key for key, inode in mounted(node).items() if not (rows[inode]["network"] or rows[inode]["container"])
        ]
        assert [key for key in unnamed if rows[mounted(node)[key]]["name"] not in ("name-none", "name-host")] == []
    assert len({row["name"] for row in rows.values()}) == len(rows)


def test_project_service_and_who_shares_a_namespace_are_told(busy: TwoEngines) -> None:
    rows, first = listed(), busy.nodes[0]
    web = rows[inode_of(first, "nameshop-web-1")]
    assert (web["project"], web["service"], web["sharers"]) == ("nameshop", "web", ["name-sidecar"])
    assert web["network"] == "nameshop_default"
    vlan, none, both = (rows[inode_of(first, name)] for name in ("name-vlan", "name-none", "name-both"))
    assert (vlan["network"], none["network"], both["network"]) == ("namevlan", "none", "mynet01")
    (task,) = [row for row in rows.values() if plain(row["name"]) == f"{SERVICE}.1"]
    assert (task["service"], task["container"].startswith(f"{SERVICE}.1.")) == (SERVICE, True)
    home = rows[Path(f"/run/netns/{first.netns}").stat().st_ino]
    assert (home["name"], home["sharers"]) == (first.netns, ["name-host"])


def test_without_the_api_a_container_has_the_id_that_docker_ps_prints(busy: TwoEngines) -> None:
    rows = listed("--no-docker")
    for node in busy.nodes:
        for name in node.docker("ps", "--format", "{{.Names}}").splitlines():
            container, mode = node.docker("inspect", "-f", "{{.Id}} {{.HostConfig.NetworkMode}}", name).split()
            if mode != "host" and not mode.startswith("container:"):
                row = rows[inode_of(node, name)]
                assert (row["name"], row["kind"]) == (container[:12], "container"), row["why"]


def test_a_namespace_made_inside_a_container_is_not_taken_for_the_container(busy: TwoEngines) -> None:
    node = busy.nodes[0]
    pid = node.docker("inspect", "-f", "{{.State.Pid}}", "name-none")
    groups = {row.split(":", 2)[2] for row in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines()}
    (group,) = (group for group in groups if group != "/")
    hierarchy = next(path for path in Path("/sys/fs/cgroup").rglob("cgroup.procs") if group in str(path))
    script = f"echo $$ > {hierarchy}; unshare --net sh -c 'echo $$; exec sleep 60'"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        inner = int(process.stdout.readline())
        try:
            row = listed("--no-docker")[Path(f"/proc/{inner}/ns/net").stat().st_ino]
            assert (row["kind"], row["name"].endswith(f":{inner}")) == ("process", True)
        finally:
            subprocess.run(["kill", str(inner)], check=False)
