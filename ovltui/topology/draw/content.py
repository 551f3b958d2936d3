"""What stands in the drawing of one network, whatever the size of the terminal.

Source: ``Topology`` and ``Endpoints``. Pure. Incomplete: as these; what a filter or the focus leaves out is counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ovltui.events.filter import Filter
from ovltui.events.line import Line
from ovltui.events.vocabulary import Action, Object
from ovltui.topology.draw.items import UNDERLAY, Words, endpoint_item, vtep_items
from ovltui.topology.draw.model import Item, Thing, What
from ovltui.topology.draw.networks import Hanging, Network, loose_joins
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.lookup import out_of, parsed, route
from ovltui.topology.model import Node, Topology, Unseen

_MOST_ALSO = 4
"""Other links of a member's namespace that are told; of one with more, none is."""
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Member:
    """What hangs on the hub, or one end of a wire."""

    title: Item
    """Its namespace, or that none is known."""
    end: Item
    port: Item | None
    """The link to which it is wired, in the hub's namespace; None where it hangs on the hub itself."""
    far: Item | None = None
    """Of a wire between two namespaces: the other one."""
    also: tuple[Item, ...] = ()
    """Other links of its namespace."""


@dataclass(frozen=True, slots=True)
class Far:
    """A far end of a tunnel."""

    title: Item
    vtep: Item
    endpoints: tuple[Item, ...]
    exit: Thing
    """By which link frames leave for it."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A vxlan device on the hub."""

    item: Item
    underlay: Item
    """The namespace by which it sends."""
    exits: tuple[Item, ...]
    """The links there by which its frames leave."""
    fars: tuple[Far, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What to draw."""

    network: Network
    members: tuple[Member, ...]
    title: Item | None = None
    """The hub's namespace."""
    hub: Item | None = None
    loose: tuple[Item, ...] = ()
    """Ports that no veth pair leads to."""
    tunnels: tuple[Tunnel, ...] = ()
    hidden: int = 0
    """How many members and endpoints are left out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is not to be left out."""

    filter: Filter | None = None
    focus: frozenset[Thing] = field(default_factory=frozenset)
    """Things of which one must be part of a member or far end; all where it is empty."""

    def passes(self, *items: Item) -> bool:
        """Whether something that consists of these items is wanted."""
        if self.focus and self.focus.isdisjoint(item.thing for item in items):
            return False
        if self.filter is None:
            return True
        text = " ".join(f"{item.says} {f'dev {item.name}' if item.link else ''}" for item in items)
        line = Line(0, items[0].name, "", text, Object.NSID, Action.NEW)
        return self.filter.matches(line)


ALL = Wanted()


def content(
    topology: Topology, endpoints: Endpoints, hanging: Hanging, network: Network, wanted: Wanted = ALL
) -> Content:
    """Return what stands in the drawing of ``network``."""
    words = Words(topology)
    if network.hub is None or network.hub not in hanging.on:
        members = tuple(_loose(words))
        kept = tuple(one for one in members if wanted.passes(*_items(one)))
        return Content(network, kept, hidden=len(members) - len(kept))
    hub = topology.nodes[network.hub.netns].links[network.hub.ifindex]
    found = _Found(words, endpoints, wanted)
    for link in hanging.on[network.hub]:
        found.take(hub, link)
    members = tuple(sorted(found.members, key=_by_name))
    node = topology.nodes[hub.key.netns]
    title, own = words.netns(node, "hub"), words.link(hub)
    return Content(network, members, title, own, tuple(found.loose), tuple(found.tunnels), found.hidden)


class _Found:
    """What was found so far to hang on a hub."""

    def __init__(self, words: Words, endpoints: Endpoints, wanted: Wanted) -> None:
        self._words = words
        self._endpoints = endpoints
        self._wanted = wanted
        self.members: list[Member] = []
        self.loose: list[Item] = []
        self.tunnels: list[Tunnel] = []
        self.hidden = 0

    def take(self, hub: Link, link: Link) -> None:
        """Take in a link that hangs on ``hub``."""
        words = self._words
        if link.vxlan:
            self.tunnels.append(self._tunnel(link))
            return
        if link.key.netns != hub.key.netns or (link.kind != "veth" and link.master != hub.key.ifindex):
            member = self._member(link, None)
        elif link.kind == "veth":
            peer = words.peer(link.key)
            port = words.link(link, bare=True)
            if isinstance(peer, Link):
                member = self._member(peer, port)
            else:
                end = words.unseen(link.key, peer)
                name = "not visible" if peer else "gone"
                title = Item(Thing(What.UNSEEN, link.key, "title"), name, ("",), "", end.says)
                member = Member(title, end, port)
        else:
            self.loose.append(words.link(link))
            return
        if self._wanted.passes(*_items(member)):
            self.members.append(member)
        else:
            self.hidden += 1

    def _member(self, link: Link, port: Item | None) -> Member:
        node = self._words.topology.nodes[link.key.netns]
        others = [one for one in node.links.values() if one.ifname != "lo" and one.key != link.key]
        told = [self._words.link(one, where="also") for one in others] if len(others) <= _MOST_ALSO else []
        title = self._words.netns(node, f"{link.key.ifindex}")
        return Member(title, self._words.link(link), port, also=tuple(told))

    def _tunnel(self, link: Link) -> Tunnel:
        topology = self._words.topology
        underlay = topology.underlay(link.key)
        node = None if isinstance(underlay, Unseen) else topology.node(underlay)
        if node:
            title = self._words.netns(node, f"{UNDERLAY} {link.key.ifindex}")
        else:
            says = f"{topology.name(link.key)} sends through {underlay}"
            title = Item(Thing(What.UNSEEN, link.key, UNDERLAY), "not visible", ("",), "", says)
        exits: dict[Thing, Item] = {}
        fars = tuple(self._fars(link, node, exits))
        if not exits:
            says = f"{topology.name(link.key)} has no forwarding entry that leads to another machine"
            none = Thing(What.UNSEEN, link.key, "no far end")
            exits[none] = Item(none, "no far end", ("",), "", says, node.key if node else None)
        return Tunnel(self._words.tunnel(link), title, tuple(exits.values()), fars)

    def _fars(self, link: Link, node: Node | None, exits: dict[Thing, Item]) -> Iterator[Far]:
        """Yield the far ends of a tunnel that are wanted, and note the links by which its frames leave."""
        name = self._words.topology.name(link.key)
        for behind in self._endpoints.behind(link):
            leaves = self._exit(link, node, behind.vtep.address)
            exits.setdefault(leaves.thing, leaves)
            title, vtep = vtep_items(link.key, behind, name)
            told = [endpoint_item(link.key, behind.vtep, endpoint, name) for endpoint in behind.endpoints]
            whole = self._wanted.passes(title, vtep)
            kept = told if whole else [item for item in told if self._wanted.passes(item)]
            self.hidden += len(told) - len(kept)
            if whole or kept:
                yield Far(title, vtep, tuple(sorted(kept, key=lambda item: natural(item.name))), leaves.thing)

    def _exit(self, vxlan: Link, node: Node | None, address: str) -> Item:
        """Return the link by which frames for a far end leave, or that there is none."""
        to = parsed(address)
        found = route(node, to) if node and to else None
        link = node.links.get(out_of(found)) if node and found else None
        if link:
            return self._words.link(link, where=UNDERLAY)
        if node is None:
            says = f"by which link frames for {address} leave is not visible from here"
            return Item(Thing(What.UNSEEN, vxlan.key, "exit"), "link not visible", ("",), "", says)
        says = f"no route to {address} in {node.name}"
        return Item(Thing(What.UNSEEN, vxlan.key, "no route"), "no route", ("",), "DOWN", says, node.key)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return by what names are sorted: ``docker2n`` before ``docker10n``."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(text) if part)


def _loose(words: Words) -> Iterator[Member]:
    """Yield the wires that hang on no hub."""
    topology = words.topology
    for join in loose_joins(topology):
        link = topology.nodes[join.of.netns].links[join.of.ifindex]
        node = topology.nodes[join.of.netns]
        title = words.netns(node, f"{join.of.ifindex} {join.to}")
        own = words.tunnel(link) if link.vxlan else words.link(link)
        end = replace(own, thing=Thing(What.LINK, join.of, f"{join.to}"))
        far = words.end(join.of, join.to)
        there = topology.node(far.netns)
        yield Member(title, end, far, words.netns(there, f"far {join.of.ifindex}") if there and far.link else far)


def _items(member: Member) -> tuple[Item, ...]:
    return tuple(item for item in (member.title, member.end, member.port, member.far) if item)


def _by_name(member: Member) -> tuple[bool, tuple[tuple[int, int, str], ...], int]:
    key = member.end.thing.key
    ifindex = key.ifindex if isinstance(key, LinkKey) else 0
    return member.title.thing.what is not What.NETNS, natural(member.title.name), ifindex
