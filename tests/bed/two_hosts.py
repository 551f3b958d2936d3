"""Two hosts on this one machine, whose engines are joined in a swarm with an overlay network over both.

What runs on one sees the other only over the network, as on two machines; kernel and clock are the same. A switch is
between them, a namespace whose nsid either host knows: with a veth pair alone each would hear the other's events. Keys
and known hosts are made for the test: on either host a plain ``ssh node1`` or ``ssh node2`` logs in. Needs root and
what ``needs_docker`` and ``needs_sshd`` stand for; no registry.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bed import processes, swarm
from tests.bed.host import DYING, Host, begun
from tests.bed.netns import ip
from tests.bed.signals import deferred
from tests.bed.sshd import is_locked

_NAMES = ("node1", "node2")
_UNDERLAY = "192.168.77"
_SWITCH = """set -e
ip link add br0 type bridge
ip link set br0 up
echo made
exec sleep infinity
"""
_SSHD = """\
ListenAddress {address}
HostKey {directory}/{name}/host
AuthorizedKeysFile {directory}/ssh/id_ed25519.pub
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM {pam}
StrictModes no
"""


class TwoHosts:
    """A context manager: on entry two hosts, a container on each reaches the other; on exit nothing is left."""

    def __init__(self) -> None:
        with deferred():
            self.directory = Path(tempfile.mkdtemp(prefix="ovltui-hosts-"))
        self.hosts = tuple(
            Host(name, f"{_UNDERLAY}.10{number}", self.directory) for number, name in enumerate(_NAMES, 1)
        )
        """The hosts; the first is the swarm's manager."""
        self._switch: subprocess.Popen[str] | None = None

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
        """Undo all that was made; a second call does nothing."""
        with deferred():
            for host in self.hosts:
                host.close()
            if self._switch is not None:
                self._switch.kill()
                self._switch.communicate()
                self._switch = None
            while left := processes.marked(str(self.directory)):
                processes.kill(left)
            processes.remove_cgroups(path.name for path in self.directory.glob("*/data/containers/*"))
            shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, number: int, name: str, *options: str) -> str:
        """Start a container of the test image on ``mynet01`` and return its id."""
        return swarm.run(self.hosts[number], name, *options)

    def cut(self) -> None:
        """Cut the line between the hosts: the second one has no carrier any more."""
        self._at_switch("link", "set", self.hosts[1].name, "down")

    def mend(self) -> None:
        """Bring the line between the hosts back."""
        self._at_switch("link", "set", self.hosts[1].name, "up")

    def await_reach(self) -> None:
        """Wait until the containers reach each other; raises as ``tests.bed.swarm.await_reach``."""
        swarm.await_reach(self.hosts[0])

    def _set_up(self) -> None:
        self._make_keys()
        self._switch = begun((*DYING, "unshare", "--net", "sh", "-c", _SWITCH), self.directory)
        for host in self.hosts:
            host.make()
            self._connect(host, self._switch.pid)
            host.start()
        for host in self.hosts:
            host.await_ready()
        swarm.join(self.hosts, self.directory)
        swarm.run_containers(self.hosts)

    def _connect(self, host: Host, switch: int) -> None:
        """Plug it in; swarm wants a default route, leading anywhere."""
        port = ("peer", "name", host.name, "netns", str(switch))
        ip("link", "add", "eth0", "netns", str(host.pid), "type", "veth", *port)
        self._at_switch("link", "set", host.name, "master", "br0", "up")
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")
        host.run("ip", "route", "add", "default", "via", f"{_UNDERLAY}.254")

    def _at_switch(self, *args: str) -> None:
        assert self._switch is not None
        subprocess.run(["nsenter", "--target", str(self._switch.pid), "--net", "--", "ip", *args], check=True)

    def _make_keys(self) -> None:
        """Make the keys of both sshds and of the user, and what a user has in ``.ssh``."""
        ssh = self.directory / "ssh"
        ssh.mkdir(mode=0o700)
        _keygen(ssh / "id_ed25519")
        pam = "yes" if is_locked("root") else "no"
        known, config = [], []
        for host in self.hosts:
            own = self.directory / host.name
            own.mkdir()
            (own / "daemon.json").write_text("{}\n")
            _keygen(own / "host")
            settings = {"address": host.address, "directory": self.directory, "name": host.name, "pam": pam}
            (own / "sshd").write_text(_SSHD.format(**settings))
            known.append(f"{host.name},{host.address} {(own / 'host.pub').read_text()}")
            config.append(f"Host {host.name}\n  HostName {host.address}\n  HostKeyAlias {host.name}\n")
        (ssh / "known_hosts").write_text("".join(known))
        (ssh / "config").write_text("".join(config))


def _keygen(path: Path) -> None:
    kind = ["-q", "-t", "ed25519", "-N", "", "-C", path.name]
    subprocess.run(["ssh-keygen", *kind, "-f", str(path)], check=True, stdin=subprocess.DEVNULL)
