"""A real nats-server on loopback with JetStream, and hosts that publish to it, for tests of a fleet.

It listens on 127.0.0.1 alone, on a free port, and keeps its files below the temporary directory. Needs nats-server.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from ovltui.capture.decode import Decoder, Item
from ovltui.events.record import Record
from ovltui.remote.nats_client import NatsClient
from ovltui.remote.nats_line import PublishedLine
from ovltui.remote.nats_publisher import PublishedPart, Publisher, is_over
from ovltui.remote.nats_server import Identity, Server, known, parse
from ovltui.remote.nats_subjects import Published
from ovltui.session.recorder import Manner, Recorder
from ovltui.session.reduction import Reduction
from ovltui.session.session import Session
from tests.bed.means import command
from tests.bed.signals import deferred
from tests.capture.made import START, new_session

_READY_S = 10.0
PERIOD_S = 0.05
T = TypeVar("T")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NatsServer:
    """A context manager: a server that may be stopped and started again.

    Args:
        config: more of its configuration.
    """

    def __init__(self, config: str = "") -> None:
        self.port = _free_port()
        with deferred():
            self.directory = Path(tempfile.mkdtemp(prefix="ovltui-nats-"))
        self._config = self.directory / "config"
        store = f'jetstream {{ store_dir: "{self.directory}" }}'
        self._config.write_text(f"listen: 127.0.0.1:{self.port}\n{store}\n{config}\n")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """Its process; None while it is stopped."""
        return self._process.pid if self._process else None

    @property
    def url(self) -> str:
        """Its address."""
        return f"nats://127.0.0.1:{self.port}"

    def server(self, url: str = "", told: Identity | None = None) -> Server:
        """Return it as the package names it; only what is told is known of who we are."""
        return known(parse(url or self.url), told or Identity(), {}, self.directory)

    def start(self) -> None:
        """Start it, until it answers."""
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [command("nats-server") or "nats-server", "-c", os.fspath(self._config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await_that(self._answers, _READY_S)

    def stop(self) -> None:
        """Kill it, as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False


def await_that(holds: Callable[[], object], patience_s: float = 20.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Node:
    """A session that is published; no kernel is behind it."""

    session: Session
    publisher: Publisher
    recorder: Recorder

    def sent(self) -> None:
        """Wait until the server has taken all that happened so far."""
        before = self.publisher.sent
        self.recorder.mark("so far")
        await_that(lambda: self.publisher.sent > before and not self.publisher.waiting)


@contextmanager
def publishing(
    server: NatsServer, host: str, reduction: Reduction | None = None, frame_s: float = 300.0
) -> Iterator[Node]:
    """Publish a session under the name of a host."""
    client = NatsClient(server.server(), "test")
    try:
        publisher = Publisher(client, Published(host, f"{sum(host.encode()):08x}"))
        session = new_session()
        reduction = reduction or Reduction()

        def is_full(size: int, since: float) -> bool:
            age_s = time.monotonic() - since
            return reduction.is_due or is_over(publisher, size, age_s) or age_s >= frame_s

        recorder = Recorder(
            session,
            lambda: PublishedPart(publisher, lambda: reduction.begins_anew),
            START,
            is_full,
            manner=Manner(PERIOD_S, streams=True),
            reduction=reduction if reduction.reduces else None,
        )
        recorder.start()
        try:
            yield Node(session, publisher, recorder)
        finally:
            recorder.close()
            publisher.close()
    finally:
        client.close()


class Reading:
    """A context manager: a line that is read in a thread.

    Args:
        line: which.
    """

    def __init__(self, line: PublishedLine) -> None:
        self.line = line
        self.items: list[Item] = []
        """What came so far."""
        self.decoder = Decoder("line")
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.line.close()
        self._thread.join()

    def of(self, kind: type[T]) -> list[T]:
        """Return what came of a kind."""
        return [item for item in tuple(self.items) if isinstance(item, kind)]

    def take(self, record: Record) -> None:
        """Called with each record, in the thread."""

    def _read(self) -> None:
        for item in self.decoder.items(self.line.pieces()):
            self.items.append(item)
            if isinstance(item, Record):
                self.take(item)
