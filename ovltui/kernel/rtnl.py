"""Requests to rtnetlink, and to its like: one socket, opened for a few questions and closed.

Source: NETLINK_ROUTE, or another protocol of netlink, in the namespace of the calling thread. Privileges: none to read
one's own namespace; the kernel's refusal comes back as ``RtnlError``. Incomplete: a dump that changed while it was read
is repeated, at most ``DUMP_TRIES`` times, then taken as it is.
"""

import os
import socket
import struct
from types import TracebackType
from typing import Self

from ovltui.kernel import wire
from ovltui.text import clean_bytes

DUMP_TRIES = 3
_NLMSGERR_ATTR_MSG = 1
_TIMEOUT_S = 5.0
_BUFFER = 1 << 16


class RtnlError(OSError):
    """The kernel's answer to a request, with its own words where it gave any."""


class Rtnl:
    """A request socket; use it as a context manager, in the thread whose namespace is meant.

    Args:
        protocol: of netlink.
    """

    def __init__(self, protocol: int = socket.NETLINK_ROUTE) -> None:
        self._seq = 0
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        self._socket.settimeout(_TIMEOUT_S)
        self._socket.setsockopt(wire.SOL_NETLINK, wire.NETLINK_EXT_ACK, 1)
        # Without strict checking the kernel ignores a target namespace and answers for its own.
        self._socket.setsockopt(wire.SOL_NETLINK, wire.NETLINK_GET_STRICT_CHK, 1)
        self._socket.bind((0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def request(self, kind: int, body: bytes, flags: int = 0) -> list[bytes]:
        """Send one request and return the messages of its answer, headers included.

        Raises:
            RtnlError: the kernel refused; ``errno`` is its code.
            TimeoutError: no answer in five seconds.
        """
        self._send(kind, flags | wire.NLM_F_ACK, body)
        return self._receive()[0]

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        """Return all messages of a dump; errors as in ``request``."""
        answers: list[bytes] = []
        for _ in range(DUMP_TRIES):
            self._send(kind, wire.NLM_F_DUMP, body)
            answers, interrupted = self._receive()
            if not interrupted:
                break
        return answers

    def _send(self, kind: int, flags: int, body: bytes) -> None:
        self._seq += 1
        self._socket.send(wire.message(kind, flags | wire.NLM_F_REQUEST, self._seq, body))

    def _receive(self) -> tuple[list[bytes], bool]:
        answers: list[bytes] = []
        interrupted = False
        while True:
            for message in wire.messages(self._socket.recv(_BUFFER)):
                _, kind, flags, seq, _ = wire.NLMSG_HEADER.unpack_from(message)
                if seq != self._seq:
                    continue
                interrupted |= bool(flags & wire.NLM_F_DUMP_INTR)
                if kind in (wire.NLMSG_ERROR, wire.NLMSG_DONE):
                    _raise_if_refused(message, kind, flags)
                    return answers, interrupted
                answers.append(message)


def _raise_if_refused(message: bytes, kind: int, flags: int) -> None:
    if len(message) < wire.NLMSG_HEADER.size + 4:
        return
    code = struct.unpack_from("=i", message, wire.NLMSG_HEADER.size)[0]
    if code >= 0:
        return
    start = wire.NLMSG_HEADER.size + 4
    if kind == wire.NLMSG_ERROR:
        # The refused request follows, whole unless the kernel capped it to its header.
        capped = flags & wire.NLM_F_CAPPED
        echoed = wire.NLMSG_HEADER.unpack_from(message, start)[0]
        start += wire.NLMSG_HEADER.size if capped else (echoed + 3) & ~3
    words = ""
    if flags & wire.NLM_F_ACK_TLVS:
        found = dict(wire.attributes(message, start))
        words = clean_bytes(found.get(_NLMSGERR_ATTR_MSG, b""))
    raise RtnlError(-code, words or os.strerror(-code))
