"""What an engine intends of an overlay network: who is a peer, which endpoints there are in the whole swarm, and where.

Source: ``GET /networks/{id}?verbose=true`` of one engine. Frozen values only; every string in here is clean text, safe
to show. Incomplete: an engine tells what its gossip knows; engines that lost touch with each other differ.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A node that takes part in a network."""

    name: str
    """The first characters of its node's id in the gossip."""
    address: str
    """Its VTEP."""


@dataclass(frozen=True, slots=True)
class Member:
    """An endpoint of a network."""

    name: str
    """Of its container, or of what else has it."""
    endpoint: str
    """Id of the endpoint."""
    address: str
    """Its IPv4 address, without prefix length."""
    host: str
    """Address of the node that it runs on (its VTEP); empty where the engine does not say."""
    mac: str
    """Its MAC, where the engine tells it (those of its own containers); else empty."""
    local: bool
    """Whether it runs on the engine that says so."""
    container: str = ""
    """Id of its container, where it is local; ``lb-…`` of a load balancer."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One network as one engine knows it."""

    url: str
    """The engine's endpoint, as in ``EngineView``."""
    network: str
    """Id of the network."""
    name: str
    driver: str
    vni: int | None
    encrypted: bool
    subnets: tuple[str, ...]
    gateways: tuple[str, ...]
    mtu: int | None
    """What the network's options ask for; None for the driver's own choice."""
    peers: tuple[Peer, ...]
    members: tuple[Member, ...]
    asked_ns: int
    """When the engine answered, in nanoseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What an engine says of its place in the swarm."""

    url: str
    state: str
    """``active``, ``inactive``, ``pending``, ``error`` …"""
    node: str
    """Id of its node; empty outside of a swarm."""
    address: str
    """The address of its node, by which the other nodes send to it; may be empty."""
    manager: bool
    nodes: tuple[tuple[str, str, str], ...]
    """Id, address and state (``ready``, ``down`` …) of each node, where it is a manager."""
