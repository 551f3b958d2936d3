"""Docker's own events as records of the stream: how one is packed, and what it says.

Source: the event stream of a Docker Engine, as ``ovltui.identity.event`` read and cleaned it. Privileges: none.
Incomplete: of Docker's attributes only those few that lines show; the action is the one that Docker names, in
``event``, so that it does not replace that of our vocabulary.
"""

import json
from collections.abc import Mapping
from typing import Any

from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object

_ACTIONS: dict[str, Action] = {
    **dict.fromkeys(("create", "start", "connect"), Action.NEW),
    **dict.fromkeys(("die", "destroy", "remove", "disconnect"), Action.DEL),
}
"""By Docker's action; every other one is a change."""
_TEXTS = ("engine", "type", "action", "id", "name")


def pack_docker(
    engine: str, kind: str, action: str, *, subject: str, name: str, attributes: Mapping[str, str]
) -> bytes:
    """Return the payload of a record; every string is clean text.

    Args:
        engine: id of the engine that told, or its URL until it told its id.
        kind: ``container``, ``network``, ``service`` or ``node``.
        action: Docker's word for what happened.
        subject: id of what it happened to.
        name: its name; empty where Docker tells none.
        attributes: the rest, under Docker's names.
    """
    values = (engine, kind, action, subject, name)
    return json.dumps(dict(zip(_TEXTS, values, strict=True)) | {"attributes": dict(attributes)}).encode()


def decode_docker(raw: bytes) -> Event:
    """Return what the payload of a record says; an event of object ``unknown`` for bytes that are none."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return _unknown(raw)
    attributes = value.get("attributes") if isinstance(value, dict) else None
    if not isinstance(attributes, dict) or not _all_text((*map(value.get, _TEXTS), *attributes.values())):
        return _unknown(raw)
    fields: dict[str, Any] = {
        "engine": value["engine"],
        "type": value["type"],
        "event": value["action"],
        "id": value["id"],
        "name": value["name"],
        "attributes": attributes,
    }
    return Event(Object.DOCKER, _ACTIONS.get(value["action"], Action.CHANGE), fields)


def container_of(fields: Mapping[str, Any]) -> str:
    """Return the id of the container that an event is about, or that a network got or lost; may be empty."""
    return str(fields["id"] if fields["type"] == "container" else fields["attributes"].get("container", ""))


def network_of(fields: Mapping[str, Any]) -> str:
    """Return the id of the network that an event is about; empty for events of other things."""
    return str(fields["id"]) if fields["type"] == "network" else ""


def _all_text(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, str) for value in values)


def _unknown(raw: bytes) -> Event:
    return Event(Object.UNKNOWN, Action.CHANGE, {"type": None, "length": len(raw)})
