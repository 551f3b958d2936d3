"""One connection to a Docker Engine, by the standard library alone: for machines to which ovltui was sent.

Source: the Docker Engine API over a unix socket or plain TCP, in the version that the engine names. Privileges: the
right to connect. Incomplete: engines behind TLS or ssh are not asked. Otherwise it is as ``client``.
"""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ovltui.identity import event
from ovltui.identity.asking import Asker, SilentError, said
from ovltui.identity.model import EngineEvent
from ovltui.kernel.peer import dial

__all__ = ["Client", "Events", "SilentError"]
_FAILURES = (http.client.HTTPException,)
_UNIX, _TCP = "unix://", ("tcp://", "http://")
_PORT = 2375
_GOOD, _GONE = 200, 404
_LONGEST_SAYS = 4096
_NS = 10**9


class _GoneError(ValueError):
    """There is no such thing."""


class _Connection(http.client.HTTPConnection):
    """A connection to where an engine listens."""

    def __init__(self, url: str, timeout: float | None) -> None:
        self._path = url.removeprefix(_UNIX) if url.startswith(_UNIX) else ""
        if not self._path and not url.startswith(_TCP):
            raise ValueError("it is asked only where ovltui itself is installed")
        address = urlsplit(url)
        super().__init__(address.hostname or "localhost", None if self._path else address.port or _PORT)
        self.timeout = timeout

    def connect(self) -> None:
        """Connect."""
        if self._path:
            self.sock = dial(self._path, self.timeout)
        else:
            super().connect()


class Events:
    """The engine's event stream.

    Args:
        connection: over which it comes.
        response: the answer that does not end.
    """

    def __init__(self, connection: _Connection, response: http.client.HTTPResponse, sock: socket.socket) -> None:
        self._connection = connection
        self._response = response
        self._sock = sock

    def __iter__(self) -> Iterator[EngineEvent]:
        """Yield events until the stream ends.

        Raises:
            DockerError: the engine talks nonsense.
        """
        with said(_FAILURES, ()), closing(self._response), closing(self._connection), closing(self._sock):
            for line in self._lines():
                yield event.heard(json.loads(line), time.time_ns())

    def close(self) -> None:
        """End the stream, also for a thread that waits for its next event; it may have ended already."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _lines(self) -> Iterator[bytes]:
        while True:
            try:
                line = self._response.readline()
            except (http.client.HTTPException, OSError):  # it was closed, here or there
                return
            if not line:
                return
            if line.strip():
                yield line


class _Api:
    """Asks by GET, each time over a connection of its own."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._prefix = ""
        self._prefix = f"/v{quote(str(self.version()['ApiVersion']))}"

    def info(self) -> Any:
        return self._get("/info")

    def version(self) -> Any:
        return self._get("/version")

    def containers(self) -> Any:
        return self._get("/containers/json")

    def container(self, container_id: str) -> Any:
        return self._get(f"/containers/{quote(container_id)}/json")

    def network(self, network_id: str) -> Any:
        return self._get(f"/networks/{quote(network_id)}?verbose=true")

    def networks(self) -> Any:
        return self._get("/networks")

    def nodes(self) -> Any:
        return self._get("/nodes")

    def events(self, since: str) -> Events:
        """Open the event stream; it waits without limit."""
        words = urlencode({"since": since, "filters": json.dumps(event.HEARD)})
        connection = _Connection(self._url, None)
        connection.connect()
        sock = connection.sock
        try:
            response = self._answer(connection, f"/events?{words}")
        except BaseException:
            connection.close()
            raise
        return Events(connection, response, sock)

    def _get(self, path: str) -> Any:
        with closing(_Connection(self._url, self._timeout)) as connection:
            response = self._answer(connection, path)
            with closing(response):
                return json.loads(response.read())

    def _answer(self, connection: _Connection, path: str) -> http.client.HTTPResponse:
        connection.request("GET", f"{self._prefix}{path}", headers={"Connection": "close"})
        response = connection.getresponse()
        if response.status == _GOOD:
            return response
        with closing(response):
            says = response.read(_LONGEST_SAYS).decode("utf-8", "replace")
            raise (_GoneError if response.status == _GONE else ValueError)(
                f"{response.status} {response.reason}: {says}"
            )


class Client(Asker):
    """A connection to an engine, to be closed.

    Args:
        url: where it listens, as ``docker`` takes it.
        timeout: seconds that it may be silent for, at each question.

    Raises:
        DockerError: it does not answer, or not like an engine.
    """

    def __init__(self, url: str, timeout: float) -> None:
        with said(_FAILURES, ()):
            self._plain = _Api(url, timeout)
        super().__init__(self._plain, _GoneError, _FAILURES)

    def events(self, since_ns: int) -> Events:
        """Open the event stream; it waits without limit for the engine to accept.

        Args:
            since_ns: the engine repeats what it remembers from then on; nanoseconds since the epoch.
        """
        with self.said():
            return self._plain.events(f"{since_ns // _NS}.{since_ns % _NS:09}")

    def close(self) -> None:
        """No connection is kept."""
