"""Two engines joined in a swarm, with an overlay network over both and a container on each: what both beds begin with.

Source: the docker command. Needs engines that answer; uses no registry.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tests.bed import image
from tests.bed.means import command

NETWORK = "mynet01"
SUBNET = "10.13.17.0/24"
CONTAINERS = (
    (0, "docker1n", ("-h", "docker1h", "--ip", "10.13.17.7")),
    (1, "docker2n", ("-h", "docker2h")),
)
"""Engine, name and options of each container that stands from the beginning."""
_CONVERGED_S, _POLL_S = 60.0, 0.05


class Engine(Protocol):
    """A Docker Engine."""

    address: str
    """Where the other one reaches it."""

    def docker(self, *args: str, check: bool = True) -> str:
        """Run the docker command on it; return what it printed."""


def join(engines: Sequence[Engine], directory: Path) -> None:
    """Join two engines, the first as manager, make the network, and give both the image under one id.

    A swarm service can name the image by that id. ``directory`` is for the image, which is left there.
    """
    first, second = engines
    first.docker("swarm", "init", "--advertise-addr", first.address)
    token = first.docker("swarm", "join-token", "-q", "worker")
    second.docker("swarm", "join", "--token", token, f"{first.address}:2377")
    kind = ("--driver", "overlay", "--attachable", "--internal", "--subnet", SUBNET)
    first.docker("network", "create", *kind, NETWORK)
    tar, saved = directory / "image.tar", directory / "saved.tar"
    image.write(Path(command("busybox") or "busybox"), tar)
    first.docker("import", "-c", image.COMMAND, str(tar), image.NAME)
    first.docker("save", "-o", str(saved), image.NAME)
    second.docker("load", "-i", str(saved))


def run(engine: Engine, name: str, *options: str) -> str:
    """Start a container of the image on the network; return its id."""
    return engine.docker("run", "-d", "--rm", "--name", name, "--net", NETWORK, *options, image.NAME)


def run_containers(engines: Sequence[Engine]) -> None:
    """Start ``CONTAINERS``, and wait until they reach each other; raises as ``await_reach``."""
    for number, name, options in CONTAINERS:
        run(engines[number], name, *options)
    await_reach(engines[0])


def await_reach(first: Engine) -> None:
    """Wait until the container of the first engine reaches the other one's.

    Raises:
        TimeoutError: it does not.
    """
    deadline = time.monotonic() + _CONVERGED_S
    ping = ("exec", "docker1n", "ping", "-c", "1", "-W", "1", "docker2n")
    while "1 packets received" not in first.docker(*ping, check=False):
        if time.monotonic() > deadline:
            raise TimeoutError("docker1n does not reach docker2n")
        time.sleep(_POLL_S)
