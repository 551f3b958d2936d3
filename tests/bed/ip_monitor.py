"""``ip monitor`` in namespaces, as it runs in a container: without the names in ``/run/netns``.

Needs root and iproute2 6.1, whose words the lines of ``ovltui`` are; later versions say more.
"""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.bed.netns import NamedNetns

_START_S = 10
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
            _await_groups(process.pid)
        time.sleep(_LEARNS_S)
        yield


def _await_groups(pid: int) -> None:
    deadline = time.monotonic() + _START_S
    while not any(_listens(row.split(), pid) for row in Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} does not listen")
        time.sleep(0.02)


def _listens(row: list[str], pid: int) -> bool:
    return row[1] == "0" and row[2] == str(pid) and int(row[3], 16) != 0
