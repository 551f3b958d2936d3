"""Where everything is in a recording: its last block where it was closed, else found by going from block to block.

Source: ``writer`` and the blocks themselves. Pure. What is read comes from a file that anybody may have written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ovltui.capture.blocks import HEADER, LENGTH, MAX_BLOCK, SMALLEST, BlockType, Option, read_options, size_of
from ovltui.capture.notes import Note, NoteKind, kind_of, place_of, unpack
from ovltui.capture.values import decoded

OWN = "own namespace"
_NSID = re.compile(r"nsid (-?\d{1,10})\b")
_PIECE = 8 << 20
_BESIDE = (NoteKind.COLUMNS, NoteKind.RECORD, NoteKind.INDEX)
"""Notes that are no inputs of a session."""
Pread = Callable[[int, int], bytes]
"""Takes an offset and a length; returns what is there, less at the end."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to a block of records that follow each other."""

    seq: int
    count: int
    start: int
    """Offset of the block of its first record."""
    end: int
    """Offset behind that of its last one; notes stand between them."""
    columns: int = 0
    """Offset of the note of its columns; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note stands."""

    kind: NoteKind
    seq: int
    time_ns: int
    offset: int


@dataclass(frozen=True, slots=True)
class Interface:
    """A namespace, as an interface of the recording."""

    nsid: int
    name: str
    says: str = ""
    """What else identifies it, in a few words."""


@dataclass(slots=True)
class Index:
    """Where everything is, in the order of the file."""

    chunks: list[Chunk] = field(default_factory=list)
    notes: list[Place] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    missing: str = ""
    """Why the file ends before its end, a sentence; not written."""


@dataclass(frozen=True, slots=True)
class _Written:
    chunks: tuple[Chunk, ...]
    notes: tuple[Place, ...]
    interfaces: tuple[Interface, ...]


def value_of(index: Index) -> _Written:
    """Return an index as it is written."""
    return _Written(tuple(index.chunks), tuple(index.notes), tuple(index.interfaces))


def interface_of(body: bytes, number: int) -> Interface:
    """Return the namespace of the body of an interface block; ``number`` counts the interfaces of others."""
    found = {kind: value.decode("utf-8", "replace") for kind, value in read_options(body, 8)}
    says, name = found.get(Option.IF_DESCRIPTION, ""), found.get(Option.IF_NAME, "")
    told = _NSID.match(says)
    if told or says.startswith(OWN):
        return decoded(Interface, {"nsid": int(told[1]) if told else -1, "name": name, "says": says.partition(", ")[2]})
    return decoded(Interface, {"nsid": number - 1, "name": name or f"interface {number}"})


def index_at_end(pread: Pread, size: int) -> Index | None:
    """Return the index with which a file ends; None where it does not."""
    (length,) = LENGTH.unpack(pread(size - 4, 4).rjust(4, b"\0"))
    data = pread(size - length, length) if SMALLEST <= length <= size else b""
    if not _is_note(data) or kind_of(data[8:]) != NoteKind.INDEX:
        return None
    try:
        found = decoded(_Written, unpack(data[8:-4]).value)
    except ValueError:  # damaged: the blocks themselves say it
        return None
    inside = all(0 <= chunk.start <= chunk.end <= size for chunk in found.chunks)
    follow = all(one.seq + one.count == other.seq for one, other in zip(found.chunks, found.chunks[1:], strict=False))
    return Index(list(found.chunks), list(found.notes), list(found.interfaces)) if inside and follow else None


class Scan:
    """Goes from block to block.

    Args:
        pread: reads the file.
        first: sequence number of the first record.
    """

    def __init__(self, pread: Pread, first: int) -> None:
        self._pread = pread
        self._index = Index()
        self._seq = self._chunk_seq = first
        self._chunk_start = self._chunk_end = 0

    def index(self) -> Index:
        """Return where everything is, up to the end or to the first block that is broken."""
        offset, data, start = 0, b"", 0
        while True:
            size = size_of(data, start)
            if size > 0:
                self._take(data, start, size, offset + start)
                start += size
                continue
            more = b"" if size < 0 else self._pread(offset + len(data), _PIECE)
            if not more:
                break
            offset, data, start = offset + start, data[start:] + more, 0
        self._end_chunk(0)
        if start < len(data):
            what = "it is damaged" if size < 0 else "it breaks off"
            self._index.missing = f"{what} at byte {offset + start}, what follows is missing"
        return self._index

    def _take(self, data: bytes, start: int, size: int, offset: int) -> None:
        kind = HEADER.unpack_from(data, start)[0]
        if kind == BlockType.PACKET:
            self._record(offset, size)
        elif kind == BlockType.INTERFACE:
            body = data[start + 8 : start + size - 4]
            self._index.interfaces.append(interface_of(body, len(self._index.interfaces)))
        elif kind == BlockType.NOTE:
            self._note(data[start + 8 : start + 40], offset, size)

    def _note(self, head: bytes, offset: int, size: int) -> None:
        kind = kind_of(head)
        if kind == NoteKind.RECORD:
            self._record(offset, size)
        elif kind == NoteKind.COLUMNS:
            self._end_chunk(offset)
        elif kind in set(NoteKind) and kind not in _BESIDE:
            self._index.notes.append(Place(NoteKind(kind), *place_of(head), offset))

    def _record(self, offset: int, size: int) -> None:
        if self._seq == self._chunk_seq:
            self._chunk_start = offset
        self._seq += 1
        self._chunk_end = offset + size

    def _end_chunk(self, columns: int) -> None:
        count = self._seq - self._chunk_seq
        if count:
            self._index.chunks.append(Chunk(self._chunk_seq, count, self._chunk_start, self._chunk_end, columns))
        self._chunk_seq = self._seq


def note_at(pread: Pread, offset: int) -> Note:
    """Return the note whose block begins at ``offset``.

    Raises:
        ValueError: there is none.
    """
    head = pread(offset, HEADER.size)
    length = HEADER.unpack(head)[1] if len(head) == HEADER.size else 0
    data = pread(offset, length) if length <= MAX_BLOCK else b""
    if not _is_note(data):
        raise ValueError("no note")
    return unpack(data[8:-4])


def _is_note(data: bytes) -> bool:
    return 0 < size_of(data, 0) == len(data) and HEADER.unpack_from(data)[0] == BlockType.NOTE


def as_note(index: Index, end: int, time_ns: int, encode: Callable[[Any], Any]) -> Note:
    """Return the note of an index."""
    return Note(NoteKind.INDEX, end, time_ns, encode(value_of(index)))
