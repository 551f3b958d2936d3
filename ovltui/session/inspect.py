"""What Docker says of one namespace: ``docker inspect`` of its container, ``docker network inspect`` of its networks.

Source: the engine that its name comes from, asked anew by whoever wants to read it, in a thread of theirs. Privileges:
the right to connect to its socket. Incomplete: an engine that is gone, or knows the thing no more, is a sentence in the
place of an answer. Every text in an answer is clean.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from ovltui.errors import DockerError
from ovltui.identity.labels import labels
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.netns.model import Netns
from ovltui.text import clean

_TIMEOUT_S = 5.0
_NETWORKS = (Kind.OVERLAY, Kind.INGRESS, Kind.LOADBALANCER)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask of an engine."""

    url: str
    about: str
    """``container`` or ``network``."""
    id: str
    name: str

    @property
    def command(self) -> str:
        """The command that asks the same by hand, safe to show."""
        verb = ("inspect",) if self.about == "container" else ("network", "inspect", "-v")
        return shlex.join(("docker", "-H", self.url, *verb, self.name))


@dataclass(frozen=True, slots=True)
class Node:
    """A value of an answer, with those inside of it."""

    key: str
    """Its name in the object around it, or its number in the list."""
    text: str
    """As JSON writes it; of an object or list how much is in it."""
    children: tuple["Node", ...] = ()


def questions(identity: Identity, views: Sequence[EngineView], netnses: Iterable[Netns]) -> tuple[Question, ...]:
    """Return what engines can tell of a namespace: of its container first, then of its networks."""
    named = labels(views, netnses)
    view = next((view for view in views if identity.engine and named[view.url] == identity.engine), None)
    return tuple(_questions(identity, view)) if view else ()


def _questions(identity: Identity, view: EngineView) -> Iterator[Question]:
    container = next((one for one in view.containers if one.id == identity.container_id), None)
    if container:
        yield Question(view.url, "container", container.id, container.name)
    wanted = set(container.networks) if container else set()
    for network in view.networks:
        own = identity.kind in _NETWORKS and network.id == identity.network_id
        if own or network.name in wanted:
            yield Question(view.url, "network", network.id, network.name)


def answer(question: Question) -> Node:
    """Ask; return the answer as a tree under the command that asks the same, or why there is none.

    It takes as long as the engine does, some seconds at most.
    """
    from ovltui.identity.client import Client  # noqa: PLC0415  (80 ms that nobody else waits for)

    try:
        with closing(Client(question.url, _TIMEOUT_S)) as client:
            ask = client.inspect_container if question.about == "container" else client.inspect_network
            found = ask(question.id)
    except DockerError as error:
        return Node(question.command, f"the engine {error}")
    if found is None:
        return Node(question.command, f"the engine knows nothing of {question.name} any more")
    return node(question.command, found)


def node(key: str, value: object) -> Node:
    """Return a decoded JSON value as a tree of clean texts."""
    if isinstance(value, Mapping):
        children = tuple(node(clean(str(name)), inner) for name, inner in value.items())
        return Node(key, f"{{{len(children)}}}" if children else "{}", children)
    if isinstance(value, list):
        children = tuple(node(str(number), inner) for number, inner in enumerate(value))
        return Node(key, f"[{len(children)}]" if children else "[]", children)
    if value is None or isinstance(value, bool):
        return Node(key, {None: "null", True: "true", False: "false"}[value])
    return Node(key, clean(str(value)))
