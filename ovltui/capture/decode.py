"""What a recording holds, one thing after the other: records, notes, and under which names the messages stand.

Source: bytes of a pcapng file, cut anywhere. Pure. It reads files of others too, if they hold netlink messages. What is
damaged ends it: ``missing`` says where, and all before it was yielded. Files of a newer format, of another byte order
and of other kinds are refused in a sentence.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from itertools import chain
from json import loads
from typing import NoReturn

from ovltui.capture.blocks import (
    COOKED,
    HEADER,
    LINKTYPE_NETLINK,
    BlockType,
    Option,
    is_of_other_order,
    linktype_of,
    read_options,
    size_of,
)
from ovltui.capture.index import Interface, interface_of
from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.kinds import GZIP, PCAPNG, foreign
from ovltui.capture.lines import is_lines
from ovltui.capture.lines import items as line_items
from ovltui.capture.notes import Note, NoteKind, kind_of, unpack
from ovltui.capture.rtmon import is_rtmon
from ovltui.capture.rtmon import records as rtmon_records
from ovltui.capture.values import decoded
from ovltui.errors import RecordingError
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.kernel import wire
from ovltui.text import clean

Item = Record | Note | Interface | Start
"""An interface comes before the first record that stands under that name, and again where the name changes. A start is
that of a later section: what comes before its first record was lost, and a key frame follows that says all anew."""
_PACKET = struct.Struct("=IIIII")
_MICRO, _NANO, _BASE_2 = 10**6, 10**9, 0x80
_LATEST_NS = (1 << 63) - 1
_PAIR = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPES = re.compile(rb"(" + _PAIR + rb"|\\u[0-9a-fA-F]{4})|\\(.)|[^\x20-\x7e]", re.DOTALL)
_SIMPLE = b'"\\/'


def not_closed(name: str) -> str:
    """Return what to say of a recording that has no end."""
    return f"{name} was not closed: it is still being written, or its last second is missing"


def harmless(raw: bytes) -> bytes:
    """Return the JSON of an event of Docker, as long as before, with nothing in it that a terminal obeys."""
    return _ESCAPES.sub(_harmless, raw)


def _harmless(found: re.Match[bytes]) -> bytes:
    whole, code, simple = found[0], found[1], found[2]
    if code:
        text = loads(b'"' + code + b'"')
        return whole if clean(text) == text else b"\\u003f" * (len(code) // 6)
    return whole if simple and simple in _SIMPLE else b"?" * len(whole)


class Decoder:
    """Reads one recording.

    Args:
        name: of the file, for sentences; clean text.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.start: Start | None = None
        """With what it began, in its first section; None for files of others."""
        self.missing: list[str] = []
        """What could not be read, each a sentence."""
        self._interfaces: list[tuple[Interface, int, bool]] = []
        self._names: dict[int, Interface] = {}
        self._seq = 0
        self._begun = self._closed = False
        self._passed_over = 0

    def items(self, pieces: Iterable[bytes]) -> Iterator[Item]:
        """Yield what is in a file.

        Raises:
            RecordingError: it is no recording, or one that this version cannot read.
        """
        pieces = iter(pieces)
        head = b""
        for piece in pieces:
            head += piece
            if len(head) >= _HEAD:
                break
        whole = chain((head,), pieces)
        if is_rtmon(head):
            yield Interface(OWN_NSID, "")
            yield from rtmon_records(whole, self.missing, self._name)
        elif is_lines(head):
            yield from line_items(whole, self._name)
        else:
            yield from self._pcapng(whole)

    def _pcapng(self, pieces: Iterable[bytes]) -> Iterator[Item]:
        data, start, offset = b"", 0, 0
        for piece in pieces:
            offset += start
            data, start = data[start:] + piece, 0
            if not self._begun and len(data) < _HEAD:
                continue
            self._begin(data)
            while (size := size_of(data, start)) > 0:
                yield from self._block(data[start : start + size])
                start += size
            if size < 0:
                self.missing.append(f"{self._name} is damaged at byte {offset + start}: what follows is not read")
                return
        if not self._begun:
            self._refuse(data)
        if start < len(data):
            self.missing.append(f"{self._name} breaks off at byte {offset + start}: it was not closed")
        elif self.start and not self._closed:
            self.missing.append(not_closed(self._name))
        self._tell_passed_over()

    def resume(self, start: Start, interfaces: Iterable[Interface], seq: int) -> None:
        """Go on in the middle, with the interfaces of the whole file, at record ``seq``."""
        self._begun, self.start, self._seq = True, start, seq
        self._interfaces = [(interface, _NANO, True) for interface in interfaces]

    def blocks(self, data: bytes) -> Iterator[Item]:
        """Yield what is in some whole blocks, up to one that is broken."""
        start = 0
        while (size := size_of(data, start)) > 0:
            yield from self._block(data[start : start + size])
            start += size

    def _packet(self, block: bytes) -> Iterator[Record | Interface]:
        """Yield the record of a block, of other tools several, behind the name of its namespace where that is new."""
        body = block[8:-4]
        if len(body) < _PACKET.size:
            return
        number, high, low, captured, _ = _PACKET.unpack_from(body)
        if number >= len(self._interfaces) or not self._interfaces[number][2]:
            self._passed_over += 1
            return
        interface, unit, _ = self._interfaces[number]
        if self._names.get(interface.nsid) != interface:
            self._names[interface.nsid] = interface
            yield interface
        time_ns = min((high << 32 | low) * _NANO // unit, _LATEST_NS)
        raw = body[_PACKET.size + len(COOKED) : _PACKET.size + captured]
        if self.start is None:
            for message in wire.messages(raw):
                yield self._next(time_ns, interface.nsid, Kind.MESSAGE, message)
            return
        after = _PACKET.size + captured + (-captured & 3)
        said = after < len(body) and any(kind == Option.COMMENT for kind, _ in read_options(body, after))
        yield self._next(time_ns, interface.nsid, Kind.RESYNC if said else Kind.MESSAGE, raw)

    def _begin(self, data: bytes) -> None:
        if not self._begun:
            if not data.startswith(PCAPNG):
                self._refuse(data)
            if is_of_other_order(data):
                raise RecordingError(
                    f"{self._name} was recorded on a machine of the other byte order: replay it on one of its kind."
                )
            self._begun = True

    def _refuse(self, head: bytes) -> NoReturn:
        if not head:
            raise RecordingError(f"{self._name} is empty.")
        what = "compressed twice" if head.startswith(GZIP) else foreign(head)
        raise RecordingError(f"{self._name} is no recording" + (f": it is {what}." if what else "."))

    def _block(self, block: bytes) -> Iterator[Item]:
        kind = HEADER.unpack_from(block)[0]
        if kind == BlockType.PACKET:
            yield from self._packet(block)
        elif kind == BlockType.INTERFACE:
            self._interface(block[8:-4])
        elif kind == BlockType.NOTE:
            yield from self._note(block[8:-4])
        elif kind == BlockType.SECTION:
            self._interfaces.clear()

    def _interface(self, body: bytes) -> None:
        found = interface_of(body, len(self._interfaces))
        ours = linktype_of(body) == LINKTYPE_NETLINK
        resolution = next((value for kind, value in read_options(body, 8) if kind == Option.IF_TSRESOL and value), b"")
        self._interfaces.append((found, _unit(resolution[0]) if resolution else _MICRO, ours))

    def _note(self, body: bytes) -> Iterator[Item]:
        try:
            kind = kind_of(body)
            self._closed = kind == NoteKind.INDEX
            if kind not in set(NoteKind) or kind in (NoteKind.COLUMNS, NoteKind.INDEX):
                return
            note = unpack(body)
            if kind == NoteKind.START and (later := self._take_start(note)):
                yield later
                return
            if kind != NoteKind.RECORD:
                yield note
                return
            (raw,) = note.blobs
            of, nsid = Kind(note.value["kind"]), int(note.value["nsid"])
            raw = harmless(raw) if of is Kind.DOCKER else raw
            yield self._next(note.time_ns, nsid if -1 <= nsid < 1 << 31 else OWN_NSID, of, raw)
        except (ValueError, TypeError, KeyError) as error:
            self.missing.append(f"{self._name}: {error}, what it said is missing")

    def _take_start(self, note: Note) -> Start | None:
        """Take in with what a section begins; return it where that is not the first one."""
        if isinstance(note.value, dict) and isinstance(number := note.value.get("format"), int) and number > FORMAT:
            raise RecordingError(
                f"{self._name} was written by a newer ovltui (format {number}): update ovltui to read it."
            )
        start = decoded(Start, note.value)
        later, self._seq = self.start is not None, start.first
        self.start = self.start or start
        return start if later else None

    def _next(self, time_ns: int, nsid: int, kind: Kind, raw: bytes) -> Record:
        record = Record(self._seq, time_ns, nsid, kind, raw)
        self._seq += 1
        return record

    def _tell_passed_over(self) -> None:
        if self._passed_over:
            self.missing.append(f"{self._name}: {self._passed_over} packets are no netlink messages")
        if self.start is None and not any(ours for _, _, ours in self._interfaces):
            why = "breaks off before the first message" if self.missing else "holds no netlink messages"
            raise RecordingError(f"{self._name} {why}.")


_HEAD = 12
"""Bytes by which a file is recognised."""


def _unit(resolution: int) -> int:
    """Return how many units of time are a second."""
    power: int = 2 ** (resolution & ~_BASE_2) if resolution & _BASE_2 else 10**resolution
    return power
