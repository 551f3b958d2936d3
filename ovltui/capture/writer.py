"""Writing a recording: records out of a ring in bulk, notes as they come, and the index at the end.

Source: a ring, and the notes of whoever records. Pure but for where the bytes go. What it wrote so far can be read at
any moment, whatever happens then.
"""

import sys
from collections.abc import Callable, Sequence
from itertools import compress, pairwise
from typing import TYPE_CHECKING, Protocol

from ovltui.capture.blocks import interface, packet, section
from ovltui.capture.columns import columns_of
from ovltui.capture.index import OWN, Chunk, Index, Interface, Place, as_note
from ovltui.capture.inputs import Start
from ovltui.capture.notes import Note, NoteKind, pack
from ovltui.capture.packets import packets
from ovltui.capture.values import encoded
from ovltui.events.block import Block
from ovltui.events.record import MESSAGES, OWN_NSID, Kind
from ovltui.events.ring import Ring
from ovltui.kernel.wire import Rtm

if TYPE_CHECKING:
    from array import array

Label = Callable[[int, int], tuple[str, str]]
"""Takes an nsid and a record; returns the namespace's name then, and what identifies it, in a few words."""
RESYNC = "resync: no event told this, it was found in the kernel's tables"
"""The comment of messages that were not received."""
_OF_NSIDS = tuple(kind.to_bytes(2, sys.byteorder) for kind in (Rtm.NEWNSID, Rtm.DELNSID))
_COMMENT = "Events of network namespaces. Blocks of type 0x80004f56 are ovltui's own, others pass over them."


class Out(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> None:
        """Take them; raise a ``RecordingError`` where that fails."""


class Writer:
    """Writes one recording.

    Args:
        out: where to.
        start: with what it begins.
        label: names namespaces.
        indexed: whether what makes a file quick to open is written, and kept until then: not for a stream without end.
    """

    def __init__(self, out: Out, start: Start, label: Label, *, indexed: bool = True) -> None:
        self._out = out
        self._indexed = indexed
        self._label = label
        self._numbers: dict[tuple[int, str, str], int] = {}
        self._index = Index()
        self._chunk = start.first, 0
        self._end = self._first = start.first
        self._time_ns = 0
        self.offset = 0
        """Bytes that were written."""
        system = f"Linux {start.kernel}".strip()
        self._write(section("", system, f"ovltui {start.version}", _COMMENT))
        self.note(Note(NoteKind.START, start.first, 0, encoded(start)))

    @property
    def end(self) -> int:
        """The next record to be written."""
        return self._end

    def note(self, note: Note) -> None:
        """Write a note."""
        if self._indexed and note.kind not in (NoteKind.COLUMNS, NoteKind.RECORD, NoteKind.INDEX):
            self._index.notes.append(Place(note.kind, note.seq, note.time_ns, self.offset))
        self._time_ns = max(self._time_ns, note.time_ns)
        self._write(pack(note))

    def records(self, ring: Ring, end: int) -> None:
        """Write the records of a ring that were not written yet, up to before record ``end``."""
        for block in ring.blocks(self._end, end):
            last = min(end, block.first + block.size)
            if self._end == max(self._first, block.first):
                self._chunk = self._end, self.offset
            self._records(block, self._end, last)
            self._end = last
            if self._indexed and last == block.first + block.size:
                self._columns(block)

    def finish(self, ring: Ring) -> None:
        """Write what makes the file quick to open; the last records must still be in the ring."""
        if not self._indexed:
            return
        for block in ring.blocks(self._chunk[0], self._end):
            if self._chunk[0] < self._end < block.first + block.size:
                self._columns(block)
        self.note(as_note(self._index, self._end, self._time_ns, encoded))

    def _columns(self, block: Block) -> None:
        (seq, start), end, at = self._chunk, self._end, self.offset
        self._index.chunks.append(Chunk(seq, end - seq, start, at, at))
        self.note(Note(NoteKind.COLUMNS, seq, 0, [end - seq, seq - block.first], columns_of(block, seq, end)))

    def _records(self, block: Block, start: int, end: int) -> None:
        """Write some records of a block."""
        low, high = start - block.first, end - block.first
        kinds, nsids, times = block.kinds[low:high], block.nsids[low:high], block.times[low:high]
        raws = block.raws(low, high)
        numbers: dict[int, int] = {}
        for first, last in pairwise(_cuts(kinds, nsids, raws)):
            if kinds[first] not in MESSAGES:
                self._write(self._wordless(start + first, times[first], nsids[first], kinds[first], raws[first]))
                continue
            run = slice(first, last)
            self._name(nsids[run], start + first, numbers)
            if kinds[first] == Kind.MESSAGE:
                self._write(packets([numbers[nsid] for nsid in nsids[run]], times[run], raws[run]))
            else:
                self._write(packet(numbers[nsids[first]], times[first], raws[first], RESYNC))
            if nsids[last - 1] == OWN_NSID and raws[last - 1][4:6] in _OF_NSIDS:
                numbers.clear()  # from here on a number may mean another namespace
        if end > start:
            self._time_ns = max(self._time_ns, times[-1])

    def _name(self, nsids: "array[int]", seq: int, numbers: dict[int, int]) -> None:
        """Find the interfaces of the namespaces of some messages, the first of them ``seq``."""
        for nsid in dict.fromkeys(nsids):
            if nsid not in numbers:
                numbers[nsid] = self._number(nsid, seq + nsids.index(nsid))

    def _number(self, nsid: int, seq: int) -> int:
        """Return the interface of a namespace, made where there is none of that name."""
        name, says = self._label(nsid, seq)
        which = nsid, name, says
        if which not in self._numbers:
            self._numbers[which] = len(self._numbers)
            self._index.interfaces.append(Interface(nsid, name))
            own = OWN if nsid == OWN_NSID else f"nsid {nsid}"
            self._write(interface(name, f"{own}, {says}" if says else own))
        return self._numbers[which]

    def _wordless(self, seq: int, time_ns: int, nsid: int, kind: int, raw: bytes) -> bytes:
        return pack(Note(NoteKind.RECORD, seq, time_ns, {"kind": kind, "nsid": nsid}, (raw,)))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self.offset += len(data)


def _cuts(kinds: "array[int]", nsids: "array[int]", raws: Sequence[bytes]) -> list[int]:
    """Return where runs begin and end: messages of which the last alone may change what a number means.

    What is no message from the kernel is a run of its own.
    """
    cuts = {0, len(kinds)}
    for index in compress(range(len(kinds)), kinds):
        cuts.update((index, index + 1))
    if OWN_NSID in nsids:
        own = zip(nsids, raws, strict=True)
        cuts.update(at for at, (nsid, raw) in enumerate(own, 1) if nsid == OWN_NSID and raw[4:6] in _OF_NSIDS)
    return sorted(cuts)
