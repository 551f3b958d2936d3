"""Which addresses answer an ICMP echo, asked from the namespace of the calling thread.

Source: a raw ICMP socket, whose packets may not be fragmented, so that a size tells of the MTU on the way.
Privileges: CAP_NET_RAW. Incomplete: no answer within the patience is no answer; it does not tell why.
"""

import contextlib
import os
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass

_IP_MTU_DISCOVER = 10
_IP_PMTUDISC_PROBE = 3
_ECHO_REQUEST = 8
_ECHO_REPLY = 0
_HEADER = struct.Struct("!BBHHH")
"""Type, code, checksum, identifier, sequence number."""
_HEADERS_BYTES = 28
"""What IPv4 and ICMP add to the payload."""
_RECEIVED = 65536
_AGAIN_S = 0.25
"""Seconds after which an echo is sent anew: a link that just came up passes nothing at first."""


@dataclass(frozen=True, slots=True)
class Echo:
    """One question."""

    address: str
    """IPv4 address."""
    bytes: int
    """Size of the whole packet."""


def answered(echoes: Sequence[Echo], patience_s: float) -> frozenset[Echo]:
    """Send each echo until it is answered, and return those that were within ``patience_s`` seconds.

    Raises:
        PermissionError: CAP_NET_RAW is missing.
    """
    identifier = os.getpid() & 0xFFFF
    waiting = dict(enumerate(echoes))
    deadline = time.monotonic() + patience_s
    with socket.socket(socket.AF_INET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.IPPROTO_ICMP) as asking:
        # Probing sets the don't-fragment bit and ignores what was learned of the path before.
        asking.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_PROBE)
        while waiting and time.monotonic() < deadline:
            for number, echo in waiting.items():
                _send(asking, echo, identifier, number)
            _hear(asking, identifier, waiting, min(deadline, time.monotonic() + _AGAIN_S))
    return frozenset(echoes) - frozenset(waiting.values())


def _hear(asking: socket.socket, identifier: int, waiting: dict[int, Echo], until: float) -> None:
    """Take out of ``waiting`` what is answered by then."""
    while waiting and (left := until - time.monotonic()) > 0:
        asking.settimeout(left)
        try:
            packet, (sender, _) = asking.recvfrom(_RECEIVED)
        except TimeoutError:
            return
        number = _reply_to(packet, identifier)
        if number in waiting and waiting[number].address == sender:
            del waiting[number]


def _send(asking: socket.socket, echo: Echo, identifier: int, number: int) -> None:
    """Send a request; it stays here without a route or beyond the MTU, and is then not answered."""
    body = bytes(max(0, echo.bytes - _HEADERS_BYTES))
    bare = _HEADER.pack(_ECHO_REQUEST, 0, 0, identifier, number) + body
    packet = _HEADER.pack(_ECHO_REQUEST, 0, _checksum(bare), identifier, number) + body
    with contextlib.suppress(OSError):
        asking.sendto(packet, (echo.address, 0))


def _reply_to(packet: bytes, identifier: int) -> int:
    """Return the sequence number of a reply to us, -1 for any other packet; an IPv4 header stands before it."""
    start = (packet[0] & 0xF) * 4
    if len(packet) < start + _HEADER.size:
        return -1
    kind, code, _, whose, number = _HEADER.unpack_from(packet, start)
    return int(number) if (kind, code, whose) == (_ECHO_REPLY, 0, identifier) else -1


def _checksum(data: bytes) -> int:
    """Return the ones' complement sum of RFC 1071."""
    words = struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
    total: int = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
