"""Reading attributes into named fields, by a table for each kind of message.

Source: ``linux/netlink.h``. Privileges: none. Incomplete: attributes that the table does not name are passed
over. Unlike ``ovltui.kernel.wire.attributes`` a broken attribute raises, so that half a message never looks
whole.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from ovltui.kernel.wire import ATTRIBUTE_HEADER, NLA_TYPE_MASK
from ovltui.text import clean_bytes

Reader = Callable[[bytes], Any]
Readers = Mapping[int, tuple[str, Reader]]
"""Attribute type to field name and reader; the reader raises ``struct.error`` or ``ValueError`` on a short
payload."""

MALFORMED = (struct.error, ValueError, IndexError)
"""What readers raise on bytes that no kernel sends."""

_header = ATTRIBUTE_HEADER.unpack_from
_u16 = struct.Struct("=H").unpack_from
_u32 = struct.Struct("=I").unpack_from
_s32 = struct.Struct("=i").unpack_from
_u64 = struct.Struct("=Q").unpack_from
_be16 = struct.Struct("!H").unpack_from
_be64 = struct.Struct("!Q").unpack_from


def read(fields: dict[str, Any], data: bytes, start: int, readers: Readers) -> None:
    """Put every attribute of ``data[start:]`` that ``readers`` names into ``fields``.

    Raises:
        ValueError: an attribute is shorter than its header or ends behind the data.
        struct.error: fewer than four bytes are left, or a payload is too short.
    """
    end, find, header = len(data), readers.get, _header
    while start < end:
        length, kind = header(data, start)
        stop = start + length
        if not start + 4 <= stop <= end:
            raise ValueError("broken attribute")
        named = find(kind & NLA_TYPE_MASK)
        if named is not None:
            fields[named[0]] = named[1](data[start + 4 : stop])
        start = (stop + 3) & ~3


def each(data: bytes, start: int, wanted: int) -> Iterator[bytes]:
    """Yield the payload of every attribute of type ``wanted`` in ``data[start:]``.

    Raises:
        ValueError: an attribute is shorter than its header or ends behind the data.
        struct.error: fewer than four bytes are left.
    """
    end = len(data)
    while start < end:
        length, kind = _header(data, start)
        stop = start + length
        if not start + 4 <= stop <= end:
            raise ValueError("broken attribute")
        if kind & NLA_TYPE_MASK == wanted:
            yield data[start + 4 : stop]
        start = (stop + 3) & ~3


def nested(readers: Readers) -> Reader:
    """Return a reader of a nest of attributes as an object."""

    def reader(raw: bytes) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        read(fields, raw, 0, readers)
        return fields

    return reader


def u8(raw: bytes) -> int:
    """Return the first byte."""
    return raw[0]


def u16(raw: bytes) -> int:
    """Return an unsigned number of two bytes in host order."""
    number: int = _u16(raw)[0]
    return number


def u32(raw: bytes) -> int:
    """Return an unsigned number of four bytes in host order."""
    number: int = _u32(raw)[0]
    return number


def s32(raw: bytes) -> int:
    """Return a signed number of four bytes in host order."""
    number: int = _s32(raw)[0]
    return number


def u64(raw: bytes) -> int:
    """Return an unsigned number of eight bytes in host order."""
    number: int = _u64(raw)[0]
    return number


def be16(raw: bytes) -> int:
    """Return an unsigned number of two bytes in network order."""
    number: int = _be16(raw)[0]
    return number


def be64(raw: bytes) -> int:
    """Return an unsigned number of eight bytes in network order."""
    number: int = _be64(raw)[0]
    return number


@lru_cache(maxsize=4096)
def text(raw: bytes) -> str:
    """Return a kernel string as clean text; the same few names come again and again."""
    return clean_bytes(raw)


def boolean(raw: bytes) -> bool:
    """Return whether the first byte is not zero."""
    return raw[0] != 0


def present(_raw: bytes) -> bool:
    """Return True: the attribute says all by being there."""
    return True
