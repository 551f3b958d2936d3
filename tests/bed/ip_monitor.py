"""``ip monitor`` in namespaces, as it runs in a container: without the names in ``/run/netns``.

Needs root and iproute2 6.1, whose words the lines of ``ovltui`` are; later versions say more.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns

_PATIENCE_S = 40
_LEARNS_S = 0.3
"""What it takes from the first message that it may print until it knows all links."""
_ALONE = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs /run/netns && exec "$0" "$@"')


def _version() -> str:
    try:
        return subprocess.run(["ip", "-V"], capture_output=True, text=True, check=True).stdout
    except OSError:
        return "none"


needs_ip_of_the_reference = pytest.mark.skipif(
    "iproute2-6.1." not in _version(), reason=f"the reference is ip of iproute2 6.1, this is {_version().strip()}"
)


def command(netns: NamedNetns, *words: str) -> list[str]:
    """Return the arguments that run ``ip monitor`` in ``netns``: one process."""
    return netns.command(*_ALONE, "ip", "monitor", *words)


@contextmanager
def monitors(netnses: Sequence[NamedNetns], directory: Path) -> Iterator[None]:
    """Run ``ip monitor`` in each namespace; what they print is in files under the names of the namespaces."""
    with ExitStack() as stack:
        for netns in netnses:
            output = stack.enter_context((directory / netns.name).open("w"))
            process = subprocess.Popen(command(netns), stdin=subprocess.DEVNULL, stdout=output)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            stack.callback(await_printed, process.pid)
            await_listening(process.pid)
        time.sleep(_LEARNS_S)
        yield


def await_listening(pid: int) -> None:
    """Wait until ``ip monitor`` is in its groups, so that it hears what happens from then on."""
    _await(lambda: any(int(row[3], 16) for row in _sockets(pid)), f"process {pid} does not listen")


def await_printed(pid: int) -> None:
    """Wait until ``ip monitor`` has printed all that happened before: it waits for more, and nothing waits for it."""
    _await(lambda: _sleeps(pid) and not any(int(row[4]) for row in _sockets(pid)), f"process {pid} is not ready")


def _sockets(pid: int) -> list[list[str]]:
    """Return the rows of its routing sockets: groups and bytes that wait are in columns 3 and 4."""
    rows = [line.split() for line in Path(f"/proc/{pid}/net/netlink").read_text(encoding="ascii").splitlines()[1:]]
    return [row for row in rows if row[1:3] == ["0", str(pid)]]


def _sleeps(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "S"


def _await(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.02)
