"""One host of the test bed: processes, mounts, a name and a network of its own, a dockerd and an sshd.

``/run`` and root's ``.ssh`` are its own (the latter is made empty on the machine where it is missing). Its engine
listens where the docker client looks. Needs root and what ``needs_docker`` and ``needs_sshd`` stand for.
"""

import os
import pwd
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bed import processes
from tests.bed.means import command

DYING = ("setpriv", "--pdeathsig", "KILL")
"""The kernel ends what follows with the thread that started it, so that a killed test run leaves none behind."""
_ALONE = (*DYING, "unshare", "--mount", "--propagation", "private", "--pid", "--net", "--uts")
_HOST = r"""set -e
awk '/ - nsfs /{ print $5 }' /proc/self/mountinfo | while read -r mount; do
    umount -q "$(printf "%b" "$mount")" || :
done
if grep ' - nsfs ' /proc/self/mountinfo >&2; then exit 1; fi
mkdir -p /etc/docker /var/lib/docker /opt/containerd "$2/.ssh"
for directory in /run /etc/docker /var/lib/docker /opt/containerd; do
    mount -t tmpfs -o mode=755 tmpfs "$directory"
done
mount --bind "$0/ssh" "$2/.ssh"
mkdir /run/sshd
hostname "$1"
ip link set lo up
echo made
read -r wired
"$3" -D -e -f "$0/$1/sshd" 2>"$0/$1/sshd.log" </dev/null &
dockerd --host unix:///run/docker.sock --data-root "$0/$1/data" --exec-root /run/docker --pidfile /run/docker.pid \
    --exec-opt native.cgroupdriver=cgroupfs --config-file "$0/$1/daemon.json" >"$0/$1/dockerd.log" 2>&1 </dev/null &
wait
"""
"""What a host's first process does: ``$0`` is the directory, ``$1`` its name, ``$2`` root's home, ``$3`` sshd. A
mount that another test removes meanwhile is gone here as well. It stays, since it must wait for those that lose their
parent."""
_READY = 30.0
_POLL = 0.05


class HostError(Exception):
    """A host of the test bed, or a command on it, failed."""


class Host:
    """One of the two; made by ``make``, running from ``start`` on."""

    def __init__(self, name: str, address: str, directory: Path) -> None:
        self.name = name
        """Its host name, by which ssh finds it."""
        self.address = address
        """Its address on the underlay."""
        self._directory = directory
        self._process: subprocess.Popen[str] | None = None

    def make(self) -> None:
        """Start its first process, and wait until its namespaces are there."""
        home, sshd = pwd.getpwuid(0).pw_dir, command("sshd") or "sshd"
        script = ("--fork", "--kill-child", "--mount-proc", "sh", "-c", _HOST, str(self._directory))
        self._process = begun((*_ALONE, *script, self.name, home, sshd), self._directory)

    @property
    def pid(self) -> int:
        """Process id of its first process, as the machine numbers it."""
        assert self._process is not None
        return int(Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()[0])

    def start(self) -> None:
        """Have it start dockerd and sshd, now that its network is there."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def await_ready(self) -> None:
        """Wait until dockerd answers.

        Raises:
            HostError: not within half a minute; with the end of its log.
        """
        deadline = time.monotonic() + _READY
        while subprocess.run(self.inside("docker", "version"), capture_output=True, check=False).returncode:
            if time.monotonic() > deadline:
                log = (self._directory / self.name / "dockerd.log").read_text(errors="replace").splitlines()
                raise HostError("\n".join((f"dockerd on {self.name} does not answer:", *log[-20:])))
            time.sleep(_POLL)

    def inside(self, *argv: str) -> list[str]:
        """Return the command that runs ``argv`` on this host; it begins in ``/``."""
        return ["nsenter", "--target", str(self.pid), "--mount", "--uts", "--net", "--pid", "--", *argv]

    def run(self, *argv: str, check: bool = True, timeout: float = 60) -> str:
        """Run a command on this host and return what it printed, without the last newline.

        Raises:
            HostError: it failed (unless ``check`` is false), with what it said.
        """
        run = subprocess.run(
            self.inside(*argv), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=timeout
        )
        if check and run.returncode:
            raise HostError(f"{' '.join(argv)} on {self.name}: {run.stderr.strip()}")
        return run.stdout.rstrip("\n")

    def docker(self, *args: str, check: bool = True) -> str:
        """Run the docker command on this host; errors as in ``run``."""
        return self.run("docker", *args, check=check)

    def running(self) -> dict[int, str]:
        """Return the command lines of all that runs on this host, by the machine's process ids."""
        mine = os.readlink(f"/proc/{self.pid}/ns/pid")
        return {pid: line for pid, line in _command_lines() if _pidns(pid) == mine}

    def close(self) -> None:
        """Kill all that runs on it; its mounts and links go with it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def begun(argv: Sequence[str], directory: Path) -> "subprocess.Popen[str]":
    """Start what makes namespaces, and wait until they are there.

    Raises:
        HostError: it ended before.
    """
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("DOCKER_", "SSH_"))}
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ | {processes.MARK: str(directory)},
        start_new_session=True,
    )
    assert process.stdout is not None
    if process.stdout.readline() != "made\n":
        process.kill()
        process.communicate()
        raise HostError("namespaces could not be made")
    return process


def _pidns(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except (FileNotFoundError, ProcessLookupError, PermissionError):  # it ended meanwhile, or is none of ours
        return ""


def _command_lines() -> list[tuple[int, str]]:
    """Return all processes of the machine; one that has ended, and that nobody has reaped, has no words."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words:
            found.append((int(path.name), words))
    return found
