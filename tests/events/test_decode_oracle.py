"""What we decode from the kernel's messages against what ``ip``, ``bridge`` and ``ip monitor`` print."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from ovltui.events.line import line
from ovltui.events.record import Record
from ovltui.events.tojson import as_json
from ovltui.kernel.wire import NETLINK_ADD_MEMBERSHIP, SOL_NETLINK, Group, messages
from tests.bed.ip_monitor import await_listening, await_printed
from tests.bed.netns import NamedNetns
from tests.events.samples import FixedNames, message

CLONE_NEWNET = 0x40000000
QUIET_S = 0.15
VXLAN = "ip link add vxlan0 type vxlan id 4097 local 10.13.17.1 dstport 4789 proxy l2miss l3miss"
PLACE = ("seq", "time", "netns", "nsid", "object", "action")

pytestmark = pytest.mark.needs_root


class KernelNames(FixedNames):
    """Names of the links of one namespace, as ``ip link`` gives them."""

    def __init__(self, netns: NamedNetns) -> None:
        self.names: dict[int, str] = {link["ifindex"]: link["ifname"] for link in netns.json("link")}

    def netns(self, nsid: int, seq: int) -> str:
        del nsid, seq
        return "here"

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        del nsid, seq
        return self.names.get(ifindex, f"if{ifindex}")

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        del nsid, peer_nsid, seq
        return None


class Listener:
    """A socket born in a namespace, in every group that ovltui reads."""

    def __init__(self, netns: NamedNetns) -> None:
        made: list[socket.socket] = []

        def make() -> None:
            # A thread may change its namespace for itself; the socket stays where it was born.
            target = os.open(netns.path, os.O_RDONLY)
            try:
                assert ctypes.CDLL(None, use_errno=True).setns(target, CLONE_NEWNET) == 0
                made.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE))
            finally:
                os.close(target)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        self.socket = made[0]
        self.socket.bind((0, 0))
        self.socket.settimeout(QUIET_S)
        for group in Group:
            self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int(group))

    def records(self) -> list[Record]:
        """Return what came, once nothing more comes for a while; closes the socket."""
        found: list[Record] = []
        with self.socket:
            while True:
                try:
                    datagram = self.socket.recv(1 << 16)
                except TimeoutError:
                    return found
                found += [message(raw) for raw in messages(datagram)]


NewNetns = Callable[[str], NamedNetns]


@pytest.fixture
def netns(new_netns: NewNetns) -> NamedNetns:
    made = new_netns("ovt-decode")
    made.ip("link", "add", "br0", "type", "bridge")
    made.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    made.run(*VXLAN.split())
    for link in ("v0", "v1", "br0", "vxlan0"):
        made.ip("link", "set", link, "up")
    made.ip("addr", "add", "10.13.17.1/24", "dev", "br0")
    made.ip("addr", "add", "fd00:13::1/64", "dev", "br0", "nodad")
    made.ip("link", "set", "v0", "master", "br0")
    looks = ["", _addresses_and_routes(made)]
    while looks[-2] != looks[-1]:  # the kernel adds some of its own, in its own time
        time.sleep(QUIET_S)
        looks.append(_addresses_and_routes(made))
    return made


def _addresses_and_routes(made: NamedNetns) -> str:
    return "".join(made.ip(family, what, "show") for family in ("-4", "-6") for what in ("address", "route"))


def _heard(netns: NamedNetns, commands: str) -> list[Record]:
    listener = Listener(netns)
    for command in commands.strip().splitlines():
        netns.run(*command.split())
    return listener.records()


def _objects(netns: NamedNetns, records: list[Record], kind: str) -> list[dict[str, Any]]:
    found = [as_json(record, KernelNames(netns)) for record in records]
    return [
        {key: value for key, value in event.items() if key not in PLACE}
        for event in found
        if event["object"] == kind and event["action"] != "del"
    ]


def _without(objects: list[dict[str, Any]], *keys: str) -> list[str]:
    """Return each object as text, without some keys, for comparison as a set."""
    return sorted(
        json.dumps({key: value for key, value in entry.items() if key not in keys}, sort_keys=True) for entry in objects
    )


ROUTES = """
ip route add 10.50.0.0/16 via 10.13.17.7 dev br0
ip route add default via 10.13.17.7 metric 100 proto static
ip route add 10.51.0.0/16 nexthop via 10.13.17.7 weight 2 nexthop via 10.13.17.8 dev br0
ip route add blackhole 10.52.0.0/16 table 100
ip route add unreachable 10.53.0.0/16
ip route add prohibit 10.53.1.1 metric 7
ip route add 10.54.0.0/16 dev br0 mtu 1300 advmss 1200 rtt 100ms initcwnd 10 src 10.13.17.1
ip route add 10.55.0.0/16 via inet6 fd00:13::9 dev br0
ip route add 10.57.0.0/16 tos 0x10 via 10.13.17.7 onlink dev br0
ip route add local 10.58.0.1 dev br0
ip -6 route add default via fe80::1 dev br0 pref high
ip -6 route add fd00:98::/64 from fd00:13::/64 via fd00:13::9
ip -6 route add fd00:96::/64 via fd00:13::9 metric 5 mtu 1280
ip -6 route add unreachable fd00:95::/64
"""


def test_routes_are_what_ip_route_prints(netns: NamedNetns) -> None:
    before = set(_without(_shown_routes(netns)))
    events = _added(_objects(netns, _heard(netns, ROUTES), "route"))
    for hop in (hop for event in events for hop in event.get("nexthops", ())):
        del hop["ifindex"]  # ip gives the name only
    after = [route for route in _added(_shown_routes(netns)) if _without([route])[0] not in before]
    assert len(after) == len(ROUTES.strip().splitlines())
    assert _without(events, "ifindex", "family") == _without(after)


def _added(routes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what the kernel adds by itself, which may come late."""
    return [route for route in routes if route["protocol"] != "kernel"]


def _shown_routes(netns: NamedNetns) -> list[dict[str, Any]]:
    shown = netns.json("-d", "-4", "route", "show", "table", "all")
    shown += netns.json("-d", "-6", "route", "show", "table", "all")
    return list(shown)


NEIGHBOURS = """
ip neigh add 10.13.17.3 lladdr 02:42:0a:0d:11:03 dev vxlan0 nud permanent
ip neigh add 10.13.17.4 lladdr 02:42:0a:0d:11:04 dev br0 nud reachable router extern_learn
ip neigh add 10.13.17.5 lladdr 02:42:0a:0d:11:05 dev br0 nud stale
ip neigh add 10.13.17.6 dev br0 nud noarp lladdr 02:42:0a:0d:11:06 protocol static
ip -6 neigh add fd00:13::3 lladdr 02:42:0a:0d:11:03 dev vxlan0 nud permanent
"""


def test_neighbours_are_what_ip_neigh_prints(netns: NamedNetns) -> None:
    events = _objects(netns, _heard(netns, NEIGHBOURS), "neigh")
    wanted = {command.split()[command.split().index("add") + 1] for command in NEIGHBOURS.strip().splitlines()}
    shown = [entry for entry in netns.json("-d", "neigh", "show", "nud", "all") if entry["dst"] in wanted]
    added = [event for event in events if event["dst"] in wanted]
    assert len(shown) == len(wanted)
    assert _without(added, "ifindex", "family", "probes") == _without(shown)


FDB = """
bridge fdb add 02:42:0a:0d:11:03 dev vxlan0 dst 192.168.56.102 self permanent
bridge fdb add 02:42:0a:0d:11:04 dev vxlan0 dst 192.168.56.102 via br0 port 4790 vni 77 self
bridge fdb add 02:42:0a:0d:11:05 dev v0 master static
bridge fdb add 02:42:0a:0d:11:06 dev v0 master dynamic extern_learn
bridge fdb add 02:42:0a:0d:11:07 dev vxlan0 dst fd00:13::9 self
"""


def test_forwarding_entries_are_what_bridge_fdb_prints(netns: NamedNetns) -> None:
    commands = "\n".join(FDB.strip().splitlines()[:-1])  # the device carries IPv4 only
    events = _objects(netns, _heard(netns, commands), "fdb")
    shown = json.loads(netns.run("bridge", "-json", "-d", "fdb"))
    assert len([entry for entry in shown if entry["mac"].startswith("02:42:")]) == len(commands.splitlines())
    added = [event for event in events if event["mac"].startswith("02:42:")]
    wanted = [entry for entry in shown if entry["mac"].startswith("02:42:")]
    assert _without(added, "ifindex") == _without(wanted)


RULES = """
ip rule add from 10.1.0.0/16 to 10.2.0.0/16 iif br0 lookup 100 pref 1000
ip rule add fwmark 0x5/0xff ipproto tcp dport 80-90 uidrange 0-100 goto 32766 pref 999
ip rule add not oif br0 tos 0x10 unreachable pref 998
ip -6 rule add from fd00::/8 lookup main suppress_prefixlength 0 pref 900
"""


def test_rules_are_what_ip_rule_prints(netns: NamedNetns) -> None:
    events = _objects(netns, _heard(netns, RULES), "rule")
    shown = netns.json("-d", "-4", "rule") + netns.json("-d", "-6", "rule")
    wanted = [rule for rule in shown if 0 < rule["priority"] <= 1000]
    assert len(wanted) == len(RULES.strip().splitlines())
    for event in events:
        if "rule_action" in event:
            event["action"] = event.pop("rule_action")
    assert _without(events, "family") == _without(wanted)


NEXTHOPS = """
ip nexthop add id 5 via 10.13.17.7 dev br0
ip nexthop add id 6 via 10.13.17.8 dev br0
ip nexthop add id 7 group 5/6,3
ip nexthop add id 8 blackhole
ip nexthop add id 9 via 192.168.56.102 fdb
"""


def test_nexthops_are_what_ip_nexthop_prints(netns: NamedNetns) -> None:
    events = _objects(netns, _heard(netns, NEXTHOPS), "nexthop")
    assert len(events) == len(NEXTHOPS.strip().splitlines())
    assert _without(events, "ifindex", "family") == _without(netns.json("-d", "nexthop"))


ADDRESSES = """
ip addr add 10.9.9.1 peer 10.9.9.2 dev br0 label br0:x
ip addr add 10.9.8.1/24 brd + dev br0 noprefixroute
ip addr add 10.9.8.2/24 dev br0
ip -6 addr add fd00:15::1/64 dev br0 nodad
"""


def test_addresses_are_what_ip_addr_prints(netns: NamedNetns) -> None:
    events = _objects(netns, _heard(netns, ADDRESSES), "addr")
    shown = netns.json("-d", "addr", "show", "dev", "br0")[0]["addr_info"]
    wanted = [entry for entry in shown if entry["local"].startswith(("10.9.", "fd00:15"))]
    assert len(wanted) == len(ADDRESSES.strip().splitlines())
    added = [event for event in events if event["local"].startswith(("10.9.", "fd00:15"))]
    assert _without(added, "ifindex", "ifname") == _without(wanted)


LINKS = """
ip link set v0 mtu 1450
ip link set v0 alias uplink
ip link add mv0 link v1 type macvlan mode bridge
ip link set vxlan0 master br0
ip link set br0 promisc on
"""
LINK_KEYS = {"ifname", "flags", "mtu", "qdisc", "operstate", "linkmode", "group", "txqlen", "link_type", "address"}


def test_links_are_what_ip_link_prints(netns: NamedNetns) -> None:
    events = _objects(netns, _heard(netns, LINKS), "link")
    newest = {event["ifindex"]: event for event in events if "family" not in event}
    shown = {link["ifindex"]: link for link in netns.json("-d", "link")}
    assert len(newest) >= 4
    for ifindex, event in newest.items():
        printed = shown[ifindex]
        assert event.keys() & printed.keys() >= LINK_KEYS
        info, printed_info = event.pop("linkinfo"), printed.pop("linkinfo")
        common = event.keys() & printed.keys()
        assert {key: event[key] for key in common} == {key: printed[key] for key in common}
        assert info["info_kind"] == printed_info["info_kind"]
        for part in ("info_data", "info_slave_data"):
            theirs = printed_info.get(part, {})
            # The state of a port that changed is told by a message of family bridge only.
            same = info.get(part, {}).keys() & theirs.keys() - {"state"}
            assert {key: info[part][key] for key in same} == {key: theirs[key] for key in same}


def test_a_vxlan_device_shows_what_ip_link_prints_of_it(netns: NamedNetns) -> None:
    records = _heard(netns, "ip link set vxlan0 mtu 1400")
    links = [link for link in _objects(netns, records, "link") if link.get("mtu") == 1400]
    data = links[0]["linkinfo"]["info_data"]
    printed = netns.json("-d", "link", "show", "dev", "vxlan0")[0]["linkinfo"]["info_data"]
    assert {"id", "local", "port", "proxy", "l2miss", "l3miss", "learning"} <= data.keys()
    assert {key: data[key] for key in printed if key in data} == {
        key: value for key, value in printed.items() if key in data
    }


def test_a_bridge_port_shows_what_bridge_link_prints(netns: NamedNetns) -> None:
    records = _heard(netns, "bridge link set dev v0 cost 55 hairpin on isolated on")
    port = next(event for event in reversed(_objects(netns, records, "link")) if event.get("family") == "bridge")
    printed = next(entry for entry in json.loads(netns.run("bridge", "-json", "-d", "link")) if entry["ifname"] == "v0")
    assert (port["cost"], port["hairpin"], port["isolated"]) == (55, True, True)
    common = port.keys() & printed.keys()
    assert {"state", "priority", "learning", "flood", "master"} <= common
    assert {key: port[key] for key in common} == {key: printed[key] for key in common}


def test_settings_are_what_ip_netconf_prints(netns: NamedNetns) -> None:
    events = _objects(netns, _heard(netns, "sysctl -qw net.ipv4.conf.br0.forwarding=1"), "netconf")
    assert events == [{"family": "inet", "ifindex": events[0]["ifindex"], "forwarding": True, "interface": "br0"}]
    assert "inet br0 forwarding on" in netns.ip("-4", "netconf", "show", "dev", "br0")


def test_a_route_that_replaces_another_is_a_change_and_a_first_one_is_new(netns: NamedNetns) -> None:
    records = _heard(
        netns,
        "ip route replace 10.70.0.0/16 via 10.13.17.7\nip route replace 10.70.0.0/16 via 10.13.17.8\n"
        "ip -6 route replace fd00:70::/64 via fe80::7 dev br0\n"
        "ip -6 route replace fd00:70::/64 via fe80::8 dev br0",
    )
    shown = [line(record, KernelNames(netns)) for record in records]
    marks = [entry.mark for entry in shown if entry.text.startswith(("10.70.", "fd00:70:"))]
    assert marks == ["+", "~", "+", "~"]


def test_a_neighbour_reads_as_ip_monitor_prints_it(netns: NamedNetns) -> None:
    monitor = subprocess.Popen(
        netns.command("stdbuf", "-oL", "ip", "monitor", "neigh"), stdout=subprocess.PIPE, text=True
    )
    try:
        await_listening(monitor.pid)
        records = _heard(netns, NEIGHBOURS + "ip neigh del 10.13.17.5 dev br0")
        await_printed(monitor.pid)
    finally:
        monitor.send_signal(signal.SIGTERM)
        printed, _ = monitor.communicate()
    names = KernelNames(netns)
    shown = [line(record, names) for record in records]
    ours = [
        ("Deleted " if entry.mark == "-" else "") + entry.text
        for entry in shown
        if entry.object == "neigh" and entry.action != "miss" and "dev vxlan0 lladdr 33" not in entry.text
    ]
    theirs = [text.strip() for text in printed.splitlines() if text.strip() and not text.startswith("miss ")]
    theirs = [text for text in theirs if " dev " in text]
    assert len(ours) >= len(NEIGHBOURS.strip().splitlines()) + 1
    assert ours == theirs


def test_a_veth_that_moves_away_is_a_move_and_arrives_as_new(netns: NamedNetns, new_netns: NewNetns) -> None:
    target = new_netns("ovt-target")
    there, here = Listener(target), Listener(netns)
    index = netns.json("link", "show", "dev", "v1")[0]["ifindex"]
    netns.ip("link", "set", "v1", "netns", target.name)
    leaving = [as_json(record, KernelNames(netns)) for record in here.records()]
    arriving = [as_json(record, KernelNames(target)) for record in there.records()]
    moved = next(event for event in leaving if event["action"] == "move")
    arrived = next(event for event in arriving if event["object"] == "link")
    assert (moved["ifname"], moved["ifindex"]) == ("v1", index)
    assert (arrived["action"], arrived["ifname"]) == ("new", "v1")
    assert arrived["ifindex"] == moved["new_ifindex"] == target.json("link", "show", "dev", "v1")[0]["ifindex"]


def test_the_misses_of_a_vxlan_device_are_kept_apart(netns: NamedNetns, new_netns: NewNetns) -> None:
    far = new_netns("ovt-far")
    netns.ip("link", "set", "vxlan0", "master", "br0")
    netns.ip("link", "set", "v1", "netns", far.name)
    far.ip("link", "set", "v1", "up")
    far.ip("addr", "add", "10.13.17.20/24", "dev", "v1")
    far.ip("neigh", "add", "10.13.17.78", "lladdr", "02:42:0a:0d:11:4e", "dev", "v1", "nud", "permanent")
    listener = Listener(netns)
    for address in ("10.13.17.77", "10.13.17.78"):
        subprocess.run(far.command("ping", "-c1", "-W1", address), capture_output=True, check=False)
    texts = {line(record, KernelNames(netns)).text for record in listener.records()}
    assert "miss 10.13.17.77 dev vxlan0 (no neighbour entry)" in texts
    assert "miss 02:42:0a:0d:11:4e dev vxlan0 (no FDB entry)" in texts
