"""Where a fault strikes: docker1n on node1, docker2n on node2, and what lies between them; commands in these places.

Source: the plan. Pure. A command runs in one namespace, with the words that a person would type there.
"""

from dataclasses import dataclass

from ovltui.lab.layout import birth_name
from ovltui.lab.plan import Endpoint, Node, Plan, Space


@dataclass(frozen=True, slots=True)
class Command:
    """A command in a namespace of the lab."""

    space: Space
    words: tuple[str, ...]


Commands = tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Victims:
    """Where a fault strikes, in a plan."""

    plan: Plan

    @property
    def node(self) -> Node:
        """The node of docker1n."""
        return self.plan.nodes[0]

    @property
    def other(self) -> Node:
        """The node of docker2n."""
        return self.plan.nodes[1]

    @property
    def address(self) -> str:
        """The address of docker2n."""
        return self.other.endpoints[1].address

    @property
    def mac(self) -> str:
        """The MAC address of docker2n."""
        return self.other.endpoints[1].mac

    @property
    def own(self) -> Endpoint:
        """Where docker1n is connected."""
        return self.node.endpoints[1]

    @property
    def balancer(self) -> Endpoint:
        """Where the load balancer of node1 is connected."""
        return self.node.endpoints[0]

    @property
    def port(self) -> str:
        """The port of docker1n in the overlay's bridge."""
        return self.node.endpoints[1].port

    @property
    def stray(self) -> str:
        """A name as Docker gives to a vxlan link that it has not moved yet."""
        return birth_name(self.plan)

    def gone(self, number: int) -> str:
        """Return the address in the overlay whose last byte is ``number``, which nobody has."""
        return f"{self.address.rpartition('.')[0]}.{number}"

    def on_node(self, command: str) -> Command:
        """Return a command on node1."""
        return Command(self.node.space, tuple(command.split()))

    def on_other(self, command: str) -> Command:
        """Return a command on node2."""
        return Command(self.other.space, tuple(command.split()))

    def in_overlay(self, command: str) -> Command:
        """Return a command in the overlay's namespace of node1."""
        return Command(self.node.overlay, tuple(command.split()))

    def in_container(self, command: str) -> Command:
        """Return a command in docker1n."""
        return Command(self.node.endpoints[1].space, tuple(command.split()))

    def forget(self) -> Command:
        """Return the command by which docker1n forgets what it has learned of its neighbours."""
        return self.in_container("ip neigh flush dev eth0")

    def rows(self) -> Commands:
        """Return the commands that set each permanent row of vxlan0 on node1."""
        return tuple(
            self.in_overlay(command)
            for endpoint, other in self.plan.remote(self.node)
            for command in (
                f"bridge fdb replace {endpoint.mac} dev vxlan0 dst {other.vtep} self permanent",
                f"ip neigh replace {endpoint.address} lladdr {endpoint.mac} dev vxlan0 nud permanent",
            )
        )
