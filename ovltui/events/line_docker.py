"""Wording of Docker's own events: the line, and the sentence that says what one means.

Source: events of ``decode_docker``. Privileges: none. Incomplete: what Docker calls no name has the beginning of its
id, as in ``docker ps``.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.events.decode_docker import container_of
from ovltui.events.event import Event
from ovltui.events.vantage import Vantage

SOMEWHERE = "docker"
"""Stands for the namespace of an event of Docker where it is not known."""
_SHOWN_ID = 12
_WITH_CONTAINER = {"connect": "to", "disconnect": "from"}


def docker_text(event: Event, vantage: Vantage) -> str:
    """Return ``docker die docker1n exit 137`` or ``docker connect docker1n to mynet01``."""
    del vantage
    fields = event.fields
    what, name = fields["event"], _name(fields)
    if fields["type"] == "network" and what in _WITH_CONTAINER:
        return f"docker {what} {_container(fields)} {_WITH_CONTAINER[what]} {name}"
    kind = () if fields["type"] == "container" else (fields["type"],)
    verb, _, state = what.partition(": ")
    return " ".join(word for word in ("docker", verb, *kind, name, state, *_particulars(fields)) if word)


def _particulars(fields: dict[str, Any]) -> Iterator[str]:
    what, attributes = fields["event"], fields["attributes"]
    if what in ("create", "start") and "image" in attributes:
        yield f"({attributes['image']})"
    if fields["type"] == "network" and "type" in attributes:
        yield f"({attributes['type']})"
    for key, word in (("exitCode", "exit"), ("signal", "signal"), ("oldName", "was")):
        if key in attributes:
            yield f"{word} {attributes[key].removeprefix('/')}"
    for key in ("state.new", "availability.new"):
        if key in attributes:
            yield f"{key.removesuffix('.new')} {attributes[key]}"


def _name(fields: dict[str, Any]) -> str:
    return str(fields["name"] or fields["id"][:_SHOWN_ID] or "?")


def _container(fields: dict[str, Any]) -> str:
    return str(fields["attributes"].get("containerName") or container_of(fields)[:_SHOWN_ID] or "?")


_CONTAINER = {
    "create": "was made from {image}; it does not run yet and has no namespace yet.",
    "start": "runs now.",
    "kill": "was sent the signal {signal}.",
    "die": "ended with exit status {exitCode}; its network namespace goes unless another container shares it.",
    "stop": "was stopped by somebody, as opposed to ending by itself.",
    "restart": "was restarted: a network namespace of its own is a new one.",
    "pause": "is frozen: its links stay up, and nobody answers.",
    "unpause": "goes on.",
    "rename": "has a new name; it was {oldName}.",
    "destroy": "was removed.",
    "health_status: unhealthy": "fails its health check from now on.",
}
_NETWORK = {
    "create": "was made.",
    "connect": "got the container {container}.",
    "disconnect": "lost the container {container}.",
    "destroy": "was removed.",
    "remove": "was removed.",
}
_CLUSTER = {
    "create": "is new in the swarm.",
    "update": "changed in the swarm.",
    "remove": "was removed from the swarm.",
}
_SENTENCES = {"container": _CONTAINER, "network": _NETWORK, "service": _CLUSTER, "node": _CLUSTER}


def docker_meaning(fields: dict[str, Any], vantage: Vantage) -> str:
    """Return in one sentence what an event of Docker means."""
    del vantage
    sentence = _SENTENCES.get(fields["type"], {}).get(fields["event"])
    subject = f"Docker says: the {fields['type']} {_name(fields)}"
    if sentence is None:
        return f"{subject} had the event {fields['event']}."
    words = {key: fields["attributes"].get(key, "?") for key in ("image", "signal", "exitCode", "oldName")}
    return f"{subject} {sentence.format(**words, container=_container(fields))}"
