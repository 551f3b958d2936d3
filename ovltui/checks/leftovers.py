"""Namespaces that belong to nothing any more: sandboxes without a container, overlays without a network.

Source: how each namespace was found, and what the engine in whose mount namespace it is mounted tells. Pure.
Incomplete: silent where that engine does not answer; namespaces that are alive only by a descriptor or a socket are
told where they hold a vxlan device (``tunnels.stray``), for others live so in normal life.
"""

from collections.abc import Iterator

from ovltui.checks.finding import Evidence, Finding, Severity
from ovltui.checks.index import index
from ovltui.checks.overlays import unclaimed
from ovltui.checks.scene import Scene
from ovltui.identity.model import EngineView
from ovltui.netns.model import Netns
from ovltui.topology.model import Node

PAGE = """\
Compared: mounts like docker/netns/0a1b2c3d4e5f and docker/netns/1-i570yv7rgz that hold no process, with the
containers and the networks of the engine in whose mount namespace they are.
Can be wrong: for a moment while a container or a network is made or removed.
People met it: moby#32090, moby#41136, libnetwork#1765."""
_SANDBOX = 12
_HEX = frozenset("0123456789abcdef")


def find(scene: Scene) -> Iterator[Finding]:
    """Find namespaces that were left over."""
    engines: dict[int | None, EngineView] = {view.mntns: view for view in scene.engines if view.answers and view.mntns}
    nameless = tuple(index(scene).nameless) if engines else ()
    holding = {tunnel.netns for tunnel in index(scene).tunnels} if nameless else set()
    for node in nameless:
        netns = scene.netnses.get(node.key)
        if netns and not (netns.pids or netns.tasks) and node.key not in holding:
            yield from _left(node, netns, scene, engines)


def _left(node: Node, netns: Netns, scene: Scene, engines: dict[int | None, EngineView]) -> Iterator[Finding]:
    why = unclaimed(scene, netns)
    for mount in netns.mounts:
        directory, _, name = mount.path.rpartition("/")
        view = engines.get(mount.mntns)
        if view and directory.endswith("docker/netns") and len(name) == _SANDBOX and _HEX.issuperset(name):
            known = any(one.sandbox.startswith(name) for one in view.containers if one.sandbox)
            why = why or ("" if known else f"of which {view.name} has no container")
    if why:
        path = netns.mounts[0].shown
        yield Finding(
            check="leftover",
            severity=Severity.NOTE,
            netns=node.key,
            link=None,
            subject=path,
            says=f"{node.name} is left over: no process is in it, {why}.",
            consequence="it costs memory, and keeps links and addresses alive that somebody may wait for.",
            evidence=tuple(Evidence("mount", f"{one.shown} of process {one.pid}") for one in netns.mounts[:3]),
            slow=True,
        )
