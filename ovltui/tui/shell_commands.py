"""Commands that fit a namespace, with its own devices and its neighbours filled in."""

import re
from collections.abc import Iterator

from ovltui.identity.model import Kind
from ovltui.session.snapshot import Row, Snapshot

_MOST_PEERS = 4
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_OF_KIND = {
    "bridge": ("bridge fdb show br {}", "bridge -d link show"),
    "vxlan": ("tcpdump -ni {} udp", "ip -d link show {}", "bridge fdb show dev {}"),
}
_OF_ALL = ("ip -br addr", "ip route show table all", "ip neigh", "ss -tunap")


def fitting(row: Row, snapshot: Snapshot) -> Iterator[str]:
    """Yield command lines for a namespace; every name in them is safe to type."""
    for link in row.links:
        if not _plain(link.ifname):
            continue
        for pattern in _OF_KIND.get(link.kind, ("tcpdump -ni {}",)):
            yield pattern.format(link.ifname)
    for name, address in _peers(row, snapshot):
        yield f"ping {address}"
        if row.identity.kind is Kind.CONTAINER:
            yield f"dig @127.0.0.11 {name}"
    yield from _OF_ALL


def _peers(row: Row, snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return names and addresses of the containers that share a network with ``row``."""
    network = row.identity.network
    others = (
        (other.identity.container or other.identity.name, other.addresses[0].partition("/")[0])
        for other in snapshot.rows
        if network and other is not row and other.identity.network == network and other.addresses
        if other.identity.kind is Kind.CONTAINER
    )
    return [(name, address) for name, address in others if _plain(name)][:_MOST_PEERS]


def _plain(name: str) -> bool:
    """Whether a name means to a shell and to the command nothing but itself."""
    return _PLAIN.fullmatch(name) is not None
