"""What hears a broadcast that leaves by a link, by how links are wired, whatever their states.

Source: the topology. Pure. Incomplete: VLANs and isolated ports of a bridge are not looked at; what lies behind a link
of hardware, a macvlan or an invisible peer is outside.
"""

from dataclasses import dataclass, field

from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Topology


@dataclass(slots=True)
class Segment:
    """What was found."""

    ends: list[Link] = field(default_factory=list)
    """Links that are no ports: they take packets in."""
    tunnels: list[Link] = field(default_factory=list)
    """Vxlan devices among the ports."""
    outside: list[Link] = field(default_factory=list)
    """Links that lead out of what is visible."""


def segment(topology: Topology, start: Link) -> Segment:
    """Return what hears a broadcast that leaves by ``start``, ``start`` itself not among it."""
    found = Segment()
    seen = {start.key}
    if start.kind == "bridge":
        _flood(topology, start, found, seen)
    else:
        _leave(topology, start, found, seen)
    found.ends = [link for link in found.ends if link.key != start.key]
    return found


def _leave(topology: Topology, link: Link, found: Segment, seen: set[LinkKey]) -> None:
    """Follow a frame out of a link."""
    peer = topology.peer(link.key)
    if link.vxlan:
        found.tunnels.append(link)
    elif not isinstance(peer, Link):
        found.outside.append(link)
    elif peer.key not in seen:
        seen.add(peer.key)
        bridge = topology.nodes[peer.key.netns].links.get(peer.master or 0)
        if bridge and bridge.kind == "bridge":
            _flood(topology, bridge, found, seen)
        else:
            found.ends.append(peer)


def _flood(topology: Topology, bridge: Link, found: Segment, seen: set[LinkKey]) -> None:
    """Follow a frame out of every port of a bridge, and into the bridge itself."""
    if any(end.key == bridge.key for end in found.ends):
        return
    found.ends.append(bridge)
    for port in topology.nodes[bridge.key.netns].ports(bridge.key.ifindex):
        if port.key not in seen:
            seen.add(port.key)
            _leave(topology, port, found, seen)
