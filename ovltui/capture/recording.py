"""A recording that is open: its records as a ring of which nothing is read before it is looked at, and its notes.

Source: ``source``, by the index at its end, or by going through it where that is missing; files of others are read
whole. Privileges: the right to read the file. Incomplete: ``missing`` says what could not be read.
"""

from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from struct import Struct

from ovltui.capture.blocks import COOKED, PACKET, SMALLEST, BlockType
from ovltui.capture.columns import PlayedRing, played
from ovltui.capture.decode import Decoder, harmless, not_closed
from ovltui.capture.index import Chunk, Index, Interface, Scan, index_at_end, note_at
from ovltui.capture.inputs import FOREIGN, Start
from ovltui.capture.notes import Note, NoteKind, kind_of, unpack
from ovltui.capture.source import Source, Told
from ovltui.events.block import Block
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.ring import BLOCK, Ring
from ovltui.events.vocabulary import Pane, pane_of

_CACHED = 6
"""Blocks of the ring whose messages are kept at hand."""
_EVERY_PANE = tuple(Pane)
_HEAD = Struct("=II12xI")
"""Type and total length of a block, and of a packet how much of it was captured."""


class Recording:
    """A file, open; close it.

    Args:
        path: of the file, ``-`` for stdin.
        told: is told how far it was read.

    Raises:
        RecordingError: it is no recording, or one that this version cannot read.
    """

    def __init__(self, path: str, told: Told | None = None) -> None:
        self._source = Source(path, told)
        self.name = self._source.name
        self.missing: list[str] = []
        """What could not be read, each a sentence."""
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        try:
            self._source.seekable()
            self.start, self._index, self.ring = self._opened()
        except BaseException:
            self._source.close()
            raise
        self.missing += [self._source.torn] if self._source.torn else []

    @property
    def index(self) -> Index:
        """Where its notes are."""
        return self._index

    def note(self, offset: int) -> Note | None:
        """Return the note at an offset; None where it is damaged, which ``missing`` then says."""
        try:
            return note_at(self._source.pread, offset)
        except ValueError as error:
            self.missing.append(f"{self.name}: {error}, what it said is missing")
            return None

    def close(self) -> None:
        """Close the file; what was not looked at cannot be looked at any more."""
        self._source.close()

    def _opened(self) -> tuple[Start, Index, PlayedRing]:
        decoder = Decoder(self.name)
        size = self._source.size
        pieces = (self._source.pread(offset, BLOCK) for offset in range(0, size, BLOCK)) if size else iter(())
        for item in decoder.items(pieces):
            if not isinstance(item, Note) or item.kind is not NoteKind.START or decoder.start is None:
                break
            index = index_at_end(self._source.pread, size)
            if index is None:
                index = Scan(self._source.pread, decoder.start.first).index()
                self.missing.append(f"{self.name}: {index.missing}" if index.missing else not_closed(self.name))
            blocks = self._blocks(decoder.start, index)
            return decoder.start, index, PlayedRing(blocks, decoder.start.first)
        return self._read_whole()

    def _blocks(self, start: Start, index: Index) -> list[Block]:
        """Return the blocks of the ring; those after one that is shorter than it should be are left out."""
        found: list[Block] = []
        for chunk in index.chunks:
            if found and len(found[-1].times) != BLOCK:
                self.missing.append(f"{self.name}: what comes after record {chunk.seq} is missing")
                break
            found += self._block(chunk) or self._sorted(start, index, chunk)
        return found

    def _block(self, chunk: Chunk) -> list[Block]:
        """Return the block of a chunk by its columns; none where there are none."""
        note = self.note(chunk.columns) if chunk.columns else None
        if note is None or note.kind is not NoteKind.COLUMNS:
            return []
        try:
            count, skip = map(int, note.value)
            if count != chunk.count:
                return []
            return [played(chunk.seq, skip, count, note.blobs, partial(self._body, chunk))]
        except (ValueError, TypeError):
            return []

    def _sorted(self, start: Start, index: Index, chunk: Chunk) -> list[Block]:
        """Return the blocks of a chunk whose columns are missing."""
        decoder = Decoder(self.name)
        decoder.resume(start, index.interfaces, chunk.seq)
        items = decoder.blocks(self._source.pread(chunk.start, chunk.end - chunk.start))
        ring = ring_of((item for item in items if isinstance(item, Record)), chunk.seq)
        return list(ring.blocks(chunk.seq, ring.end))

    def _body(self, chunk: Chunk) -> bytes:
        body = self._bodies.get(chunk.seq)
        if body is None:
            body = b"".join(_raws(self._source.pread(chunk.start, chunk.end - chunk.start)))
            self._bodies[chunk.seq] = body
            while len(self._bodies) > _CACHED:
                self._bodies.popitem(last=False)
        return body

    def _read_whole(self) -> tuple[Start, Index, PlayedRing]:
        decoder = Decoder(self.name)
        index = Index()
        size = self._source.size

        def records() -> Iterator[Record]:
            pieces = (self._source.pread(offset, _PIECE) for offset in range(0, size, _PIECE))
            for item in decoder.items(pieces):
                if isinstance(item, Record):
                    yield item
                elif isinstance(item, Interface) and item not in index.interfaces:
                    index.interfaces.append(item)

        ring = ring_of(records(), 0)
        self.missing += decoder.missing
        blocks = ring.blocks(0, ring.end)
        start = decoder.start or FOREIGN
        return start, index, PlayedRing(blocks, 0)


_PIECE = 1 << 20


def ring_of(records: Iterator[Record], first: int) -> Ring:
    """Return a ring of all records, which follow each other from ``first`` on."""
    ring = Ring(1 << 62, first)
    for record in records:
        place(ring, record)
    return ring


def place(ring: Ring, record: Record) -> None:
    """Append a record to a ring as its session did."""
    if record.kind in (Kind.GAP, Kind.DOCKER):
        ring.append(record.time_ns, OWN_NSID, record.kind, record.raw, _EVERY_PANE)
    else:
        kind = int.from_bytes(record.raw[4:6], "little")
        ring.append(record.time_ns, record.nsid, record.kind, record.raw, (pane_of(kind),))


def _raws(data: bytes) -> list[bytes]:
    """Return the bytes of each record in some whole blocks; a third of a microsecond each."""
    found, start, end = [], 0, len(data) - SMALLEST
    padded, head, kind_of_packet = data + bytes(_HEAD.size), _HEAD.unpack_from, int(BlockType.PACKET)
    before, behind = PACKET.size, PACKET.size - len(COOKED)
    while start <= end:
        kind, total, captured = head(padded, start)
        if kind == kind_of_packet:
            found.append(data[start + before : start + behind + captured])
        elif kind == BlockType.NOTE and kind_of(data[start + 8 : start + 40]) == NoteKind.RECORD:
            found.append(_wordless(data[start + 8 : start + total - 4]))
        if total < SMALLEST:
            break
        start += total
    return found


def _wordless(body: bytes) -> bytes:
    try:
        note = unpack(body)
        return harmless(note.blobs[0]) if note.value.get("kind") == Kind.DOCKER else note.blobs[0]
    except (ValueError, IndexError, AttributeError):  # it was counted as damaged when the file was opened
        return b""
