"""Ears for tests: frames cut out of bytes, a reader process with all that it said, and a socket beside it."""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ovltui.kernel import frames, wire
from ovltui.kernel.receiver import Receiver

PATIENCE_S = 30.0
UNPRIVILEGED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--")
"""Runs a command without any capability; it stays the owner of what it must read."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the pipe."""

    time_ns: int
    nsid: int
    kind: frames.FrameKind
    payload: bytes

    @property
    def rtm(self) -> int:
        """Type of the message."""
        kind: int = wire.NLMSG_HEADER.unpack_from(self.payload)[1]
        return kind


def frames_of(data: bytes) -> list[Frame]:
    """Return the frames in ``data``, which must end with a whole one; each message of a batch as a frame of its own."""
    found, start = [], 0
    while start < len(data):
        time_ns, nsid, kind, length = frames.HEADER.unpack_from(data, start)
        start += frames.HEADER.size + length
        assert start <= len(data), "a frame is cut off"
        payload = data[start - length : start]
        if kind == frames.FrameKind.BATCH:
            numbered = zip(*frames.messages_in(payload), strict=True)
            found += [Frame(time_ns, each, frames.FrameKind.MESSAGE, raw) for each, raw in numbered]
        else:
            found.append(Frame(time_ns, nsid, frames.FrameKind(kind), payload))
    return found


def open_files() -> list[str]:
    """Return the numbers of the descriptors that this process has open."""
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


def inode(path: str) -> int:
    """Return the inode of what a path leads to."""
    return Path(path).stat().st_ino


def await_true(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> float:
    """Wait until ``condition`` holds and return how long that took, in seconds; fail after ``patience_s``."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < patience_s, f"not within {patience_s} s"
        time.sleep(0.002)
    return time.monotonic() - begun


class Ear:
    """A reader process whose frames are collected by a thread."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self._data = bytearray()
        self._thread = threading.Thread(target=self._collect, name="test-ear")

    def _collect(self) -> None:
        while data := self.receiver.read():
            self._data += data

    def await_start(self) -> None:
        """Wait until the reader hears, without reading."""
        ready, _, _ = select.select([self.receiver._near], [], [], PATIENCE_S)
        assert ready, "the reader says nothing"

    def listen(self) -> Self:
        """Begin to read; wait until the reader hears."""
        self._thread.start()
        await_true(lambda: self._data)
        return self

    def frames(self) -> list[Frame]:
        """Return the whole frames so far."""
        data, start = bytes(self._data), 0
        while start + frames.HEADER.size <= len(data):
            length = frames.HEADER.unpack_from(data, start)[3]
            if start + frames.HEADER.size + length > len(data):
                break
            start += frames.HEADER.size + length
        return frames_of(data[:start])

    def messages(self, nsid: int) -> list[Frame]:
        """Return the messages of one namespace so far."""
        return [frame for frame in self.frames() if frame.kind is frames.FrameKind.MESSAGE and frame.nsid == nsid]

    def lost(self) -> int:
        """Return how many messages all gaps together count."""
        gaps = [frame for frame in self.frames() if frame.kind is frames.FrameKind.GAP]
        return sum(frames.GAP.unpack(gap.payload)[0] for gap in gaps)

    def close(self) -> None:
        """End the reader and the thread."""
        self.receiver.close()
        if self._thread.ident:
            self._thread.join()
        self.receiver.release()


@contextmanager
def ear(*sizes: int) -> Iterator[Ear]:
    """Run a reader with these sizes of receive buffer and backlog; ``listen`` begins to read it."""
    made = Ear(Receiver(*sizes))
    try:
        yield made
    finally:
        made.close()


class NsidSocket:
    """A socket beside the session that hears which nsids of our own namespace come and go."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._socket.setsockopt(wire.SOL_NETLINK, wire.NETLINK_LISTEN_ALL_NSID, 1)
        self._socket.bind((0, 0))
        self._socket.setsockopt(wire.SOL_NETLINK, wire.NETLINK_ADD_MEMBERSHIP, wire.Group.NSID)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def await_end(self, nsid: int, patience_s: float) -> float:
        """Wait for RTM_DELNSID of ``nsid``; return how long it took, fail after ``patience_s``."""
        begun = time.monotonic()
        while (left := begun + patience_s - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                data, ancillary, _, _ = self._socket.recvmsg(8192, 64)
            except TimeoutError:
                break
            if not ancillary and self._is_end(data, nsid):
                return time.monotonic() - begun
        raise AssertionError(f"nsid {nsid} did not end within {patience_s} s")

    @staticmethod
    def _is_end(data: bytes, nsid: int) -> bool:
        return any(
            wire.NLMSG_HEADER.unpack_from(message)[1] == wire.Rtm.DELNSID
            and dict(wire.attributes(message, 20)).get(1) == struct.pack("=i", nsid)
            for message in wire.messages(data)
        )
