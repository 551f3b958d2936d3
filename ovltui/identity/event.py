"""An event out of the event stream of the Docker Engine API.

Source: a line of ``GET /events``. Pure. Incomplete: only the few attributes that say something about namespaces are
kept, and long ones end early: whoever makes a container chooses them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ovltui.identity.answer import as_mapping, mapping, text
from ovltui.identity.model import EngineEvent

HEARD = {
    "type": ["container", "network", "service", "node"],
    "event": [
        *("create", "start", "kill", "die", "stop", "restart", "pause", "unpause", "rename", "destroy"),
        *("health_status: unhealthy", "connect", "disconnect", "remove", "update"),
    ],
}
"""Events asked for; the others (``exec_start`` of every health check) would wake us for nothing."""
_TOLD = {
    "container": {
        *("create", "start", "kill", "die", "stop", "restart", "pause", "unpause", "rename", "destroy"),
        "health_status: unhealthy",
    },
    "network": {"create", "connect", "disconnect", "destroy", "remove"},
    "service": {"create", "update", "remove"},
    "node": {"create", "update", "remove"},
}
"""Actions that belong into the timeline, by type; the engine's filter does not tell them apart by type."""
_KEPT = ("image", "exitCode", "signal", "oldName", "type", "container", "state.new", "availability.new")
_LONGEST = 256
_END_OF_TIME_NS = 1 << 63
_CONTAINER_NAMES = 4096
"""Names of containers to remember: more than an engine has at once."""


def heard(answer: object, now_ns: int) -> EngineEvent:
    """Return the event that an engine told, by whom yet unsaid.

    Args:
        answer: the decoded line.
        now_ns: when it happened if the line does not say, in nanoseconds since the epoch.

    Raises:
        MalformedAnswerError: it is no event.
    """
    value = as_mapping(answer, "event")
    actor = mapping(value, "Actor")
    attributes = mapping(actor, "Attributes")
    return EngineEvent(
        time_ns=_time_ns(value, now_ns),
        object=text(value, "Type", ""),
        action=text(value, "Action", ""),
        id=text(actor, "ID", "")[:_LONGEST],
        name=text(attributes, "name", "")[:_LONGEST],
        attributes=tuple(
            (key, text(attributes, key)[:_LONGEST]) for key in _KEPT if isinstance(attributes.get(key), str)
        ),
    )


def is_told(event: EngineEvent) -> bool:
    """Return whether an event belongs into the timeline."""
    return event.action in _TOLD.get(event.object, ())


def _time_ns(value: Mapping[str, Any], now_ns: int) -> int:
    told = value.get("timeNano")
    return told if isinstance(told, int) and 0 < told < _END_OF_TIME_NS else now_ns


class ContainerNames:
    """What containers are called, by the events so far: a network event tells of its container the id alone."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def completed(self, event: EngineEvent, known: Mapping[str, str]) -> EngineEvent:
        """Take an event in; return it with the name of its container, if that is known.

        Args:
            event: what happened.
            known: names of containers by id, from another source.
        """
        container = event.container
        if event.object == "container":
            self._names.pop(container, None)
            if event.name and event.action != "destroy":
                self._names[container] = event.name
                if len(self._names) > _CONTAINER_NAMES:
                    del self._names[next(iter(self._names))]
            return event
        name = self._names.get(container) or known.get(container)
        return replace(event, attributes=(*event.attributes, ("containerName", name))) if name else event
