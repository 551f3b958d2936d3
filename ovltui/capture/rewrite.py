"""Writes a recording anew, item by item, with other contents where that is asked for.

Source: the items of ``decode``. Pure but for where the bytes go. Incomplete: what the old one lacks, the new one does.
"""

from dataclasses import replace

from ovltui.capture.decode import Item
from ovltui.capture.index import Interface
from ovltui.capture.inputs import Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.recording import place
from ovltui.capture.redact import Redactor
from ovltui.capture.writer import Label, Out, Writer
from ovltui.events.record import Record
from ovltui.events.ring import BLOCK, Ring

_KEPT = 4 * BLOCK
"""Records that are kept until they are written."""


class RedactedWriter:
    """A writer of other names and addresses than those that it is given.

    Args:
        out: where to.
        start: with what it begins.
        label: names namespaces, as they are.
        redactor: knows what they are called instead.
    """

    def __init__(self, out: Out, start: Start, label: Label, redactor: Redactor) -> None:
        self._redactor = redactor
        self._ring = Ring(_KEPT, start.first)
        self._label = label
        own = replace(start.own, host=redactor.text(start.own.host)) if start.own else None
        start = replace(start, host=redactor.text(start.host), own=own, redacted=True)
        self._writer = Writer(out, start, self._other_label)

    @property
    def end(self) -> int:
        """The next record to be written."""
        return self._ring.end

    @property
    def offset(self) -> int:
        """Bytes that were written."""
        return self._writer.offset

    def note(self, note: Note) -> None:
        """Write a note."""
        self._writer.note(self._redactor.note(note))

    def records(self, ring: Ring, end: int) -> None:
        """Write the records of a ring that were not written yet, up to before record ``end``."""
        while self._ring.end < end:
            stop = min(end, self._ring.end + BLOCK)
            for seq in range(self._ring.end, stop):
                place(self._ring, self._redactor.record(ring[seq]))
            self._writer.records(self._ring, stop)

    def finish(self, _ring: Ring) -> None:
        """Write what makes the file quick to open."""
        self._writer.finish(self._ring)

    def _other_label(self, nsid: int, seq: int) -> tuple[str, str]:
        name, says = self._label(nsid, seq)
        return self._redactor.text(name), says


class Rewriter:
    """Writes the items that it is given.

    Args:
        out: where to.
        start: with what the new one begins.
        redactor: makes the contents others; None where they stay.
    """

    def __init__(self, out: Out, start: Start, redactor: Redactor | None) -> None:
        self._ring = Ring(_KEPT, start.first)
        self._names: dict[int, Interface] = {}
        self._writer: Writer | RedactedWriter = (
            RedactedWriter(out, start, self._label, redactor) if redactor else Writer(out, start, self._label)
        )

    def take(self, item: Item) -> None:
        """Take in what comes next."""
        if isinstance(item, Record):
            place(self._ring, item)
            if self._ring.end - self._writer.end >= BLOCK:
                self._write()
            return
        self._write()
        if isinstance(item, Interface):
            self._names[item.nsid] = item
        elif isinstance(item, Note) and item.kind is not NoteKind.START:
            self._writer.note(item)

    def finish(self) -> None:
        """Write what is left, and the end."""
        self._write()
        self._writer.finish(self._ring)

    def _write(self) -> None:
        self._writer.records(self._ring, self._ring.end)

    def _label(self, nsid: int, _seq: int) -> tuple[str, str]:
        known = self._names.get(nsid)
        return (known.name, known.says) if known else ("host" if nsid < 0 else f"nsid {nsid}", "")
