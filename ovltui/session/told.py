"""What Docker tells of the endpoints of overlay networks, all over the swarm: their names, by address.

Source: ``GET /networks/{id}?verbose=true`` of each engine that knows such a network; whoever wants to know waits for
it. Privileges: the right to connect to its socket. Incomplete: an engine that does not answer, or whose gossip has not
converged, tells less.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any

from ovltui.errors import DockerError
from ovltui.session.inspect import Question
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.text import clean

_TIMEOUT_S = 2.0
Told = dict[tuple[str, str], str]
"""Names by id of the network and address."""


def told(session: Session, rows: Iterable[Row]) -> tuple[Told, tuple[str, ...]]:
    """Ask every engine about the networks of ``rows``; return the names, and who did not answer, each a sentence."""
    asked = {question for row in rows for question in session.docker_questions(row) if question.about == "network"}
    found: Told = {}
    gaps = []
    for question in sorted(asked, key=lambda one: (one.url, one.id)):
        try:
            found |= {(question.id, address): name for address, name in _names(_answer(question))}
        except DockerError as error:
            gaps.append(f"{question.url}: {error}")
    return found, tuple(gaps)


def _answer(question: Question) -> Mapping[str, Any]:
    from ovltui.identity.client import Client  # noqa: PLC0415  (80 ms that nobody else waits for)

    with closing(Client(question.url, _TIMEOUT_S)) as client:
        return client.inspect_network(question.id) or {}


def _names(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield address and name of each endpoint of an answer, of which nothing is taken for granted."""
    for container in _values(answer.get("Containers")):
        yield from _pair(container, "IPv4Address", "Name")
    for service in _values(answer.get("Services")):
        tasks = service.get("Tasks")
        for task in tasks if isinstance(tasks, list) else []:
            if isinstance(task, Mapping):
                yield from _pair(task, "EndpointIP", "Name")


def _values(found: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, Mapping):
        yield from (value for value in found.values() if isinstance(value, Mapping))


def _pair(found: Mapping[str, Any], address: str, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(found.get(address), str) and isinstance(found.get(name), str) and found[name]:
        yield clean(found[address].split("/", 1)[0]), clean(found[name])
