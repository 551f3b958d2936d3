"""Two hosts that publish to a NATS server, and a viewer that comes later: it shows both, and what was before it came.

The server is on the first host, where the second one reaches it over the network; nothing of ovltui listens anywhere.
"""

import json
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

import pytest

from tests.bed.engines import NETWORK
from tests.bed.host import Host
from tests.bed.means import command
from tests.bed.terminal import Terminal
from tests.bed.two_hosts import OVLTUI, TwoHosts, mac_of, mount_of_overlay, started, under

pytestmark = [
    pytest.mark.needs_root,
    pytest.mark.needs_docker,
    pytest.mark.needs_sshd,
    pytest.mark.needs_nats,
]
PATIENCE_S = 60.0
"""Seconds that a busy machine may take for what no promise says how soon it comes."""
ENDED_S = 3.0
ON_TIME_S = 0.5
WIDTH, HEIGHT = 120, 36
PORT = 4222


@dataclass(frozen=True, slots=True)
class Fleet:
    """Two hosts that publish."""

    hosts: TwoHosts
    url: str

    @property
    def viewer(self) -> Host:
        """The host on which one looks."""
        return self.hosts.hosts[1]

    def run(self, *words: str) -> list[dict[str, Any]]:
        """Run a verb on the host of the viewer, and return its objects; whatever its exit status says of them."""
        return [json.loads(line) for line in self.said(*words, "--json").splitlines()]

    def said(self, *words: str) -> str:
        """Run a verb on the host of the viewer, and return what it prints."""
        return self.viewer.run(OVLTUI, *words, "--from", self.url, check=False)


@pytest.fixture(scope="module")
def fleet(two_hosts: TwoHosts) -> Iterator[Fleet]:
    with ExitStack() as stack:
        first = two_hosts.hosts[0]
        config = two_hosts.directory / "nats.conf"
        store = two_hosts.directory / "nats"
        config.write_text(f'listen: "{first.address}:{PORT}"\njetstream {{ store_dir: "{store}" }}\n')
        stack.enter_context(running(first, command("nats-server") or "nats-server", "-c", str(config)))
        made = Fleet(two_hosts, f"nats://{first.address}:{PORT}")
        for host in two_hosts.hosts:
            # It says so where the server is not there yet.
            await_that(lambda host=host: "NATS" not in host.run(OVLTUI, "ls", "--from", made.url, check=False))
            stack.enter_context(recording(host, made.url))
        await_that(lambda: {"docker1n", "docker2n"} <= set(made.said("ls").split()))
        yield made
