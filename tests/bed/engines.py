"""Two real Docker Engines on this one machine, joined in a swarm, with an overlay network over both.

Each is a ``Node`` in its own namespace, a veth pair between them is the underlay. ``close`` leaves nothing
behind, also after a set-up that failed or was interrupted half way. Several pairs can run at the same time.
Needs root, and what ``needs_docker`` stands for in ``tests.bed.means``; uses no registry.
"""

import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bed import image
from tests.bed.means import command
from tests.bed.netns import ip
from tests.bed.node import EngineError, Node
from tests.bed.signals import deferred

NETWORK = "mynet01"
SUBNET = "10.13.17.0/24"
CONTAINERS = (
    (0, "docker1n", ("-h", "docker1h", "--ip", "10.13.17.7")),
    (1, "docker2n", ("-h", "docker2h")),
)
"""Node, name and options of each container that stands from the beginning."""
_PAIRS = 50
_CONVERGED = 60.0


class TwoEngines:
    """A context manager: on entry two engines with one container each; on exit nothing is left.

    Args:
        prefix: the namespaces are called ``<prefix>1`` and ``<prefix>2``; ``-2`` and so on is added to both
            where they exist already.
        containers: whether to start ``CONTAINERS``, and wait until they reach each other.
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
        where = ("--rm", "--name", name, "--net", NETWORK, *options, image.NAME)
        return self.nodes[node].docker("run", "-d", *where)

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
        self._join()
        self._load_image(directory)
        if self._containers:
            self._run_containers()

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

    def _join(self) -> None:
        first, second = self.nodes
        first.docker("swarm", "init", "--advertise-addr", first.address)
        token = first.docker("swarm", "join-token", "-q", "worker")
        second.docker("swarm", "join", "--token", token, f"{first.address}:2377")
        kind = ("--driver", "overlay", "--attachable", "--internal", "--subnet", SUBNET)
        first.docker("network", "create", *kind, NETWORK)

    def _load_image(self, directory: Path) -> None:
        """Give both engines the image under one id, by which a swarm service can name it."""
        first, second = self.nodes
        tar, saved = directory / "image.tar", directory / "saved.tar"
        image.write(Path(command("busybox") or "busybox"), tar)
        first.docker("import", "-c", image.COMMAND, str(tar), image.NAME)
        first.docker("save", "-o", str(saved), image.NAME)
        second.docker("load", "-i", str(saved))

    def _run_containers(self) -> None:
        for node, name, options in CONTAINERS:
            self.run(node, name, *options)
        deadline = time.monotonic() + _CONVERGED
        ping = ("exec", "docker1n", "ping", "-c", "1", "-W", "1", "docker2n")
        while "1 packets received" not in self.nodes[0].docker(*ping, check=False):
            if time.monotonic() > deadline:
                raise EngineError("docker1n does not reach docker2n")
            time.sleep(0.1)

    def _stop(self) -> None:
        with ExitStack() as stack:
            for node in self.nodes:
                stack.callback(node.close)
