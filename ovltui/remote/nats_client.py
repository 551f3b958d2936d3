"""A connection to NATS, which comes back by itself: a thread that runs the library, and whoever asks it.

Source: the package ``nats-py``; it opens connections to the server and listens nowhere. Privileges: what the server
lets us do. Incomplete: while there is no connection, ``trouble`` says so.
"""

import asyncio
import os
import ssl
import threading
import time
from collections.abc import Callable, Coroutine
from importlib import import_module
from random import SystemRandom
from typing import Any, TypeVar

import nats.errors
from nats.aio.client import Client as _Nats
from nats.js.errors import APIError, NoStreamResponseError, ServiceUnavailableError

from ovltui.errors import RemoteError
from ovltui.remote.nats_server import Server
from ovltui.text import clean

CONNECT_S = 5.0
ANSWER_S = 5.0
"""Seconds that the server may take to answer."""
_RETRY_S = 0.5
"""Seconds between two tries at least; up to three times as many, others for each of those that lost the server."""
_RTT_S = 5.0
_LATE_S = 60
"""A connection is given up sooner; an answer for which nobody waits any more ends the library's reading."""
AWAY_S = 10.0
"""Seconds without an answer after which the server counts as having been away."""
_NKEYS_ERROR: type[Exception] = import_module("nkeys").NkeysError
"""By its name, since that package tells no types."""
T = TypeVar("T")
NatsError = (nats.errors.Error, OSError, asyncio.TimeoutError)
"""What the library raises when the server or the line fails."""


class _Client(_Nats):
    """The library's client, which says nothing in plain text where TLS was asked for."""

    secure = False

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self.secure and not info.get("tls_required"):
            raise nats.errors.SecureConnWantedError
        await super()._process_info(info, initial_connection)


class NatsClient:
    """A connection; close it.

    Args:
        server: where to.
        name: what the server calls the connection.

    Raises:
        RemoteError: it cannot be made.
    """

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.nc = _Client()
        self.nc.secure = server.tls
        self.rtt_ns = 0
        """How long the server's answers take, in nanoseconds; 0 before the first."""
        self.absences = 0
        """How often the server was away, or the line to it cut, and then was back."""
        self._answered = time.monotonic()
        self._end_measuring: Callable[[], object] = lambda: None
        self._said = ""
        self._away = False
        self._up = asyncio.Event()
        self.epoch = 0
        """How often the connection came back."""
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ovltui-nats", daemon=True)
        self._thread.start()
        try:
            self.ask(self._connect(name), CONNECT_S + ANSWER_S)
        except BaseException:
            self.close()
            raise

    @property
    def trouble(self) -> str:
        """Why nothing goes to the server now, a sentence without its end; empty while it does."""
        return f"{self.server} does not answer ({self._said or 'no connection'})" if self._away else ""

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return bool(self.nc.is_connected)

    def ask(self, work: Coroutine[Any, Any, T], patience_s: float = ANSWER_S + 1) -> T:
        """Do something in the thread of the connection; return what it returns.

        Raises:
            RemoteError: the server refused, or did not answer.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(patience_s)
        except NatsError as error:
            future.cancel()
            raise RemoteError(f"{self.server}: {sentence(error)}.") from error
        except TimeoutError as error:
            future.cancel()
            raise RemoteError(f"{self.server} does not answer.") from error

    def go(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Begin something in the thread of the connection; return what ends it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).cancel

    def call(self, function: Callable[[], object]) -> None:
        """Call something soon in the thread of the connection."""
        if not self._closed:
            self._loop.call_soon_threadsafe(function)

    def close(self) -> None:
        """Close the connection and end the thread; a second call does nothing."""
        if self._closed:
            return
        ending = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        try:
            ending.result(ANSWER_S)
        except (*NatsError, TimeoutError):  # the server is gone: nothing is left to be told
            ending.cancel()
        self._closed = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def up(self) -> None:
        """Wait until there is a connection."""
        await self._up.wait()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if self.nc.is_connected or self.nc.is_reconnecting:
            await self.nc.close()
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connect(self, name: str) -> None:
        identity = self.server.identity
        options: dict[str, Any] = {
            "user": identity.user or None,
            "password": identity.password or None,
            "token": identity.token or None,
            "user_credentials": identity.creds or None,
            "nkeys_seed": identity.nkey or None,
            "tls": _tls(self.server) if self.server.tls else None,
            "reconnect_time_wait": SystemRandom().uniform(_RETRY_S, 3 * _RETRY_S),
        }
        connecting = asyncio.ensure_future(
            self.nc.connect(
                self.server.urls,
                name=name,
                connect_timeout=3,
                max_reconnect_attempts=-1,
                ping_interval=5,
                error_cb=self._failed,
                disconnected_cb=self._lost,
                reconnected_cb=self._back,
                **{key: value for key, value in options.items() if value is not None},
            )
        )
        deadline = time.monotonic() + CONNECT_S
        while not connecting.done():
            await asyncio.wait((connecting,), timeout=0.05)
            if time.monotonic() > deadline or (self._said and len(self.server.servers) == 1):
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)
                raise RemoteError(f"{self.server} cannot be reached: {self._said or 'it does not answer'}.")
        try:
            connecting.result()
        except (_NKEYS_ERROR, ValueError) as error:
            file = clean(identity.creds or identity.nkey)
            raise RemoteError(f"{file} holds no credentials for NATS ({clean(str(error))}).") from error
        except (*NatsError, ssl.SSLError) as error:
            raise RemoteError(f"{self.server} cannot be reached: {sentence(error)}.") from error
        self._begin()

    def _begin(self) -> None:
        """Take in that there is a connection; measure on this one how long answers take."""
        self._said = ""
        self._hear()
        self._end_measuring()
        self._end_measuring = self.go(self._measure())
        self._up.set()

    async def _measure(self) -> None:
        """Measure again and again how long an answer takes."""
        while self.nc.is_connected:
            try:
                self.rtt_ns = int(await self.nc.rtt(_LATE_S) * 1e9)
            except NatsError:  # the line broke meanwhile, which ``_lost`` hears
                self.rtt_ns = 0
                return
            self._hear()
            await asyncio.sleep(_RTT_S)

    def _hear(self) -> None:
        """Take in that the server answered."""
        now = time.monotonic()
        self.absences += now - self._answered > AWAY_S
        self._answered = now

    async def _failed(self, error: Exception) -> None:
        self._said = sentence(error)

    async def _lost(self) -> None:
        self._away = True
        self._up.clear()

    async def _back(self) -> None:
        self._away = False
        self.epoch += 1
        self._begin()


_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (nats.errors.SecureConnWantedError, "TLS was asked for, and it offers none"),
    (nats.errors.AuthorizationError, "it refuses our credentials"),
    (NoStreamResponseError, "no stream takes what is published"),
    (ServiceUnavailableError, "it has no JetStream: start it with -js"),
    (nats.errors.MaxPayloadError, "it takes no messages of that size"),
)


def sentence(error: BaseException) -> str:
    """Return what an error of the library says, as a part of a sentence, clean text."""
    if isinstance(error, APIError) and error.description:
        return clean(error.description)
    known = next((says for kind, says in _SENTENCES if isinstance(error, kind)), "")
    if known:
        return known
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({clean(error.verify_message)})"
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError) and error.errno and not isinstance(error, ssl.SSLError):
        return clean(os.strerror(error.errno) if error.errno > 0 else error.strerror or str(error))
    text = clean(str(error)).removeprefix("nats: ").strip("'")
    return "it refuses our credentials" if "authorization" in text.lower() else text or type(error).__name__


def _tls(server: Server) -> ssl.SSLContext:
    identity = server.identity
    try:
        context = ssl.create_default_context(cafile=identity.ca or None)
        if identity.cert:
            context.load_cert_chain(identity.cert, identity.key)
    except (OSError, ssl.SSLError) as error:
        raise RemoteError(f"the certificates for {server} cannot be read ({error.strerror or error}).") from error
    return context
