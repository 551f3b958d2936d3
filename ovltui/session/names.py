"""Names for lines: what a namespace or a link was called when a record was received.

Source: ``state.tenure`` for who held an nsid, the identities for what a person calls them. A namespace that died keeps
its last name. Incomplete: ids inside another namespace's numbering are told only for our own.
"""

from collections.abc import Mapping

from ovltui.events.record import OWN_NSID
from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import NetnsKey
from ovltui.state.tenure import Tenures

_SETTLED = frozenset((Kind.HOST, Kind.NAMED))
"""Kinds whose name no engine can better."""


class SessionNames:
    """The ``Names`` of a session.

    Args:
        tenures: who held which nsid.
        identities: what namespaces are called, dead ones included; changed in place by the session.
    """

    def __init__(self, tenures: Tenures, identities: Mapping[NetnsKey, Identity]) -> None:
        self._tenures = tenures
        self._identities = identities

    def netns(self, nsid: int, seq: int) -> str:
        """Name of the namespace that held ``nsid`` at ``seq``."""
        tenure = self._tenures.at(nsid, seq)
        identity = self._identities.get(tenure.key) if tenure and tenure.key else None
        if identity:
            return identity.name
        return "host" if nsid == OWN_NSID else f"nsid {nsid}"

    def settled(self, nsid: int, seq: int) -> bool:
        """Whether that name may stay: not that of a newborn, which a sweep or an engine may still name."""
        tenure = self._tenures.at(nsid, seq)
        identity = self._identities.get(tenure.key) if tenure and tenure.key else None
        if identity is None:
            return nsid == OWN_NSID or (tenure is not None and tenure.died is not None)
        told = identity.container is not None or identity.network is not None
        return told or identity.kind in _SETTLED

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        """Name of a link of that namespace at ``seq``."""
        tenure = self._tenures.at(nsid, seq)
        return (tenure and tenure.links.name_at(ifindex, seq)) or f"if{ifindex}"

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        """Name of the namespace that ``peer_nsid`` means to namespace ``nsid``; told only from our own."""
        return self.netns(peer_nsid, seq) if nsid == OWN_NSID else None
