"""The way of a packet through the tables, without sending one.

Source: routes, neighbours, forwarding entries and the states of links of every visible namespace. Pure. Incomplete:
filters, ``ip_forward`` and reverse path filtering are not looked at; a way ends with ``unknown`` where it leaves what
is visible. A neighbour that is remembered is taken, as the kernel takes it, though nobody would answer for it any more.
"""

from dataclasses import dataclass, field

from ovltui.events.line import line
from ovltui.topology.blame import (
    Fault,
    also_answers,
    does_not_forward,
    has_address,
    is_blocked,
    is_down,
    no_route,
    nobody_answers,
    not_heard,
    owner_of,
)
from ovltui.topology.goal import Goal, owns, receiver, tunnel_of
from ovltui.topology.hops import Hop, Verdict, Way
from ovltui.topology.leads import beyond, port_of, port_to_tunnel
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.lookup import (
    Entry,
    Ip,
    entry_elsewhere,
    forwarding,
    gateway_of,
    is_usable,
    neighbour,
    out_of,
    parsed,
    route,
    source,
    tunnels,
)
from ovltui.topology.model import Node, Topology, Unseen
from ovltui.topology.names import PlaceNames
from ovltui.topology.segment import segment

_MOST_HOPS = 100
_HEADERS = {4: 50, 6: 70}
"""Bytes that a vxlan device adds to a packet: Ethernet, VXLAN, UDP and IP headers."""
_REFUSED = frozenset(("unreachable", "blackhole", "prohibit"))


@dataclass(frozen=True, slots=True)
class Frame:
    """What is on its way."""

    mac: str
    """To which it goes; empty where that does not matter."""
    to: Ip
    size: int
    """Bytes of its packet, without Ethernet."""
    source: str
    """MAC from which it comes."""


@dataclass(slots=True)
class Walk:
    """One direction, for as long as it is walked."""

    topology: Topology
    names: PlaceNames
    way: Way
    goal: Goal
    hops: list[Hop] = field(default_factory=list)
    learned: dict[tuple[LinkKey, str], str] = field(default_factory=dict)
    """By vxlan device and MAC: from where frames came, which the device remembers for the way back."""

    def packet(self, node: Node, to: Ip, size: int | None, *, came: bool = False) -> Node | None:
        """Send a packet out of a namespace, or take it in there; return the namespace where it arrived, or None.

        Args:
            node: where it is.
            to: where it is to go.
            size: bytes of the largest packet, without Ethernet; None for what the first link takes.
            came: whether it came there by a link.
        """
        if node.place.contents.read_ns is None:
            return self._stop(node, None, "; ".join(node.place.contents.gaps) or "it was not read", Verdict.UNKNOWN)
        if len(self.hops) > _MOST_HOPS:
            return self._stop(node, None, "packets go round in circles", Verdict.WRONG)
        found = route(node, to)
        if found is None:
            return self._blame(no_route(self.topology, node, to))
        return self._routed(node, found, to, size, came=came)

    def _routed(self, node: Node, found: Entry, to: Ip, size: int | None, *, came: bool) -> Node | None:
        """Send a packet by a route."""
        by, kind = self._text(node, found), found.fields["type"]
        link = node.links.get(out_of(found))
        if kind == "local":
            self._add(node, link, by, Verdict.OK)
            return node
        if came:
            self._add(node, link, "forwarded only where ip_forward and filters let it", Verdict.UNKNOWN)
        if kind in _REFUSED or link is None:
            return self._stop(node, link, by, Verdict.WRONG)
        self._add(node, link, by, Verdict.OK)
        size = link.mtu if size is None else size
        if not self._leaves(node, link, size):
            return None
        hop = str(gateway_of(found) or to)
        mac = self._resolve(node, link, hop) if link.resolves else ""
        return None if mac is None else self._send(node, link, Frame(mac, to, size, link.address))

    def _send(self, node: Node, link: Link, frame: Frame) -> Node | None:
        """Send a frame out of a link."""
        if link.kind == "bridge":
            return self._switch(node, link, None, frame)
        if link.vxlan:
            return self._tunnel(node, link, frame)
        peer = self.topology.peer(link.key)
        if link.kind != "veth" or isinstance(peer, Unseen):
            says = f"its other end: {peer}" if link.kind == "veth" else f"leaves what is visible by {link.ifname}"
            return self._leave(node, link, says, frame)
        if peer is None:
            return self._stop(node, link, "its other end is gone", Verdict.DOWN)
        there = self.topology.nodes[peer.key.netns]
        if fault := is_down(self.topology, there, peer):
            return self._blame(fault)
        self._add(there, peer, f"veth peer of {self.topology.name(link.key)}", Verdict.OK)
        return self._receive(there, peer, frame)

    def _leave(self, node: Node, link: Link, says: str, frame: Frame) -> Node | None:
        """Send a frame out of what is visible of a machine; it comes to another one that has its address."""
        far = beyond(self.topology, node, str(frame.to))
        if far is None:
            return self._stop(node, link, says, Verdict.UNKNOWN)
        there = self.topology.nodes[far.key.netns]
        by = f"leaves by {link.ifname}: {self.topology.name(far.key)} has {frame.to}, what lies between is not visible"
        self._add(node, link, by, Verdict.OK)
        if fault := is_down(self.topology, there, far):
            return self._blame(fault)
        return self.packet(there, frame.to, frame.size, came=True)

    def _receive(self, node: Node, link: Link, frame: Frame) -> Node | None:
        """Take a frame in from a link."""
        master = node.links.get(link.master or 0)
        if master and master.kind == "bridge":
            return self._switch(node, master, link, frame)
        if not has_address(self.topology, link):
            return self._stop(node, link, f"{link.ifname} is no port of a bridge and has no address", Verdict.WRONG)
        if frame.mac not in ("", link.address):
            says = f"the frame is for {frame.mac}, {link.ifname} is {link.address}"
            return self._stop(node, link, says, Verdict.WRONG)
        return self.packet(node, frame.to, frame.size, came=True)

    def _switch(self, node: Node, bridge: Link, source: Link | None, frame: Frame) -> Node | None:
        """Forward a frame by a bridge."""
        if fault := does_not_forward(node, bridge) or (source and is_blocked(node, source)):
            return self._blame(fault)
        mac = frame.mac
        entry = forwarding(node, bridge, mac)
        port = node.links.get(entry.fields["ifindex"]) if entry else None
        own = mac == bridge.address or (entry is not None and entry.fields["state"] == "permanent")
        if own and (port is None or mac in (bridge.address, port.address)):
            self._add(node, bridge, self._text(node, entry) if entry else f"{mac} is {bridge.ifname}", Verdict.OK)
            return self.packet(node, frame.to, frame.size, came=True)
        right = port_of(self.topology, node, bridge, mac)
        by = self._text(node, entry) if entry else f"{mac} is flooded: no forwarding entry master {bridge.ifname}"
        if entry and port and ((right and right.key != port.key) or (source and port.key == source.key)):
            astray = f", but it is behind {right.ifname}" if right else ", from where it comes"
            return self._stop(node, port, by + astray, Verdict.WRONG)
        return self._forward(node, bridge, port or right or port_to_tunnel(node, bridge, source), by, frame)

    def _forward(self, node: Node, bridge: Link, port: Link | None, by: str, frame: Frame) -> Node | None:
        """Send a frame out of a port of a bridge."""
        mac = frame.mac
        if port is None:
            nowhere = Fault(node, bridge, f"no port leads to {mac}", Verdict.MISSING)
            return self._blame(not_heard(self.topology, self.goal) or nowhere)
        self._add(node, port, by, Verdict.OK)
        if not self._leaves(node, port, frame.size):
            return None
        blocked = is_blocked(node, port)
        return self._blame(blocked) if blocked else self._send(node, port, frame)

    def _tunnel(self, node: Node, link: Link, frame: Frame) -> Node | None:
        """Send a frame through a tunnel."""
        entry = next(iter(tunnels(node, link, frame.mac)), None)
        remote = self.learned.get((link.key, frame.mac)) or (link.vxlan.remote if link.vxlan else "")
        if entry is None and not remote:
            return self._stop(node, link, f"no forwarding entry {frame.mac} dev {link.ifname} self", Verdict.MISSING)
        by = (
            self._text(node, entry)
            if entry
            else f"{frame.mac} dev {link.ifname} dst {remote}, as it is set or was learned"
        )
        vtep = parsed(entry.fields["dst"] if entry else remote)
        expected = self._expected(str(vtep))
        if vtep is None or expected:
            return self._stop(node, link, by + expected, Verdict.WRONG)
        self._add(node, link, by, Verdict.OK)
        key = self.topology.underlay(link.key)
        if isinstance(key, Unseen):
            return self._stop(node, link, f"its underlay: {key}", Verdict.UNKNOWN)
        outer = Walk(self.topology, self.names, self.way, Goal(str(vtep)), self.hops)
        arrived = outer.packet(self.topology.nodes[key], vtep, frame.size + _HEADERS[vtep.version])
        told = source(self.topology.nodes[key], vtep)
        sender = link.vxlan.local if link.vxlan and link.vxlan.local else str(told)
        return self._untunnel(arrived, link, frame, sender) if arrived else None

    def _untunnel(self, node: Node, sent: Link, frame: Frame, sender: str) -> Node | None:
        """Take a frame out of a tunnel in the namespace where its packet arrived."""
        found, told = receiver(self.topology, node.key, sent), sent.vxlan
        if found is None or told is None:
            says = f"no vxlan device of VNI {told.vni} port {told.port} is fed from here" if told else ""
            return self._stop(node, None, says, Verdict.MISSING)
        there, link = found
        if fault := is_down(self.topology, there, link):
            return self._blame(fault)
        elsewhere = entry_elsewhere(there, link, frame.source, sender)
        if elsewhere:
            says = f"{self._text(there, elsewhere)}, so what comes from {sender} is dropped"
            return self._stop(there, link, says, Verdict.WRONG)
        self._add(there, link, f"vxlan id {told.vni} dstport {told.port}", Verdict.OK)
        if link.vxlan and link.vxlan.learning:
            self.learned[link.key, frame.source] = sender
        return self._receive(there, link, frame)

    def _expected(self, address: str) -> str:
        """Return why a VTEP cannot be right, as words to add; empty where it may be."""
        found = tunnel_of(self.topology, self.goal.link)
        if found is None or self.goal.node is None:
            return ""
        key = self.topology.underlay(found[1].key)
        node = None if isinstance(key, Unseen) else self.topology.node(key)
        if node is None or owns(node, address):
            return ""
        return f", but {self.goal.node.name} is behind {node.name}"

    def _resolve(self, node: Node, link: Link, address: str) -> str | None:
        """Return the MAC to which frames for an address go, or None where the way ends."""
        entry = neighbour(node, link, address)
        if entry and is_usable(entry):
            return self._trusted(node, link, address, entry)
        heard = segment(self.topology, link)
        if owner := owner_of(self.topology, heard, address):
            too = also_answers(self.topology, heard, owner, address)
            says = f"asks for {address}: {self.topology.name(owner.key)} answers{too}"
            self._add(node, link, says, Verdict.WRONG if too else Verdict.OK)
            return None if too else owner.address
        for tunnel in heard.tunnels:
            there = self.topology.nodes[tunnel.key.netns]
            known = neighbour(there, tunnel, address)
            if known and is_usable(known):
                self._add(node, link, f"asks for {address}: {self.topology.name(tunnel.key)} answers", Verdict.OK)
                return self._trusted(there, tunnel, address, known)
        far = beyond(self.topology, node, address) if heard.outside else None
        if far and not (entry and entry.fields.get("lladdr") is None):
            self._add(node, link, f"asks for {address}: {self.topology.name(far.key)} answers", Verdict.OK)
            return far.address
        fault = nobody_answers(self.topology, self.goal, link, address, heard)
        says = self._text(node, entry) if entry and fault.link is link else fault.by
        self._add(fault.node, fault.link, says, fault.verdict)
        return None

    def _trusted(self, node: Node, link: Link, address: str, entry: Entry) -> str | None:
        """Return the MAC of a neighbour entry, if it is not seen to be another's."""
        mac: str = entry.fields["lladdr"]
        by, right = self._text(node, entry), self.goal.link if address == self.goal.address else None
        if right and right.address != mac:
            says = f"{by}, but {self.topology.name(right.key)} is {right.address}"
            self._add(node, link, says, Verdict.WRONG)
            return None
        self._add(node, link, by, Verdict.OK)
        return mac

    def _leaves(self, node: Node, link: Link, size: int) -> bool:
        """Return whether a frame leaves by a link; what does not fit is told, and walked on for the small ones."""
        if fault := is_down(self.topology, node, link):
            self._blame(fault)
            return False
        if size > link.mtu:
            says = f"packets of {size} bytes do not fit: mtu {link.mtu}; small ones do"
            self._add(node, link, says, Verdict.WRONG)
        return True

    def _blame(self, fault: Fault) -> Node | None:
        """End the way."""
        return self._stop(fault.node, fault.link, fault.by, fault.verdict)

    def _stop(self, node: Node, link: Link | None, by: str, verdict: Verdict) -> Node | None:
        """End the way."""
        self._add(node, link, by, verdict)
        return None

    def _add(self, node: Node, link: Link | None, by: str, verdict: Verdict) -> None:
        key, ifname = (link.key, link.ifname) if link else (None, "")
        self.hops.append(Hop(self.way, node.key, node.name, key, ifname, by, verdict))

    def _text(self, node: Node, entry: Entry) -> str:
        return line(self.names.record(node.key, entry.raw), self.names).text
