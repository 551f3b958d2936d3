"""Where a way is to end, as far as that is visible: to tell an entry that leads astray from one that does not.

Source: the topology. Pure. Incomplete: of an end that is not visible nothing is known.
"""

from dataclasses import dataclass

from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.lookup import addresses
from ovltui.topology.model import Node, Topology


@dataclass(frozen=True, slots=True)
class Goal:
    """An address, and who has it."""

    address: str
    node: Node | None = None
    link: Link | None = None
    """The link that has the address."""


def goal_of(node: Node, address: str) -> Goal:
    """Return a goal in a namespace that is known to be meant."""
    for ifindex, local, _ in addresses(node):
        if local == address:
            return Goal(address, node, node.links.get(ifindex))
    return Goal(address, node)


def switch(topology: Topology, link: Link | None) -> tuple[Node, Link] | None:
    """Return the namespace and the bridge to which the other end of a veth is a port."""
    port = topology.peer(link.key) if link else None
    if not isinstance(port, Link) or not port.master:
        return None
    node = topology.nodes[port.key.netns]
    bridge = node.links.get(port.master)
    return (node, bridge) if bridge else None


def tunnel_of(topology: Topology, link: Link | None) -> tuple[Node, Link] | None:
    """Return the vxlan device behind the bridge of a veth, with its namespace."""
    found = switch(topology, link)
    if found is None:
        return None
    node, bridge = found
    return next(((node, port) for port in node.ports(bridge.key.ifindex) if port.vxlan), None)


def receiver(topology: Topology, underlay: NetnsKey, vxlan: Link) -> tuple[Node, Link] | None:
    """Return the vxlan device that takes what ``vxlan`` sends to a namespace: of the same VNI and port."""
    wanted = vxlan.vxlan
    for node in topology.nodes.values():
        for link in node.links.values():
            told = link.vxlan
            fits = told and wanted and (told.vni, told.port) == (wanted.vni, wanted.port) and link.key != vxlan.key
            if fits and topology.underlay(link.key) == underlay:
                return node, link
    return None


def owns(node: Node, address: str) -> bool:
    """Whether a namespace has an address."""
    return any(local == address for _, local, _ in addresses(node))


def has(node: Node, key: LinkKey, address: str) -> bool:
    """Whether a link has an address."""
    return any(ifindex == key.ifindex and local == address for ifindex, local, _ in addresses(node))
