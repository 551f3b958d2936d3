"""One connection to a Docker Engine: questions with a time limit, answers as frozen values.

Source: the Docker Engine API through the ``docker`` package, in the newest version that the engine speaks.
Importing this module costs 80 ms, so it is imported where an engine's thread begins. Privileges: the right to
connect. Every way in which an engine, or what poses as one, can fail becomes a ``DockerError`` with one
sentence. ``plain`` stands in its place where only the standard library is.
"""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from typing import Any

import docker
import requests
import urllib3
from docker.errors import DockerException, NotFound
from docker.transport.unixconn import UnixHTTPConnection
from docker.types import CancellableStream

from ovltui.identity import event
from ovltui.identity.asking import Asker, SilentError, said
from ovltui.identity.model import EngineEvent
from ovltui.kernel.peer import dial

__all__ = ["Client", "Events", "SilentError"]
_FAILURES = (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException)
"""What the package lets through when an engine is gone, refuses, hangs, or talks nonsense."""
_TIMEOUTS = (requests.Timeout, urllib3.exceptions.TimeoutError)
_NS = 10**9


def _said() -> AbstractContextManager[None]:
    return said(_FAILURES, _TIMEOUTS)


def _connect(connection: UnixHTTPConnection) -> None:
    connection.sock = dial(connection.unix_socket, connection.timeout)


# The package's own forgets to close a connection that was refused.
UnixHTTPConnection.connect = _connect  # type: ignore[assignment]


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


class _Api:
    """The package's connection, by the names of ``asking.Api``."""

    def __init__(self, url: str, timeout: float) -> None:
        self.client = docker.APIClient(base_url=url, version="auto", timeout=timeout)  # type: ignore[arg-type]
        # The package keeps an open connection for each path that was ever asked for, up to 25.
        self.client.headers["Connection"] = "close"

    def info(self) -> Any:
        return self.client.info()

    def version(self) -> Any:
        return self.client.version()

    def containers(self) -> Any:
        return self.client.containers()

    def container(self, container_id: str) -> Any:
        return self.client.inspect_container(container_id)

    def network(self, network_id: str) -> Any:
        return self.client.inspect_network(network_id, verbose=True)

    def networks(self) -> Any:
        return self.client.networks()

    def nodes(self) -> Any:
        return self.client.nodes()


class Client(Asker):
    """A connection to an engine, to be closed.

    Args:
        url: where it listens, as ``docker`` takes it.
        timeout: seconds that it may be silent for, at each question.

    Raises:
        DockerError: it does not answer, or not like an engine.
    """

    def __init__(self, url: str, timeout: float) -> None:
        with _said():
            api = _Api(url, timeout)
        super().__init__(api, NotFound, _FAILURES, _TIMEOUTS)
        self._client = api.client

    def events(self, since_ns: int) -> Events:
        """Open the event stream; it waits without limit for the engine to accept.

        Args:
            since_ns: the engine repeats what it remembers from then on; nanoseconds since the epoch.
        """
        with _said():
            since = f"{since_ns // _NS}.{since_ns % _NS:09}"
            response = self._client.get(
                f"{self._client.base_url}/v{self._client.api_version}/events",
                params={"since": since, "filters": json.dumps(event.HEARD)},
                stream=True,
                timeout=None,
            )
            response.raise_for_status()
            return Events(response)

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()
