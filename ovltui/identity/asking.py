"""What is asked of a Docker Engine, whatever carries the questions: answers become frozen values.

Source: the Docker Engine API. Privileges: none. Incomplete: what an engine does not tell. Every way in which an engine,
or what poses as one, can fail becomes a ``DockerError`` with one sentence.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from ovltui.errors import DockerError
from ovltui.identity import containers, intended, networks
from ovltui.identity.answer import MalformedAnswerError, as_mapping, text
from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import Container, Network
from ovltui.text import clean

FAILURES: tuple[type[Exception], ...] = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What comes of an engine that talks nonsense."""


class SilentError(DockerError):
    """A question that was not answered in time."""


@dataclass(frozen=True, slots=True)
class About:
    """What an engine says of itself."""

    id: str
    name: str
    version: str


class Api(Protocol):
    """The engine's own answers, decoded JSON."""

    def info(self) -> Any:
        """``GET /info``."""

    def version(self) -> Any:
        """``GET /version``."""

    def containers(self) -> Any:
        """``GET /containers/json``."""

    def container(self, container_id: str) -> Any:
        """``GET /containers/ID/json``."""

    def network(self, network_id: str) -> Any:
        """``GET /networks/ID``, with all that a swarm knows of it."""

    def networks(self) -> Any:
        """``GET /networks``."""

    def nodes(self) -> Any:
        """``GET /nodes``."""


class Asker:
    """Asks through ``api``.

    Args:
        api: a connection.
        gone: what it raises where there is no such thing.
        failures: what else it raises.
        timeouts: which of that means that no answer came in time.
    """

    def __init__(
        self,
        api: Api,
        gone: type[Exception],
        failures: tuple[type[Exception], ...] = (),
        timeouts: tuple[type[Exception], ...] = (),
    ) -> None:
        self._api = api
        self.gone = gone
        self._failures = failures
        self._timeouts = timeouts

    def about(self) -> About:
        """Return what the engine says of itself."""
        with self.said():
            info = as_mapping(self._api.info(), "info")
            version = as_mapping(self._api.version(), "version")
            return About(text(info, "ID"), text(info, "Name", ""), text(version, "Version", ""))

    def running(self) -> tuple[Container, ...]:
        """Return the running containers, without pid and sandbox."""
        with self.said():
            return containers.listed(self._api.containers())

    def container(self, container_id: str) -> Container | None:
        """Return one container whole, or None where it is gone.

        Raises:
            SilentError: the engine says nothing about this one; it may still answer other questions.
        """
        with self.said():
            try:
                return containers.inspected(self._api.container(container_id))
            except self.gone:
                return None

    def inspect_container(self, container_id: str) -> Mapping[str, Any] | None:
        """Return all that ``docker inspect`` prints of a container, raw, or None where it is gone."""
        with self.said():
            try:
                return as_mapping(self._api.container(container_id), "container")
            except self.gone:
                return None

    def inspect_network(self, network_id: str) -> Mapping[str, Any] | None:
        """Return all that ``docker network inspect -v`` prints of a network, raw, or None where it is gone."""
        with self.said():
            try:
                return as_mapping(self._api.network(network_id), "network")
            except self.gone:
                return None

    def intent(self, url: str, network_id: str) -> Intent | None:
        """Return what the engine, which is called ``url``, intends of a network; None where it knows it no more."""
        found = self.inspect_network(network_id)
        with self.said():
            return None if found is None else intended.intent(url, found, time.time_ns())

    def seat(self, url: str) -> Seat:
        """Return what the engine, which is called ``url``, says of its place in the swarm."""
        with self.said():
            info = self._api.info()
            seat = intended.seat(url, info, None)
            return intended.seat(url, info, self._api.nodes()) if seat.manager else seat

    def networks(self) -> tuple[Network, ...]:
        """Return all networks that the engine knows."""
        with self.said():
            return networks.listed(self._api.networks())

    def said(self) -> AbstractContextManager[None]:
        """Turn every failure of a block into a ``DockerError``."""
        return said(self._failures, self._timeouts)


@contextmanager
def said(failures: tuple[type[Exception], ...], timeouts: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turn every failure of the block into a ``DockerError``; args as of ``Asker``."""
    timeouts = (TimeoutError, *timeouts)
    try:
        yield
    except DockerError:
        raise
    except MalformedAnswerError as error:
        raise DockerError(f"does not answer like a Docker Engine ({clean(str(error))})") from error
    except (*FAILURES, *failures) as error:
        silent = any(isinstance(cause, timeouts) for cause in _causes(error))
        kind = SilentError if silent else DockerError
        raise kind(f"does not answer ({_reason(error, timeouts)})") from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, outermost first."""
    seen: BaseException | None = error
    while seen:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _reason(error: BaseException, timeouts: tuple[type[Exception], ...]) -> str:
    """Say in a few words what an error comes from: the kernel's own word for it where there is one."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, timeouts) for cause in causes):
        return "it accepts, but says nothing"
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return clean(cause.strerror.lower())
    return clean(str(error))[:200]
