"""A container out of the answers of the Docker Engine API.

Source: ``GET /containers/{id}/json``, which alone tells pid and sandbox, and ``GET /containers/json``. Pure.
Incomplete: the pid is the engine's own view; in another pid namespace it means nothing to us.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ovltui.identity.answer import as_mapping, mapping, number, rows, text
from ovltui.identity.model import Container
from ovltui.text import clean

Containers = tuple[Container, ...]
_LABELS = {
    "project": ("com.docker.compose.project", "com.docker.stack.namespace"),
    "service": ("com.docker.compose.service", "com.docker.swarm.service.name"),
}
_TASK = "com.docker.swarm.task.id"


def inspected(answer: object) -> Container:
    """Return the container that ``GET /containers/{id}/json`` describes.

    Raises:
        MalformedAnswerError: it describes none.
    """
    value = as_mapping(answer, "container")
    settings = mapping(value, "NetworkSettings")
    return Container(
        id=text(value, "Id"),
        name=_name(text(value, "Name"), text(value, "Id")),
        pid=number(mapping(value, "State"), "Pid"),
        sandbox=text(settings, "SandboxID", ""),
        network_mode=text(mapping(value, "HostConfig"), "NetworkMode", ""),
        networks=_networks(settings),
        **_labelled(mapping(mapping(value, "Config"), "Labels"), text(value, "Name")),
    )


def listed(answer: object) -> Containers:
    """Return the containers of ``GET /containers/json``, without pid and sandbox.

    Raises:
        MalformedAnswerError: it is no such list.
    """
    return tuple(_listed(row) for row in rows(answer, "containers"))


def _listed(row: Mapping[str, Any]) -> Container:
    names = row.get("Names")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], str) else ""
    return Container(
        id=text(row, "Id"),
        name=_name(clean(first), text(row, "Id")),
        pid=0,
        sandbox="",
        network_mode=text(mapping(row, "HostConfig"), "NetworkMode", ""),
        networks=_networks(mapping(row, "NetworkSettings")),
        **_labelled(mapping(row, "Labels"), first),
    )


def _labelled(labels: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return project, service and task; whoever makes an image can write labels, so a task must show in the name."""
    found = {field: _first(labels, keys) for field, keys in _LABELS.items()}
    task = labels.get(_TASK)
    return found | {"task": clean(task) if isinstance(task, str) and task and name.endswith(f".{task}") else ""}


def _first(labels: Mapping[str, Any], keys: Iterable[str]) -> str:
    return next((clean(value) for key in keys if isinstance(value := labels.get(key), str) and value), "")


def _name(name: str, container_id: str) -> str:
    return name.removeprefix("/") or container_id[:12]


def _networks(settings: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(clean(name) for name in mapping(settings, "Networks")))


def merged(containers: Iterable[Container], fresh: Container) -> Containers:
    """Return the containers with ``fresh`` among them, in the place of one with the same id."""
    return tuple(sorted((*without(containers, fresh.id), fresh), key=lambda one: (one.name, one.id)))


def without(containers: Iterable[Container], container_id: str) -> Containers:
    """Return the containers but the one with that id."""
    return tuple(one for one in containers if one.id != container_id)


def stopped(containers: Iterable[Container], container_id: str) -> Containers:
    """Return the containers, that one without its pid: its namespace outlives its process for a moment."""
    return tuple(replace(one, pid=0) if one.id == container_id else one for one in containers)
