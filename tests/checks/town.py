"""A network of two nodes made by hand, as Docker makes it, with what engines say of it; each test changes a thing.

node1 has docker1n and the load balancer lb1, node2 has docker2n and lb2; all are visible unless a test hides them.
"""

import socket
import struct
from dataclasses import dataclass, field, replace

from ovltui.checks.scene import Listening, Scene, Underfoot
from ovltui.identity.intent import Intent, Member, Peer, Seat
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.kernel.wire import Rtm, Table, attribute, message
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.state.tables import Contents
from ovltui.topology.builder import build
from ovltui.topology.place import Place
from tests.topology import made

NETWORK = "i570yv7rgzabcdefghijklmno"
VNI = 4097
NODES = (1, 2)
VXLAN, BR0, VETH0, VETH1 = 3, 2, 5, 7
"""Ifindexes in an overlay's namespace."""
ETH0 = 2
"""Ifindex in a node's namespace; of a container's link it is that of its port and one."""
_DATA = b"".join(attribute(kind, b"\1") for kind in (7, 11, 13, 14))
"""learning, proxy, l2miss, l3miss."""


def mac_of(address: str) -> str:
    return f"02:42:{socket.inet_aton(address).hex(':')}"


def link(mac: str, ifindex: int, ifname: str, kind: str = "", **more: int | bytes | None) -> bytes:
    raw = made.link(ifindex, ifname, kind, **more)  # type: ignore[arg-type]
    old = bytes((2, 0, 0, 0, ifindex >> 8, ifindex & 255))
    return raw.replace(attribute(1, old), attribute(1, bytes.fromhex(mac.replace(":", ""))))


def addr(local: str, length: int, ifindex: int) -> bytes:
    ip = socket.inet_aton(local)
    body = struct.pack("=BBBBi", socket.AF_INET, length, 0x80, 0, ifindex) + attribute(1, ip) + attribute(2, ip)
    return message(Rtm.NEWADDR, 0, 0, body)


def route(dst: str, ifindex: int, *, via: str = "", source: str = "") -> bytes:
    to, _, length = dst.partition("/")
    scope = 0 if via else 253
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, int(length or 0), 0, 0, 254, 2, scope, 1, 0)
    body += attribute(1, socket.inet_aton(to)) if length else b""
    body += attribute(4, struct.pack("=I", ifindex))
    body += attribute(5, socket.inet_aton(via)) if via else b""
    body += attribute(7, socket.inet_aton(source)) if source else b""
    return message(Rtm.NEWROUTE, 0, 0, body)


def learned(mac: str, ifindex: int, bridge: int) -> bytes:
    """A forwarding entry that a bridge learned."""
    body = struct.pack("=BxxxiHBB", 7, ifindex, 0x2, 4, 0) + attribute(2, bytes.fromhex(mac.replace(":", "")))
    return message(Rtm.NEWNEIGH, 0, 0, body + attribute(9, struct.pack("=I", bridge)))


def taught(mac: str, ifindex: int, dst: str) -> bytes:
    """A forwarding entry of a vxlan device that traffic taught it."""
    body = struct.pack("=BxxxiHBB", 7, ifindex, 0x2, 2, 0) + attribute(2, bytes.fromhex(mac.replace(":", "")))
    return message(Rtm.NEWNEIGH, 0, 0, body + attribute(1, socket.inet_aton(dst)))


def failed(dst: str, ifindex: int) -> bytes:
    body = struct.pack("=BxxxiHBB", socket.AF_INET, ifindex, 0x20, 0, 1) + attribute(1, socket.inet_aton(dst))
    return message(Rtm.NEWNEIGH, 0, 0, body)


@dataclass(frozen=True)
class Guest:
    """A container or a load balancer."""

    name: str
    address: str
    node: int
    port: int
    """Ifindex of its port in the overlay's namespace."""
    kind: Kind = Kind.CONTAINER

    @property
    def mac(self) -> str:
        return mac_of(self.address)

    @property
    def number(self) -> int:
        return 100 * self.node + self.port

    @property
    def ifindex(self) -> int:
        return self.port + 1


GUESTS = (
    Guest("lb1", "10.13.17.2", 1, VETH0, Kind.LOADBALANCER),
    Guest("docker1n", "10.13.17.7", 1, VETH1),
    Guest("lb2", "10.13.17.4", 2, VETH0, Kind.LOADBALANCER),
    Guest("docker2n", "10.13.17.3", 2, VETH1),
)
LB1, DOCKER1N, LB2, DOCKER2N = GUESTS


def vtep(node: int) -> str:
    return f"192.168.56.10{node}"


def host(node: int) -> int:
    return 10 * node


def overlay(node: int) -> int:
    return 10 * node + 1


Tables = dict[Table, tuple[bytes, ...]]


@dataclass(frozen=True)
class Town:
    """All of it; ``tables`` and the rest are changed by ``without``, ``beside`` and ``replace``."""

    tables: dict[int, Tables]
    identities: dict[int, Identity]
    sights: dict[int, dict[int, int]]
    engines: tuple[EngineView, ...]
    intents: tuple[Intent, ...]
    seats: tuple[Seat, ...]
    underfoot: dict[int, Underfoot]
    misses: dict[tuple[NetnsKey, int, str], int] = field(default_factory=dict)
    mounts: dict[int, Mount] = field(default_factory=dict)
    gaps: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def scene(self) -> Scene:
        places = [
            Place(
                made.key(number),
                self.identities[number],
                Contents(tables, 0, 1, self.gaps.get(number, ())),
                {nsid: made.key(other) for nsid, other in self.sights.get(number, {}).items()},
            )
            for number, tables in self.tables.items()
        ]
        return Scene(
            topology=build(places),
            netnses={made.key(number): self.netns(number) for number in self.tables},
            engines=self.engines,
            intents=self.intents,
            seats=self.seats,
            underfoot={made.key(number): one for number, one in self.underfoot.items()},
            ways={made.key(number): f"nsenter --net=/n/{number}" for number in self.tables},
            misses=self.misses,
        )

    def netns(self, number: int) -> Netns:
        mount = self.mounts.get(number)
        pids = () if mount else (number,)
        return Netns(made.key(number), 4026532000 + number, number, False, (mount,) if mount else (), pids)

    def without(self, number: int, table: Table, *rows: bytes) -> "Town":
        assert set(rows) <= set(self.tables[number][table]), rows
        return self.put(number, table, tuple(row for row in self.tables[number][table] if row not in rows))

    def beside(self, number: int, table: Table, *rows: bytes) -> "Town":
        return self.put(number, table, (*self.tables[number].get(table, ()), *rows))

    def instead(self, number: int, table: Table, old: bytes, new: bytes) -> "Town":
        return self.without(number, table, old).beside(number, table, new)

    def put(self, number: int, table: Table, rows: tuple[bytes, ...]) -> "Town":
        return replace(self, tables={**self.tables, number: {**self.tables[number], table: rows}})

    def hidden(self, *numbers: int) -> "Town":
        """Without namespaces that cannot be seen."""
        return replace(self, tables={key: value for key, value in self.tables.items() if key not in numbers})

    def alone(self) -> "Town":
        """As it is seen on node1 of two machines."""
        there = [host(2), overlay(2), *(one.number for one in GUESTS if one.node == 2)]
        kept = self.hidden(*there)
        return replace(
            kept,
            engines=self.engines[:1],
            intents=self.intents[:1],
            seats=self.seats[:1],
            underfoot={host(1): self.underfoot[host(1)]},
        )

    def silent(self) -> "Town":
        """Without any engine."""
        return replace(self, engines=(), intents=(), seats=())


def vxlan0(node: int, **more: int | bytes | None) -> bytes:
    told = {"nsid": 0, "master": BR0, "mtu": 1450, "data": made.vxlan(VNI) + _DATA, **more}
    return link(f"be:83:35:f7:ca:6{node}", VXLAN, "vxlan0", "vxlan", **told)


def br0(**more: int | bytes | None) -> bytes:
    return link("66:08:ed:25:b7:f3", BR0, "br0", "bridge", **{"mtu": 1450, **more})


def port(guest: Guest, **more: int | bytes | None) -> bytes:
    told = {"tied": guest.ifindex, "nsid": guest.port, "master": BR0, "mtu": 1450, "port": 3, **more}
    return link(f"ce:4c:07:f6:76:{guest.port:02x}", guest.port, f"veth{guest.port // 2 - 2}", "veth", **told)


def eth0(guest: Guest, **more: int | bytes | None) -> bytes:
    return link(guest.mac, guest.ifindex, "eth0", "veth", **{"tied": guest.port, "nsid": 0, "mtu": 1450, **more})


def cable(node: int, **more: int | bytes | None) -> bytes:
    """The link of a node's own eth0."""
    return link(f"7a:ee:d7:da:c5:4{node}", ETH0, "eth0", "veth", **{"tied": ETH0, "nsid": 0, **more})


def row(guest: Guest) -> bytes:
    """The forwarding entry of a guest on the other node."""
    return made.fdb(guest.mac, VXLAN, vtep(guest.node))


def answer(guest: Guest) -> bytes:
    """The neighbour of a guest on the other node."""
    return made.neigh(guest.address, guest.mac, VXLAN)


def subnet(guest: Guest) -> bytes:
    return route("10.13.17.0/24", guest.ifindex, source=guest.address)


def nearby(node: int, source: str = "") -> bytes:
    return route("192.168.56.0/24", ETH0, source=source or vtep(node))


def _guest(guest: Guest) -> Tables:
    return {
        Table.LINKS: (eth0(guest),),
        Table.ADDRESSES: (addr(guest.address, 24, guest.ifindex),),
        Table.ROUTES4: (subnet(guest),),
    }


def _overlay(node: int) -> Tables:
    own, far = ([one for one in GUESTS if (one.node == node) is same] for same in (True, False))
    return {
        Table.LINKS: (br0(), vxlan0(node), *(port(one) for one in own)),
        Table.ADDRESSES: (addr("10.13.17.1", 24, BR0),),
        Table.FDB: (*(row(one) for one in far), *(learned(one.mac, one.port, BR0) for one in own)),
        Table.NEIGHBOURS: tuple(answer(one) for one in far),
    }


def _node(node: int) -> Tables:
    return {
        Table.LINKS: (cable(node),),
        Table.ADDRESSES: (addr(vtep(node), 24, ETH0),),
        Table.ROUTES4: (nearby(node), route("default", ETH0, via="192.168.56.254")),
        Table.NEIGHBOURS: (made.neigh(vtep(3 - node), f"7a:ee:d7:da:c5:4{3 - node}", ETH0),),
    }


def member(guest: Guest, node: int) -> Member:
    """A guest as the engine of a node tells it; the gossip has no load balancers."""
    local, balancer = guest.node == node, guest.kind is Kind.LOADBALANCER
    return Member(
        guest.name,
        f"endpoint-{guest.name}",
        guest.address,
        "" if balancer else vtep(guest.node),
        guest.mac if local else "",
        local,
        ("lb-mynet01" if balancer else f"id-{guest.name}") if local else "",
    )


def _intent(node: int) -> Intent:
    told = [one for one in GUESTS if one.node == node or one.kind is Kind.CONTAINER]
    return Intent(
        url=f"unix:///n{node}",
        network=NETWORK,
        name="mynet01",
        driver="overlay",
        vni=VNI,
        encrypted=False,
        subnets=("10.13.17.0/24",),
        gateways=("10.13.17.1",),
        mtu=None,
        peers=tuple(Peer(f"peer{one}", vtep(one)) for one in NODES),
        members=tuple(member(one, node) for one in told),
        asked_ns=1,
    )


def _engine(node: int) -> EngineView:
    return EngineView(
        url=f"unix:///n{node}",
        asked=True,
        answers=True,
        says="",
        id=f"E{node}",
        name=f"node{node}",
        version="20",
        pid=node,
        mntns=1000 + node,
        netns=made.key(host(node)),
        containers=(),
        networks=(),
    )


def _seat(node: int) -> Seat:
    nodes = tuple((f"id{one}", vtep(one), "ready") for one in NODES) if node == 1 else ()
    return Seat(f"unix:///n{node}", "active", f"id{node}", vtep(node), node == 1, nodes)


SOCKETS = tuple(Listening(*one) for one in (("tcp", "::", 7946), ("udp", "::", 7946), ("udp", "0.0.0.0", 4789)))
MANAGER = (*SOCKETS, Listening("tcp", "::", 2377))


def town() -> Town:
    """Return it as it should be."""
    tables = {host(node): _node(node) for node in NODES} | {overlay(node): _overlay(node) for node in NODES}
    tables |= {one.number: _guest(one) for one in GUESTS}
    identities = {host(node): Identity(f"node{node}", Kind.NAMED, "made", engine=f"node{node}") for node in NODES}
    sights = {host(node): {0: host(3 - node)} for node in NODES}
    for node in NODES:
        label = f"node{node}"
        identities[overlay(node)] = Identity(
            f"mynet01@{label}", Kind.OVERLAY, "made", label, "mynet01", "overlay", NETWORK, VNI
        )
        sights[overlay(node)] = {0: host(node)} | {one.port: one.number for one in GUESTS if one.node == node}
    for one in GUESTS:
        identities[one.number] = Identity(
            one.name, one.kind, "made", f"node{one.node}", "mynet01", "overlay", NETWORK, container=one.name
        )
        sights[one.number] = {0: overlay(one.node)}
    return Town(
        tables=tables,
        identities=identities,
        sights=sights,
        engines=tuple(map(_engine, NODES)),
        intents=tuple(map(_intent, NODES)),
        seats=tuple(map(_seat, NODES)),
        underfoot={host(1): Underfoot(MANAGER, (), 0), host(2): Underfoot(SOCKETS, (), 0)},
    )
