"""The topology as indented lines: each namespace, its bridges with their ports, its tunnels with what is behind them.

Source: ``Topology`` and ``Endpoints``. Pure. Incomplete: ``lo`` is left out while it works.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ovltui.identity.model import Kind
from ovltui.topology.endpoints import Behind, Endpoints
from ovltui.topology.links import Link
from ovltui.topology.lookup import addresses
from ovltui.topology.model import JoinKind, Node, Topology


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the outline."""

    depth: int
    name: str
    state: str
    """State and MTU of a link; kind of a namespace; else empty."""
    text: str


def outline(topology: Topology, endpoints: Endpoints) -> Iterator[Line]:
    """Yield the lines."""
    for node in topology.nodes.values():
        yield Line(0, node.name, _kind(node), "; ".join(node.place.contents.gaps))
        for link in sorted(node.links.values(), key=lambda link: link.key.ifindex):
            if link.master not in node.links and not (link.ifname == "lo" and link.works):
                yield from _link(topology, endpoints, node, link, 1)


def _kind(node: Node) -> str:
    identity = node.place.identity
    return (
        str(identity.kind)
        if identity.vni is None or identity.kind is Kind.CONTAINER
        else f"{identity.kind} {identity.vni}"
    )


def _link(topology: Topology, endpoints: Endpoints, node: Node, link: Link, depth: int) -> Iterator[Line]:
    """Yield a link, its ports below it, and what is behind it if it is a tunnel."""
    yield Line(depth, link.ifname, f"{link.state} mtu {link.mtu}", " ".join(_words(topology, node, link)))
    if link.vxlan:
        for behind in endpoints.behind(link):
            yield from _behind(behind, depth + 1)
    for port in sorted(node.ports(link.key.ifindex), key=lambda port: port.key.ifindex):
        if port.key != link.key and depth < len(node.links) + 1:
            yield from _link(topology, endpoints, node, port, depth + 1)


def _words(topology: Topology, node: Node, link: Link) -> Iterator[str]:
    if link.kind and link.kind != "veth":
        yield link.kind
    if link.vxlan:
        yield f"id {link.vxlan.vni} port {link.vxlan.port}"
    if link.vlan is not None:
        yield f"id {link.vlan}"
    yield from (f"{local}/{length}" for ifindex, local, length in addresses(node) if ifindex == link.key.ifindex)
    for join in node.joins:
        if join.of == link.key and join.kind in _TIES:
            yield f"{_TIES[join.kind]} {topology.name(topology.checked(join).to)}"


_TIES = {JoinKind.VETH: "→", JoinKind.PARENT: "on", JoinKind.UNDERLAY: "through"}


def _behind(behind: Behind, depth: int) -> Iterator[Line]:
    yield Line(depth, behind.vtep.address, "", f"→ {behind.name}" if behind.name else "not visible")
    for endpoint in behind.endpoints:
        yield Line(
            depth + 1, endpoint.name or endpoint.address or endpoint.mac, "", _about(endpoint.address, endpoint.mac)
        )


def _about(address: str, mac: str) -> str:
    return f"{address} {mac}" if address else f"{mac} (nobody answers for its address)"
