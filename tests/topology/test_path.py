"""The way that the tables tell, against the way that packets take: every link of the chain broken in turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ovltui.topology.hops import Path, Verdict, Way
from ovltui.topology.path import path
from tests.bed.engines import TwoEngines
from tests.bed.swarm import NETWORK
from tests.topology.seen import Inside, inode_of, overlay_of, port_of, sandbox_of, seen

PATIENCE_S = 60.0
LARGE = 1400
"""Bytes of a ping that fit into the overlay's MTU, and not into an underlay of as many."""


@dataclass(slots=True)
class Chain:
    """The two containers and what lies between them."""

    engines: TwoEngines
    near: Inside
    far: Inside
    near_overlay: Inside
    far_overlay: Inside
    near_host: Inside
    far_host: Inside
    near_port: str
    far_port: str
    address: str
    mac: str
    back_mac: str
    vtep: str

    def path(self) -> Path:
        topology, keys = seen(self.engines)
        return path(topology, keys[self.near.inode], keys[self.far.inode])

    def pings(self, *options: str) -> bool:
        said = self.engines.nodes[0].docker(
            *("exec", "docker1n", "ping", "-c", "1", "-W", "1", *options, self.address), check=False
        )
        return "1 packets received" in said

    def await_ping(self) -> None:
        """Wait until all is as before, nothing of the last fault being remembered."""
        for inside in (self.near, self.far):
            inside.run("ip neigh flush dev eth0")
        deadline = time.monotonic() + PATIENCE_S
        while not self.pings():
            assert time.monotonic() < deadline, "the lab did not mend"


@pytest.fixture(scope="module")
def chain(two_engines: TwoEngines) -> Chain:
    first, second = two_engines.nodes
    near, far = sandbox_of(first, "docker1n"), sandbox_of(second, "docker2n")
    topology, keys = seen(two_engines)
    nodes = [topology.nodes[keys[inside.inode]] for inside in (near, far)]
    ports = [port_of(topology, node).ifname for node in nodes]
    links = [inside.json("ip -json addr show dev eth0")[0] for inside in (near, far)]
    return Chain(
        two_engines,
        near,
        far,
        overlay_of(first, NETWORK),
        overlay_of(second, NETWORK),
        Inside(f"/run/netns/{first.netns}"),
        Inside(f"/run/netns/{second.netns}"),
        near_port=ports[0],
        far_port=ports[1],
        address=links[1]["addr_info"][0]["local"],
        mac=links[1]["address"],
        back_mac=links[0]["address"],
        vtep=second.address,
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """A link of the chain, broken."""

    name: str
    where: Callable[[Chain], Inside]
    """The namespace of the culprit, in which the commands are run."""
    breaks: str
    mends: str
    link: str
    verdict: Verdict
    way: Way = Way.THERE
    forget: bool = True
    """Whether the container is to ask for its neighbour anew."""


FAULTS = (
    Fault(
        "the forwarding entry of the far container is gone",
        lambda chain: chain.near_overlay,
        "bridge fdb del {mac} dev vxlan0 dst {vtep} self",
        "bridge fdb add {mac} dev vxlan0 dst {vtep} self permanent",
        "vxlan0",
        Verdict.MISSING,
    ),
    Fault(
        "the forwarding entry leads to another node",
        lambda chain: chain.near_overlay,
        "bridge fdb replace {mac} dev vxlan0 dst 192.0.2.1 self permanent",
        "bridge fdb replace {mac} dev vxlan0 dst {vtep} self permanent",
        "vxlan0",
        Verdict.WRONG,
    ),
    Fault(
        "nobody answers for the far container",
        lambda chain: chain.near_overlay,
        "ip neigh del {address} dev vxlan0",
        "ip neigh replace {address} lladdr {mac} dev vxlan0 nud permanent",
        "vxlan0",
        Verdict.MISSING,
    ),
    Fault(
        "the answer names a wrong MAC",
        lambda chain: chain.near_overlay,
        "ip neigh replace {address} lladdr 02:42:00:00:00:99 dev vxlan0 nud permanent",
        "ip neigh replace {address} lladdr {mac} dev vxlan0 nud permanent",
        "vxlan0",
        Verdict.WRONG,
    ),
    Fault(
        "the container itself holds a wrong MAC",
        lambda chain: chain.near,
        "ip neigh replace {address} lladdr 02:42:00:00:00:99 dev eth0 nud permanent",
        "ip neigh del {address} dev eth0",
        "eth0",
        Verdict.WRONG,
        forget=False,
    ),
    Fault(
        "the port of the container is down",
        lambda chain: chain.near_overlay,
        "ip link set {near_port} down",
        "ip link set {near_port} up",
        "{near_port}",
        Verdict.DOWN,
    ),
    Fault(
        "the port of the container is in no bridge",
        lambda chain: chain.near_overlay,
        "ip link set {near_port} nomaster",
        "ip link set {near_port} master br0",
        "{near_port}",
        Verdict.WRONG,
    ),
    Fault(
        "the bridge is down",
        lambda chain: chain.near_overlay,
        "ip link set br0 down",
        "ip link set br0 up",
        "br0",
        Verdict.DOWN,
        forget=False,
    ),
    Fault(
        "the route of the container is gone",
        lambda chain: chain.near,
        "ip route del 10.13.17.0/24",
        "ip route add 10.13.17.0/24 dev eth0 scope link src 10.13.17.7",
        "",
        Verdict.MISSING,
    ),
    Fault(
        "the container's link is down",
        lambda chain: chain.near,
        "ip link set eth0 down",
        "ip link set eth0 up",
        "eth0",
        Verdict.DOWN,
        forget=False,
    ),
    Fault(
        "the far container's port is down",
        lambda chain: chain.far_overlay,
        "ip link set {far_port} down",
        "ip link set {far_port} up",
        "{far_port}",
        Verdict.DOWN,
    ),
    Fault(
        "the far container's port is in no bridge",
        lambda chain: chain.far_overlay,
        "ip link set {far_port} nomaster",
        "ip link set {far_port} master br0",
        "{far_port}",
        Verdict.WRONG,
    ),
    Fault(
        "the far node takes the container to be elsewhere",
        lambda chain: chain.far_overlay,
        "bridge fdb replace {back_mac} dev vxlan0 dst 192.0.2.1 self permanent",
        "bridge fdb replace {back_mac} dev vxlan0 dst {near_vtep} self permanent",
        "vxlan0",
        Verdict.WRONG,
    ),
    Fault(
        "nobody answers the far container",
        lambda chain: chain.far_overlay,
        "ip neigh del {back_address} dev vxlan0",
        "ip neigh replace {back_address} lladdr {back_mac} dev vxlan0 nud permanent",
        "vxlan0",
        Verdict.MISSING,
        way=Way.BACK,
    ),
)
DEVICE_FAULTS = (
    ("near_overlay", "vxlan0", True),
    ("far_overlay", "vxlan0", True),
    ("near_host", "eth0", False),
    ("far_host", "eth0", False),
)


def words(chain: Chain, text: str) -> str:
    names = ("near_port", "far_port", "address", "mac", "back_mac", "vtep")
    near_vtep = chain.engines.nodes[0].address
    return text.format(near_vtep=near_vtep, back_address="10.13.17.7", **{name: getattr(chain, name) for name in names})


def test_every_pair_that_pings_is_ok_in_both_directions(two_engines: TwoEngines) -> None:
    first, second = two_engines.nodes
    places = {"docker1n": first, "docker2n": second, "path3n": first}
    two_engines.run(0, "path3n")
    try:
        for near, engine in places.items():
            for far in places.keys() - {near}:
                said = engine.docker("exec", near, "ping", "-c", "1", "-W", "3", far, check=False)
                assert "1 packets received" in said, (near, far)
        topology, keys = seen(two_engines)
        inodes = {name: inode_of(engine, name) for name, engine in places.items()}
        for near in places:
            for far in places.keys() - {near}:
                found = path(topology, keys[inodes[near]], keys[inodes[far]])
                assert found.verdict is Verdict.OK, found
                ways = [hop for hop in found.hops if hop.key == keys[inodes[far]]]
                assert {hop.way for hop in ways} == {Way.THERE, Way.BACK}
    finally:
        first.docker("rm", "-f", "path3n")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_culprit_is_named_and_the_ping_fails(chain: Chain, fault: Fault) -> None:
    chain.await_ping()
    inside = fault.where(chain)
    inside.run(words(chain, fault.breaks))
    try:
        if fault.forget:
            for forgetful in (chain.near, chain.far):
                forgetful.run("ip neigh flush dev eth0")
        found = chain.path()
        pinged = chain.pings()
    finally:
        inside.run(words(chain, fault.mends))
    culprit = found.culprit
    assert culprit is not None, found
    _, keys = seen(chain.engines)
    assert (culprit.verdict, culprit.key, culprit.ifname, culprit.way) == (
        *(fault.verdict, keys[inside.inode], words(chain, fault.link), fault.way),
    ), found.hops
    assert not pinged
    chain.await_ping()
    assert chain.path().verdict is Verdict.OK


@pytest.mark.parametrize(("where", "link", "proxy"), DEVICE_FAULTS)
def test_a_device_that_is_down_is_the_culprit(chain: Chain, where: str, link: str, *, proxy: bool) -> None:
    chain.await_ping()
    inside: Inside = getattr(chain, where)
    neighbours = inside.json(f"ip -json neigh show dev {link} nud permanent") if proxy else []
    routes = inside.json(f"ip -json route show dev {link} default")
    inside.run(f"ip link set {link} down")
    try:
        found = chain.path()
        pinged = chain.pings()
    finally:
        inside.run(f"ip link set {link} up")
        for entry in neighbours:
            inside.run(f"ip neigh replace {entry['dst']} lladdr {entry['lladdr']} dev {link} nud permanent")
        for route in routes:
            inside.run(f"ip route replace default via {route['gateway']} dev {link}")
    _, keys = seen(chain.engines)
    culprit = found.culprit
    assert culprit, found
    assert (culprit.verdict, culprit.key, culprit.ifname) == (Verdict.DOWN, keys[inside.inode], link), found.hops
    assert not pinged
    chain.await_ping()


def test_a_node_that_sends_from_another_address_than_is_known_is_the_culprit(chain: Chain) -> None:
    chain.await_ping()
    first, second = (node.address for node in chain.engines.nodes)
    other = f"{second.rsplit('.', 1)[0]}.202"
    chain.far_host.run(f"ip addr add {other}/24 dev eth0")
    chain.far_host.run(f"ip route add {first}/32 dev eth0 src {other}")
    try:
        found = chain.path()
        pinged = chain.pings()
    finally:
        chain.far_host.run(f"ip route del {first}/32 dev eth0")
        chain.far_host.run(f"ip addr del {other}/24 dev eth0")
    _, keys = seen(chain.engines)
    culprit = found.culprit
    assert culprit, found
    assert (culprit.verdict, culprit.way, culprit.key) == (Verdict.WRONG, Way.BACK, keys[chain.near_overlay.inode])
    assert culprit.by.endswith(f"so what comes from {other} is dropped")
    assert not pinged
    chain.await_ping()
    assert chain.path().verdict is Verdict.OK


def test_what_the_far_node_learns_on_the_way_there_serves_for_the_way_back(chain: Chain) -> None:
    chain.await_ping()
    row = words(chain, "{back_mac} dev vxlan0 dst {near_vtep} self")
    chain.far_overlay.run(f"bridge fdb del {row}")
    try:
        found = chain.path()
        pinged = chain.pings()
    finally:
        chain.far_overlay.run(f"bridge fdb replace {row} permanent")
    assert pinged
    assert found.verdict is Verdict.OK, found.hops


def test_an_underlay_that_is_too_narrow_is_told_though_small_packets_pass(chain: Chain) -> None:
    chain.await_ping()
    assert chain.pings("-s", str(LARGE))
    chain.near_host.run(f"ip link set eth0 mtu {LARGE}")
    try:
        found = chain.path()
        pinged, pinged_large = chain.pings(), chain.pings("-s", str(LARGE))
    finally:
        chain.near_host.run("ip link set eth0 mtu 1500")
    culprit = found.culprit
    assert culprit, found
    assert (culprit.verdict, culprit.ifname) == (Verdict.WRONG, "eth0")
    assert culprit.by == "packets of 1500 bytes do not fit: mtu 1400; small ones do"
    assert pinged
    assert not pinged_large
    chain.await_ping()
    assert chain.path().verdict is Verdict.OK


def test_an_address_is_a_goal_as_well_as_a_container(chain: Chain) -> None:
    topology, keys = seen(chain.engines)
    found = path(topology, keys[chain.near.inode], chain.address)
    assert found.verdict is Verdict.OK
    assert [hop.way for hop in found.hops].count(Way.BACK)
    assert path(topology, keys[chain.near.inode], "10.13.17.200").verdict is Verdict.MISSING
