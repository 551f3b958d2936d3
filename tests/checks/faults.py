"""Each thing that checks find, as a change of a town that is as it should be, and what is to be told of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ovltui.checks.finding import Severity
from ovltui.checks.scene import Drop, Underfoot
from ovltui.events.vocabulary import Object
from ovltui.identity.model import Identity, Kind
from ovltui.kernel.wire import Table
from ovltui.netns.model import Mount
from tests.checks.town import (
    BR0,
    DOCKER1N,
    DOCKER2N,
    ETH0,
    LB1,
    LB2,
    MANAGER,
    SOCKETS,
    VNI,
    VXLAN,
    Town,
    addr,
    answer,
    br0,
    cable,
    eth0,
    failed,
    host,
    learned,
    link,
    nearby,
    overlay,
    port,
    route,
    row,
    subnet,
    taught,
    vtep,
    vxlan0,
)
from tests.topology import made

O1, O2, N1, N2 = overlay(1), overlay(2), host(1), host(2)
DOWN, NO_CARRIER = 0x1002, 0x1003
"""Flags of a link that is down, and of one whose other end is."""
NOBODY, NOBODYS = "10.13.17.99", "02:42:0a:0d:11:63"
STRAY = 9
RULE, NFT = "-D INPUT -p udp -m udp --dport 4789 -j DROP", "nft delete rule inet mine input handle 4"


@dataclass(frozen=True)
class Fault:
    """One row."""

    name: str
    change: Callable[[Town], Town]
    check: str
    netns: int | None
    ifindex: int | None
    subject: str
    evidence: str
    trace: tuple[Object, bool | None, tuple[str, ...]] | None = None
    """What its first trace looks for."""
    remedy: str = ""
    """The first command, without the way into the namespace."""
    severity: Severity = Severity.ERROR


def gatewayed(town: Town, *routes: bytes) -> Town:
    """Return a town in which docker1n has a second link, to docker_gwbridge of its node."""
    inside, outside = 20, 21
    guest = DOCKER1N.number
    sights = {**town.sights, N1: {**town.sights[N1], 5: guest}, guest: {**town.sights[guest], 1: N1}}
    return (
        replace(town, sights=sights)
        .beside(N1, Table.LINKS, link(NOBODYS, outside, "veth77", "veth", tied=inside, nsid=5))
        .beside(guest, Table.LINKS, link("02:42:ac:12:00:03", inside, "eth1", "veth", tied=outside, nsid=1))
        .beside(guest, Table.ADDRESSES, addr("172.18.0.3", 16, inside))
        .beside(guest, Table.ROUTES4, route("172.18.0.0/16", inside, source="172.18.0.3"), *routes)
    )


def _members(town: Town, node: int, drop: str) -> Town:
    """Return a town in which an engine does not know a member."""
    intents = list(town.intents)
    one = intents[node - 1]
    intents[node - 1] = replace(one, members=tuple(each for each in one.members if each.name != drop))
    return replace(town, intents=tuple(intents))


def _lost(town: Town, *guests: object) -> Town:
    for guest in guests:
        town = town.without(O1, Table.FDB, row(guest))  # type: ignore[arg-type]
    return town


def _stray(town: Town, netns: int, ifname: str, vni: int, udp: int) -> Town:
    return town.beside(netns, Table.LINKS, link(NOBODYS, STRAY, ifname, "vxlan", data=made.vxlan(vni, udp)))


def _dead(town: Town, mount: Mount | None) -> Town:
    """Return a town with a namespace that holds another VNI and that nothing claims."""
    number = 77
    links = (link(NOBODYS, STRAY, "vxlan0", "vxlan", nsid=0, data=made.vxlan(5000)),)
    return replace(
        town,
        tables=town.tables | {number: {Table.LINKS: links}},
        identities=town.identities | {number: Identity("1-zzzzzzzzzz", Kind.OVERLAY, "made")},
        sights=town.sights | {number: {0: N1}},
        mounts={number: mount} if mount else {},
    )


def _leftover(town: Town) -> Town:
    number = 78
    return replace(
        town,
        tables=town.tables | {number: {Table.LINKS: ()}},
        identities=town.identities | {number: Identity("0123456789ab", Kind.CONTAINER, "made")},
        mounts={number: Mount(1001, 50, "/run/docker/netns/0123456789ab")},
    )


def _drops(*rules: tuple[str, int, str]) -> Underfoot:
    return Underfoot(MANAGER, tuple(Drop(*rule) for rule in rules), 0)


def _under(town: Town, node: int, foot: Underfoot) -> Town:
    return replace(town, underfoot={**town.underfoot, host(node): foot})


def _encrypted(town: Town) -> Town:
    return replace(town, intents=tuple(replace(one, encrypted=True) for one in town.intents))


def _node_down(town: Town) -> Town:
    nodes = (("id1", vtep(1), "ready"), ("id2", vtep(2), "down"))
    return replace(town, seats=(replace(town.seats[0], nodes=nodes), town.seats[1]))


def _no_peer(town: Town) -> Town:
    """Return a town as it is after the gossip was cut: node1 has no peer, no members and no rows of node2."""
    first = town.intents[0]
    members = tuple(one for one in first.members if one.local)
    cut = replace(town, intents=(replace(first, peers=first.peers[:1], members=members), town.intents[1]))
    return cut.put(O1, Table.FDB, ()).put(O1, Table.NEIGHBOURS, ())


FAULTS: tuple[Fault, ...] = (
    Fault(
        "fdb-lost",
        lambda town: _lost(town, DOCKER2N),
        *("fdb-lost", O1, VXLAN, DOCKER2N.mac, f"no row for {DOCKER2N.mac}"),
        (Object.FDB, True, (DOCKER2N.mac, "self", "permanent")),
        f"bridge fdb replace {DOCKER2N.mac} dev vxlan0 dst {vtep(2)} self permanent",
    ),
    Fault(
        "fdb-lost, while a taught entry lasts",
        lambda town: _lost(town, DOCKER2N).beside(O1, Table.FDB, taught(DOCKER2N.mac, VXLAN, vtep(2))),
        *("fdb-lost", O1, VXLAN, DOCKER2N.mac, f"{DOCKER2N.mac} dev vxlan0 dst {vtep(2)} self"),
        (Object.FDB, True, (DOCKER2N.mac, "self", "permanent")),
        f"bridge fdb replace {DOCKER2N.mac} dev vxlan0 dst {vtep(2)} self permanent",
        Severity.WARNING,
    ),
    Fault(
        "both rows lost",
        lambda town: _lost(town, LB2).without(O1, Table.NEIGHBOURS, answer(LB2)),
        *("fdb-lost", O1, VXLAN, LB2.mac, f"no row for {LB2.address}"),
        (Object.FDB, True, (LB2.mac, "self", "permanent")),
        f"bridge fdb replace {LB2.mac} dev vxlan0 dst {vtep(2)} self permanent",
    ),
    Fault(
        "fdb-wrong-vtep",
        lambda town: town.instead(O1, Table.FDB, row(DOCKER2N), made.fdb(DOCKER2N.mac, VXLAN, "192.168.56.250")),
        *("fdb-wrong-vtep", O1, VXLAN, DOCKER2N.mac, "dst 192.168.56.250"),
        (Object.FDB, False, (DOCKER2N.mac, "192.168.56.250")),
        f"bridge fdb replace {DOCKER2N.mac} dev vxlan0 dst {vtep(2)} self permanent",
    ),
    Fault(
        "fdb-stale",
        lambda town: town.beside(O1, Table.FDB, made.fdb(NOBODYS, VXLAN, vtep(2))).beside(
            O1, Table.NEIGHBOURS, made.neigh(NOBODY, NOBODYS, VXLAN)
        ),
        *("fdb-stale", O1, VXLAN, NOBODYS, f"{NOBODYS} dev vxlan0 dst {vtep(2)} self permanent"),
        (Object.FDB, False, (NOBODYS, vtep(2))),
        f"bridge fdb del {NOBODYS} dev vxlan0 dst {vtep(2)} self",
        Severity.WARNING,
    ),
    Fault(
        "stale neighbour",
        lambda town: town.beside(O1, Table.NEIGHBOURS, made.neigh(NOBODY, NOBODYS, VXLAN)),
        *("fdb-stale", O1, VXLAN, NOBODY, f"{NOBODY} dev vxlan0 lladdr {NOBODYS} PERMANENT"),
        (Object.NEIGH, False, (NOBODY,)),
        f"ip neigh del {NOBODY} dev vxlan0",
        Severity.WARNING,
    ),
    Fault(
        "neigh-lost",
        lambda town: town.without(O1, Table.NEIGHBOURS, answer(DOCKER2N)),
        *("neigh-lost", O1, VXLAN, DOCKER2N.address, f"no row for {DOCKER2N.address}"),
        (Object.NEIGH, True, (DOCKER2N.address,)),
        f"ip neigh replace {DOCKER2N.address} lladdr {DOCKER2N.mac} dev vxlan0 nud permanent",
    ),
    Fault(
        "neigh-wrong",
        lambda town: town.instead(O1, Table.NEIGHBOURS, answer(DOCKER2N), made.neigh(DOCKER2N.address, NOBODYS, VXLAN)),
        *("neigh-wrong", O1, VXLAN, DOCKER2N.address, f"lladdr {NOBODYS}"),
        (Object.NEIGH, False, (DOCKER2N.address, NOBODYS)),
        f"ip neigh replace {DOCKER2N.address} lladdr {DOCKER2N.mac} dev vxlan0 nud permanent",
    ),
    Fault(
        "local-address-proxied",
        lambda town: town.beside(O1, Table.NEIGHBOURS, made.neigh(DOCKER1N.address, NOBODYS, VXLAN)),
        *("local-address-proxied", O1, VXLAN, DOCKER1N.address, f"lladdr {NOBODYS}"),
        (Object.NEIGH, False, (DOCKER1N.address, NOBODYS)),
        f"ip neigh del {DOCKER1N.address} dev vxlan0",
    ),
    Fault(
        "local-mac-on-vxlan",
        lambda town: town.instead(
            O1, Table.FDB, learned(DOCKER1N.mac, DOCKER1N.port, BR0), learned(DOCKER1N.mac, VXLAN, BR0)
        ),
        *("local-mac-on-vxlan", O1, VXLAN, DOCKER1N.mac, f"{DOCKER1N.mac} dev vxlan0 master br0"),
        (Object.FDB, False, (DOCKER1N.mac,)),
        f"bridge fdb del {DOCKER1N.mac} dev vxlan0 master",
    ),
    Fault(
        "port-out",
        lambda town: town.instead(O1, Table.LINKS, port(DOCKER1N), port(DOCKER1N, master=None, port=None)),
        *("port-out", O1, DOCKER1N.port, "veth1", "no row for veth1"),
        (Object.LINK, None, ("no master",)),
        "ip link set veth1 master br0",
    ),
    Fault(
        "vxlan0 out of the bridge",
        lambda town: town.instead(O1, Table.LINKS, vxlan0(1), vxlan0(1, master=None)),
        *("port-out", O1, VXLAN, "vxlan0", "no row for vxlan0"),
        (Object.LINK, None, ("no master",)),
        "ip link set vxlan0 master br0",
    ),
    Fault(
        "port-down",
        lambda town: town.instead(O1, Table.LINKS, port(DOCKER1N), port(DOCKER1N, flags=DOWN)),
        *("port-down", O1, DOCKER1N.port, "veth1", "veth1 mtu 1450 state DOWN"),
        (Object.LINK, False, ("DOWN",)),
        "ip link set veth1 up",
    ),
    Fault(
        "eth0 of a container down",
        lambda town: town.instead(DOCKER1N.number, Table.LINKS, eth0(DOCKER1N), eth0(DOCKER1N, flags=DOWN)),
        *("port-down", DOCKER1N.number, DOCKER1N.ifindex, "eth0", "eth0 mtu 1450 state DOWN"),
        (Object.LINK, False, ("DOWN",)),
        "ip link set eth0 up",
    ),
    Fault(
        "bridge-down",
        lambda town: town.instead(O1, Table.LINKS, br0(), br0(flags=DOWN)),
        *("bridge-down", O1, BR0, "br0", "br0 mtu 1450 state DOWN"),
        (Object.LINK, False, ("DOWN",)),
        "ip link set br0 up",
    ),
    Fault(
        "vxlan-down",
        lambda town: (
            town.instead(O1, Table.LINKS, vxlan0(1), vxlan0(1, flags=DOWN))
            .put(O1, Table.FDB, ())
            .put(O1, Table.NEIGHBOURS, ())
        ),
        *("vxlan-down", O1, VXLAN, "vxlan0", "vxlan0 mtu 1450 state DOWN"),
        (Object.LINK, False, ("DOWN",)),
        "ip link set vxlan0 up",
    ),
    Fault(
        "vxlan-missing",
        lambda town: town.without(O1, Table.LINKS, vxlan0(1)),
        *("vxlan-missing", O1, None, "vxlan0", "no link of type vxlan"),
        (Object.LINK, True, ("vxlan0",)),
    ),
    Fault(
        "stray-vxlan that was never moved",
        lambda town: _stray(town, N1, "vx-001001-i570y", 5000, 4789),
        *("stray-vxlan", N1, STRAY, "vx-001001-i570y", "vxlan id 5000 dstport 4789"),
        (Object.LINK, None, ("vx-001001-i570y",)),
        "ip link del vx-001001-i570y",
        Severity.WARNING,
    ),
    Fault(
        "stray-vxlan that a network lacks",
        lambda town: _stray(town.without(O1, Table.LINKS, vxlan0(1)), N1, "vx-001001-i570y", VNI, 4789),
        *("stray-vxlan", N1, STRAY, "vx-001001-i570y", f"vxlan id {VNI} dstport 4789"),
        (Object.LINK, None, ("vx-001001-i570y",)),
        f"ip link set vx-001001-i570y netns /n/{O1}",
    ),
    Fault(
        "stray-vxlan with the VNI of a network",
        lambda town: _stray(town, N1, "mine", VNI, 4789),
        *("stray-vxlan", N1, STRAY, "mine", f"vxlan id {VNI} dstport 4789"),
        (Object.LINK, None, ("mine",)),
        "ip link del mine",
        Severity.WARNING,
    ),
    Fault(
        "stray-vxlan of a network that its engine does not know",
        lambda town: _dead(town, Mount(1001, 50, "/run/docker/netns/1-zzzzzzzzzz")),
        *("stray-vxlan", 77, STRAY, "vxlan0", "vxlan id 5000 dstport 4789"),
        (Object.LINK, None, ("vxlan0",)),
        "ip link del vxlan0",
        Severity.WARNING,
    ),
    Fault(
        "vni-clash of networks",
        lambda town: replace(town, intents=(*town.intents, replace(town.intents[0], network="other", name="other"))),
        *("vni-clash", None, None, f"unix:///n1 {VNI}", f"vxlanid_list {VNI}"),
    ),
    Fault(
        "vni-clash of two devices",
        lambda town: _stray(town, N1, "mine", 5000, 4789).beside(
            N1, Table.LINKS, link(NOBODYS, STRAY + 1, "yours", "vxlan", data=made.vxlan(5000))
        ),
        *("vni-clash", N1, STRAY, "5000 4789", "yours mtu 1500 state UP"),
        (Object.LINK, False, ("yours",)),
        severity=Severity.WARNING,
    ),
    Fault(
        "mtu-path of the underlay",
        lambda town: town.instead(N1, Table.LINKS, cable(1), cable(1, mtu=1400)),
        *("mtu-path", N1, ETH0, "eth0", "eth0 mtu 1400 state UP"),
        (Object.LINK, False, ("1400",)),
        "ip link set eth0 mtu 1500",
    ),
    Fault(
        "mtu-path of a container",
        lambda town: town.instead(DOCKER1N.number, Table.LINKS, eth0(DOCKER1N), eth0(DOCKER1N, mtu=1500)),
        *("mtu-path", DOCKER1N.number, DOCKER1N.ifindex, "eth0", "eth0 mtu 1500 state UP"),
        (Object.LINK, False, ("1500",)),
        "ip link set eth0 mtu 1450",
    ),
    Fault(
        "underlay-down",
        lambda town: (
            town.instead(N1, Table.LINKS, cable(1), cable(1, flags=DOWN))
            .put(N1, Table.ROUTES4, ())
            .instead(N2, Table.LINKS, cable(2), cable(2, flags=NO_CARRIER))
        ),
        *("underlay-down", N1, ETH0, "eth0", "eth0 mtu 1500 state DOWN"),
        (Object.LINK, False, ("DOWN",)),
        "ip link set eth0 up",
    ),
    Fault(
        "no route to a VTEP",
        lambda town: town.put(N1, Table.ROUTES4, ()),
        *("underlay-down", N1, None, f"no route to {vtep(2)}", "no route"),
        (Object.ROUTE, True, ()),
    ),
    Fault(
        "neigh-failed",
        lambda town: town.put(N1, Table.NEIGHBOURS, (failed(vtep(2), ETH0),)),
        *("neigh-failed", N1, ETH0, vtep(2), f"{vtep(2)} dev eth0 FAILED"),
        (Object.NEIGH, False, (vtep(2), "FAILED")),
        severity=Severity.WARNING,
    ),
    Fault(
        "source-address",
        lambda town: town.beside(N2, Table.ADDRESSES, addr("192.168.56.202", 24, ETH0)).instead(
            N2, Table.ROUTES4, nearby(2), nearby(2, "192.168.56.202")
        ),
        *("source-address", N2, ETH0, "192.168.56.202", "192.168.56.0/24 dev eth0 src 192.168.56.202"),
        (Object.ROUTE, False, ("192.168.56.202",)),
        f"ip route replace 192.168.56.0/24 dev eth0 proto kernel scope link src {vtep(2)}",
    ),
    Fault(
        "filtered",
        lambda town: _under(town, 1, _drops((RULE.replace("-D", "-A"), 4789, f"iptables {RULE}"))),
        *("filtered", N1, None, "port 4789", "-A INPUT -p udp -m udp --dport 4789 -j DROP"),
        remedy=f"iptables {RULE}",
    ),
    Fault(
        "gossip filtered, of some",
        lambda town: _under(town, 2, _drops(("ip saddr 10.0.0.0/8 udp dport 7946 drop", 7946, NFT))),
        *("filtered", N2, None, "port 7946", "udp dport 7946 drop"),
        remedy=NFT,
        severity=Severity.WARNING,
    ),
    Fault(
        "gossip-silent",
        lambda town: _under(town, 2, Underfoot(tuple(one for one in SOCKETS if one.protocol != "tcp"), (), 0)),
        *("gossip-silent", N2, None, "tcp 7946", "no socket at port 7946"),
    ),
    Fault(
        "a manager that does not manage",
        lambda town: _under(town, 1, Underfoot(SOCKETS, (), 0)),
        *("gossip-silent", N1, None, "tcp 2377", "no socket at port 2377"),
    ),
    Fault(
        "encrypted-bare",
        lambda town: _under(_encrypted(town), 2, Underfoot(SOCKETS, (), 4)),
        *("encrypted-bare", O1, VXLAN, "mynet01", "no state"),
        (Object.FDB, False, ()),
    ),
    Fault(
        "gossip-lagging",
        lambda town: (
            _members(town, 1, "docker2n")
            .without(O1, Table.FDB, row(DOCKER2N))
            .without(O1, Table.NEIGHBOURS, answer(DOCKER2N))
        ),
        *("gossip-lagging", O1, None, "node2", f"docker2n {DOCKER2N.address} Host IP {vtep(2)}"),
        (Object.FDB, True, (DOCKER2N.mac, "self")),
    ),
    Fault(
        "gossip cut",
        _no_peer,
        *("gossip-lagging", O1, None, "node2", f"Peers {vtep(1)}, without {vtep(2)}"),
        (Object.FDB, True, (DOCKER2N.mac, "self")),
    ),
    Fault(
        "peer-missing",
        _node_down,
        *("peer-missing", None, None, "node2 of node1", f"node2 {vtep(2)} down"),
    ),
    Fault(
        "address-lost",
        lambda town: town.put(DOCKER1N.number, Table.ADDRESSES, ()).put(DOCKER1N.number, Table.ROUTES4, ()),
        *("address-lost", DOCKER1N.number, DOCKER1N.ifindex, DOCKER1N.address, "no address"),
        (Object.ADDR, True, (DOCKER1N.address,)),
        f"ip addr add {DOCKER1N.address}/24 broadcast + dev eth0",
    ),
    Fault(
        "route-lost",
        lambda town: town.without(DOCKER1N.number, Table.ROUTES4, subnet(DOCKER1N)),
        *("route-lost", DOCKER1N.number, DOCKER1N.ifindex, "10.13.17.0/24", "no route"),
        (Object.ROUTE, True, ("10.13.17.0/24",)),
        f"ip route replace 10.13.17.0/24 dev eth0 proto kernel scope link src {DOCKER1N.address}",
    ),
    Fault(
        "route-lost, the default one",
        gatewayed,
        *("route-lost", DOCKER1N.number, None, "default", "no default route"),
        (Object.ROUTE, True, ("default",)),
        "ip route add default via 172.18.0.1",
        Severity.WARNING,
    ),
    Fault(
        "route-lost to another link",
        lambda town: town.instead(
            DOCKER1N.number, Table.ROUTES4, subnet(DOCKER1N), route("10.13.0.0/16", 99, source=DOCKER1N.address)
        ),
        *("route-lost", DOCKER1N.number, DOCKER1N.ifindex, "10.13.17.0/24", "by another link"),
        (Object.ROUTE, True, ("10.13.17.0/24",)),
        f"ip route replace 10.13.17.0/24 dev eth0 proto kernel scope link src {DOCKER1N.address}",
    ),
    Fault(
        "duplicate-address",
        lambda town: town.beside(LB1.number, Table.ADDRESSES, addr(DOCKER2N.address, 24, LB1.ifindex)),
        *("duplicate-address", O1, None, DOCKER2N.address, DOCKER2N.address),
        (Object.ADDR, False, (DOCKER2N.address,)),
    ),
    Fault(
        "duplicate-mac",
        lambda town: (
            town.silent()
            .instead(LB1.number, Table.LINKS, eth0(LB1), eth0(replace(LB1, address=DOCKER1N.address)))
            .without(O2, Table.FDB, row(LB1))
            .instead(O2, Table.NEIGHBOURS, answer(LB1), made.neigh(LB1.address, DOCKER1N.mac, VXLAN))
        ),
        *("duplicate-mac", O1, None, DOCKER1N.mac, DOCKER1N.mac),
        (Object.LINK, False, (DOCKER1N.mac,)),
    ),
    Fault(
        "mac-changed",
        lambda town: town.instead(
            DOCKER1N.number, Table.LINKS, eth0(DOCKER1N), eth0(replace(DOCKER1N, address=NOBODY))
        ),
        *("mac-changed", DOCKER1N.number, DOCKER1N.ifindex, DOCKER1N.mac, f"eth0 {NOBODYS}"),
        (Object.LINK, False, (NOBODYS,)),
        f"ip link set eth0 address {DOCKER1N.mac}",
    ),
    Fault(
        "misses-repeat",
        lambda town: replace(town, misses={(made.key(O1), VXLAN, NOBODY): 30}),
        *("misses-repeat", O1, VXLAN, NOBODY, f"30 misses of {NOBODY}"),
        (Object.NEIGH, False, (NOBODY,)),
        severity=Severity.NOTE,
    ),
    Fault(
        "leftover",
        _leftover,
        *("leftover", 78, None, "/run/docker/netns/0123456789ab", "/run/docker/netns/0123456789ab of process 50"),
        severity=Severity.NOTE,
    ),
)
