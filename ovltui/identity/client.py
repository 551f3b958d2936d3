"""One connection to a Docker Engine: questions with a time limit, answers as frozen values.

Source: the Docker Engine API through the ``docker`` package, in the newest version that the engine speaks.
Importing this module costs 80 ms, so it is imported where an engine's thread begins. Privileges: the right to
connect. Every way in which an engine, or what poses as one, can fail becomes a ``DockerError`` with one
sentence.
"""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import docker
import requests
import urllib3
from docker.errors import DockerException, NotFound
from docker.transport.unixconn import UnixHTTPConnection
from docker.types import CancellableStream

from ovltui.errors import DockerError
from ovltui.identity import containers, event, intended, networks
from ovltui.identity.answer import MalformedAnswerError, as_mapping, text
from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import Container, EngineEvent, Network
from ovltui.kernel.peer import dial
from ovltui.text import clean

_FAILURES = (
    DockerException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What the package lets through when an engine is gone, refuses, hangs, or talks nonsense."""
_TIMEOUTS = (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)
_NS = 10**9


def _connect(connection: UnixHTTPConnection) -> None:
    connection.sock = dial(connection.unix_socket, connection.timeout)


# The package's own forgets to close a connection that was refused.
UnixHTTPConnection.connect = _connect  # type: ignore[assignment]


class SilentError(DockerError):
    """A question that was not answered in time."""


@dataclass(frozen=True, slots=True)
class About:
    """What an engine says of itself."""

    id: str
    name: str
    version: str


class Events:
    """The engine's event stream.

    Args:
        response: the answer that does not end.
    """

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._stream = CancellableStream(self._answers(), response)

    def __iter__(self) -> Iterator[EngineEvent]:
        """Yield events until the stream ends.

        Raises:
            DockerError: the engine talks nonsense.
        """
        with _said(), closing(self._response):
            for answer in self._stream:
                yield event.heard(answer, time.time_ns())

    def _answers(self) -> Iterator[object]:
        for line in self._response.iter_lines(chunk_size=None):
            if line:
                yield json.loads(line)

    def close(self) -> None:
        """End the stream, also for a thread that waits for its next event; it may have ended already."""
        try:
            self._stream.close()
        except (OSError, AttributeError, DockerException):  # AttributeError: the package finds no socket left
            return


class Client:
    """A connection to an engine, to be closed.

    Args:
        url: where it listens, as ``docker`` takes it.
        timeout: seconds that it may be silent for, at each question.

    Raises:
        DockerError: it does not answer, or not like an engine.
    """

    def __init__(self, url: str, timeout: float) -> None:
        with _said():
            self._api = docker.APIClient(base_url=url, version="auto", timeout=timeout)  # type: ignore[arg-type]
            # The package keeps an open connection for each path that was ever asked for, up to 25.
            self._api.headers["Connection"] = "close"

    def about(self) -> About:
        """Return what the engine says of itself."""
        with _said():
            info = as_mapping(self._api.info(), "info")
            version = as_mapping(self._api.version(), "version")
            return About(text(info, "ID"), text(info, "Name", ""), text(version, "Version", ""))

    def running(self) -> tuple[Container, ...]:
        """Return the running containers, without pid and sandbox."""
        with _said():
            return containers.listed(self._api.containers())

    def container(self, container_id: str) -> Container | None:
        """Return one container whole, or None where it is gone.

        Raises:
            SilentError: the engine says nothing about this one; it may still answer other questions.
        """
        with _said():
            try:
                return containers.inspected(self._api.inspect_container(container_id))
            except NotFound:
                return None

    def inspect_container(self, container_id: str) -> Mapping[str, Any] | None:
        """Return all that ``docker inspect`` prints of a container, raw, or None where it is gone."""
        with _said():
            try:
                return as_mapping(self._api.inspect_container(container_id), "container")
            except NotFound:
                return None

    def inspect_network(self, network_id: str) -> Mapping[str, Any] | None:
        """Return all that ``docker network inspect -v`` prints of a network, raw, or None where it is gone."""
        with _said():
            try:
                return as_mapping(self._api.inspect_network(network_id, verbose=True), "network")
            except NotFound:
                return None

    def intent(self, url: str, network_id: str) -> Intent | None:
        """Return what the engine, which is called ``url``, intends of a network; None where it knows it no more."""
        found = self.inspect_network(network_id)
        with _said():
            return None if found is None else intended.intent(url, found, time.time_ns())

    def seat(self, url: str) -> Seat:
        """Return what the engine, which is called ``url``, says of its place in the swarm."""
        with _said():
            info = self._api.info()
            seat = intended.seat(url, info, None)
            return intended.seat(url, info, self._api.nodes()) if seat.manager else seat

    def networks(self) -> tuple[Network, ...]:
        """Return all networks that the engine knows."""
        with _said():
            return networks.listed(self._api.networks())

    def events(self, since_ns: int) -> Events:
        """Open the event stream; it waits without limit for the engine to accept.

        Args:
            since_ns: the engine repeats what it remembers from then on; nanoseconds since the epoch.
        """
        with _said():
            since = f"{since_ns // _NS}.{since_ns % _NS:09}"
            response = self._api.get(
                f"{self._api.base_url}/v{self._api.api_version}/events",
                params={"since": since, "filters": json.dumps(event.HEARD)},
                stream=True,
                timeout=None,
            )
            response.raise_for_status()
            return Events(response)

    def close(self) -> None:
        """Close idle connections."""
        self._api.close()


@contextmanager
def _said() -> Iterator[None]:
    """Turn every failure of the block into a ``DockerError``."""
    try:
        yield
    except DockerError:
        raise
    except MalformedAnswerError as error:
        raise DockerError(f"does not answer like a Docker Engine ({clean(str(error))})") from error
    except _FAILURES as error:
        silent = any(isinstance(cause, _TIMEOUTS) for cause in _causes(error))
        kind = SilentError if silent else DockerError
        raise kind(f"does not answer ({_reason(error)})") from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, outermost first."""
    seen: BaseException | None = error
    while seen:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _reason(error: BaseException) -> str:
    """Say in a few words what an error comes from: the kernel's own word for it where there is one."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return "it accepts, but says nothing"
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return clean(cause.strerror.lower())
    return clean(str(error))[:200]
