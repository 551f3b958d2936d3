"""The words of things: links, namespaces, far ends and what is behind them.

Source: ``Topology`` and ``Endpoints``. Pure. Incomplete: as these.
"""

from collections import defaultdict

from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.topology.draw.model import Item, Thing, What
from ovltui.topology.endpoints import Behind, Endpoint
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.lookup import addresses
from ovltui.topology.model import End, Join, JoinKind, Node, Topology, Unseen, Vtep

_TIES = {
    JoinKind.VETH: "the other end is",
    JoinKind.PORT: "port of",
    JoinKind.PARENT: "stands on",
    JoinKind.UNDERLAY: "sends through",
}
_OVERLAYS = (Kind.OVERLAY, Kind.INGRESS)
UNDERLAY = "underlay"
"""Tells a link as the way out of a tunnel from the same link elsewhere in a drawing."""


class Words:
    """Finds words; it remembers what it looked up, for as long as one drawing is made.

    Args:
        topology: knows all of it.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._addresses: dict[NetnsKey, dict[int, list[str]]] = {}
        self._ties: dict[NetnsKey, dict[LinkKey, list[Join]]] = {}

    def ties(self, link: LinkKey) -> list[Join]:
        """Return the ties of a link, as they are."""
        if link.netns not in self._ties:
            found: dict[LinkKey, list[Join]] = defaultdict(list)
            for join in self.topology.nodes[link.netns].joins:
                found[join.of].append(join)
            self._ties[link.netns] = found
        return [self.topology.checked(join) for join in self._ties[link.netns].get(link, ())]

    def peer(self, link: LinkKey) -> Link | Unseen | None:
        """Return the other end of a veth pair; None for other links, and where the other end is gone."""
        ends = [join.to for join in self.ties(link) if join.kind is JoinKind.VETH]
        end = ends[0] if ends else None
        return end if isinstance(end, Unseen) else self.topology.link(end) if isinstance(end, LinkKey) else None

    def addresses(self, link: LinkKey) -> list[str]:
        """Return the addresses of a link with their prefix lengths, IPv4 first, link-local ones last."""
        if link.netns not in self._addresses:
            found: dict[int, list[str]] = defaultdict(list)
            for ifindex, local, length in addresses(self.topology.nodes[link.netns]):
                found[ifindex].append(f"{local}/{length}")
            self._addresses[link.netns] = found
        own = self._addresses[link.netns].get(link.ifindex, [])
        return sorted(own, key=lambda address: (":" in address, _is_link_local(address)))

    def netns(self, node: Node, where: str) -> Item:
        """Return the words of a namespace; ``where`` tells its places in one drawing apart."""
        identity = node.place.identity
        of_network = identity.vni is not None and identity.kind in _OVERLAYS
        kind = f"{identity.kind} {identity.vni}" if of_network else str(identity.kind)
        gaps = "; ".join(("", *node.place.contents.gaps))
        says = f"{node.name}: {kind}, {identity.why}{gaps}"
        return Item(Thing(What.NETNS, node.key, where), node.name, (kind, ""), "", says, node.key)

    def link(self, link: Link, *, name: str = "", where: str = "", bare: bool = False) -> Item:
        """Return the words of a link.

        Args:
            link: which.
            name: what to call it; its own name where this is empty.
            where: tells its places in one drawing apart.
            bare: leave its addresses to the line that says all.
        """
        own = self.addresses(link.key)
        first = next((address for address in own if not _is_link_local(address)), "")
        about = () if bare or not first else (first, first.split("/")[0])
        state = "" if link.works or (link.ifname == "lo" and link.state == "UNKNOWN") else link.state
        thing = Thing(What.LINK, link.key, where)
        return Item(thing, name or link.ifname, (*about, ""), state, self._says(link, own), link.key.netns, link.key)

    def tunnel(self, link: Link) -> Item:
        """Return the words of a vxlan device."""
        item, told = self.link(link), link.vxlan
        about = (f"id {told.vni} port {told.port}", f"id {told.vni}", "") if told else ("",)
        return Item(item.thing, item.name, about, item.state, item.says, item.netns, item.link)

    def end(self, of: LinkKey, end: End) -> Item:
        """Return the words of whatever a link is tied to."""
        if isinstance(end, Vtep):
            says = f"{end.address}: {self.topology.name(of)} sends frames there"
            return Item(Thing(What.VTEP, of, end.address), end.address, ("",), "", says)
        link = self.topology.link(end) if isinstance(end, LinkKey) else None
        node = self.topology.node(end) if isinstance(end, NetnsKey) else None
        if link:
            return self.link(link, where=f"{of.netns.id} {of.ifindex}")
        return self.netns(node, f"{of.ifindex}") if node else self.unseen(of, end if isinstance(end, Unseen) else None)

    def unseen(self, of: LinkKey, unseen: Unseen | None) -> Item:
        """Return the words of an other end that is not visible, or is gone."""
        says = f"the other end of {self.topology.name(of)} is {unseen or 'gone'}"
        known = unseen is not None and unseen.nsid is not None and unseen.nsid >= 0
        about = (f"nsid {unseen.nsid}", "") if unseen and known else ("",)
        return Item(Thing(What.UNSEEN, of), "peer not visible" if unseen else "peer is gone", about, "", says)

    def _says(self, link: Link, own: list[str]) -> str:
        kind = f"{link.kind} id {link.vxlan.vni} port {link.vxlan.port}" if link.vxlan else link.kind
        kind = f"{link.kind} id {link.vlan}" if link.vlan is not None else kind
        words = [f"{link.state} mtu {link.mtu}", kind, link.address, " ".join(own), link.port if link.master else ""]
        ties = (join for join in self.ties(link.key) if join.kind in _TIES)
        words += [f"{_TIES[join.kind]} {self.topology.name(join.to)}" for join in ties]
        return f"{self.topology.name(link.key)}: {', '.join(word for word in words if word)}"


def vtep_items(vxlan: LinkKey, behind: Behind, name: str) -> tuple[Item, Item]:
    """Return the words of a far end: as the title of a box, and as what frames are sent to.

    Args:
        vxlan: the device that sends.
        behind: the far end.
        name: of the device.
    """
    address = behind.vtep.address
    thing, sends = Thing(What.VTEP, vxlan, address), f"{address}: {name} sends frames there"
    if behind.key is None:
        says = f"{sends}; it is not visible from here"
        title = Item(Thing(What.UNSEEN, vxlan, address), "not visible", ("",), "", says)
        return title, Item(thing, address, ("",), "", says)
    says = f"{sends}; it is {behind.name}"
    title = Item(Thing(What.NETNS, behind.key, address), behind.name, ("",), "", says, behind.key)
    return title, Item(thing, address, ("",), "", says, behind.key)


def endpoint_item(vxlan: LinkKey, vtep: Vtep, endpoint: Endpoint, name: str) -> Item:
    """Return the words of what is behind a far end of the device ``vxlan``, which is called ``name``."""
    words = [word for word in (endpoint.name, endpoint.address, endpoint.mac) if word]
    seen = "" if endpoint.key else "; its namespace is not visible from here"
    answers = "" if endpoint.address else "; nobody answers for its address"
    says = f"{' '.join(words)}: behind {vtep.address}, by {name}{answers}{seen}"
    about = (words[1], "") if len(words) > 1 else ("",)
    thing = Thing(What.ENDPOINT, vxlan, f"{vtep.address} {endpoint.mac}")
    return Item(thing, words[0], about, "", says, endpoint.key)


def _is_link_local(address: str) -> bool:
    return address.startswith("fe80:")
