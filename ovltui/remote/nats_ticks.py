"""Ticks: what a host publishes at once, as messages by class, and back into the bytes of its recording.

A tick is some whole blocks of a recording. They are divided by class, so that one may subscribe to a part, each class
compressed and cut into messages; their places tell how they stood. Source: the blocks of ``capture.blocks``. Pure.
Incomplete: a message that is damaged raises a ``ValueError``.
"""

import struct
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from ovltui.capture.blocks import HEADER, MAX_BLOCK, PACKET, BlockType, size_of
from ovltui.capture.notes import NoteKind, kind_of, unpack
from ovltui.events.record import Kind
from ovltui.events.vocabulary import Pane, pane_of
from ovltui.remote.nats_subjects import Class

_MAGIC = b"OVL1"
_HEAD = struct.Struct("<4sBBHQQHHIqQ")
"""Magic, class, whether a part begins (2: anew), group, run, tick, index, count, zero, time, round trip."""
_COUNT = struct.Struct("<I")
_CLASSES = tuple(Class)
_PANES = {Pane.LINK: Class.LINK, Pane.ROUTE: Class.ROUTE, Pane.NEIGH: Class.NEIGH}
_TYPE = slice(PACKET.size + 4, PACKET.size + 6)
"""Where the type of a message stands in a packet block."""
_UNWANTED = (NoteKind.COLUMNS, NoteKind.INDEX)
"""What makes files quick to open."""
_OF_FRAMES = (NoteKind.START, NoteKind.STATE)
_WORD = 4


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before each message."""

    kind: Class
    begins: bool
    """Whether a part of the recording begins with this tick: a reader needs nothing from before it."""
    anew: bool
    """Whether that says something that even a reader who followed does not know."""
    group: int
    """Messages of one group are one piece that was cut."""
    run: int
    """When the recorder began, in nanoseconds since the epoch: tells its runs apart, and which is newer."""
    tick: int
    """Counts the ticks of a run, those that were left out too."""
    index: int
    """Which message of its tick this is."""
    count: int
    """How many messages the tick is."""
    time_ns: int
    """When it was sent, by the clock of the host, in nanoseconds since the epoch."""
    rtt_ns: int
    """How long the server's answers to it take, in nanoseconds; 0 where that is not known yet."""


@dataclass(slots=True)
class Divided:
    """The blocks of a tick by class."""

    groups: dict[Class, tuple[list[int], list[bytes]]] = field(default_factory=dict)
    """Of each class, the places of its blocks in the tick, and the blocks."""
    records: int = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """A tick that is compressed."""

    groups: tuple[tuple[Class, bytes], ...]
    """Each class once, the frame first."""
    records: int

    @property
    def begins(self) -> bool:
        """Whether a part begins with it."""
        return self.groups[0][0] is Class.FRAME

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(len(data) for _, data in self.groups)


def packed(tick: Divided) -> Packed:
    """Return a tick, of one block at least, compressed."""
    ordered = sorted(tick.groups.items(), key=lambda item: _CLASSES.index(item[0]))
    return Packed(tuple((kind, _packed(*group)) for kind, group in ordered), tick.records)


def divided(data: bytes) -> Divided:
    """Return some whole blocks by class; what only files need is left out."""
    found, start, place = Divided(), 0, 0
    while (size := size_of(data, start)) > 0:
        block = data[start : start + size]
        start += size
        kind = _class_of(block)
        if kind is None:
            continue
        found.records += kind in _EVENTS
        places, blocks = found.groups.setdefault(kind, ([], []))
        places.append(place)
        blocks.append(block)
        place += 1
    return found


_EVENTS = (Class.LINK, Class.ROUTE, Class.NEIGH, Class.DOCKER)


def _class_of(block: bytes) -> Class | None:
    kind = HEADER.unpack_from(block)[0]
    if kind == BlockType.PACKET:
        return _PANES[pane_of(int.from_bytes(block[_TYPE], "little"))]
    if kind == BlockType.SECTION:
        return Class.FRAME
    note = kind_of(block[8:-4]) if kind == BlockType.NOTE else 0
    if note in _OF_FRAMES:
        return Class.FRAME
    if note in _UNWANTED:
        return None
    if note == NoteKind.RECORD and unpack(block[8:-4]).value.get("kind") == Kind.DOCKER:
        return Class.DOCKER
    return Class.NOTE


def messages(
    tick: Packed, run: int, number: int, now: tuple[int, int], most: int, *, anew: bool = False
) -> list[tuple[Class, bytes]]:
    """Return the messages of a tick, the frame's first one before all others.

    Args:
        tick: which.
        run: of its recorder.
        number: of the tick.
        now: the time, and how long the server's answers take, both in nanoseconds.
        most: bytes of a message.
        anew: see ``Head``.
    """
    begins = (2 if anew else 1) if tick.begins else 0
    pieces = []
    for group, (kind, data) in enumerate(tick.groups):
        cut = [data[at : at + most] for at in range(0, len(data), most)]
        rest = Class.STATE if kind is Class.FRAME else kind
        pieces += [(rest if at else kind, group, piece) for at, piece in enumerate(cut)]
    heads = (
        _HEAD.pack(_MAGIC, _CLASSES.index(kind), begins, group, run, number, index, len(pieces), 0, *now)
        for index, (kind, group, _) in enumerate(pieces)
    )
    return [(kind, head + piece) for head, (kind, _, piece) in zip(heads, pieces, strict=True)]


def beat(run: int, number: int, now: tuple[int, int]) -> bytes:
    """Return the message that says that tick ``number`` is still to come; the others as of ``messages``."""
    return _HEAD.pack(_MAGIC, _CLASSES.index(Class.BEAT), 0, 0, run, number, 0, 0, 0, *now)


def ending(run: int, number: int, now: tuple[int, int]) -> bytes:
    """Return the message that says that tick ``number`` will not come; arguments as of ``beat``."""
    return _HEAD.pack(_MAGIC, _CLASSES.index(Class.END), 0, 0, run, number, 0, 0, 0, *now)


def head_of(message: bytes) -> Head:
    """Return what stands before a message.

    Raises:
        ValueError: it is none of ours, or of another format.
    """
    if len(message) < _HEAD.size or not message.startswith(_MAGIC):
        raise ValueError("a message of another format")
    _, kind, begins, group, run, tick, index, count, _, time_ns, rtt_ns = _HEAD.unpack_from(message)
    if kind >= len(_CLASSES) or (count and index >= count):
        raise ValueError("a message that contradicts itself")
    return Head(_CLASSES[kind], begins > 0, begins > 1, group, run, tick, index, count, time_ns, rtt_ns)


def merged(found: Sequence[tuple[Head, bytes]]) -> list[bytes]:
    """Return the blocks of a tick as they stood.

    Args:
        found: all its messages, each with its head, in the order of their index.

    Raises:
        ValueError: they are damaged.
    """
    groups: dict[int, list[bytes]] = {}
    for head, message in found:
        groups.setdefault(head.group, []).append(message[_HEAD.size :])
    blocks = [pair for pieces in groups.values() for pair in _unpacked(b"".join(pieces))]
    blocks.sort(key=lambda pair: pair[0])
    if [place for place, _ in blocks] != list(range(len(blocks))):
        raise ValueError("a tick lacks blocks")
    return [block for _, block in blocks]


def _packed(places: Sequence[int], blocks: Sequence[bytes]) -> bytes:
    steps = array("I", [place - before for before, place in zip((0, *places), places, strict=False)])
    return zlib.compress(b"".join((_COUNT.pack(len(places)), steps.tobytes(), *blocks)), zlib.Z_BEST_SPEED)


def _unpacked(whole: bytes) -> list[tuple[int, bytes]]:
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(whole, MAX_BLOCK)
    except zlib.error as error:
        raise ValueError("a message is damaged") from error
    if not unpacker.eof or len(data) < _COUNT.size:
        raise ValueError("a message breaks off")
    (count,) = _COUNT.unpack_from(data)
    start = _COUNT.size + _WORD * count
    if start > len(data):
        raise ValueError("a message breaks off")
    steps, place, found = array("I", data[_COUNT.size : start]), 0, []
    for step in steps:
        place += step
        size = size_of(data, start)
        if size <= 0:
            raise ValueError("a block is damaged")
        found.append((place, data[start : start + size]))
        start += size
    return found


def is_of_frame(block: bytes) -> bool:
    """Return whether a block tells what was known when a part began: a reader that followed knows it already."""
    return HEADER.unpack_from(block)[0] == BlockType.NOTE and kind_of(block[8:-4]) in _OF_FRAMES
