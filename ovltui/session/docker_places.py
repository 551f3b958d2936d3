"""In which namespace an event of Docker took place.

Source: the container and network ids of identities, and where the engines run. Pure. Incomplete: the namespace of a
container that just started is known some milliseconds after the event, that of a network only while it has one on this
machine, that of an engine elsewhere never. Of a container that started anew it is the newest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ovltui.events.decode_docker import container_of, network_of
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.netns.model import NetnsKey

_SHARES = ("host", "container:")


@dataclass(frozen=True, slots=True)
class DockerPlaces:
    """Namespaces by the ids that events of Docker bear."""

    containers: Mapping[str, NetnsKey] = field(default_factory=dict)
    """By id of the container whose own namespace it is."""
    networks: Mapping[tuple[str, str], NetnsKey] = field(default_factory=dict)
    """By label of the engine and id of the network."""
    engines: Mapping[str, tuple[str, NetnsKey | None]] = field(default_factory=dict)
    """Label of an engine and the namespace that it runs in, by its id and by its URL."""
    sharing: frozenset[str] = frozenset()
    """Ids of containers that have no namespace of their own."""

    def of(self, fields: Mapping[str, Any]) -> tuple[NetnsKey, ...]:
        """Return the namespaces of a decoded event: the container's, the network's; else that of the engine."""
        label, home = self.engines.get(fields["engine"], ("", None))
        own = (self.containers.get(container_of(fields)), self.networks.get((label, network_of(fields))))
        found = tuple(key for key in own if key)
        return found or ((home,) if home else ())

    def home(self, fields: Mapping[str, Any]) -> NetnsKey | None:
        """Return the namespace in which the engine of a decoded event runs, or None where it is not known."""
        return self.engines.get(fields["engine"], ("", None))[1]

    def settled(self, fields: Mapping[str, Any]) -> bool:
        """Whether that may stay: not while a container starts whose namespace is not known yet."""
        container = container_of(fields)
        starts = fields["type"] == "container" and fields["event"] == "start"
        return not starts or container in self.containers or container in self.sharing


def docker_places(
    identities: Mapping[NetnsKey, Identity], views: Iterable[EngineView], labels: Mapping[str, str]
) -> DockerPlaces:
    """Return the places as they are known now.

    Args:
        identities: namespaces, dead ones included, the oldest first.
        views: what the engines say.
        labels: what each engine is called, by URL.
    """
    views = tuple(views)
    places = [(view, (labels[view.url], view.netns)) for view in views]
    known = identities.items()
    return DockerPlaces(
        {one.container_id: key for key, one in known if one.container_id},
        {(one.engine, one.network_id): key for key, one in known if one.engine and one.network_id and _has_bridge(one)},
        {name: place for view, place in reversed(places) for name in (view.url, view.id) if name},
        frozenset(one.id for view in views for one in view.containers if one.network_mode.startswith(_SHARES)),
    )


def _has_bridge(identity: Identity) -> bool:
    """Whether it is the namespace of a network itself: the one that holds its bridge and vxlan."""
    return identity.kind is Kind.OVERLAY or (identity.kind is Kind.INGRESS and identity.vni is not None)
