"""Where the tour acts: the overlay's namespace or a container of it, and the addresses that its commands need.

Source: rows of a snapshot. Pure. Incomplete: only IPv4 addresses of containers of the same network.
"""

from collections.abc import Mapping, Sequence

from ovltui.session.snapshot import Row, Snapshot

_NOBODY = "99"
"""Last byte of an address that, in the lab, nobody has."""


def place_of(kind: str, rows: Sequence[Row]) -> Row | None:
    """Return the first namespace of a kind; of containers, the first that is on an overlay network."""
    fitting = (row for row in rows if row.identity.kind == kind)
    return next((row for row in fitting if kind != "container" or row.identity.driver == "overlay"), None)


def addresses(row: Row, snapshot: Snapshot) -> Mapping[str, str] | None:
    """Return what stands for ``peer`` and ``nobody`` in a command of that namespace; None where there is no peer."""
    if row.identity.kind != "container":
        return {}
    others = (
        other.addresses[0].partition("/")[0]
        for other in snapshot.rows
        if other is not row and other.identity.kind == "container" and other.addresses
        if other.identity.network_id == row.identity.network_id
        if other.netns.key != row.netns.key
    )
    peer = next(others, None)
    return None if peer is None else {"peer": peer, "nobody": f"{peer.rpartition('.')[0]}.{_NOBODY}"}
