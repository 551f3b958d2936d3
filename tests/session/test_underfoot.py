"""What is read of a namespace beyond its tables, with the kernel's own tools as oracle."""

import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ovltui.checks.scene import Underfoot
from ovltui.kernel import netfilter, xfrm
from ovltui.kernel.filter_rules import dropping
from ovltui.kernel.listening import listening
from ovltui.kernel.namespace import opened, visit
from ovltui.kernel.rulewatch import RuleWatch
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.underfoot import Footing, read
from tests.bed.netns import NamedNetns, ip

NewNetns = Callable[[str], NamedNetns]
PORTS = frozenset((4789,))
RULE = ("INPUT", "-p", "udp", "--dport", "4789", "-j", "DROP")
TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F0A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 6538A8C0:CDC6 6638A8C0:1F0A 01 00000000:00000000 03:000016B6 00000000     0        0 0 3 0
   2: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
"""
UDP = """\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
   0: 0100007F:0035 0200007F:1000 01 00000000:00000000 00:00000000 00000000     0        0 2 2 0 0
 9807: 6538A8C0:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0
"""
UDP6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue
   1: 00000000000000000000000001000000:1F0A 00000000000000000000000000000000:0000 07 00000000:00000000 0
"""


def test_sockets_that_wait_are_told_and_those_that_talk_are_not(tmp_path: Path) -> None:
    for name, text in (("tcp", TCP), ("udp", UDP), ("udp6", UDP6)):
        (tmp_path / name).write_text(text, encoding="ascii")
    # Behind the first connection of TCP the kernel lists no socket that waits.
    assert list(listening(tmp_path)) == [
        ("tcp", "0.0.0.0", 7946),
        ("udp", "192.168.56.101", 4789),
        ("udp", "::1", 7946),
    ]


def test_a_namespace_without_a_filter_has_no_tables_of_the_older_kind(tmp_path: Path) -> None:
    assert not netfilter.has_legacy(tmp_path)
    (tmp_path / "ip_tables_names").write_text("filter\n", encoding="ascii")
    assert netfilter.has_legacy(tmp_path)


def footing(made: NamedNetns) -> Footing:
    with opened(str(made.path)) as namespace:
        mount = Mount(Path("/proc/self/ns/mnt").stat().st_ino, os.getpid(), str(made.path))
        return Footing(Netns(NetnsKey("vm", namespace.id), namespace.inode, None, False, (mount,), ()), PORTS)


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_sockets_states_and_rules_of_a_namespace_are_read_and_rules_only_when_they_changed(
    new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = new_netns("ovt-under")
    where = footing(made)
    assert read(where).underfoot == Underfoot(states=0)
    with opened(str(made.path)) as namespace:
        waits = visit(namespace.fd, lambda: socket.create_server(("127.0.0.1", 7946)))
    with waits:
        made.ip("xfrm", "state", "allocspi", "src", "10.0.0.1", "dst", "10.0.0.2", "proto", "esp")
        subprocess.run(["nsenter", f"--net={made.path}", "iptables", "-A", *RULE], check=True)
        reading = read(where)
    found = reading.underfoot
    assert [(one.protocol, one.address, one.port) for one in found.listening] == [("tcp", "127.0.0.1", 7946)]
    assert [(one.text, one.port) for one in found.drops] == [("-A INPUT -p udp -m udp --dport 4789 -j DROP", 4789)]
    assert (found.states, found.gaps) == (1, ())
    monkeypatch.setattr(netfilter, "rules", None)
    again = read(where, reading)
    assert again.underfoot.drops == found.drops
    assert read(where, again).underfoot is again.underfoot


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_a_change_of_rules_in_another_namespace_ends_the_sleep(new_netns: NewNetns) -> None:
    made = new_netns("ovt-under")
    with suppress(RuntimeError):  # another watcher was faster
        ip("netns", "set", made.name, "auto")
    watch = RuleWatch()
    try:
        while watch.wait(0):
            continue
        subprocess.run(["nsenter", f"--net={made.path}", "iptables", "-A", *RULE], check=True)
        assert watch.wait(5)
        watch.now()
        assert watch.wait(5)
    finally:
        watch.close()


@pytest.mark.needs_root
def test_what_is_gone_is_a_gap(new_netns: NewNetns) -> None:
    where = footing(new_netns("ovt-under"))
    ip("netns", "delete", Path(where.netns.mounts[0].path).name)
    (gap,) = read(where).underfoot.gaps
    assert "cannot be read" in gap


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_without_the_command_rules_are_a_gap(new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_netns("ovt-under")
    subprocess.run(["nsenter", f"--net={made.path}", "iptables", "-A", *RULE], check=True)
    monkeypatch.setattr(netfilter, "search_path", lambda: "/nonexistent")
    found = read(footing(made)).underfoot
    assert found.drops == ()
    assert "rules of the packet filter cannot be read: iptables-save is not installed" in found.gaps


def test_rules_of_the_older_kind_count() -> None:
    assert dropping("*filter\n-A INPUT -p udp --dport 4789 -j DROP\n", "", PORTS)


def test_a_kernel_without_ipsec_has_no_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xfrm, "is_there", lambda _family: False)
    assert xfrm.states() == 0
