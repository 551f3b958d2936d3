"""What is the matter where a way ends: the link or the entry to name, rather than where it was noticed.

Source: the topology and the goal of the way. Pure. Incomplete: of two causes one is told.
"""

from dataclasses import dataclass

from ovltui.topology.goal import Goal, has, switch
from ovltui.topology.hops import Verdict
from ovltui.topology.links import Link
from ovltui.topology.lookup import Ip, addresses, is_usable, neighbour, parsed
from ovltui.topology.model import Node, Topology
from ovltui.topology.segment import Segment


@dataclass(frozen=True, slots=True)
class Fault:
    """What is the matter, and where."""

    node: Node
    link: Link | None
    by: str
    verdict: Verdict


def is_down(topology: Topology, node: Node, link: Link) -> Fault | None:
    """Return that a link does not work, or that the other end is why; None where it works."""
    if link.works:
        return None
    peer = topology.peer(link.key)
    if link.state == "NO-CARRIER" and isinstance(peer, Link) and peer.state == "DOWN":
        node, link = topology.nodes[peer.key.netns], peer
    return Fault(node, link, f"{link.ifname} is {link.state}", Verdict.DOWN)


def does_not_forward(node: Node, bridge: Link) -> Fault | None:
    """Return that a bridge is down; without carrier, which it gets back a second after its ports, it forwards."""
    return Fault(node, bridge, f"{bridge.ifname} is DOWN", Verdict.DOWN) if bridge.state == "DOWN" else None


def is_blocked(node: Node, port: Link) -> Fault | None:
    """Return that a bridge lets nothing pass through a port; None where it does."""
    if port.port in ("", "forwarding"):
        return None
    return Fault(node, port, f"port {port.ifname} is {port.port}", Verdict.DOWN)


def no_route(topology: Topology, node: Node, to: Ip) -> Fault:
    """Return why a namespace has no route: the link of the network is down, or nobody made one."""
    for ifindex, local, length in addresses(node):
        link, own = node.links.get(ifindex), parsed(local)
        near = own is not None and own.version == to.version and _within(own, length, to)
        if near and link and (fault := is_down(topology, node, link)):
            return fault
    return Fault(node, None, f"no route to {to}", Verdict.MISSING)


def not_heard(topology: Topology, goal: Goal) -> Fault | None:
    """Return what keeps the goal from hearing its bridge, if that is visible."""
    peer = topology.peer(goal.link.key) if goal.link else None
    if not isinstance(peer, Link):
        return None
    there = topology.nodes[peer.key.netns]
    if fault := is_down(topology, there, peer):
        return fault
    return None if peer.master else Fault(there, peer, f"{peer.ifname} is no port of a bridge", Verdict.WRONG)


def nobody_answers(topology: Topology, goal: Goal, link: Link, address: str, heard: Segment) -> Fault:
    """Return why nobody answers for an address.

    Args:
        topology: all of it.
        goal: of the way.
        link: by which link of whoever asks.
        address: for what.
        heard: what hears the question.
    """
    peer, tunnel = topology.peer(link.key), next(iter(heard.tunnels), None)
    if isinstance(peer, Link) and not peer.master and not has_address(topology, peer):
        there = topology.nodes[peer.key.netns]
        return Fault(there, peer, f"{peer.ifname} is no port of a bridge and has no address", Verdict.WRONG)
    if tunnel and (fault := is_down(topology, topology.nodes[tunnel.key.netns], tunnel)):
        return fault
    lost = not_heard(topology, goal) if address == goal.address and _is_beside(topology, goal, tunnel) else None
    if lost:
        return lost
    if tunnel and tunnel.vxlan and tunnel.vxlan.proxy:
        says = f"no neighbour {address} dev {tunnel.ifname}, which answers for the far side"
        return Fault(topology.nodes[tunnel.key.netns], tunnel, says, Verdict.MISSING)
    node = topology.nodes[link.key.netns]
    if heard.outside:
        return Fault(node, link, f"who answers for {address} is not visible", Verdict.UNKNOWN)
    return Fault(node, link, f"nobody answers for {address}", Verdict.MISSING)


def owner_of(topology: Topology, heard: Segment, address: str) -> Link | None:
    """Return the link that has an address, of those that hear who asks for it."""
    return next((end for end in heard.ends if has(topology.nodes[end.key.netns], end.key, address)), None)


def also_answers(topology: Topology, heard: Segment, owner: Link, address: str) -> str:
    """Return, as words to add, that a vxlan device answers for an address of ``owner`` with another MAC; else empty."""
    for tunnel in heard.tunnels:
        known = neighbour(topology.nodes[tunnel.key.netns], tunnel, address)
        mac = known.fields.get("lladdr", owner.address) if known and is_usable(known) else owner.address
        if tunnel.vxlan and tunnel.vxlan.proxy and mac != owner.address:
            return f", but {topology.name(tunnel.key)} too, with {mac}"
    return ""


def has_address(topology: Topology, link: Link) -> bool:
    """Whether a link has any address."""
    return any(ifindex == link.key.ifindex for ifindex, _, _ in addresses(topology.nodes[link.key.netns]))


def _is_beside(topology: Topology, goal: Goal, tunnel: Link | None) -> bool:
    """Whether the goal is tied to the namespace of a tunnel, rather than behind it, and not to its bridge."""
    peer = topology.peer(goal.link.key) if goal.link else None
    if not isinstance(peer, Link) or switch(topology, goal.link):
        return False
    return tunnel is None or peer.key.netns == tunnel.key.netns


def _within(address: Ip, length: int, to: Ip) -> bool:
    shift = address.max_prefixlen - length
    return int(address) >> shift == int(to) >> shift
