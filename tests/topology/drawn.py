"""A node of an overlay network made by hand, as the walk-through has it, and its drawing."""

from dataclasses import replace

from ovltui.identity.model import Kind
from ovltui.kernel.wire import Table
from ovltui.topology.builder import build
from ovltui.topology.draw.content import ALL, Content, Wanted, content
from ovltui.topology.draw.layout import View, draw
from ovltui.topology.draw.model import Drawing, Thing
from ovltui.topology.draw.networks import Hanging, Network, networks
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import LinkKey
from ovltui.topology.model import Topology
from ovltui.topology.place import Place
from tests.session.made import address
from tests.topology.made import UP, fdb, key, link, neigh, place, vxlan
from tests.tui.world import route

NETWORK = "i570yv7rgz"
VTEP = "192.168.56.102"
HOST, OVERLAY, BALANCER, FIRST = 1, 2, 3, 10
BRIDGE, TUNNEL, FIRST_PORT = 2, 3, 10
VNI = 4097
TOLD = {(NETWORK, f"10.13.17.{100 + number}"): f"far{number}" for number in range(100)}


def _named(made: Place, kind: Kind, vni: int | None = None) -> Place:
    return replace(made, identity=replace(made.identity, kind=kind, vni=vni, network_id=NETWORK))


def host() -> Place:
    tables = {
        Table.LINKS: (link(2, "eth0"), link(3, "docker0", "bridge", flags=0x3)),
        Table.ADDRESSES: (address(2, "192.168.56.101"),),
        Table.ROUTES4: (route(2, "192.168.56.0", 24),),
    }
    return _named(place(HOST, "host", tables), Kind.HOST)


def mac_of(number: int) -> str:
    """Return the MAC of a container's eth0."""
    return f"02:00:00:01:{number >> 8:02x}:{number & 255:02x}"


def with_mac(raw: bytes, number: int) -> bytes:
    """Return the message of an eth0 with that MAC."""
    return raw.replace(bytes.fromhex("020000000014"), bytes.fromhex(mac_of(number).replace(":", "")))


def member(number: int, ifindex: int, name: str, local: str, kind: Kind = Kind.CONTAINER) -> Place:
    """Return a container whose eth0 is the other end of the overlay's port ``ifindex``."""
    tables = {
        Table.LINKS: (with_mac(link(20, "eth0", "veth", tied=ifindex, nsid=0, mtu=1450), number),),
        Table.ADDRESSES: (address(20, local),),
    }
    return _named(place(number, name, tables, {0: OVERLAY}), kind)


def overlay(ports: dict[int, int], far: int, *, vteps: int = 1, down: bool = False, unseen: int = 0) -> Place:
    """Return the overlay's namespace: ports by ifindex with the number of the namespace behind each."""
    veths = [
        link(ifindex, f"veth{at}", "veth", tied=20, nsid=number, master=BRIDGE, mtu=1450)
        for at, (ifindex, number) in enumerate(ports.items())
    ]
    veths += [
        link(500 + at, f"lost{at}", "veth", tied=20, nsid=900 + at, master=BRIDGE, mtu=1450) for at in range(unseen)
    ]
    tunnel = link(
        TUNNEL, "vxlan0", "vxlan", nsid=0, master=BRIDGE, flags=0x2 if down else UP, mtu=1450, data=vxlan(VNI)
    )
    behind = [(f"02:42:0a:0d:11:{100 + at:02x}", f"10.13.17.{100 + at}", at % vteps) for at in range(far)]
    tables = {
        Table.LINKS: (link(BRIDGE, "br0", "bridge", mtu=1450), tunnel, *veths),
        Table.ADDRESSES: (address(BRIDGE, "10.13.17.1"),),
        Table.FDB: tuple(fdb(mac, TUNNEL, f"192.168.56.{102 + vtep}") for mac, _, vtep in behind),
        Table.NEIGHBOURS: tuple(neigh(dst, mac, TUNNEL) for mac, dst, _ in behind),
    }
    sights = {0: HOST} | {number: number for number in ports.values()}
    return _named(place(OVERLAY, "mynet01", tables, sights), Kind.OVERLAY, VNI)


def places(containers: int = 1, far: int = 1, *, vteps: int = 1, down: bool = False, unseen: int = 0) -> list[Place]:
    """Return a node with a load balancer and some containers, and endpoints on other nodes."""
    ports = {FIRST_PORT: BALANCER} | {FIRST_PORT + 1 + at: FIRST + at for at in range(containers)}
    made = [host(), overlay(ports, far, vteps=vteps, down=down, unseen=unseen)]
    made.append(member(BALANCER, FIRST_PORT, "lb-mynet01", "10.13.17.2", Kind.LOADBALANCER))
    made += [
        member(FIRST + at, FIRST_PORT + 1 + at, f"docker{at + 1}n", f"10.13.{17 + at // 200}.{7 + at % 200}")
        for at in range(containers)
    ]
    return made


def topology(containers: int = 1, far: int = 1, **more: int) -> Topology:
    return build(
        places(containers, far, vteps=more.get("vteps", 1), down=bool(more.get("down")), unseen=more.get("unseen", 0))
    )


def chosen(seen: Topology, name: str = "mynet01") -> Network:
    return next(network for network in networks(seen, Hanging.of(seen)) if network.name == name)


def contents(seen: Topology, name: str = "mynet01", wanted: Wanted = ALL) -> Content:
    return content(seen, Endpoints(seen, TOLD), Hanging.of(seen), chosen(seen, name), wanted)


def drawing(seen: Topology, view: View, wanted: Wanted = ALL) -> Drawing:
    return draw(contents(seen, wanted=wanted), view)


def thing(drawn: Drawing, number: int, ifindex: int) -> Thing:
    """Return a link that is drawn."""
    return next(one for one in drawn.spots if one.key == LinkKey(key(number), ifindex))


def named(drawn: Drawing, name: str) -> Thing:
    """Return what is drawn under a name."""
    return next(one for one, spot in drawn.spots.items() if spot.item.name == name)
