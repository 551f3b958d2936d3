"""A live pane of events: follows the newest, freezes without losing any, decodes only what is in sight."""

from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.events.filter import Filter
from ovltui.events.line import Line, line
from ovltui.events.names import Names
from ovltui.events.record import Record
from ovltui.events.ring import Ring
from ovltui.events.view import View, Where
from ovltui.events.vocabulary import Pane
from ovltui.tui.widgets.line_list import LineList, Part
from ovltui.tui.widgets.line_style import styled

BUDGET = 400
"""Records that a filter looks at before the clock is."""
SEARCH_S = 0.004
"""Seconds for which a filter looks through records before keys and other panes get their turn."""


class EventPane(LineList):
    """The events of one kind, or of all kinds.

    Args:
        ring: the records.
        names: names for lines.
        pane: which kind; None for all of them in one order.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="events.open"),
        Binding("n", "match(1)", "Next match", show=False, id="events.next"),
        Binding("N", "match(-1)", "Previous match", show=False, id="events.previous"),
    ]
    PREFIX = "event-pane"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"event-pane--{part}"
        for part in (
            [
                "cursor",
                "cursor-focus",
                "placeholder",
                "quiet",
                "time",
                "netns",
                "new",
                "gone",
                "changed",
                "moved",
                "miss",
                "lost",
                "keyword",
                "good",
                "bad",
            ]
        )
    }
    """Styles of the cursor's row, of columns, of marks, and of words."""
    DEFAULT_CSS = """
    EventPane {
        & .event-pane--cursor { background: $cursor; }
        & .event-pane--cursor-focus { background: $cursor-focus; }
        & .event-pane--placeholder { color: $dimmer; }
        & .event-pane--quiet { color: $dimmer; }
        & .event-pane--time { color: $dimmer; }
        & .event-pane--netns { color: $primary; }
        & .event-pane--new { color: $success; text-style: bold; }
        & .event-pane--gone { color: $error; text-style: bold; }
        & .event-pane--changed { color: $accent; }
        & .event-pane--moved { color: $primary; text-style: bold; }
        & .event-pane--miss { color: $accent; text-style: bold; }
        & .event-pane--lost { color: $error; text-style: bold reverse; }
        & .event-pane--keyword { color: $dim; }
        & .event-pane--good { color: $success; }
        & .event-pane--bad { color: $error; }
    }
    """

    class Froze(Message):
        """The user looks back: newer records are to wait."""

    class Thawed(Message):
        """The user went to the end: newer records are to show."""

    class Opened(Message):
        """The user wants to see a record whole."""

        def __init__(self, seq: int) -> None:
            self.seq = seq
            super().__init__()

    def __init__(self, ring: Ring, names: Names, pane: Pane | None, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ring = ring
        self._names = names
        self._pane = pane
        self._test: Callable[[Record], bool] | None = None
        self._where: Where | None = None
        self._filter: Filter | None = None
        self._view = View(ring, pane)
        self._moved = False
        self._rows = 0
        self._cursor: int | None = None
        self._frozen: int | None = None
        self._netns_width = 4
        self._subtitle = ""

    @property
    def row_count(self) -> int:
        """Matching records, up to the moment of freezing."""
        return self._rows

    @property
    def cursor_row(self) -> int | None:
        """The row of the record at the cursor; None while live."""
        return None if self._cursor is None else self._view.row_of(self._cursor)

    @property
    def behind(self) -> bool:
        """Whether there are records that were not looked at yet."""
        return self._view.behind

    @property
    def filter(self) -> Filter | None:
        """The filter of this pane alone."""
        return self._filter

    def narrow(self, test: Callable[[Record], bool] | None, where: Where | None = None) -> None:
        """Show only records that pass ``test``, and of messages only those of ``where``; None for all."""
        self._test, self._where = test, where
        self._restart()

    def apply_filter(self, wanted: Filter | None) -> None:
        """Show only records whose line passes ``wanted``; None for all."""
        self._filter = wanted
        self._restart()

    def set_netns_width(self, width: int) -> None:
        """Give the column of namespaces ``width`` cells."""
        if width != self._netns_width:
            self._netns_width = width
            self.show_from(self.top)

    def freeze(self, seq: int) -> None:
        """Show nothing newer than record ``seq``."""
        self._frozen = seq
        self.advance(changed=True)

    def thaw(self) -> None:
        """Follow the newest again."""
        self._frozen = self._cursor = None
        self.advance(changed=True)

    def advance(self, *, changed: bool = False) -> None:
        """Look at new records, and draw if there is something new to see.

        Args:
            changed: draw in any case, since names or styles differ now.
        """
        moved = self._look_on() or self._moved
        self._moved = False
        if changed or moved:
            self._title()
            self.show_from(self._top)

    def search(self) -> bool:
        """Look for more records that pass the filter, and draw nothing; return whether some are left to look at."""
        if self._test is None and self._filter is None:
            return False
        until = monotonic() + SEARCH_S
        while self._view.behind and monotonic() < until:
            self._moved |= self._look_on()
        return self._view.behind

    def parts(self, row: int) -> list[Part]:
        """Return the line of a record: time, namespace, mark, what."""
        try:
            said = self._line(self._view[row])
        except (KeyError, IndexError):  # the ring dropped it between two steps
            return []
        return styled(said, self._netns_width)

    def placeholder(self) -> str:
        """Say why there is nothing to see."""
        if self._filter:
            return "nothing passes the filter; esc clears it"
        what = f"{self._pane.value} events" if self._pane else "events"
        return f"no {what} here yet" if self._test else f"no {what} yet: they appear as they happen"

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a row, which freezes the panes."""
        self._cursor = self._view[row]
        if self._frozen is None:
            self.post_message(self.Froze())
        self.bring_into_sight(row)

    def look(self, by: int) -> None:
        """Scroll by rows, which freezes the panes; at the end they are live again."""
        if by > 0 and self.top + by >= self.last_top:
            self.post_message(self.Thawed())
            return
        if self._frozen is None:
            self.post_message(self.Froze())
        super().look(by)

    def action_last(self) -> None:
        """Go to the end and be live again."""
        self.post_message(self.Thawed())

    def action_open(self) -> None:
        """Show the record at the cursor, or the newest one, whole."""
        row = self.cursor_row
        if self._rows:
            self.post_message(self.Opened(self._view[self._rows - 1 if row is None else min(row, self._rows - 1)]))

    def action_match(self, by: int) -> None:
        """Go to the next match: with a filter every row is one."""
        self.action_move(by)

    def record_at_cursor(self) -> Record | None:
        """Return the record at the cursor, if there is one."""
        try:
            return None if self._cursor is None else self._ring[self._cursor]
        except KeyError:
            return None

    def _line(self, seq: int) -> Line:
        return line(self._ring[seq], self._names)

    def _restart(self) -> None:
        test, wanted = self._test, self._filter
        if wanted is None:
            self._view = View(self._ring, self._pane, test, self._where)
        else:
            names = self._names
            self._view = View(
                self._ring,
                self._pane,
                lambda record: (test is None or test(record)) and wanted.matches(line(record, names)),
                self._where,
            )
        self._rows = 0
        self.advance(changed=True)

    def _look_on(self) -> bool:
        """Look at more records; return whether there is something new to see.

        While frozen, the record in the first line stays there, though older rows come or go.
        """
        top = self._top_seq()
        moved = self._view.step(BUDGET)
        rows = len(self._view) if self._frozen is None else self._view.row_of(self._frozen)
        new = moved and (self._frozen is None or rows != self._rows)
        self._rows = rows
        self._top = self.last_top if top is None else self._view.row_of(top)
        return new

    def _top_seq(self) -> int | None:
        """Return the record in the first line, while frozen."""
        top = self.top
        if self._frozen is None or top >= min(self._rows, len(self._view)):
            return None
        return self._view[top]

    def _title(self) -> None:
        """Say in the frame how much passes the filter, or where one looks."""
        rows = "1 line passes" if self._rows == 1 else f"{self._rows} lines pass"
        says = f"{rows} the filter" if self._filter else f"{self._rows} lines" if self._frozen is not None else ""
        if says != self._subtitle:  # setting it draws the whole frame
            self._subtitle = self.border_subtitle = says
