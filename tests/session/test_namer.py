"""A namespace gets a name for ``ip netns`` on request, and loses it whatever happens."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovltui.errors import NetnsError, UsageError
from ovltui.kernel.namespace import opened
from ovltui.netns.discover import Discoverer
from ovltui.netns.model import Netns
from ovltui.session.namer import Namer, is_known_to_ip, proposal
from tests.bed.netns import NamedNetns
from tests.cli.command import ovltui

pytestmark = pytest.mark.needs_root
NAME = f"ovnamer-{os.getpid()}"
NewNetns = Callable[[str], NamedNetns]


@contextmanager
def nameless() -> Iterator[tuple[int, int]]:
    """A namespace that a process alone keeps; its pid and the kernel's id."""
    with subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "echo in; exec sleep 60"], stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"in\n"
            with opened(f"/proc/{process.pid}/ns/net") as namespace:
                netns_id = namespace.id
            yield process.pid, netns_id
        finally:
            process.kill()


@pytest.fixture
def namer() -> Iterator[Namer]:
    made = Namer()
    yield made
    made.close()


def ip_names() -> set[str]:
    out = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in out.splitlines()}


def swept(netns_id: int) -> Netns:
    return next(netns for netns in Discoverer().sweep().netnses if netns.key.id == netns_id)


def gone(name: str) -> bool:
    deadline = time.monotonic() + 30
    while name in ip_names():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return not os.path.lexists(f"/run/netns/{name}")


def test_it_is_what_ip_netns_attach_does_and_ls_shows_the_name(namer: Namer) -> None:
    with nameless() as (pid, netns_id):
        assert not is_known_to_ip(swept(netns_id))
        named = namer.name(f"/proc/{pid}/ns/net", netns_id, NAME)
        assert named.command == f"ip netns attach {NAME} {pid}"
        assert NAME in ip_names()
        identified = subprocess.run(["ip", "netns", "identify", str(pid)], capture_output=True, text=True, check=True)
        assert identified.stdout.strip() == NAME
        assert is_known_to_ip(swept(netns_id))
        assert re.search(rf"^{NAME} +named ", ovltui("ls", "--no-docker").out, re.MULTILINE)
        assert namer.take_away(named)
        assert gone(NAME)
        assert namer.acts == []


def test_a_namespace_without_a_process_is_named_through_its_mount(namer: Namer, tmp_path: Path) -> None:
    spot = tmp_path / "it's here"
    spot.touch()
    with nameless() as (pid, netns_id):
        subprocess.run(["mount", "--bind", f"/proc/{pid}/ns/net", str(spot)], check=True)
    try:
        path = f"/proc/{os.getpid()}/root{spot}"
        named = namer.name(path, netns_id, NAME)
        assert NAME in ip_names()
        namer.take_away(named)
        subprocess.run(["sh", "-ec", named.command], check=True)
        assert NAME in ip_names()
        assert Path(f"/run/netns/{NAME}").stat().st_ino == spot.stat().st_ino
        subprocess.run(["ip", "netns", "delete", NAME], check=True)
    finally:
        subprocess.run(["umount", str(spot)], check=True)


def test_one_in_a_private_mount_namespace_can_be_named(namer: Namer, tmp_path: Path) -> None:
    spot = tmp_path / "private"
    spot.touch()
    bind = f"mount --make-rprivate / && mount --bind /proc/self/ns/net {spot} && echo in"
    script = f"{bind} && exec nsenter --net=/proc/{os.getpid()}/ns/net sleep 60"
    with subprocess.Popen(["unshare", "--net", "--mount", "sh", "-c", script], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"in\n"
            path = f"/proc/{process.pid}/root{spot}"
            with opened(path) as namespace:
                netns_id = namespace.id
            namer.name(path, netns_id, NAME)
            assert NAME in ip_names()
            with opened(f"/run/netns/{NAME}") as namespace:
                assert namespace.id == netns_id
        finally:
            process.kill()


def test_names_are_taken_away_at_the_end_but_not_those_of_others(namer: Namer, new_netns: NewNetns) -> None:
    other = new_netns("ovnamer")
    with nameless() as (pid, netns_id):
        namer.name(f"/proc/{pid}/ns/net", netns_id, NAME)
        subprocess.run(["ip", "netns", "delete", NAME], check=True)
        subprocess.run(["ip", "netns", "add", NAME], check=True)
        try:
            namer.close()
            assert {NAME, other.name} <= ip_names()
        finally:
            subprocess.run(["ip", "netns", "delete", NAME], check=True)
        namer.name(f"/proc/{pid}/ns/net", netns_id, NAME)
        namer.close()
        assert gone(NAME)
        assert other.name in ip_names()


def test_a_name_that_was_taken_away_and_given_again_by_others_stays(namer: Namer) -> None:
    with nameless() as (pid, netns_id):
        namer.take_away(namer.name(f"/proc/{pid}/ns/net", netns_id, NAME))
        subprocess.run(["ip", "netns", "attach", NAME, str(pid)], check=True)
        namer.close()
        assert NAME in ip_names()
        subprocess.run(["ip", "netns", "delete", NAME], check=True)


def test_it_is_taken_away_when_the_program_is_killed() -> None:
    with nameless() as (pid, netns_id):
        code = (
            "from ovltui.session.namer import Namer; import sys\n"
            f"n = Namer(); n.name('/proc/{pid}/ns/net', {netns_id}, {NAME!r})\n"
            "print('named', flush=True); sys.stdin.read()"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"named\n"
        assert NAME in ip_names()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert gone(NAME)


def test_a_namespace_that_the_name_alone_keeps_alive_is_let_go(namer: Namer) -> None:
    with nameless() as (pid, netns_id):
        namer.name(f"/proc/{pid}/ns/net", netns_id, NAME)
        assert namer.let_go([swept(netns_id)]) == ()
    left = swept(netns_id)
    assert [named.name for named in namer.let_go([left])] == [NAME]
    assert gone(NAME)
    assert netns_id not in [netns.key.id for netns in Discoverer().sweep().netnses]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-a", "a\nb", "a\x1b[2J", "ä" * 128, "\u202e"])
def test_what_cannot_be_a_name_is_one_sentence(namer: Namer, name: str) -> None:
    with pytest.raises(UsageError, match="is no name for ip netns") as refusal:
        namer.name("/proc/self/ns/net", 1, name)
    assert "\x1b" not in str(refusal.value)
    assert namer.acts == []


def test_a_name_that_exists_a_wrong_id_and_a_dead_namespace_are_one_sentence(namer: Namer, new_netns: NewNetns) -> None:
    other = new_netns("ovnamer")
    with nameless() as (pid, netns_id):
        with pytest.raises(UsageError, match=f"knows a namespace called {other.name} already"):
            namer.name(f"/proc/{pid}/ns/net", netns_id, other.name)
        with pytest.raises(NetnsError, match="is another one now"):
            namer.name(f"/proc/{pid}/ns/net", netns_id + 1, NAME)
    with pytest.raises(NetnsError, match="could not be named"):
        namer.name(f"/proc/{pid}/ns/net", netns_id, NAME)
    assert not os.path.lexists(f"/run/netns/{NAME}")
    namer.close()
    assert other.name in ip_names()


@pytest.mark.parametrize(
    ("name", "fit"), [("docker1n", "docker1n"), ("mynet01@node1", "mynet01-node1"), ("net:[4026532]", "net-4026532")]
)
def test_a_name_is_proposed_that_fits(name: str, fit: str) -> None:
    assert proposal(name) == fit
