"""The commands that lay a plan out, in the order in which they are to be run.

Source: the plan. Pure. They are those of iproute2, as a person would type them in each namespace; links are born on the
node and moved to where they belong, as Docker's are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ovltui.lab.plan import GATEWAY, MTU, PREFIX, UNDERLAY, VNI, Endpoint, Node, Plan, Space

PORT = 4789
"""UDP port of VXLAN."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands for one namespace."""

    space: Space
    tool: str
    """``ip`` or ``bridge``."""
    lines: tuple[str, ...]
    """Their words behind the tool's name, each command on a line."""


def batches(plan: Plan) -> Iterator[Batch]:
    """Yield all commands; the namespaces are there already, empty."""
    yield _underlay(plan)
    for node in plan.nodes:
        yield Batch(node.space, "ip", tuple(_node(node, plan)))
        yield Batch(node.overlay, "ip", tuple(_overlay(node, plan)))
        yield Batch(node.overlay, "bridge", tuple(_fdb(node, plan)))
        for endpoint in node.endpoints:
            yield Batch(endpoint.space, "ip", tuple(_inside(endpoint)))


def attachment(plan: Plan, container: Endpoint) -> Iterator[Batch]:
    """Yield the commands that attach one more container to a network that is laid out; its namespace is there."""
    for node in plan.nodes:
        if container in node.endpoints:
            yield Batch(node.space, "ip", tuple(_pair(container, node, plan)))
            yield Batch(container.space, "ip", tuple(_inside(container)))
            yield Batch(node.overlay, "ip", tuple(_port(container)))
        else:
            home = next(other for other in plan.nodes if container in other.endpoints)
            yield Batch(node.overlay, "ip", (_neigh_row(container),))
            yield Batch(node.overlay, "bridge", (_fdb_row(container, home),))


def _underlay(plan: Plan) -> Batch:
    """Return what joins the nodes: two of them by one veth pair, more by a bridge."""
    if plan.underlay is None:
        first, second = plan.nodes
        pair = f"link add eth0 type veth peer name eth0 netns {plan.path(second.space)}"
        return Batch(first.space, "ip", (pair,))
    lines = ["link set lo up", "link add br0 type bridge", "link set br0 up"]
    for node in plan.nodes:
        port = f"node{node.number}"
        lines.append(f"link add {port} type veth peer name eth0 netns {plan.path(node.space)}")
        lines.append(f"link set {port} master br0 up")
    return Batch(plan.underlay, "ip", tuple(lines))


def _node(node: Node, plan: Plan) -> Iterator[str]:
    yield "link set lo up"
    yield f"address add {node.vtep}/{PREFIX} brd + dev eth0"
    yield "link set eth0 up"
    yield f"route add default via {UNDERLAY}.254"  # nobody is there; swarm wants one, too
    # Born here, so that its packets leave from here, wherever it is moved.
    yield f"link add {birth_name(plan)} txqueuelen 0 mtu {MTU} type vxlan id {VNI} dstport {PORT} proxy l2miss l3miss"
    yield f"link set {birth_name(plan)} netns {plan.path(node.overlay)}"
    for endpoint in node.endpoints:
        yield from _pair(endpoint, node, plan)


def _pair(endpoint: Endpoint, node: Node, plan: Plan) -> Iterator[str]:
    """Yield what makes the two ends of a cable on a node, and gives each to its namespace."""
    outer, inner = _outer(endpoint.port), _inner(endpoint.port)
    yield f"link add {outer} txqueuelen 0 mtu {MTU} type veth peer name {inner} txqueuelen 0 mtu {MTU}"
    yield f"link set {outer} netns {plan.path(node.overlay)}"
    yield f"link set {inner} netns {plan.path(endpoint.space)}"


def _inside(endpoint: Endpoint) -> Iterator[str]:
    yield "link set lo up"
    yield f"link set {_inner(endpoint.port)} name eth0 address {endpoint.mac}"
    yield f"address add {endpoint.address}/{PREFIX} brd + dev eth0"
    yield "link set eth0 up"


def _port(endpoint: Endpoint) -> Iterator[str]:
    yield f"link set {_outer(endpoint.port)} name {endpoint.port}"
    yield f"link set {endpoint.port} master br0 up"


def _neigh_row(endpoint: Endpoint) -> str:
    return f"neigh replace {endpoint.address} lladdr {endpoint.mac} dev vxlan0 nud permanent"


def _fdb_row(endpoint: Endpoint, home: Node) -> str:
    return f"fdb replace {endpoint.mac} dev vxlan0 dst {home.vtep} self permanent"


def _overlay(node: Node, plan: Plan) -> Iterator[str]:
    yield "link set lo up"
    yield "link add br0 txqueuelen 0 type bridge"
    yield f"address add {GATEWAY}/{PREFIX} brd + dev br0"
    yield "link set br0 up"
    yield f"link set {birth_name(plan)} name vxlan0"
    yield "link set vxlan0 master br0 up"
    for endpoint in node.endpoints:
        yield from _port(endpoint)
    for endpoint, _ in plan.remote(node):
        yield _neigh_row(endpoint)


def _fdb(node: Node, plan: Plan) -> Iterator[str]:
    for endpoint, other in plan.remote(node):
        yield _fdb_row(endpoint, other)


def birth_name(plan: Plan) -> str:
    """Return what vxlan0 is called until it is in its namespace, as Docker calls it: VNI and network."""
    return f"vx-{VNI:06x}-{plan.token[:5]}"


def _outer(port: str) -> str:
    return f"lab{port}o"


def _inner(port: str) -> str:
    return f"lab{port}i"
