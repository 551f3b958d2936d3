"""Where a frame goes that no table tells, by how links are wired, and by who has an address on another machine.

Source: the topology. Pure. Incomplete: what lies between two machines is not visible; an address that several machines
have by links that lead outside leads to none of them.
"""

from ovltui.topology.links import Link
from ovltui.topology.lookup import addresses
from ovltui.topology.model import Node, Topology
from ovltui.topology.segment import segment

_LOOPBACK = "lo"


def port_of(topology: Topology, node: Node, bridge: Link, mac: str) -> Link | None:
    """Return the port of a bridge behind which a MAC is seen to be."""
    for port in node.ports(bridge.key.ifindex):
        peer = topology.peer(port.key)
        if isinstance(peer, Link) and peer.address == mac:
            return port
    return None


def port_to_tunnel(node: Node, bridge: Link, source: Link | None) -> Link | None:
    """Return a port of a bridge that is a tunnel, and not the one from where a frame comes."""
    ports = node.ports(bridge.key.ifindex)
    return next((port for port in ports if port.vxlan and (source is None or port.key != source.key)), None)


def beyond(topology: Topology, node: Node, address: str) -> Link | None:
    """Return the link of another machine that has an address, and that leads out of what is visible there.

    Args:
        topology: of several machines; of one there is none.
        node: on which machine the packet is.
        address: to which it goes.
    """
    found = [
        link
        for other in topology.nodes.values()
        if other.key.host != node.key.host
        for ifindex, local, _ in addresses(other)
        if local == address and (link := other.links.get(ifindex)) and _leads_out(topology, link)
    ]
    return found[0] if len(found) == 1 else None


def _leads_out(topology: Topology, link: Link) -> bool:
    return link.ifname != _LOOPBACK and bool(segment(topology, link).outside)
