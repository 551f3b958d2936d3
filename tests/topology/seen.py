"""The topology of this machine, as the commands see it, and commands inside of its namespaces."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ovltui.cli.netns import looked
from ovltui.cli.output import Output
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession, Options
from ovltui.session.picture import visited
from ovltui.topology.builder import build
from ovltui.topology.links import Link
from ovltui.topology.model import Node, Topology
from tests.bed.engines import TwoEngines
from tests.bed.node import Node as Engine


def seen(engines: TwoEngines | None = None) -> tuple[Topology, dict[int, NetnsKey]]:
    """Return the topology, and the key of each namespace by its inode."""
    urls = tuple(node.url for node in engines.nodes) if engines else ()
    with looked(LiveSession(Options(docker=urls, no_docker=not urls)), Output(sys.stdout, None)) as session:
        rows = session.snapshot().rows
        places = visited(rows, tuple(Table))
    return build(places), {row.netns.inode: row.netns.key for row in rows}


def inode_of(engine: Engine, container: str) -> int:
    """Return the inode of a container's namespace."""
    pid = engine.docker("inspect", "-f", "{{.State.Pid}}", container)
    return Path(f"/proc/{pid}/ns/net").stat().st_ino


class Inside:
    """A namespace in which commands are run.

    Args:
        path: its file.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def inode(self) -> int:
        """Inode of the namespace."""
        return Path(self.path).stat().st_ino

    def run(self, command: str) -> str:
        """Run a command in it and return what it printed."""
        argv = ["nsenter", f"--net={self.path}", "--", *command.split()]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    def json(self, command: str) -> Any:
        """Run a command in it and return the decoded answer."""
        return json.loads(self.run(command) or "[]")


def overlay_of(engine: Engine, network: str) -> Inside:
    """Return the namespace of an overlay network on one engine."""
    number = engine.docker("network", "inspect", "-f", "{{.Id}}", network)[:10]
    return Inside(f"/proc/{engine.pid}/root/run/docker/netns/1-{number}")


def sandbox_of(engine: Engine, container: str) -> Inside:
    """Return the namespace of a container."""
    return Inside(f"/proc/{engine.docker('inspect', '-f', '{{.State.Pid}}', container)}/ns/net")


def port_of(topology: Topology, container: Node) -> Link:
    """Return the other end of the first veth of a container that is a port of a bridge beside a vxlan device."""
    for link in container.links.values():
        peer = topology.peer(link.key)
        if isinstance(peer, Link) and any(one.vxlan for one in topology.nodes[peer.key.netns].links.values()):
            return peer
    raise LookupError(container.name)
