"""``ovltui watch --ip`` beside ``ip monitor`` in each namespace: the same lines, on a day when everything happens."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bed.ip_monitor import monitors, needs_ip_of_the_reference
from tests.bed.netns import NamedNetns, ip
from tests.cli.command import ovltui
from tests.cli.test_watch import ended, watching

QUIET_S = 1.0
RESOLVED_S = 4.5
"""Longer than an address is tentative, and than a neighbour that does not answer is asked for."""

MAKE = """
a ip link add br0 address 02:00:00:00:00:01 type bridge
a ip link add v0 type veth peer name v1
a ip link add x0 type veth peer name x1
a ip link set x1 netns B
b ip link add d0 type veth peer name d1
b ip link set d1 netns C
"""
RENAME = """
a ip link set v0 name p0
b ip link set x1 name eth0
"""
STALE = ("inet v0 ", "inet p0 "), ("inet6 v0 ", "inet6 p0 "), ("inet x1 ", "inet eth0 "), ("inet6 x1 ", "inet6 eth0 ")
"""How ``ip`` calls a link that was renamed, whose settings come anew, and what it is called."""
USE = """
a ip link property add dev v1 altname other
a ip link set p0 mtu 1450
a ip link set v1 up
a ip link set p0 up
a ip link set x0 up
a ip link set br0 up
b ip link set eth0 up
a ip link set p0 master br0
a ip link set x0 master br0
a ip addr add 10.77.0.1/24 brd + dev br0
a ip addr add 10.77.1.1 peer 10.77.1.2 dev br0 label br0:x valid_lft 900 preferred_lft 800
b ip addr add 10.77.0.2/24 dev eth0
b ip addr add fd00:77::2/64 dev eth0 nodad
b ip addr add fd00:78::2/64 dev eth0
a ip route add 10.78.0.0/24 via 10.77.0.9 dev br0
a ip route add 10.79.0.0/24 nexthop via 10.77.0.9 weight 2 nexthop via 10.77.0.8 dev br0
a ip route add blackhole 10.80.0.0/16 table 100
a ip route add 10.81.0.0/16 dev br0 mtu lock 1300 advmss 1200 rtt 1200ms initcwnd 10 tos 0x28 realms 3/5
a ip route replace 10.78.0.0/24 via 10.77.0.8 dev br0
b ip -6 route add default via fe80::1 dev eth0 pref high
b ip -6 route add fd00:98::/64 via fd00:77::9 metric 5 mtu 1280
b ip route add default via 10.77.0.1 metric 100 proto static
a ip nexthop add id 5 via 10.77.0.7 dev br0
a ip nexthop add id 6 group 5
a ip rule add from 10.1.0.0/16 to 10.2.0.0/16 iif br0 lookup 100 pref 1000
a ip rule add not fwmark 0x5/0xff ipproto tcp dport 80-90 uidrange 0-100 goto 32766 pref 999
b ip -6 rule add from fd00::/8 lookup main suppress_prefixlength 0 pref 900 tos 0x10
a ip neigh add 10.77.0.9 lladdr 02:00:00:00:00:09 dev br0
a ip neigh add proxy 10.77.0.7 dev br0
b ip neigh add fd00:77::9 lladdr 02:00:00:00:00:09 dev eth0 nud stale router extern_learn protocol static
a ip link add vxlan0 type vxlan id 77 local 10.77.0.1 dstport 4789 proxy l2miss l3miss
a ip addr add 10.99.0.1/24 dev vxlan0
a ip link set vxlan0 up
a ip link set vxlan0 master br0
a bridge fdb add 02:00:00:00:00:03 dev vxlan0 dst 10.77.0.2 self permanent
a bridge fdb add 02:00:00:00:00:04 dev p0 master static
a ip neigh add 10.99.0.4 lladdr 02:00:00:00:00:05 dev vxlan0 nud permanent
b ping -c1 -W1 10.77.0.1
b ping -c1 -W1 10.77.0.99
a ping -c1 -W1 10.99.0.4
a bridge link set dev p0 cost 55 hairpin on
a bridge mdb add dev br0 port p0 grp 239.1.1.1 permanent
a ip link add mv0 link v1 type macvlan mode bridge
a ip link set vxlan0 protodown on protodown_reason 2 on
a sysctl -qw net.ipv4.conf.br0.forwarding=1
b sysctl -qw net.ipv6.conf.all.forwarding=1
"""
END = """
a ip rule del pref 1000
a ip neigh del 10.77.0.9 dev br0
a ip route del 10.81.0.0/16 tos 0x28
a ip addr del 10.77.1.1 peer 10.77.1.2 dev br0
a ip nexthop del id 5
b ip addr del fd00:77::2/64 dev eth0
b ip link set eth0 down
a ip link set x0 nomaster
a ip link del vxlan0
a ip link del mv0
a ip link del p0
a ip link del br0
b ip link del eth0
h ip netns del C
"""
SAID = (
    *(r"new-netnsid 0 new-ifindex \d+", "link-netnsid 0", "nsid 0 ", "Deleted nsid 1 ", ",M-DOWN", "altname other"),
    *("miss 10.77.0.99 dev vxlan0 ", "miss dev vxlan0 lladdr 02:00:00:00:00:05 ", "10.77.0.99 dev eth0 FAILED"),
    *("Deleted 10.78.0.0/24|Deleted 10.81.0.0/16", "protodown_reason <2>", "mv0@v1: <"),
    *(r"\tnexthop via 10.77.0.9 dev br0 weight 2 ", "1000:\t", "inet br0 forwarding on ", "inet6 all forwarding on "),
)
"""What the day must have brought about, so that a comparison says something."""


class Day:
    """Namespaces in which commands are run, by the first word of their lines."""

    def __init__(self, new_netns: Callable[[str], NamedNetns]) -> None:
        self.a, self.b, self.c = (new_netns(f"ipl-{letter}") for letter in "abc")

    def run(self, commands: str) -> None:
        names = {"B": self.b.name, "C": self.c.name}
        for command in commands.strip().splitlines():
            where, *words = command.split()
            argv = [names.get(word, word) for word in words]
            if where == "h":
                ip(*argv[1:])
            elif words[0] == "ping":
                self.ping(where, argv)
            else:
                self.of(where).run(*argv)

    def of(self, where: str) -> NamedNetns:
        return self.a if where == "a" else self.b

    def ping(self, where: str, argv: list[str]) -> None:
        self.of(where).run("sh", "-c", '"$@" >/dev/null || true', "sh", *argv)


def blocks(out: str, name: str) -> list[str]:
    """Return the lines of one namespace, without its name."""
    found = re.findall(r"^\[(.*?)\]((?:.*\n)(?:[^\[].*\n)*)", out, re.MULTILINE)
    return "".join(lines for netns, lines in found if netns == name).splitlines()


def printed(day: Day, part: str, directory: Path) -> dict[str, str]:
    """Let a part of the day happen; return what ``ip monitor`` printed in each namespace, each link by its name."""
    links = {netns.name: netns.json("link") for netns in (day.a, day.b)}
    with monitors((day.a, day.b), directory):
        day.run(part)
        time.sleep(RESOLVED_S if part == USE else QUIET_S)
    found = {netns.name: (directory / netns.name).read_text() for netns in (day.a, day.b)}
    if part == RENAME:
        for was, is_now in STALE:
            found = {name: text.replace(was, is_now) for name, text in found.items()}
    return {name: _with_names_of_the_dead(text, links[name]) for name, text in found.items()}


def _with_names_of_the_dead(text: str, links: list[dict[str, Any]]) -> str:
    """Return what ``ip`` printed with the names of links that it no longer knew: those of before this part."""
    for link in links:
        text = text.replace(f"dev if{link['ifindex']} ", f"dev {link['ifname']} ")
    return text


@needs_ip_of_the_reference
@pytest.mark.needs_root
def test_a_day_reads_as_ip_monitor_prints_it_in_each_namespace(
    new_netns: Callable[[str], NamedNetns], tmp_path: Path
) -> None:
    day = Day(new_netns)
    with watching("--ip", "--netns", day.a.name, "--netns", day.b.name) as process:
        # ip keeps the name that a link had when it learned of it: what follows a renaming has new monitors.
        theirs = [printed(day, part, tmp_path) for part in (MAKE, RENAME, USE, END)]
        out, err = ended(process)
    for netns in (day.a, day.b):
        assert blocks(out, netns.name) == "".join(part[netns.name] for part in theirs).splitlines(), netns.name
    assert [text for text in SAID if not re.search(text, out)] == []
    assert "LOST" not in err


@needs_ip_of_the_reference
@pytest.mark.needs_root
def test_a_link_that_was_renamed_has_its_new_name_where_ip_keeps_the_old_one(
    new_netns: Callable[[str], NamedNetns], tmp_path: Path
) -> None:
    made = new_netns("ipl-renamed")
    made.ip("link", "add", "old", "type", "bridge")
    with watching("--ip", "addr", "--netns", made.name) as process, monitors((made,), tmp_path):
        made.ip("link", "set", "old", "name", "new")
        made.ip("addr", "add", "10.76.0.1/24", "dev", "new")
        time.sleep(1)
        out, _ = ended(process)
    index = made.json("link", "show", "dev", "new")[0]["ifindex"]
    assert out.startswith(f"[{made.name}]{index}: new    inet 10.76.0.1/24 scope global new\n       valid_lft forever ")
    assert f"{index}: old    inet 10.76.0.1/24" in (tmp_path / made.name).read_text()


def test_ip_and_json_exclude_each_other() -> None:
    said = ovltui("watch", "--ip", "--json")
    assert (said.status, said.out) == (2, "")
    assert "not allowed with" in said.err
