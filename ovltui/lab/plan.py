"""What a lab consists of: nodes, the namespaces of their overlay network, endpoints, and every address of them.

Source: the numbers of nodes and of containers on each. Pure. Names and numbers are those of the walk-through: node1,
node2, mynet01, docker1n on node1, docker2n on node2, the others in turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ovltui.errors import UsageError

NETWORK = "mynet01"
VNI = 4097
MTU = 1450
"""Bytes that a VXLAN header leaves of the underlay's 1500."""
UNDERLAY_MTU = 1500
GATEWAY = "10.13.17.1"
SUBNET = "10.13.17.0/24"
PREFIX = 24
UNDERLAY = "192.168.56"
MARK = "ovltui-lab"
"""The first word by which a process of any lab is known."""
MOST_NODES = 9
MOST_CONTAINERS = 20
"""On each node."""
_FEWEST_NODES = 2
_ID_LENGTH = 25
_FIRST_CONTAINER = 11
"""Last byte of the address of docker1n."""


class Role(StrEnum):
    """What a namespace of the lab stands for."""

    UNDERLAY = "underlay"
    NODE = "node"
    OVERLAY = "overlay"
    LOADBALANCER = "loadbalancer"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class Space:
    """A network namespace of the lab."""

    file: str
    """Name of the file that keeps it; differs for each."""
    name: str
    """What it is called, as Docker would: the overlay's on each node alike."""
    role: Role
    node: int
    """Number of its node, from 1 on; 0 for the underlay's own."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A namespace attached to the overlay network: a container's, or a load balancer's."""

    space: Space
    number: int
    """Last byte of its address."""
    port: str
    """Name of its veth's other end, a port of br0 in the overlay's namespace."""

    @property
    def address(self) -> str:
        """Its IPv4 address in the overlay network."""
        return f"10.13.17.{self.number}"

    @property
    def mac(self) -> str:
        """Its MAC address, which Docker makes of the IPv4 address."""
        return mac_of(self.number)


@dataclass(frozen=True, slots=True)
class Node:
    """A pretended machine."""

    space: Space
    overlay: Space
    endpoints: tuple[Endpoint, ...]
    """The load balancer's first, then the containers'."""

    @property
    def number(self) -> int:
        """From 1 on."""
        return self.space.node

    @property
    def vtep(self) -> str:
        """Its address in the underlay, to which the others send VXLAN packets."""
        return f"{UNDERLAY}.10{self.number}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A lab, as it is to be."""

    directory: str
    """Where the files lie that keep its namespaces."""
    token: str
    """Tells this lab from every other: hexadecimal digits."""
    nodes: tuple[Node, ...]

    @property
    def network_id(self) -> str:
        """An id for the network, as long as Docker's."""
        return f"{self.token}{NETWORK}".ljust(_ID_LENGTH, "0")

    @property
    def underlay(self) -> Space | None:
        """The namespace of the bridge that joins more than two nodes; two are joined directly."""
        return Space("underlay", "underlay", Role.UNDERLAY, 0) if len(self.nodes) > _FEWEST_NODES else None

    @property
    def spaces(self) -> tuple[Space, ...]:
        """All namespaces, each before those that are made from it."""
        return tuple(self._spaces())

    @property
    def containers(self) -> tuple[Endpoint, ...]:
        """All containers, node by node."""
        return tuple(one for node in self.nodes for one in node.endpoints if one.space.role is Role.CONTAINER)

    def less(self, container: str) -> "Plan":
        """Return this plan as it is before the container of that name is started."""
        return replace(
            self,
            nodes=tuple(
                replace(node, endpoints=tuple(one for one in node.endpoints if one.space.name != container))
                for node in self.nodes
            ),
        )

    def remote(self, node: Node) -> Iterator[tuple[Endpoint, Node]]:
        """Yield the endpoints on other nodes than ``node``, each with its node."""
        return ((endpoint, other) for other in self.nodes if other is not node for endpoint in other.endpoints)

    def path(self, space: Space) -> str:
        """Return the path of the file that keeps a namespace."""
        return f"{self.directory}/{space.file}"

    def marks(self, space: Space) -> tuple[str, ...]:
        """Return the words by which the process of a container is known."""
        return (MARK, self.token, space.name)

    def _spaces(self) -> Iterator[Space]:
        if self.underlay:
            yield self.underlay
        for node in self.nodes:
            yield node.space
            yield node.overlay
            yield from (endpoint.space for endpoint in node.endpoints)


def mac_of(number: int) -> str:
    """Return the MAC address of the endpoint whose address ends in ``number``."""
    return f"02:42:0a:0d:11:{number:02x}"


def plan(nodes: int, containers: int, directory: str, token: str) -> Plan:
    """Return the plan of a lab.

    Args:
        nodes: how many nodes, 2 to ``MOST_NODES``.
        containers: how many on each, 1 to ``MOST_CONTAINERS``.
        directory: where the files lie that keep its namespaces.
        token: hexadecimal digits that no other lab has.

    Raises:
        UsageError: there is no room for so many.
    """
    if not _FEWEST_NODES <= nodes <= MOST_NODES:
        raise UsageError(f"a lab has {_FEWEST_NODES} to {MOST_NODES} nodes, not {nodes}.")
    if not 1 <= containers <= MOST_CONTAINERS:
        raise UsageError(f"a node of the lab has 1 to {MOST_CONTAINERS} containers, not {containers}.")
    return Plan(directory, token, tuple(_node(number, nodes, containers) for number in range(1, nodes + 1)))


def _node(number: int, nodes: int, containers: int) -> Node:
    balancer = Endpoint(Space(f"node{number}-lb", f"lb-{NETWORK}", Role.LOADBALANCER, number), 1 + number, "veth0")
    return Node(
        Space(f"node{number}", f"node{number}", Role.NODE, number),
        Space(f"node{number}-{NETWORK}", NETWORK, Role.OVERLAY, number),
        (balancer, *(_container(number + nodes * turn, number, turn) for turn in range(containers))),
    )


def _container(number: int, node: int, turn: int) -> Endpoint:
    name = f"docker{number}n"
    space = Space(name, name, Role.CONTAINER, node)
    return Endpoint(space, _FIRST_CONTAINER - 1 + number, f"veth{turn + 1}")
