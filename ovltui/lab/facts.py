"""What is to be true in each namespace of a lab: links, addresses, routes, forwarding and neighbour rows.

Source: the plan. Pure. A fact is a short text in the words of iproute2, so that what is planned and what is found can
be compared, and shown, as they stand. ``lab.observe`` writes those that it finds in the same words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ovltui.lab.plan import GATEWAY, MTU, PREFIX, SUBNET, UNDERLAY, UNDERLAY_MTU, VNI, Endpoint, Node, Plan


class About(StrEnum):
    """What a fact is about; the first word of its text is often the same."""

    LINK = "link"
    VXLAN = "vxlan"
    """A VXLAN link that holds a VNI."""
    ADDRESS = "inet"
    ROUTE = "route"
    FDB = "fdb"
    """A permanent row of a VXLAN link."""
    NEIGH = "neigh"
    """A permanent row of a VXLAN link."""
    MEMORY = "remembered"
    """A neighbour that a container has learned, where it contradicts the plan."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """Something that is true in a namespace."""

    file: str
    """Name of the file that keeps the namespace."""
    about: About
    text: str
    """In the words of iproute2, safe to show."""


@dataclass(frozen=True, slots=True)
class Link:
    """What matters of a link."""

    ifname: str
    mtu: int
    up: bool = True
    master: str = ""
    mac: str = ""
    """Empty where the kernel chose it."""


def facts(plan: Plan) -> frozenset[Fact]:
    """Return all facts of a plan."""
    found: set[Fact] = set()
    for node in plan.nodes:
        found.update(_of_node(node))
        found.update(_of_overlay(node, plan))
        for endpoint in node.endpoints:
            found.update(_of_endpoint(endpoint))
    if plan.underlay:
        ports = [f"node{node.number}" for node in plan.nodes]
        links = (Link("br0", UNDERLAY_MTU), *(Link(port, UNDERLAY_MTU, master="br0") for port in ports))
        found.update(_links(plan.underlay.file, links))
    return frozenset(found)


def link(file: str, about: Link) -> Fact:
    """Return the fact that a link is as ``about`` says."""
    words = ["link", about.ifname, "up" if about.up else "down", f"mtu {about.mtu}"]
    words += [f"master {about.master}"] if about.master else []
    words += [f"address {about.mac}"] if about.mac else []
    return Fact(file, About.LINK, " ".join(words))


def vxlan(file: str, ifname: str, vni: int) -> Fact:
    """Return the fact that a VXLAN link holds a VNI."""
    return Fact(file, About.VXLAN, f"link {ifname} type vxlan id {vni}")


def address(file: str, ifname: str, local: str, prefix: int) -> Fact:
    """Return the fact that a link has an address."""
    return Fact(file, About.ADDRESS, f"inet {local}/{prefix} dev {ifname}")


def route(file: str, dst: str, ifname: str, *, via: str = "", src: str = "") -> Fact:
    """Return the fact that there is a route."""
    words = ["route", dst, *(["via", via] if via else []), "dev", ifname, *(["src", src] if src else [])]
    return Fact(file, About.ROUTE, " ".join(words))


def fdb(file: str, mac: str, vtep: str, ifname: str = "vxlan0") -> Fact:
    """Return the fact that a VXLAN link sends what is for a MAC address to a VTEP."""
    return Fact(file, About.FDB, f"fdb {mac} dev {ifname} dst {vtep} self permanent")


def misplaced(file: str, mac: str, bridge: str) -> Fact:
    """Return the fact that a bridge takes an endpoint of its own for one behind vxlan0."""
    return Fact(file, About.FDB, f"fdb {mac} dev vxlan0 master {bridge}")


def neigh(file: str, dst: str, mac: str, ifname: str = "vxlan0") -> Fact:
    """Return the fact that a VXLAN link answers for a remote address."""
    return Fact(file, About.NEIGH, f"neigh {dst} dev {ifname} lladdr {mac} PERMANENT")


def _of_node(node: Node) -> Iterator[Fact]:
    file = node.space.file
    yield link(file, Link("eth0", UNDERLAY_MTU))
    yield address(file, "eth0", node.vtep, PREFIX)
    yield route(file, f"{UNDERLAY}.0/{PREFIX}", "eth0", src=node.vtep)
    yield route(file, "default", "eth0", via=f"{UNDERLAY}.254")


def _of_overlay(node: Node, plan: Plan) -> Iterator[Fact]:
    file = node.overlay.file
    ports = (Link(endpoint.port, MTU, master="br0") for endpoint in node.endpoints)
    yield from _links(file, (Link("br0", MTU), Link("vxlan0", MTU, master="br0"), *ports))
    yield vxlan(file, "vxlan0", VNI)
    yield address(file, "br0", GATEWAY, PREFIX)
    yield route(file, SUBNET, "br0", src=GATEWAY)
    for endpoint, other in plan.remote(node):
        yield fdb(file, endpoint.mac, other.vtep)
        yield neigh(file, endpoint.address, endpoint.mac)


def _of_endpoint(endpoint: Endpoint) -> Iterator[Fact]:
    file = endpoint.space.file
    yield link(file, Link("eth0", MTU, mac=endpoint.mac))
    yield address(file, "eth0", endpoint.address, PREFIX)
    yield route(file, SUBNET, "eth0", src=endpoint.address)


def _links(file: str, links: Iterable[Link]) -> Iterator[Fact]:
    return (link(file, one) for one in links)
