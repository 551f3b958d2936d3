"""Names for lines: what a namespace or a link was called when a record was received.

Source: ``state.tenure`` for who held an nsid, the identities for what a person calls them. A namespace that died keeps
its last name. Incomplete: a number of another namespace has no name until the kernel was asked for it.
"""

from collections.abc import Mapping
from typing import Any

from ovltui.events.look import Look
from ovltui.events.record import OWN_NSID
from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.docker_places import DockerPlaces
from ovltui.state.tenure import Tenure, Tenures

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
        self._places = DockerPlaces()
        self._version = 0

    @property
    def places(self) -> DockerPlaces:
        """Where events of Docker took place; replaced as a whole by the session, each time that it gives names."""
        return self._places

    @places.setter
    def places(self, places: DockerPlaces) -> None:
        self._places = places
        self._version += 1

    def era(self, nsid: int, seq: int) -> object:
        """Equal for two moments only if ``netns``, and ``link`` of each link, answer the same from one to the other."""
        version, tenure = self._version, self._tenures.at(nsid, seq)
        return (version, tenure.key, tenure.links, tenure.links.era(seq)) if tenure else version

    def netns(self, nsid: int, seq: int) -> str:
        """Name of the namespace that held ``nsid`` at ``seq``."""
        return self._name(self._tenures.at(nsid, seq), nsid)

    def settled(self, nsid: int, seq: int) -> bool:
        """Whether that name may stay: not that of a newborn, which a sweep or an engine may still name."""
        tenure = self._tenures.at(nsid, seq)
        identity = self._identity(tenure)
        if identity is None:
            return nsid == OWN_NSID or (tenure is not None and tenure.died is not None)
        told = identity.container is not None or identity.network is not None
        return told or identity.kind in _SETTLED

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        """Name of the namespace in which an event of Docker took place."""
        found = (self._identities.get(key) for key in self.places.of(fields))
        return next((identity.name for identity in found if identity), None)

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        """Name of a link of that namespace at ``seq``."""
        tenure = self._tenures.at(nsid, seq)
        return (tenure and tenure.links.name_at(ifindex, seq)) or f"if{ifindex}"

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        """Name of the namespace that ``peer_nsid`` means to namespace ``nsid`` at ``seq``."""
        here = self.seen_from(nsid, peer_nsid, seq)
        return None if here is None else self._name(self._tenures.latest(here, seq), here)

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        """Name of a link there, with its namespace."""
        here = self.seen_from(nsid, peer_nsid, seq)
        tenure = None if here is None else self._tenures.latest(here, seq)
        name = tenure.links.name_at(ifindex, seq) if tenure else None
        return None if here is None or name is None else f"{self._name(tenure, here)}/{name}"

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        """What a link of that namespace looked like before record ``seq``."""
        tenure = self._tenures.at(nsid, seq)
        return tenure.links.look_before(ifindex, seq) if tenure else None

    def seen_from(self, nsid: int, peer_nsid: int, seq: int) -> int | None:
        """Our own nsid for what ``peer_nsid`` means inside namespace ``nsid``, or None where unknown."""
        if nsid == OWN_NSID:
            return peer_nsid
        tenure = self._tenures.at(nsid, seq)
        return tenure.sights.at(peer_nsid, seq) if tenure else None

    def netnses_of(self, container: str) -> frozenset[NetnsKey]:
        """The namespaces that a container has or had, by its id; one for each time that it was started."""
        identities = dict(self._identities).items()
        return frozenset(key for key, identity in identities if identity.container_id == container)

    def _name(self, tenure: Tenure | None, nsid: int) -> str:
        identity = self._identity(tenure)
        if identity:
            return identity.name
        return "host" if nsid == OWN_NSID else self._number(nsid)

    def _number(self, nsid: int) -> str:
        """Return what to call a namespace of which nothing but its nsid is known: among several machines, its own."""
        home, there = self._tenures.number_of(nsid) or (None, nsid)
        identity = self._identity(home)
        return f"{identity.name}:nsid {there}" if identity and identity.name != "host" else f"nsid {there}"

    def _identity(self, tenure: Tenure | None) -> Identity | None:
        return self._identities.get(tenure.key) if tenure and tenure.key else None
