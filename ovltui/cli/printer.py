"""One record of the stream on stdout: a line for people, an object for programs, or the lines of ``ip monitor``.

Source: ``events.line``, ``events.tojson`` and ``events.ipline``. Privileges: none. Incomplete: the column of namespaces
only grows, so lines before a longer name stand further left. Among the lines of ``ip monitor`` a gap is told on stderr.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ovltui.capture.lines import with_raw
from ovltui.cli.output import Output, Style
from ovltui.events.alike import DatedNames
from ovltui.events.excerpt import Excerpt
from ovltui.events.filter import Filter
from ovltui.events.ipline import ip_lines
from ovltui.events.line import Line, in_columns, line
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Action, Object
from ovltui.events.wording import Worded, Wording

STYLES: dict[Action, Style] = {
    Action.NEW: Style.NEW,
    Action.DEL: Style.GONE,
    Action.CHANGE: Style.PLAIN,
    Action.MOVE: Style.MOVED,
    Action.MISS: Style.MISSED,
    Action.LOST: Style.LOST,
}
_WIDEST = 32
"""Columns that the names of namespaces may take before there is an event of one."""


class Printer:
    """Prints the records that are wanted.

    Args:
        out: where to.
        names: names as of each record.
        objects: what events are to be about; anything where it is empty.
        wanted: the filter that their lines pass.
        json: whether programs read it.
        ip: whether it reads as ``ip monitor`` prints it.
        raw: whether programs get the bytes of messages too.
    """

    def __init__(
        self,
        out: Output,
        names: DatedNames,
        objects: frozenset[Object],
        wanted: Filter,
        *,
        json: bool = False,
        ip: bool = False,
        raw: bool = False,
    ) -> None:
        self._out = out
        self._names = names
        self._wording = Wording(names, objects, wanted)
        self._json = json
        self._ip = ip
        self._object_of = with_raw if raw else as_json
        self._raw = raw
        self.number_of: Callable[[int], tuple[str, int | None]] | None = None
        """Where there are several machines, returns whose an nsid is and what it is there. Programs are told both; with
        the bytes they are told the number that tells the namespaces of all machines apart."""
        self._width = 0

    def make_room(self, names: Iterable[str]) -> None:
        """Begin with a column that holds each of the namespaces ``names``, within reason."""
        self._width = min(_WIDEST, max(map(len, names), default=0))

    def print(self, record: Record) -> bool:
        """Print a record if it is wanted; return whether it was an event that was printed.

        A gap is always printed, and never counts as an event. Errors as in ``Output.line``.
        """
        worded = self._wording.conclude(line(record, self._names))
        if self._json or self._ip:
            return worded[0] is not None and self._print_whole(record, worded[0])
        return self._print_as_text(record.time_ns, worded)

    def print_all(self, ring: Ring, excerpts: Iterable[Excerpt]) -> int:
        """Print those of some records that are wanted; return how many events were printed.

        Errors as in ``Output.line``.

        Args:
            ring: where they are.
            excerpts: what is looked at of them.

        Raises:
            KeyError: some were dropped; nothing was printed.
        """
        seqs: list[int] = []
        worded: list[Worded] = []
        for excerpt in excerpts:
            seqs += excerpt.seqs
            self._wording.left = 2 * len(excerpt.seqs)  # one with marks, which may be in vain, and its own
            worded += self._wording.answers(excerpt, lambda seq: self._wording.conclude(line(ring[seq], self._names)))
        if self._json or self._ip:
            wanted = [(ring[seq], shown) for seq, (shown, _) in zip(seqs, worded, strict=True) if shown]
            return sum(self._print_whole(*row) for row in wanted)
        return sum(self._print_as_text(*row) for row in zip(ring.times(seqs), worded, strict=True))

    def _print_whole(self, record: Record, shown: Line) -> bool:
        """Print a record as an object, or as ``ip`` does, by its line but for its text."""
        if self._ip:
            return self._print_as_ip(record, shown)
        self._out.json(self._as_object(record))
        return shown.object is not Object.GAP

    def _print_as_text(self, time_ns: int, worded: Worded) -> bool:
        shown, text = worded
        if shown is None:
            return False
        self._width = max(self._width, len(shown.netns))
        self._out.line(in_columns(time_ns, shown, text, self._width), STYLES[shown.action])
        return shown.object is not Object.GAP

    def _as_object(self, record: Record) -> dict[str, Any]:
        found = self._object_of(record, self._names)
        if self.number_of and not self._raw and record.nsid != OWN_NSID:
            host, number = self.number_of(record.nsid)
            found |= {"host": host, "nsid": number}
        return found

    def _print_as_ip(self, record: Record, shown: Line) -> bool:
        if record.kind is Kind.RESYNC:  # ip monitor has no such line
            return False
        if shown.object in (Object.GAP, Object.UNKNOWN):
            # Like ip, which tells both on stderr: its stdout has no line for them.
            self._out.say(shown.text if shown.object is Object.GAP else f"{shown.netns}: {shown.text}")
            return False
        lines = ip_lines(record, self._names)
        if lines:
            self._out.line(f"[{shown.netns}]{lines}")
        return bool(lines)
