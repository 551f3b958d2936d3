"""Which sockets of a namespace wait for TCP connections or UDP datagrams, those of the kernel (vxlan) among them.

Source: ``/proc/net/tcp``, ``tcp6``, ``udp`` and ``udp6`` of the calling thread's namespace, which load no module.
Privileges: none. Incomplete: of TCP it reads no further than the waiting sockets, which the kernel lists first.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

_TABLES = (
    ("tcp", "tcp", "0A"),
    ("tcp6", "tcp", "0A"),
    ("udp", "udp", "07"),
    ("udp6", "udp", "07"),
)
"""File, protocol, and the state of those that wait: TCP_LISTEN; of UDP, not connected (TCP_CLOSE)."""
_LOCAL, _STATE = 1, 3
_MOST = 4096
"""Lines of UDP that are read: a resolver opens a socket for each question."""


def listening(directory: Path = Path("/proc/thread-self/net")) -> Iterator[tuple[str, str, int]]:
    """Yield protocol, address and port of each socket that waits.

    Raises:
        OSError: a table cannot be read.
    """
    for name, protocol, state in _TABLES:
        if (directory / name).exists():  # no IPv6, no table of it
            yield from ((protocol, *where) for where in _waiting(directory / name, state, whole=protocol == "udp"))


def _waiting(path: Path, state: str, *, whole: bool) -> Iterator[tuple[str, int]]:
    with path.open(encoding="ascii", errors="replace") as table:
        table.readline()
        for number, line in enumerate(table):
            fields = line.split(maxsplit=_STATE + 1)
            waits = len(fields) > _STATE and fields[_STATE] == state
            if number == _MOST or not (waits or whole):
                return
            if waits:
                yield _address(fields[_LOCAL])


def _address(told: str) -> tuple[str, int]:
    """Return address and port of ``6538A8C0:1F0A``, whose address is written in words of the machine's order."""
    address, _, port = told.partition(":")
    raw = bytes.fromhex(address)
    words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, words), int(port, 16)  # noqa: PLR2004
