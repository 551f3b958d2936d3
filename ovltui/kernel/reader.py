"""The reader process: receive, stamp, hand on; nothing else, so that nothing is missed.

Source: one NETLINK_ROUTE socket in the namespace in which it was started, with NETLINK_LISTEN_ALL_NSID, in all groups
of ``wire.Group``; its frames go down a pipe (``frames``). Privileges: CAP_NET_BROADCAST for other namespaces than
its own, CAP_NET_ADMIN for a receive buffer above the system's limit. Incomplete: the kernel delivers only namespaces
that have an nsid here; what it dropped, and what did not fit here while nobody read the pipe, comes as a gap frame.

It runs with the standard library alone, in a session of its own so that no key of the terminal stops it, and ends
when the other end of the pipe is closed.
"""

import contextlib
import errno
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from collections import deque
from itertools import islice

from ovltui.kernel import frames, wire
from ovltui.kernel.datagrams import Datagrams

RECEIVE_BUFFER = 64 << 20
"""Bytes asked for; the kernel doubles it and uses none before there are messages."""
BACKLOG = 256 << 20
"""Bytes of frames kept for a pipe that nobody reads; what comes after is counted as lost."""
_TOGETHER = 256
"""Messages received in one system call, and stamped alike, at most."""
_CALLS = 32
"""Such calls before the pipe gets its turn."""
_PIECES = 64
"""Frames handed to the pipe in one system call, at most."""
_LONGEST = 1 << 16
"""Bytes of the longest message that is received whole."""
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("=9I")
_NICE = -10
_REST_S, _LONG_REST_S = 0.001, 0.003
"""Seconds for which messages gather during a storm: a wake-up costs more than taking one. The smallest buffer that
systems give holds twice what comes in the first, one of ``_LARGE`` bytes far more than what comes in the second."""
_LARGE = 4 << 20
_STORM_NS = 4_000_000
"""Nanoseconds between two wake-ups that make a storm; what comes alone is stamped and passed on at once."""


class Reader:
    """The socket, the pipe, and what waits between them.

    Args:
        out: the pipe, not blocking.
        receive_buffer: bytes to ask for.
        backlog: bytes of frames to keep.
    """

    def __init__(self, out: int, receive_buffer: int = RECEIVE_BUFFER, backlog: int = BACKLOG) -> None:
        self._out = out
        self._receive_buffer = receive_buffer
        self._backlog = backlog
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        self._pending: deque[bytes | memoryview] = deque()
        self._waiting = 0
        """Bytes of what is pending."""
        self._came = Datagrams(self._socket.fileno(), _TOGETHER, _LONGEST)
        self._drops = 0
        self._overrun = False
        self._lost = 0
        self._last_ns = time.time_ns()
        self._rest_s = _REST_S
        self._put(frames.frame(frames.FrameKind.HELLO, self._last_ns, frames.OWN_NSID, self._open()))

    def _open(self) -> bytes:
        """Set the socket up and return what it can and cannot hear, as JSON."""
        says: list[str] = []
        self._socket.setblocking(False)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, self._receive_buffer)
        except PermissionError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        all_nsid = True
        try:
            self._socket.setsockopt(wire.SOL_NETLINK, wire.NETLINK_LISTEN_ALL_NSID, 1)
        except OSError as error:
            all_nsid = False
            says.append(f"events of other namespaces are not heard ({error.strerror})")
        self._socket.bind((0, 0))
        for group in wire.Group:
            try:
                self._socket.setsockopt(wire.SOL_NETLINK, wire.NETLINK_ADD_MEMBERSHIP, group)
            except OSError as error:
                says.append(f"{group.name.lower()} events are not heard ({error.strerror})")
        rcvbuf = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        if rcvbuf >= _LARGE:
            self._rest_s = _LONG_REST_S
        return json.dumps({"all_nsid": all_nsid, "rcvbuf": rcvbuf, "says": says}).encode()

    def run(self) -> None:
        """Pass messages on until the other end of the pipe is closed."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        heard = 0
        while True:
            poll.register(self._out, select.POLLOUT if self._pending else 0)
            ready = dict(poll.poll())
            if ready.get(self._out, 0) & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
                return
            if self._socket.fileno() in ready:
                if time.monotonic_ns() - heard < _STORM_NS:
                    time.sleep(self._rest_s)
                self._receive()
                heard = time.monotonic_ns()
            if self._pending:
                self._write()

    def _put(self, frame: bytes) -> None:
        self._pending.append(frame)
        self._waiting += len(frame)

    def _write(self) -> None:
        pending = self._pending
        with contextlib.suppress(BlockingIOError):
            written = os.writev(self._out, list(islice(pending, _PIECES)))
            self._waiting -= written
            while written:
                first = pending.popleft()
                if len(first) > written:
                    pending.appendleft(memoryview(first)[written:])
                written -= min(written, len(first))
            self._admit_loss()

    def _receive(self) -> None:
        """Take messages off the socket until it is empty, up to a batch of calls."""
        came = self._came
        for _ in range(_CALLS):
            try:
                came.receive()
            except BlockingIOError:
                self._close_gap()
                return
            except InterruptedError:
                continue
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                # Reported first; then come the messages queued before the loss, then the loss itself.
                self._overrun = True
                continue
            if self._waiting > self._backlog:
                self._lost += len(came.lengths)
                continue
            if came.simple:
                self._admit_loss()
                self._last_ns = time.time_ns()
                self._put(frames.batch(self._last_ns, came.nsids, came.lengths, came.bodies))
            else:
                self._pass_on_singly()

    def _pass_on_singly(self) -> None:
        """Pass on what was received, of which something was cut off or holds several messages."""
        came, now = self._came, time.time_ns()
        cuts = came.cut or [False] * len(came.lengths)
        for nsid, body, cut in zip(came.nsids, came.bodies, cuts, strict=True):
            if cut:
                self._lost += 1
            else:
                self._admit_loss()
                self._last_ns = now
                self._put(frames.frame(frames.FrameKind.MESSAGE, now, nsid, bytes(body)))

    def _close_gap(self) -> None:
        """The socket is empty: whatever was lost, was lost up to here."""
        if self._overrun:
            memory = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
            drops = _MEMINFO.unpack(memory)[8]
            self._lost += drops - self._drops
            self._drops, self._overrun = drops, False
        self._admit_loss()

    def _admit_loss(self) -> None:
        """Say what was lost since the last message that was passed on, once there is room to pass on more."""
        if self._lost and self._waiting <= self._backlog:
            now = time.time_ns()
            self._put(frames.gap(now, self._lost, now - self._last_ns))
            self._lost = 0


def main() -> None:
    """Run the reader on the pipe whose descriptor is the first argument.

    Bytes of receive buffer and backlog may follow.
    """
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(PermissionError):
        os.nice(_NICE)
    out, *sizes = map(int, sys.argv[1:])
    os.set_blocking(out, False)
    with contextlib.suppress(BrokenPipeError):  # closed between poll and write
        Reader(out, *sizes).run()
