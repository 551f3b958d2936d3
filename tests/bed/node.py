"""One Docker Engine of the test bed: a real dockerd in a network namespace and a mount namespace of its own.

``/run`` is the engine's own, so its sandboxes stand in no mount table but its own, its iptables lock and
containerd are private, and a Docker Engine of the machine is neither seen nor touched; so are the directories
that dockerd and containerd write to whatever they are told, which are made empty on the machine if they are
missing. Mounts are slaves of the machine's: what is unmounted there is unmounted here, so that no deleted
namespace is held. Needs root.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from tests.bed import processes
from tests.bed.means import command

_READY = 90.0
_STOP = 45.0
_FIRST_RUN = ("unshare", "--mount", "--uts", "--propagation", "slave", "sh", "-c")
_FIRST_SCRIPT = """set -e
for directory in /run /etc/docker /var/lib/docker /opt/containerd; do
    mkdir -p "$directory"
    mount -t tmpfs tmpfs "$directory"
done
hostname "$0"
exec dockerd "$@"
"""
_LATER_RUN = ("unshare", "--uts", "sh", "-c")
_LATER_SCRIPT = 'rm -f /run/docker.pid /run/docker/containerd/containerd.pid && hostname "$0" && exec dockerd "$@"'
_LASTING = frozenset({signal.SIGSTOP, signal.SIGCONT, signal.SIGHUP, signal.SIGUSR1})
"""Signals that dockerd survives."""


class EngineError(Exception):
    """An engine of the test bed, or a docker command on it, failed."""


class Node:
    """A Docker Engine; started by ``start``, usable from ``await_ready`` on, ended by ``close``."""

    def __init__(self, netns: str, address: str, directory: Path) -> None:
        self.netns = netns
        """Name of its namespace in ``/run/netns``, and its hostname."""
        self.address = address
        """Its address on the underlay."""
        self.directory = directory
        self.url = f"unix://{directory}/docker.sock"
        """Endpoint, as ``docker -H`` takes it."""
        self._process: subprocess.Popen[bytes] | None = None
        self._mntns: int | None = None

    @property
    def pid(self) -> int:
        """Process id of dockerd.

        Raises:
            EngineError: it does not run.
        """
        if self._process is None:
            raise EngineError(f"{self.netns} does not run")
        return self._process.pid

    @property
    def mntns(self) -> str:
        """Path of its mount namespace."""
        return f"/proc/{self.pid}/ns/mnt"

    def launch(self) -> None:
        """Start dockerd without waiting for it; call it from a thread that lives as long as the engine.

        The kernel ends dockerd with its parent thread, so that a killed test run leaves none behind.
        """
        again = self._mntns is not None
        enter = ["setpriv", "--pdeathsig", "TERM", "nsenter", f"--net=/run/netns/{self.netns}"]
        enter += [f"--mount=/proc/self/fd/{self._mntns}", *_LATER_RUN] if again else _FIRST_RUN
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*enter, _LATER_SCRIPT if again else _FIRST_SCRIPT, self.netns, *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment() | {processes.MARK: str(self.directory)},
                pass_fds=() if self._mntns is None else (self._mntns,),
                start_new_session=True,
            )

    def _arguments(self) -> tuple[str, ...]:
        options = {
            "--host": self.url,
            "--data-root": f"{self.directory}/data",
            "--exec-root": "/run/docker",
            "--pidfile": "/run/docker.pid",
            "--exec-opt": "native.cgroupdriver=cgroupfs",
            "--config-file": f"{self.directory}/daemon.json",
        }
        return tuple(part for option in options.items() for part in option)

    def _environment(self) -> dict[str, str]:
        return {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}

    def await_ready(self) -> None:
        """Wait until the engine answers.

        Raises:
            EngineError: it ended, or does not answer within a minute and a half; with the end of its log.
        """
        deadline = time.monotonic() + _READY
        while subprocess.run(self._command("version"), capture_output=True, check=False).returncode:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise EngineError(f"{self.netns} does not answer:\n{self._log_end()}")
            time.sleep(0.1)
        if self._mntns is None:
            self._mntns = os.open(self.mntns, os.O_RDONLY | os.O_CLOEXEC)

    def _log_end(self) -> str:
        return "\n".join((self.directory / "log").read_text(errors="replace").splitlines()[-20:])

    def start(self) -> None:
        """Start dockerd, again in the mount namespace that it had before, and wait until it answers."""
        self.launch()
        self.await_ready()

    def kill(self, signum: signal.Signals = signal.SIGKILL) -> None:
        """Send dockerd a signal and, if that is one to end it, wait for its end and containerd's.

        Its shims, and so its containers, may live on; ``start`` has them cleaned up, as after a real crash.
        """
        if self._process is None:
            raise EngineError(f"{self.netns} does not run")
        children = psutil.Process(self.pid).children()
        containerd = [
            child for child in children if Path(processes.words_of(child.pid).partition(" ")[0]).name == "containerd"
        ]
        self._process.send_signal(signum)
        if signum not in _LASTING:
            self._process.wait(_STOP)
            self._process = None
            processes.await_end(containerd)

    def _command(self, *args: str) -> list[str]:
        return [command("docker") or "docker", "-H", self.url, *args]

    def docker(self, *args: str, check: bool = True, timeout: float = 60) -> str:
        """Run the docker command on this engine and return what it printed, without the last newline.

        Raises:
            EngineError: it failed (unless ``check`` is false), with what it said.
        """
        run = subprocess.run(
            self._command(*args),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
            env=self._environment(),
        )
        if check and run.returncode:
            raise EngineError(f"docker {' '.join(args)} on {self.netns}: {run.stderr.strip()}")
        return run.stdout.rstrip("\n")

    def close(self) -> None:
        """Kill the engine, its containerd, its shims and all that runs in its containers.

        Nothing is lost by it: mounts and links go with their namespaces, files with the directory.
        """
        while left := processes.marked(str(self.directory)):
            processes.kill(left)
        if self._process is not None:
            self._process.wait()
            self._process = None
        processes.remove_cgroups(path.name for path in (self.directory / "data/containers").glob("*"))
        if self._mntns is not None:
            os.close(self._mntns)
            self._mntns = None
