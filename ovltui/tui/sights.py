"""What the topology screen draws: the newest topology, its networks, which of them is shown, and a path through it.

Source: ``session.wiring``, and the names of endpoints that engines tell. Privileges: none beyond the session's.
Incomplete: as these.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.intents import Told
from ovltui.session.wiring import Wiring
from ovltui.topology.draw.content import Content, Wanted, content
from ovltui.topology.draw.layout import View
from ovltui.topology.draw.model import Drawing
from ovltui.topology.draw.networks import Hanging, Network, loose_joins, networks
from ovltui.topology.draw.sections import draw_parts, parts
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import Topology

if TYPE_CHECKING:
    from ovltui.topology.draw.sketch import Key

_NOTHING = "nothing is wired: no bridge, no veth pair and no tunnel was found"


class Sights:
    """The newest of it.

    Args:
        wiring: where the topology comes from.
        told: returns the names of endpoints that engines tell.
    """

    def __init__(self, wiring: Wiring, told: Callable[[], Told]) -> None:
        self._wiring = wiring
        self._told = told
        self.topology = Topology()
        """The newest that was looked at."""
        self._is_chosen = False
        self._around: NetnsKey | None = None
        self._names: Told = {}
        self._hanging = Hanging({})
        self._endpoints = Endpoints(self.topology, {})
        self.networks: tuple[Network, ...] = ()
        """All that can be drawn."""
        self.network: Network | None = None
        """The one that is drawn."""
        self.version = 0
        """Rises when there is something new to draw."""
        self.path: Collection[Key | str] = frozenset()
        """Links and namespaces of the path that is shown, and addresses of the tunnels' ends on it."""

    def look(self) -> None:
        """Take in what is new."""
        topology, told = self._wiring.look(), self._told()
        if topology is self.topology and told == self._names:
            return
        self.version += 1
        self.topology, self._names = topology, told
        self._hanging = Hanging.of(topology)
        self._endpoints = Endpoints(topology, told)
        self.networks = networks(topology, self._hanging)
        hub = self.network.hub if self.network else None
        same = (one for one in self.networks if self._is_chosen and self.network and one.hub == hub)
        self.network = next(same, self.networks[0] if self.networks else None)
        # At the beginning namespaces are found one by one: the first overlay network is a better choice than any other.
        self._is_chosen |= self.network is not None and self.network.kind.startswith(Kind.OVERLAY)
        self._look_around()

    @property
    def says_nothing(self) -> str:
        """Why there may be nothing to draw."""
        nodes = self.topology.nodes.values()
        if not nodes:
            return "namespaces are being looked at"
        unread = sum(node.place.contents.read_ns is None for node in nodes)
        return f"{_NOTHING} so far; not read: {unread} of {len(nodes)} namespaces" if unread else _NOTHING

    def step(self, by: int) -> None:
        """Choose the next network."""
        if self.network:
            self._is_chosen, self._around = True, None
            self.network = self.networks[(self.networks.index(self.network) + by) % len(self.networks)]

    def choose(self, network: Network) -> None:
        """Choose one of the networks."""
        self._is_chosen, self._around = True, None
        self.network = network

    def choose_around(self, key: NetnsKey) -> None:
        """Choose the network to draw for a namespace; while it is in none, the first that it joins, once it does.

        A container is born before its cable hangs on a bridge: what is drawn of it then is no choice of the user's.
        """
        self.look()
        self._around = key
        self._look_around()

    def _look_around(self) -> None:
        """Choose the network of the namespace that was asked for, and did not have any before."""
        if self._around is None:
            return
        network = self._network_of(self._around)
        if network:
            self.choose(network)
        elif any(self._is_of(self._around, join.of) for join in loose_joins(self.topology)):
            self.network = self.networks[-1]

    def _network_of(self, key: NetnsKey) -> Network | None:
        """Return the network of a namespace: its own, else one in which it has a link, else one that it carries."""
        hubs = [network for network in self.networks if network.hub]
        tests = (self._is_own, self._hangs_on, self._carries)
        return next((network for test in tests for network in hubs if test(key, network)), None)

    def _is_own(self, key: NetnsKey, network: Network) -> bool:
        return network.hub is not None and network.hub.netns == key and network.members > 0

    def _hangs_on(self, key: NetnsKey, network: Network) -> bool:
        return any(self._is_of(key, link.key) for link in self._links_of(network))

    def _carries(self, key: NetnsKey, network: Network) -> bool:
        """Whether tunnels of a network send through a namespace."""
        return any(link.vxlan and self.topology.underlay(link.key) == key for link in self._links_of(network))

    def _links_of(self, network: Network) -> tuple[Link, ...]:
        return self._hanging.on.get(network.hub, ()) if network.hub else ()

    def draw(self, wanted: Wanted, view: View) -> Drawing:
        """Return the drawing of the chosen network."""
        if self.network is None:
            return Drawing(view.width, (), {})
        several = parts(self.topology, self.network, self.networks)
        return draw_parts([self._content(network, wanted) for network in several], view)

    def _content(self, network: Network, wanted: Wanted) -> Content:
        return content(self.topology, self._endpoints, self._hanging, network, wanted)

    def _is_of(self, key: NetnsKey, link: LinkKey) -> bool:
        peer = self.topology.peer(link)
        return link.netns == key or (isinstance(peer, Link) and peer.key.netns == key)
