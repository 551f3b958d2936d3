"""The line between two hosts is unplugged: that is a gap, and afterwards all is as both kernels have it.

It is the last that is tried of the two: Docker's own gossip takes long to be whole again.
"""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import pytest

from tests.bed.host import Host
from tests.bed.swarm import NETWORK
from tests.bed.two_hosts import TwoHosts
from tests.test_two_hosts import OVLTUI, PATIENCE_S, SECOND, await_ended, mount_of_overlay, ovltui, screens

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_docker, pytest.mark.needs_sshd]


@pytest.mark.needs_tmux
def test_a_cut_line_is_a_gap_and_afterwards_all_is_as_both_kernels_have_it(two_hosts: TwoHosts, tmp_path: Path) -> None:
    first, second = two_hosts.hosts
    before = [set(host.running().values()) for host in two_hosts.hosts]
    file = str(tmp_path / "cut.pcapng")
    try:
        with screens(two_hosts) as terminal, recording(first, file):
            two_hosts.cut()
            terminal.wait("node2 lost", PATIENCE_S)
            second.run("ip", "link", "add", "unheard0", "type", "bridge")
            two_hosts.mend()
            screen = terminal.wait(lambda now: "node2 lost" not in now and "node2 is back after" in now, PATIENCE_S)
            assert "the line to node2 was lost" in screen
            two_hosts.await_reach()
            await_recorded(first, file, "node2", "unheard0")
        for host, running in zip(two_hosts.hosts, before, strict=True):
            await_ended(host, running)
        for host in two_hosts.hosts:
            assert recorded(first, file, host.name) == kernel(host)
            overlay = ("nsenter", f"--net={mount_of_overlay(host)}")
            assert recorded(first, file, f"{host.name}:{NETWORK}") == kernel(host, *overlay)
    finally:
        two_hosts.mend()
        second.run("ip", "link", "delete", "unheard0", check=False)


@contextmanager
def recording(host: Host, file: str) -> Iterator[None]:
    """Record both hosts, from one of them, into a file."""
    argv = host.inside(OVLTUI, "record", file, *SECOND)
    with Popen(argv, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True) as process:
        try:
            await_recorded(host, file, "node2", "eth0")
            yield
        finally:
            os.killpg(process.pid, signal.SIGINT)


def await_recorded(host: Host, file: str, netns: str, link: str) -> None:
    """Wait until a recording that is being made tells of a link."""
    deadline = time.monotonic() + PATIENCE_S
    while link not in host.run(OVLTUI, "show", "--from", file, netns, "links", check=False):
        assert time.monotonic() < deadline
        time.sleep(0.2)


Tables = dict[str, set[tuple[object, ...]]]
COMMANDS = {
    "links": "ip -json link",
    "addrs": "ip -json address",
    "routes": "ip -json route show table all",
    "neigh": "ip -json neighbour",
    "fdb": "bridge -json fdb",
}
"""What prints each table, by its name in ``ovltui show``."""


def recorded(host: Host, file: str, netns: str) -> Tables:
    """Return the tables of a namespace at the end of a recording."""
    rows = ovltui(host, "show", "--from", file, netns)
    return {table: chosen(table, [row for row in rows if row["subject"] == table]) for table in COMMANDS}


def kernel(host: Host, *inside: str) -> Tables:
    """Return the tables of a namespace as the kernel has them."""
    return {table: chosen(table, json.loads(host.run(*inside, *words.split()))) for table, words in COMMANDS.items()}


def chosen(table: str, rows: list[dict[str, Any]]) -> set[tuple[object, ...]]:
    """Return what does not change by itself of the rows of a table."""
    if table == "links":
        return {(row["ifindex"], row["ifname"], row["operstate"], row["mtu"], row.get("master")) for row in rows}
    if table == "addrs":
        return {(row["ifname"], one["local"], one["prefixlen"]) for row in rows for one in row.get("addr_info", ())}
    if table == "routes":
        # iproute2 leaves out the table where it is the main one, and the family.
        return {(row.get("table", "main"), row["dst"], row.get("dev"), row.get("gateway")) for row in rows}
    if table == "neigh":
        return {(row["dst"], row["dev"], row["lladdr"]) for row in rows if "PERMANENT" in row["state"]}
    return {(row["mac"], row["ifname"], row.get("dst")) for row in rows if row.get("state") == "permanent"}
