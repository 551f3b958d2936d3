"""The drawing follows real engines: a container that starts, joins a network, leaves one, is moved, ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from ovltui.session.live import LiveSession, Options
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.topology import TopologyScreen
from tests.bed.engines import TwoEngines
from tests.bed.swarm import NETWORK
from tests.tui.test_event_pane import await_true
from tests.tui.test_topology_screen import lines, strip, view

OTHER = "topolive"
PATIENCE_S = 40.0
pytestmark = [pytest.mark.needs_root, pytest.mark.needs_docker]


@asynccontextmanager
async def topology_of(engines: TwoEngines) -> AsyncIterator[tuple[Pilot[int], TopologyScreen]]:
    session = LiveSession(Options(docker=tuple(node.url for node in engines.nodes)))
    session.start()
    try:
        app = OvltuiApp(session)
        async with app.run_test(size=(140, 50)) as pilot:
            await pilot.press("3")
            screen = app.screen
            assert isinstance(screen, TopologyScreen)
            await await_true(lambda: view(screen).drawing.spots)
            yield pilot, screen
    finally:
        session.close()


async def choose(pilot: Pilot[int], screen: TopologyScreen, name: str) -> None:
    """Go to the drawing of a network."""
    sights = screen._sights

    def is_there() -> bool:
        sights.look()
        return any(network.name == name for network in sights.networks)

    await await_true(is_there)
    while sights.network is None or sights.network.name != name:
        await pilot.press("w")


def drawn(screen: TopologyScreen) -> str:
    return "\n".join(lines(screen))


async def await_drawn(screen: TopologyScreen, *words: str, gone: bool = False) -> None:
    """Wait until all words are in the drawing, or none of them."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while any((word in drawn(screen)) is gone for word in words):
        assert asyncio.get_running_loop().time() < deadline, (words, gone, drawn(screen))
        await asyncio.sleep(0.05)


async def docker(engines: TwoEngines, node: int, *words: str) -> str:
    return await asyncio.to_thread(engines.nodes[node].docker, *words)


async def test_the_drawing_follows_what_docker_does_and_no_key_is_pressed(two_engines: TwoEngines) -> None:
    here, there = (node.netns for node in two_engines.nodes)
    async with topology_of(two_engines) as (pilot, screen):
        await choose(pilot, screen, f"{NETWORK}@{here}")
        # Both nodes are visible: what is behind the tunnel is named, and the other node's part is drawn below.
        await await_drawn(screen, "docker1n", "br0", "vxlan0", "id 4097", there, "docker2n", f"{NETWORK}@{there}")
        try:
            await asyncio.to_thread(two_engines.run, 0, "topo9n")
            await await_drawn(screen, "topo9n")
            await docker(two_engines, 0, "network", "create", OTHER)
            await docker(two_engines, 0, "network", "connect", OTHER, "topo9n")
            bridge = f"br-{await docker(two_engines, 0, 'network', 'inspect', '-f', '{{.Id}}', OTHER)}"[:15]
            await choose(pilot, screen, f"{here}/{bridge}")
            await await_drawn(screen, "topo9n", "eth1")
            await docker(two_engines, 0, "network", "disconnect", NETWORK, "topo9n")
            await choose(pilot, screen, f"{NETWORK}@{here}")
            await await_drawn(screen, "topo9n", gone=True)
            await docker(two_engines, 0, "network", "connect", NETWORK, "topo9n")
            await await_drawn(screen, "topo9n")
        finally:
            await docker(two_engines, 0, "rm", "-f", "topo9n")
            await docker(two_engines, 0, "network", "rm", OTHER)
        await await_drawn(screen, "topo9n", gone=True)
        await await_true(lambda: bridge not in strip(screen))
