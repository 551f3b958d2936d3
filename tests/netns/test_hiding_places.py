"""A namespace is found wherever it hides, its holder is named, it can be entered, and it is never kept by looking."""

import json
import re
import subprocess
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from ovltui.kernel.namespace import opened
from ovltui.netns.discover import Discoverer, Sweep
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Descriptor, Netns, Socket, Source, Task
from ovltui.session.holders import by_hand, holders
from tests.bed.hiding import NAME, PLACES, Hidden, hidden
from tests.cli.command import ovltui
from tests.kernel.hearing import await_true

pytestmark = pytest.mark.needs_root

FOUND_BY = {
    "process": (Source.PROCESS, "process {pid}"),
    "thread": (Source.TASK, "thread {number} of {name} (pid {pid})"),
    "descriptor": (Source.DESCRIPTOR, "descriptor {number} of {name} (pid {pid})"),
    "socket": (Source.SOCKET, "socket {number} of {name} (pid {pid})"),
    "mount": (Source.MOUNT, "mount /mnt/kept alone, no process in it"),
    "dead leader": (Source.TASK, "thread {number} of {name} (pid {pid})"),
}
"""For each hiding place, the one evidence there is, and the words for it."""
LSNS_LEARNED = {(2, 41): {"descriptor", "socket"}}
"""What ``lsns`` finds since which version, beside processes."""


def found(place: Hidden, *also: int) -> Netns:
    """Sweep until nobody else looks into that namespace at this moment, as tools like ours do, but ``also``."""
    for _ in range(10):
        (netns,) = [netns for netns in Discoverer().sweep().netnses if netns.inode == place.inode]
        looking: tuple[Task | Descriptor | Socket, ...] = (*netns.tasks, *netns.descriptors, *netns.sockets)
        if {one.pid for one in looking} <= {place.pid, *also}:
            return netns
    raise AssertionError(netns.held)


def lsns() -> set[int]:
    """Return what ``lsns`` lists; it gives up where a process ends while it reads."""
    while True:
        said = subprocess.run(["lsns", "-t", "net", "-n", "-o", "NS"], capture_output=True, text=True, check=False)
        if not said.returncode:
            return set(map(int, said.stdout.split()))


def inodes_of(swept: Sweep) -> set[int]:
    return {netns.inode for netns in swept.netnses}


@pytest.mark.parametrize("place", FOUND_BY)
def test_each_place_is_found_by_its_one_evidence_with_its_holder_and_can_be_entered(place: str) -> None:
    source, words = FOUND_BY[place]
    with hidden(place) as there:
        netns = found(there)
        assert netns.sources == (source,)  # ``found`` waited for those who look in for a moment
        assert holders(netns) == (words.format(pid=there.pid, number=there.number, name=NAME),)
        (way,) = ways_in(netns)
        with opened(way) as namespace:
            assert (namespace.inode, namespace.id) == (there.inode, netns.key.id)
    assert netns.key not in {other.key for other in Discoverer().sweep().netnses}


def test_lsns_beside_it_misses_all_but_the_process() -> None:
    with ExitStack() as stack:
        places = {place: stack.enter_context(hidden(place)) for place in PLACES}
        theirs = lsns()
        ours = {netns.inode for netns in Discoverer().sweep().netnses}
    version = tuple(map(int, re.findall(r"\d+", subprocess.check_output(["lsns", "--version"], text=True))[:2]))
    learned = [places for since, places in LSNS_LEARNED.items() if version >= since]
    assert {place for place, there in places.items() if there.inode in theirs} == {"process"}.union(*learned)
    assert {there.inode for there in places.values()} <= ours


def test_ls_says_who_keeps_a_namespace_alive_that_has_no_process() -> None:
    with ExitStack() as stack:
        places = {place: stack.enter_context(hidden(place)) for place in PLACES}
        for place, there in places.items():
            source, words = FOUND_BY[place]
            holder = words.format(pid=there.pid, number=there.number, name=NAME)
            row, line = listed_alone(there)
            kind = "process" if place in ("process", "thread") else "other"
            assert (row["sources"], row["kind"], row["holders"]) == ([str(source)], kind, [holder])
            assert line.endswith(f"pid {there.pid}" if place == "process" else holder)


def listed_alone(place: Hidden) -> tuple[dict[str, Any], str]:
    """Return a row of ``ls``, as JSON and as text, that was printed while nobody else looked into the namespace."""
    for _ in range(10):
        rows = [json.loads(line) for line in ovltui("ls", "--no-docker", "--json").out.splitlines()]
        (row,) = [row for row in rows if row["inode"] == place.inode]
        lines = [line for line in ovltui("ls", "--no-docker").out.splitlines() if line.split()[0] == row["name"]]
        if len(row["holders"]) == 1 and len(lines) == 1 and not lines[0].endswith("+1"):
            break
    return row, lines[0]


@pytest.mark.parametrize("place", PLACES)
def test_a_command_runs_in_each_place(place: str) -> None:
    with hidden(place) as there:
        ended = ovltui("exec", f"net:[{there.inode}]", "--", "readlink", "/proc/self/ns/net")
    assert (ended.status, ended.out, ended.err) == (0, f"net:[{there.inode}]\n", "")


@pytest.mark.parametrize("place", PLACES)
def test_the_command_by_hand_leads_there(place: str) -> None:
    with hidden(place) as there:
        command = by_hand(found(there))
        if place == "socket":
            assert command == f"ovltui exec 'net:[{there.inode}]'"
            return
        said = subprocess.run(
            f"{command} readlink /proc/self/ns/net", shell=True, capture_output=True, text=True, check=True
        )
    assert said.stdout == f"net:[{there.inode}]\n"


def test_what_was_found_is_checked_between_full_looks_and_leaves_when_it_is_gone() -> None:
    discoverer = Discoverer()

    def is_gone(there: Hidden) -> bool:
        return there.inode not in inodes_of(discoverer.sweep(full=False))

    with ExitStack() as stack:
        places = {place: stack.enter_context(hidden(place)) for place in ("thread", "descriptor", "socket")}
        inodes = {there.inode for there in places.values()}
        assert not inodes & inodes_of(Discoverer().sweep(full=False))
        full = discoverer.sweep()
        again = discoverer.sweep(full=False)
        assert inodes <= inodes_of(full)
        assert inodes <= inodes_of(again)
        for there in places.values():
            there.let_go()
            await_true(partial(is_gone, there))


def test_an_inherited_and_a_second_descriptor_are_said_together() -> None:
    script = (
        "import os,sys; a=os.open(sys.argv[1],os.O_RDONLY); b=os.dup(a); print(a, b, flush=True); sys.stdin.readline()"
    )
    with hidden("mount") as there:
        argv = ["python3", "-c", script, f"/proc/{there.pid}/root/mnt/kept"]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first, second = process.stdout.readline().split()
            netns = found(there, process.pid)
            process.communicate("\n")
    assert holders(netns) == (
        "mount /mnt/kept, no process in it",
        f"descriptors {first} {second} of python3 (pid {process.pid})",
    )
