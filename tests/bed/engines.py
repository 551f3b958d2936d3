"""Two real Docker Engines on this one machine, joined in a swarm, with an overlay network over both.

Each is a ``Node`` in its own namespace, a veth pair between them is the underlay. ``close`` leaves nothing
behind, also after a set-up that failed or was interrupted half way. Several pairs can run at the same time.
Needs root, and what ``needs_docker`` stands for in ``tests.bed.means``; uses no registry.
"""

import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bed import swarm
from tests.bed.netns import ip
from tests.bed.node import EngineError, Node
from tests.bed.signals import deferred

_PAIRS = 50


class TwoEngines:
    """A context manager: on entry two engines with one container each; on exit nothing is left.

    Args:
        prefix: the namespaces are called ``<prefix>1`` and ``<prefix>2``; ``-2`` and so on is added to both
            where they exist already.
        containers: whether to start those of ``tests.bed.swarm``, and wait until they reach each other.
    """

    nodes: tuple[Node, Node]
    """The engines; the first is the swarm's manager."""

    def __init__(self, prefix: str = "node", *, containers: bool = True) -> None:
        self._prefix = prefix
        self._containers = containers
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Undo all that was made, last first; a second call does nothing."""
        with deferred():
            self._undo.close()

    def run(self, node: int, name: str, *options: str) -> str:
        """Start a container of the test image on ``mynet01`` and return its id."""
        return swarm.run(self.nodes[node], name, *options)

    def _set_up(self) -> None:
        with deferred():
            directory = Path(tempfile.mkdtemp(prefix="ovltui-bed-"))
            self._undo.callback(shutil.rmtree, directory)
            names, index = self._reserve()
        self._wire(names, f"192.168.{57 + index}", directory)
        self._undo.callback(self._stop)
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.await_ready()
        swarm.join(self.nodes, directory)
        if self._containers:
            swarm.run_containers(self.nodes)

    def _reserve(self) -> tuple[tuple[str, str], int]:
        """Make two namespaces under the first free pair of names; return them and the pair's number."""
        for index in range(_PAIRS):
            suffix = f"-{index + 1}" if index else ""
            names = (f"{self._prefix}1{suffix}", f"{self._prefix}2{suffix}")
            with ExitStack() as made:
                if all(self._add(name, made) for name in names):
                    self._undo.push(made.pop_all())
                    return names, index
        raise EngineError(f"no free names: {_PAIRS} pairs of {self._prefix}1 and {self._prefix}2 exist")

    @staticmethod
    def _add(name: str, made: ExitStack) -> bool:
        if Path("/run/netns", name).exists():
            return False
        added = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
        if added.returncode:
            if "File exists" in added.stderr:  # another run was faster
                return False
            raise EngineError(f"ip netns add {name}: {added.stderr.strip()}")
        made.callback(ip, "netns", "delete", name)
        return True

    def _wire(self, names: tuple[str, str], underlay: str, directory: Path) -> None:
        """Join the namespaces by a veth pair; swarm wants a default route in each, leading anywhere."""
        ip(
            "link",
            "add",
            "eth0",
            "netns",
            names[0],
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            names[1],
        )
        made = []
        for number, name in enumerate(names, 1):
            node = Node(name, f"{underlay}.10{number}", directory / name)
            node.directory.mkdir()
            (node.directory / "daemon.json").write_text("{}\n")
            for args in (
                ("link", "set", "lo", "up"),
                ("address", "add", f"{node.address}/24", "dev", "eth0"),
                ("link", "set", "eth0", "up"),
                ("route", "add", "default", "via", f"{underlay}.254"),
            ):
                ip("-n", name, *args)
            made.append(node)
        self.nodes = (made[0], made[1])

    def _stop(self) -> None:
        with ExitStack() as stack:
            for node in self.nodes:
                stack.callback(node.close)
