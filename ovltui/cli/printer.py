"""One record of the stream on stdout: a line for people, an object for programs, or the lines of ``ip monitor``.

Source: ``events.line``, ``events.tojson`` and ``events.ipline``. Privileges: none. Incomplete: the column of namespaces
only grows, so lines before a longer name stand further left. Among the lines of ``ip monitor`` a gap is told on stderr.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ovltui.capture.lines import with_raw
from ovltui.cli.output import Output, Style
from ovltui.events.filter import Filter
from ovltui.events.ipline import ip_lines
from ovltui.events.line import Line, as_text, line
from ovltui.events.names import Names
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Action, Object

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
        names: Names,
        objects: frozenset[Object],
        wanted: Filter,
        *,
        json: bool = False,
        ip: bool = False,
        raw: bool = False,
    ) -> None:
        self._out = out
        self._names = names
        self._objects = objects
        self._wanted = wanted
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
        shown = line(record, self._names)
        gap = shown.object is Object.GAP
        if not gap and ((self._objects and shown.object not in self._objects) or not self._wanted.matches(shown)):
            return False
        if self._ip and record.kind is Kind.RESYNC:
            return False  # ip monitor has no such line
        if self._ip:
            return self._print_as_ip(record, shown)
        if self._json:
            self._out.json(self._as_object(record))
        else:
            self._width = max(self._width, len(shown.netns))
            self._out.line(as_text(shown, self._width), STYLES[shown.action])
        return not gap

    def _as_object(self, record: Record) -> dict[str, Any]:
        found = self._object_of(record, self._names)
        if self.number_of and not self._raw and record.nsid != OWN_NSID:
            host, number = self.number_of(record.nsid)
            found |= {"host": host, "nsid": number}
        return found

    def _print_as_ip(self, record: Record, shown: Line) -> bool:
        if shown.object in (Object.GAP, Object.UNKNOWN):
            # Like ip, which tells both on stderr: its stdout has no line for them.
            self._out.say(shown.text if shown.object is Object.GAP else f"{shown.netns}: {shown.text}")
            return False
        lines = ip_lines(record, self._names)
        if lines:
            self._out.line(f"[{shown.netns}]{lines}")
        return bool(lines)
