"""The way between two endpoints, there and back, hop by hop.

Source: ``topology.walk``. Pure; no packet is sent. Incomplete: as there; from an end that is not visible no way back is
walked, and that is an ``unknown`` hop.
"""

from collections.abc import Iterator

from ovltui.netns.model import NetnsKey
from ovltui.topology.goal import Goal, goal_of, tunnel_of
from ovltui.topology.hops import Hop, Path, Verdict, Way
from ovltui.topology.links import Link
from ovltui.topology.lookup import Entry, Ip, addresses, parsed, route, source
from ovltui.topology.model import Node, Topology
from ovltui.topology.names import PlaceNames
from ovltui.topology.walk import Walk


def path(topology: Topology, of: NetnsKey, to: NetnsKey | str) -> Path:
    """Return the way from a namespace to another one, or to an address.

    Args:
        topology: with all tables of the namespaces on the way.
        of: where it begins; it is visible.
        to: a visible namespace, or an IP address.
    """
    names = PlaceNames(node.place for node in topology.nodes.values())
    start = topology.nodes[of]
    goal = _goal(topology, start, to)
    target = parsed(goal.address)
    shown = goal.node.name if goal.node and isinstance(to, NetnsKey) else goal.address
    if target is None:
        return Path((_no_end(start, goal, shown),), start.name, shown)
    there = Walk(topology, names, Way.THERE, goal)
    arrived = there.packet(start, target, None)
    own = source(start, target)
    hops = [*there.hops]
    node = arrived or goal.node
    if goal.node and arrived and arrived is not goal.node:
        says = f"{goal.address} is an address of {arrived.name} too, where it arrives"
        hops.append(Hop(Way.THERE, arrived.key, arrived.name, None, "", says, Verdict.WRONG))
    if node is not None and own is not None:
        back = Walk(topology, names, Way.BACK, goal_of(start, str(own)), learned=there.learned)
        back.packet(node, own, None)
        hops += back.hops
    return Path(tuple(hops), start.name, shown)


def _no_end(start: Node, goal: Goal, shown: str) -> Hop:
    """Return the hop that says why no address is known to go to."""
    node = goal.node
    if node is not None and node.place.contents.read_ns is None:
        why = "; ".join(node.place.contents.gaps) or "it was not read"
        return Hop(Way.THERE, node.key, node.name, None, "", why, Verdict.UNKNOWN)
    says = f"{shown} has no address in a network of {start.name}"
    return Hop(Way.THERE, start.key, start.name, None, "", says, Verdict.MISSING)


def _goal(topology: Topology, start: Node, to: NetnsKey | str) -> Goal:
    """Return where the way is to end: of an address, the one namespace of the same network that has it."""
    if isinstance(to, NetnsKey):
        node = topology.nodes[to]
        return goal_of(node, next(iter(_near(topology, start, node)), ""))
    network = start.place.identity.network_id
    known = [
        node
        for node in topology.nodes.values()
        if (network and node.place.identity.network_id == network) or node is start
        if any(local == to for _, local, _ in addresses(node))
    ]
    return goal_of(known[0], to) if len(known) == 1 else Goal(to)


def _near(topology: Topology, start: Node, node: Node) -> Iterator[str]:
    """Yield the addresses of a namespace, those in a network of another one first."""
    told = [(node.links.get(ifindex), parsed(local)) for ifindex, local, _ in addresses(node)]
    usable = [(link, address) for link, address in told if address and _is_told(link, address)]
    if node.key.host != start.key.host:
        # Every machine has the same networks for itself; what two of them have in common lies behind a tunnel.
        usable.sort(key=lambda one: tunnel_of(topology, one[0]) is None)
    kept = [address for _, address in usable]
    near = [address for address in kept if (found := route(start, address)) and _is_near(found)]
    yield from (str(address) for address in (*near, *(address for address in kept if address not in near)))


def _is_told(link: Link | None, address: Ip) -> bool:
    return link is not None and not address.is_loopback and not address.is_link_local


def _is_near(found: Entry) -> bool:
    return found.fields.get("scope") == "link"
