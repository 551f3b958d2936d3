"""Notes: what a recording holds beside messages, each in a block of local use that other readers pass over.

A note is compressed JSON, and bytes that it speaks of, under a checksum; ``seq`` is the record before which it holds.
Pure, no privileges. Incomplete: a note that is damaged is none; whoever reads counts those.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ovltui.capture.blocks import MAX_BLOCK, BlockType, block

_HEAD = struct.Struct("=BxxxIqq")
"""Kind, CRC of what follows, seq, time in nanoseconds since the epoch."""
_LENGTH = struct.Struct("=I")


class NoteKind(IntEnum):
    """What a note tells."""

    START = 1
    """With which a section begins: format, host, the first record."""
    RECORD = 2
    """A record that is no message: a gap, or an event of Docker; it has a place among the messages."""
    STATE = 3
    """All that was known at that moment: a key frame."""
    NAMED = 4
    """Namespaces, what they are called, what the engines said: what is new of it."""
    BOUND = 5
    """Which namespace an nsid means."""
    LOADED = 6
    """Links and addresses as a dump gave them."""
    SIGHTED = 7
    """What a number means inside of a namespace."""
    READ = 8
    """Tables of a namespace as they were read."""
    FAILED = 9
    """Why tables could not be read."""
    MARK = 10
    INTENT = 11
    FINDINGS = 12
    COLUMNS = 13
    """Columns of a block of the ring, so that nobody has to read its messages to sort them."""
    INDEX = 14
    """Where everything is; the last block of a file that was closed."""
    CLOCK = 15
    """What time it is there, in answer to whoever leads the recording; no file holds it."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note."""

    kind: NoteKind
    seq: int
    """It holds before this record."""
    time_ns: int
    value: Any = None
    """Decoded JSON."""
    blobs: tuple[bytes, ...] = ()


def pack(note: Note, level: int = zlib.Z_BEST_SPEED) -> bytes:
    """Return the block of a note."""
    text = json.dumps(note.value, separators=(",", ":")).encode()
    parts = [_LENGTH.pack(len(text)), text]
    for blob in note.blobs:
        parts += [_LENGTH.pack(len(blob)), blob]
    packed = zlib.compress(b"".join(parts), level)
    head = _HEAD.pack(note.kind, zlib.crc32(packed), note.seq, note.time_ns)
    return block(BlockType.NOTE, head + _LENGTH.pack(len(packed)) + packed)


def kind_of(body: bytes) -> int:
    """Return the kind of the note whose block has ``body``; 0 for none."""
    return body[0] if len(body) >= _HEAD.size + _LENGTH.size else 0


def place_of(body: bytes) -> tuple[int, int]:
    """Return seq and time of the note whose block has ``body``."""
    return int(_HEAD.unpack_from(body)[2]), int(_HEAD.unpack_from(body)[3])


def unpack(body: bytes) -> Note:
    """Return the note whose block has ``body``.

    Raises:
        ValueError: it is damaged, or of a kind that this version does not know.
    """
    if len(body) < _HEAD.size + _LENGTH.size:
        raise ValueError("a note breaks off")
    kind, checksum, seq, time_ns = _HEAD.unpack_from(body)
    start = _HEAD.size + _LENGTH.size
    packed = body[start : start + _LENGTH.unpack_from(body, _HEAD.size)[0]]
    if zlib.crc32(packed) != checksum:
        raise ValueError("a note is damaged")
    text, *blobs = _parts(_inflated(packed))
    try:
        return Note(NoteKind(kind), seq, time_ns, json.loads(text), tuple(blobs))
    except RecursionError as error:
        raise ValueError("a note is nested too deeply") from error


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(packed, MAX_BLOCK)
    except zlib.error as error:
        raise ValueError("a note is damaged") from error
    if not unpacker.eof:
        raise ValueError("a note is too long")
    return found


def _parts(data: bytes) -> Sequence[bytes]:
    found, start = [], 0
    while start + 4 <= len(data):
        (length,) = _LENGTH.unpack_from(data, start)
        found.append(data[start + 4 : start + 4 + length])
        start += 4 + length
    if not found or start != len(data):
        raise ValueError("a note breaks off")
    return found
