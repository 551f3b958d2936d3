"""The blocks of pcapng: bytes in, bytes out.

Source: the pcapng specification (draft-ietf-opsawg-pcapng) and LINKTYPE_NETLINK. Pure, no privileges. A block that
breaks off, or whose two lengths differ, ends the file: ``size_of`` says so.
"""

import struct
import sys
from collections.abc import Iterable, Iterator
from enum import IntEnum

LINKTYPE_NETLINK = 253
ARPHRD_NETLINK = 824
COOKED = struct.Struct("!HHH8sH").pack(4, ARPHRD_NETLINK, 0, bytes(8), 0)
"""What stands before each message: outgoing, ARPHRD_NETLINK, no address, NETLINK_ROUTE."""
MAGIC = 0x1A2B3C4D
MAX_BLOCK = 256 << 20
"""Bytes of a block that are believed."""
HEADER = struct.Struct("=II")
"""Type and total length."""
LENGTH = struct.Struct("=I")
PACKET = struct.Struct("=IIIIIII16s")
"""Type, total length, interface, high and low half of the time, captured and original length, cooked header."""
SMALLEST = 12
"""Bytes of a block without a body."""
PADS = (b"", b"\0", b"\0\0", b"\0\0\0")
_SECTION = struct.Struct("=IHHq")
_INTERFACE = struct.Struct("=HHI")
_PACKET = struct.Struct("=IIIII")
_OPTION = struct.Struct("=HH")
_END = _OPTION.pack(0, 0)
_LONGEST_OPTION = 0xFFFF


class BlockType(IntEnum):
    """Types of blocks; those from 2^31 on are for local use, and passed over by other readers."""

    SECTION = 0x0A0D0D0A
    INTERFACE = 1
    PACKET = 6
    NOTE = 0x80004F56
    """A note of ovltui: ``ovltui.capture.notes``."""


class Option(IntEnum):
    """Options that are written; their numbers mean different things in different blocks."""

    COMMENT = 1
    HARDWARE = 2
    SYSTEM = 3
    APPLICATION = 4
    IF_NAME = 2
    IF_DESCRIPTION = 3
    IF_TSRESOL = 9


def block(kind: int, body: bytes) -> bytes:
    """Return a block, padded to four bytes."""
    total = SMALLEST + len(body) + (-len(body) & 3)
    return b"".join((HEADER.pack(kind, total), body, PADS[-len(body) & 3], LENGTH.pack(total)))


def options(found: Iterable[tuple[int, bytes]]) -> bytes:
    """Return options, with their end; a value that is too long for one is cut."""
    parts = []
    for number, value in found:
        kept = value[:_LONGEST_OPTION]
        parts += [_OPTION.pack(number, len(kept)), kept, PADS[-len(kept) & 3]]
    return b"".join((*parts, _END)) if parts else b""


def read_options(body: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and value of each option of ``body[start:]``, up to their end or a broken one."""
    while start + 4 <= len(body):
        number, length = _OPTION.unpack_from(body, start)
        if number == 0 or start + 4 + length > len(body):
            return
        yield number, body[start + 4 : start + 4 + length]
        start += 4 + length + (-length & 3)


def section(hardware: str, system: str, application: str, comment: str) -> bytes:
    """Return the block with which a section begins."""
    texts = (
        (Option.COMMENT, comment),
        (Option.HARDWARE, hardware),
        (Option.SYSTEM, system),
        (Option.APPLICATION, application),
    )
    found = ((number, text.encode()) for number, text in texts if text)
    return block(BlockType.SECTION, _SECTION.pack(MAGIC, 1, 0, -1) + options(found))


def interface(name: str, description: str) -> bytes:
    """Return the block of an interface: netlink messages, with times in nanoseconds."""
    found = (
        (Option.IF_NAME, name.encode()),
        (Option.IF_DESCRIPTION, description.encode()),
        (Option.IF_TSRESOL, b"\x09"),
    )
    return block(BlockType.INTERFACE, _INTERFACE.pack(LINKTYPE_NETLINK, 0, 0) + options(found))


def linktype_of(body: bytes) -> int:
    """Return the link type of the body of an interface block; -1 where it breaks off."""
    return int(_INTERFACE.unpack_from(body)[0]) if len(body) >= _INTERFACE.size else -1


def packet(number: int, time_ns: int, raw: bytes, comment: str = "") -> bytes:
    """Return the block of one message.

    Args:
        number: of its interface, from 0.
        time_ns: since the epoch.
        raw: the message, without the cooked header.
        comment: shown by Wireshark.
    """
    length = len(COOKED) + len(raw)
    head = _PACKET.pack(number, time_ns >> 32 & 0xFFFFFFFF, time_ns & 0xFFFFFFFF, length, length)
    said = options([(Option.COMMENT, comment.encode())]) if comment else b""
    return block(BlockType.PACKET, b"".join((head, COOKED, raw, PADS[-length & 3], said)))


def size_of(data: bytes, start: int) -> int:
    """Return the length of the block that begins at ``start``: 0 where it is not all there, -1 where it is none."""
    if start + HEADER.size > len(data):
        return 0
    total = HEADER.unpack_from(data, start)[1]
    if total < SMALLEST or total & 3 or total > MAX_BLOCK:
        return -1
    if start + total > len(data):
        return 0
    return int(total) if LENGTH.unpack_from(data, start + total - 4)[0] == total else -1


def is_of_other_order(head: bytes) -> bool:
    """Return whether a section was written on a machine of the other byte order."""
    return head[8:12] == MAGIC.to_bytes(4, "big" if sys.byteorder == "little" else "little")
