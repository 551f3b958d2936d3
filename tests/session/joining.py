"""Machines made by hand for a joined session: each plays recordings, one for each connection, as if they came live."""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.sink import Sink
from ovltui.errors import RemoteError
from ovltui.events.line import as_text, line
from ovltui.identity.model import EngineView
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.joined import JoinedSession
from ovltui.session.recorder import Recorder
from ovltui.session.session import Session
from tests.capture import made as captured

PATIENCE_S = 5.0


@dataclass(eq=False)
class Connection:
    """A connection whose bytes a test gives."""

    ended: str = ""
    heard: bool = True
    _pieces: queue.SimpleQueue[bytes | None] = field(default_factory=queue.SimpleQueue)

    def give(self, data: bytes) -> None:
        """Let bytes come."""
        self._pieces.put(data)

    def cut(self, says: str) -> None:
        """End it from the other side."""
        self.ended = says
        self._pieces.put(None)

    def pieces(self) -> Iterator[bytes]:
        """Yield what was given."""
        while (piece := self._pieces.get()) is not None:
            yield piece

    def close(self) -> None:
        """End it from here."""
        self.cut(self.ended or "it was closed here.")


@dataclass(eq=False)
class FakeMachine:
    """A machine whose connections are made before."""

    name: str
    url: str = ""
    connections: list[Connection] = field(default_factory=list)
    opened: int = 0

    def connection(self, data: bytes = b"") -> Connection:
        """Return one more connection, the next that will be opened, and what it says at once."""
        made_now = Connection()
        if data:
            made_now.give(data)
        self.connections.append(made_now)
        return made_now

    def open(self) -> Connection:
        """Open the next connection."""
        if self.opened == len(self.connections):
            raise RemoteError(f"{self.name} does not answer.")
        self.opened += 1
        return self.connections[self.opened - 1]

    def shell_words(self, paths: Sequence[str], inode: int) -> list[str]:
        """Return words that show what was asked for."""
        return ["there", self.name, *paths, str(inode)]

    def close(self) -> None:
        """Do nothing: nothing is shared."""


def start_of(boot: str = "") -> Start:
    """Return with what a recording begins; the recorder adds the rest."""
    return Start(FORMAT, "1.2.3", "", None, 0, kernel="6.1", boot=boot)


def netnses_of(host: str) -> list[Netns]:
    """Return the namespaces of a machine, whose numbers, inodes and ids are those of every other one."""
    return [replace(netns, key=NetnsKey(host, netns.key.id)) for netns in captured.netnses()]


def view_of(host: str) -> EngineView:
    """Return the engine of a machine, whose URL, id and containers' pids are those of every other one."""
    return replace(captured.view(), name=host, netns=NetnsKey(host, 1), mntns=1)


def session_of(host: str) -> Session:
    """Return what runs on a machine."""
    session = Session(host, NetnsKey(host, 1))
    found = netnses_of(host)
    for netns in found[1:]:
        assert netns.nsid is not None
        session.stream.bind(netns.nsid, netns.key, 0)
    session.publish(found)
    session.engines_changed([view_of(host)])
    return session


def recording_of(
    path: Path, session: Session, work: Callable[[Session], None] = lambda _: None, *, boot: str = ""
) -> bytes:
    """Return the recording of what happens to a session, without its end."""
    recorder = Recorder(session, lambda: Sink(str(path), force=True), start_of(boot))
    recorder.start()
    work(session)
    recorder.close()
    assert not recorder.failure
    return path.read_bytes()


def container(number: int, name: str, host: str, nsid: int) -> Netns:
    """Return a namespace that a machine found."""
    mounts = (Mount(1, 1, f"/run/netns/{name}"),)
    return Netns(NetnsKey(host, number), 4026532000 + number, nsid, False, mounts, ())


def await_true(holds: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.005)


def joined(*machines: FakeMachine, records: int = 0) -> JoinedSession:
    """Return a session that runs, once it knows its machines and has so many records."""
    session = JoinedSession(machines)
    session.start()
    session.wait_for_hosts(PATIENCE_S)
    await_true(lambda: session.ring.end >= records)
    return session


def lines(session: Session) -> list[str]:
    """Return all records as lines."""
    ring = session.ring
    return [as_text(line(ring[seq], session.names), 20, 0) for seq in range(ring.first, ring.end)]
