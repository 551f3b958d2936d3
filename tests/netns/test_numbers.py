"""A namespace that shows nothing but its nsid is listed by its number, and no other is taken for one."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from ovltui.cli.ls import as_json
from ovltui.identity.naming import identify
from ovltui.kernel.namespace import opened
from ovltui.kernel.nsid import FIRST_GIVEN, give_nsid
from ovltui.kernel.rtnl import Rtnl, RtnlError
from ovltui.netns import numbers
from ovltui.netns.discover import Discoverer, Sweep, host_name
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns, Source, numbered
from ovltui.session.holders import by_hand, holders
from ovltui.session.snapshot import Row
from tests.bed.netns import NamedNetns
from tests.cli.command import environment
from tests.kernel.hearing import await_true

NewNetns = Callable[[str], NamedNetns]
ON_ITS_WAY = """
import os, socket, sys
giver, taker = socket.socketpair()
fd = os.open(sys.argv[1], os.O_RDONLY)
print(flush=True)
sys.stdin.readline()
socket.send_fds(giver, [b"x"], [fd])
os.close(fd)
print(flush=True)
sys.stdin.readline()
"""
NUMBERS = """
from ovltui.netns.discover import Discoverer
print([netns.nsid for netns in Discoverer().sweep().netnses if netns.is_number])
"""


def in_numbers(found: Sweep) -> set[int | None]:
    return {netns.nsid for netns in found.netnses if netns.is_number}


def test_a_descriptor_on_its_way_through_a_socket_leaves_the_number_alone(new_netns: NewNetns) -> None:
    made = new_netns("f-way")
    with Rtnl() as rtnl, opened(str(made.path)) as there:
        nsid = give_nsid(rtnl, there.fd, FIRST_GIVEN)
    discoverer = Discoverer()
    argv = [sys.executable, "-c", ON_ITS_WAY, str(made.path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        subprocess.run(["ip", "netns", "delete", made.name], check=True)
        assert nsid not in in_numbers(discoverer.sweep())
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        for full in (True, False, True):
            (netns,) = [netns for netns in discoverer.sweep(full=full).netnses if netns.nsid == nsid]
            assert netns == Netns(numbered(host_name(), nsid), 0, nsid, False, (), ())
        process.communicate("\n")
    await_true(lambda: nsid not in in_numbers(discoverer.sweep(full=False)))  # the kernel tidies up in its own time
    assert (netns.sources, list(ways_in(netns)), by_hand(netns)) == ((Source.NSID,), [], "not to be entered")
    row = Row(netns, identify([netns], (), {})[netns.key], (), ())
    assert (row.identity.name, holders(netns)) == (f"nsid {nsid}", ())
    told = as_json(row, "vm", nsid)
    assert (told["id"], told["inode"], told["sources"]) == (None, None, ["nsid"])


def test_the_number_that_a_namespace_has_for_itself_is_no_stranger(new_netns: NewNetns) -> None:
    viewer, other = new_netns("f-self"), new_netns("f-other")
    for netns, number in ((viewer, 77), (other, 78)):
        subprocess.run(viewer.command("ip", "netns", "set", netns.name, str(number)), check=True)
    said = subprocess.run(
        viewer.command(sys.executable, "-c", NUMBERS), capture_output=True, text=True, check=True, env=environment()
    )
    assert said.stdout == "[]\n"


def test_a_namespace_that_was_not_asked_for_its_nsid_is_no_stranger(new_netns: NewNetns) -> None:
    made = new_netns("f-asked")
    with Rtnl() as rtnl, opened(str(made.path)) as there:
        nsid = give_nsid(rtnl, there.fd, FIRST_GIVEN)
    found = Discoverer().sweep()
    assert {netns.nsid for netns in found.netnses if netns.inode == made.inode} == {None}
    assert nsid not in in_numbers(found)


@pytest.mark.needs_root
def test_a_number_that_is_explained_by_a_second_look_is_no_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [{5}, set()]
    monkeypatch.setattr(numbers, "listed", lambda: frozenset((5,)))
    monkeypatch.setattr(numbers, "strangers", lambda *_: said.pop(0))
    assert in_numbers(Discoverer().sweep()) == set()
    assert said == []


def test_a_refusal_to_list_the_numbers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> frozenset[int]:
        raise RtnlError(95, "Operation not supported")

    monkeypatch.setattr(numbers, "listed", refuse)
    found = Discoverer().sweep()
    assert "the nsids may not be read (Operation not supported)" in found.gaps
    assert any(netns.own for netns in found.netnses)


@pytest.mark.needs_root
def test_an_ordinary_user_is_shown_the_numbers_of_what_they_may_not_see(new_netns: NewNetns) -> None:
    made = new_netns("f-user")
    with Rtnl() as rtnl, opened(str(made.path)) as there:
        nsid = give_nsid(rtnl, there.fd, FIRST_GIVEN)
    inside = made.command("sh", "-c", "echo; read end")
    with subprocess.Popen(inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        subprocess.run(["ip", "netns", "delete", made.name], check=True)
        user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_read_search")
        argv = [*user, "--ambient-caps=+dac_read_search", sys.executable, "-c", NUMBERS]
        said = subprocess.run(argv, capture_output=True, text=True, check=True, env=environment())
        process.kill()
    assert nsid in map(int, said.stdout.strip("[]\n").split(","))
