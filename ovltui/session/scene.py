"""The scene that checks look at: out of the living session, or of one visit to each namespace.

Source: ``session.wiring``, ``session.intents``, ``session.underfoot``; of commands that look once, what
``session.picture`` visits. Privileges: those of a visit. Incomplete: as these say; what could not be known of a swarm,
``intents.unknowns`` says.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ovltui.checks.index import index
from ovltui.checks.scene import Scene, Underfoot
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.asker import Answer
from ovltui.session.holders import prefix
from ovltui.session.intents import Asking, intents_of, seats_of
from ovltui.session.picture import Told, untold, visited
from ovltui.session.session import Session
from ovltui.session.underfoot import SWARM_PORTS, Footing, read
from ovltui.topology.builder import build
from ovltui.topology.model import Topology

_ACTIVE = ("active", "locked", "pending")
"""Words for the state of an engine that belongs to a swarm."""


class Living:
    """Makes the scenes of a session that goes on; one thread uses it.

    Args:
        session: whose.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: tuple[Netns, ...] = ()
        self._netnses: dict[NetnsKey, Netns] = {}
        self._ways: dict[NetnsKey, str] = {}

    def scene(self, topology: Topology, answers: Iterable[Answer], underfoot: Mapping[NetnsKey, Underfoot]) -> Scene:
        """Return the scene now.

        Args:
            topology: the newest.
            answers: what engines said last of what they intend.
            underfoot: what was read last.
        """
        netnses = self._session.netnses
        if netnses is not self._known:
            self._known = netnses
            self._netnses = {netns.key: netns for netns in netnses}
            self._ways = ways(netnses, self._session.mntns)
        answers = tuple(answers)
        return Scene(
            topology=topology,
            netnses=self._netnses,
            engines=self._session.engines,
            intents=intents_of(answers),
            seats=seats_of(answers),
            underfoot=underfoot,
            ways=self._ways,
            now_ns=time.time_ns(),
        )


def visited_scene(session: Session, told: Told = untold) -> tuple[Scene, tuple[Answer, ...]]:
    """Visit all namespaces and ask all engines once; return the scene, and what engines said.

    Args:
        session: which namespaces and engines there are.
        told: as of ``picture.visited``.
    """
    rows = session.snapshot().rows
    asking = Asking(session.engines)
    topology = build(visited(rows, tuple(Table), told=told))
    answers = asking.answers()
    scene = Living(session).scene(topology, answers, {})
    underfoot = {key: read(footing).underfoot for key, footing in footings(scene).items()}
    return replace(scene, underfoot=underfoot), answers


def ways(netnses: Iterable[Netns], mntns: int | None) -> dict[NetnsKey, str]:
    """Return what to write before a command so that it runs in each namespace into which a way leads.

    Args:
        netnses: which.
        mntns: inode of our own mount namespace.
    """
    return {netns.key: way for netns in netnses if (way := prefix(netns, mntns)) is not None}


def footings(scene: Scene) -> dict[NetnsKey, Footing]:
    """Return the namespaces by which overlays send, or engines of a swarm talk, with the ports that matter there."""
    found: dict[NetnsKey, set[int]] = {}
    for tunnel in index(scene).tunnels:
        if tunnel.underlay:
            found.setdefault(tunnel.underlay, set(SWARM_PORTS)).add(tunnel.port)
    members = {seat.url for seat in scene.seats if seat.state in _ACTIVE}
    for view in scene.engines:
        if view.url in members and view.netns:
            found.setdefault(view.netns, set(SWARM_PORTS))
    netnses = scene.netnses
    return {key: Footing(netnses[key], frozenset(ports)) for key, ports in found.items() if key in netnses}
