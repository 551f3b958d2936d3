"""Writes a recording of which a part is left out: other records, numbered anew, and notes that say no more than those.

Source: whatever a recorder writes, ``session.reduction``. Pure but for where the bytes go. Incomplete: what a note says
of records that were left out is said of the next one that was not.
"""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ovltui.capture.inputs import Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.recording import place
from ovltui.capture.redact import Redactor
from ovltui.capture.rewrite import RedactedWriter
from ovltui.capture.writer import Label, Out, Writer
from ovltui.events.record import OWN_NSID
from ovltui.events.ring import BLOCK, Ring
from ovltui.session.reduction import Reduction

if TYPE_CHECKING:
    from collections.abc import Callable

_Key = tuple[str, int]


class ThinnedWriter:
    """A writer of less than it is given.

    Args:
        out: where to.
        start: with what it begins.
        label: names namespaces.
        reduction: what is left out.
        redactor: replaces names and addresses; None where they stay.
    """

    def __init__(self, out: Out, start: Start, label: Label, reduction: Reduction, redactor: Redactor | None) -> None:
        self._reduction = reduction
        self._label = label
        self._end = start.first
        start = replace(start, first=reduction.begin(start.first))
        self._ring = Ring(4 * BLOCK, start.first)
        self._names: dict[int, str] = {}
        self._netnses: dict[_Key, Any] = {}
        self._called: dict[_Key, str] = {}
        self._shown: frozenset[_Key] = frozenset()
        now: Label = lambda nsid, _seq: label(nsid, self._end)  # noqa: E731
        self._writer: Writer | RedactedWriter = (
            RedactedWriter(out, start, now, redactor) if redactor else Writer(out, start, now, indexed=False)
        )
        self._change: dict[NoteKind, Callable[[Note], Note | None]] = {
            NoteKind.STATE: self._state,
            NoteKind.NAMED: self._news,
            NoteKind.READ: self._reading,
            NoteKind.LOADED: self._numbered,
            NoteKind.BOUND: self._numbered,
            NoteKind.SIGHTED: self._numbered,
            NoteKind.MARK: self._numbered,
            NoteKind.FINDINGS: lambda note: replace(note, value=self._renumbered(note.value)),
        }

    @property
    def end(self) -> int:
        """The next record of the source to be written."""
        return self._end

    @property
    def offset(self) -> int:
        """Bytes that were written."""
        return self._writer.offset

    def records(self, ring: Ring, end: int) -> None:
        """Write what is to be seen of the records that were not written yet, up to before record ``end``."""
        self._names.clear()
        for found in self._reduction.rest(time.time_ns()):
            self._place(found, self._end)
        self._writer.records(self._ring, self._ring.end)
        while self._end < end:
            stop = min(end, self._end + BLOCK)
            for seq in range(self._end, stop):
                for found in self._reduction.sift(ring[seq], self._name):
                    self._place(found, seq)
            self._end = stop
            self._writer.records(self._ring, self._ring.end)

    def note(self, note: Note) -> None:
        """Write what may be said of a note."""
        change = self._change.get(note.kind)
        found = change(note) if change else note
        if found:
            self._writer.note(replace(found, seq=self._reduction.number(note.seq)))

    def finish(self, _ring: Ring) -> None:
        """Write the end."""
        self._writer.finish(self._ring)

    def _place(self, record: Any, seq: int) -> None:
        place(self._ring, record)
        self._reduction.published(seq)

    def _name(self, nsid: int) -> str:
        if nsid not in self._names:
            self._names[nsid] = self._label(nsid, self._end)[0]
        return self._names[nsid]

    def _state(self, note: Note) -> Note:
        value, blobs, kept = dict(note.value), iter(note.blobs), []
        value["named"] = self._named(value["named"])
        reads = []
        for read in value["reads"]:
            tables = [next(blobs, b"") for _ in read["tables"]]
            found = self._read(read, tables) if _key(read["netns"]["key"]) in self._shown else None
            if found:
                reads.append(found[0])
                kept += found[1]
        value["reads"] = reads
        tenures = value["tenures"]
        of = [
            one
            for one in tenures["tenures"]
            if one["nsid"] == OWN_NSID or self._reduction.shows(self._name(one["nsid"]))
        ]
        value["tenures"] = tenures | {"tenures": of}
        return replace(note, value=value, blobs=tuple(kept))

    def _news(self, note: Note) -> Note:
        before = self._shown
        value = self._named(note.value)
        if self._reduction.chooses and not self._shown <= before:
            self._reduction.ask()
        return replace(note, value=value)

    def _named(self, named: dict[str, Any]) -> dict[str, Any]:
        """Return names without those of namespaces that are not published."""
        self._netnses |= {_key(one["key"]): one for one in named["netnses"]}
        self._called |= {_key(key): identity.get("name", "") for key, identity in named["identities"]}
        living = {_key(key) for key in named["living"]}
        self._netnses = {key: one for key, one in self._netnses.items() if key in living}
        shown = {
            key for key, one in self._netnses.items() if one["own"] or self._reduction.shows(self._called.get(key, ""))
        }
        self._shown = frozenset(shown)
        return named | {
            "living": [key for key in named["living"] if _key(key) in shown],
            "netnses": [one for one in named["netnses"] if _key(one["key"]) in shown],
            "identities": [pair for pair in named["identities"] if _key(pair[0]) in shown],
            "gaps": [*named["gaps"], *self._reduction.says],
        }

    def _reading(self, note: Note) -> Note | None:
        if _key(note.value["netns"]["key"]) not in self._shown:
            return None
        value, blobs = self._read(note.value, list(note.blobs))
        number = self._reduction.number
        value |= {"read": number(value["read"]) if value["read"] >= 0 else -1, "born": number(value["born"])}
        return replace(note, value=value, blobs=tuple(blobs))

    def _read(self, read: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Return tables without those that are not published."""
        missing = self._reduction.left_out
        if not missing:
            return dict(read), blobs
        kept = [(table, blob) for table, blob in zip(read["tables"], blobs, strict=False) if table not in missing]
        says = f"not published: {', '.join(sorted(missing))}"
        return read | {"tables": [table for table, _ in kept], "failed": says}, [blob for _, blob in kept]

    def _numbered(self, note: Note) -> Note | None:
        value = dict(note.value)
        nsid = value.get("nsid", OWN_NSID)
        if nsid != OWN_NSID and not self._reduction.shows(self._name(nsid)) and note.kind is not NoteKind.BOUND:
            return None
        value |= {name: self._reduction.number(value[name]) for name in ("seq", "born") if value.get(name) is not None}
        return replace(note, value=value)

    def _renumbered(self, value: Any) -> Any:
        if isinstance(value, dict):
            numbers = {
                name: self._reduction.number(value[name]) for name in ("seq", "mend") if value.get(name) is not None
            }
            return {name: self._renumbered(one) for name, one in value.items()} | numbers
        return [self._renumbered(one) for one in value] if isinstance(value, list) else value


def _key(value: dict[str, Any]) -> _Key:
    return value["host"], value["id"]
