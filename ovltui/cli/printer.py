"""One record of the stream on stdout: a line for people, or an object for programs.

Source: ``events.line`` and ``events.tojson``. Privileges: none. Incomplete: the column of namespaces only
grows, so lines before a longer name stand further left.
"""

from collections.abc import Iterable

from ovltui.cli.output import Output, Style
from ovltui.events.filter import Filter
from ovltui.events.line import as_text, line
from ovltui.events.names import Names
from ovltui.events.record import Record
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
    """

    def __init__(self, out: Output, names: Names, objects: frozenset[Object], wanted: Filter, *, json: bool) -> None:
        self._out = out
        self._names = names
        self._objects = objects
        self._wanted = wanted
        self._json = json
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
        if self._json:
            self._out.json(as_json(record, self._names))
        else:
            self._width = max(self._width, len(shown.netns))
            self._out.line(as_text(shown, self._width), STYLES[shown.action])
        return not gap
