"""A live pane of events: follows the newest, freezes without losing any, decodes only what is in sight."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic, time_ns
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from ovltui.events.block import Where
from ovltui.events.filter import Filter
from ovltui.events.line import line
from ovltui.events.names import Names
from ovltui.events.record import Record
from ovltui.events.ring import Ring
from ovltui.events.view import View
from ovltui.events.vocabulary import Object, Pane
from ovltui.session.bursts import Bursts
from ovltui.tui.widgets.choice import Choice
from ovltui.tui.widgets.line_list import LineList, Part
from ovltui.tui.widgets.line_style import CSS, STYLES, styled
from ovltui.tui.widgets.pane_words import placeholder, subtitle

if TYPE_CHECKING:
    from textual.timer import Timer

BUDGET = 400
"""Records that a filter looks at before the clock is."""
FOLD_S = 0.5
"""Seconds between two looks for what belongs together."""
SEARCH_S = 0.004
"""Seconds for which a filter looks through records before keys and other panes get their turn."""


class EventPane(LineList):
    """The events of one kind, or of all kinds.

    Args:
        ring: the records.
        names: names for lines.
        pane: which kind; None for all of them in one order.
        bursts: what belongs to events of Docker.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="events.open"),
        Binding("f", "fold", "Fold under Docker", show=False, id="events.fold"),
        Binding("n", "match(1)", "Next match", show=False, id="events.next"),
        Binding("N", "match(-1)", "Previous match", show=False, id="events.previous"),
    ]
    PREFIX = "event-pane"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"event-pane--{part}" for part in STYLES}
    DEFAULT_CSS = CSS
    pointed: frozenset[int] = frozenset()
    """Records to mark as those to look at."""

    class Froze(Message):
        """The user looks back: newer records are to wait."""

    class Thawed(Message):
        """The user went to the end: newer records are to show."""

    class Opened(Message):
        """The user wants to see a record whole."""

        def __init__(self, seq: int) -> None:
            self.seq = seq
            super().__init__()

    def __init__(self, ring: Ring, names: Names, pane: Pane | None, bursts: Bursts, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ring = ring
        self._names = names
        self._pane = pane
        self._bursts = bursts
        self._folding: Timer | None = None
        self._news = 0
        self._choice = Choice()
        self._view = View(ring, pane)
        self._moved = False
        self._rows = 0
        self._cursor: int | None = None
        self._frozen: int | None = None
        self._netns_width = 4
        self._subtitle = ""
        self._repeats = 0
        self._counts: dict[int, int] = {}

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
        return self._choice.wanted

    def narrow(self, test: Callable[[Record], bool] | None, where: Where | None = None) -> None:
        """Show only records that pass ``test``, and of messages only those of ``where``; None for all."""
        self._choice = replace(self._choice, test=test, where=where)
        self._restart()

    def apply_filter(self, wanted: Filter | None) -> None:
        """Show only records whose line passes ``wanted``; None for all."""
        self._choice = replace(self._choice, wanted=wanted)
        self._restart()

    def choose_kinds(self, objects: frozenset[Object] | None) -> None:
        """Show only records about ``objects``, and gaps; None for all."""
        self._choice = replace(self._choice, kinds=objects)
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
        moved = self._look_on() | self._fold_on() | self._moved
        self._moved = False
        if changed or moved:
            self._title()
            self._counts = {}
            self.show_from(self._top)
        elif self._frozen is None and self._repeats != self._ring.repeats:
            self._count_on()
        self._repeats = self._ring.repeats

    def search(self) -> bool:
        """Look for more records that pass the filter, and draw nothing; return whether some are left to look at."""
        if self._choice == Choice():
            return False
        until = monotonic() + SEARCH_S
        while self._view.behind and monotonic() < until:
            self._moved |= self._look_on()
        return self._view.behind

    def parts(self, row: int) -> list[Part]:
        """Return the line of a record: time, namespace, mark, what."""
        try:
            seq = self._view[row]
            said, count = line(self._ring[seq], self._names), self._ring.count(seq, self._frozen)
        except (KeyError, IndexError):  # the ring dropped it between two steps
            return []
        self._counts[seq] = count
        beneath = self._count_beneath(seq) if said.object is Object.DOCKER and self._folding else 0
        return styled(said, self._netns_width, count, beneath, pointed=seq in self.pointed)

    def placeholder(self) -> str:
        """Say why there is nothing to see."""
        return placeholder(self._pane, filtered=bool(self._choice.wanted), narrowed=bool(self._choice.test))

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a row, which freezes the panes."""
        self._cursor = self._view[row]
        if self._frozen is None:
            self.post_message(self.Froze())
        self.bring_into_sight(row)

    def show_record(self, seq: int) -> bool:
        """Put the cursor on a record of this pane that is out of sight; return whether it was."""
        row = self._view.row_of(seq)
        if hidden := row < self._rows and self._view[row] == seq and not 0 <= row - self.top < self.size.height:
            self.move_cursor(row)
        return hidden

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

    def action_fold(self) -> None:
        """Fold what the kernel did beneath the event of Docker that caused it, or show all lines again."""
        if self._folding is None:
            # Which events belong together is known when all is quiet again, and no record wakes us.
            self._folding = self.set_interval(FOLD_S, self.advance)
            self._bursts.settle(time_ns())
        else:
            self._folding.stop()
            self._folding = None
        self._restart()
        if self._cursor is not None and self._rows:
            self._cursor = self._bursts.heads.get(self._cursor, self._cursor) if self._folding else self._cursor
            self.bring_into_sight(min(self._view.row_of(self._cursor), self._rows - 1))

    def action_match(self, by: int) -> None:
        """Go to the next match: with a filter every row is one."""
        self.action_move(by)

    def record_at_cursor(self) -> Record | None:
        """Return the record at the cursor, if there is one."""
        try:
            return None if self._cursor is None else self._ring[self._cursor]
        except KeyError:
            return None

    def _restart(self) -> None:
        heads = self._bursts.heads if self._folding else None
        self._news = len(self._bursts.news)
        self._view = View(self._ring, self._pane, self._choice.sieve(self._names), heads)
        self._rows = 0
        self.advance(changed=True)

    def _count_on(self) -> None:
        """Draw the rows in sight that count more records than when they were drawn."""
        top, (width, height) = self.top, self.size
        for y in range(min(height, self._rows - top)):
            seq = self._view[top + y]
            if seq >= self._ring.first and self._ring.count(seq) != self._counts.get(seq):
                self.refresh(Region(0, y, width, 1))

    def _fold_on(self) -> bool:
        """Fold what is known by now, but not under the eyes of who looks back; return whether rows went."""
        if self._folding is None or self._frozen is not None:
            return False
        self._bursts.settle(time_ns())
        news, self._news = self._bursts.news[self._news :], len(self._bursts.news)
        for since, until in news:
            self._view.fold(self._bursts.heads, since, until)
        if news:
            self._rows = len(self._view)
            self._top = self.last_top
        return bool(news)

    def _count_beneath(self, seq: int) -> int:
        """Return how many events of this pane belong to the event of Docker ``seq``."""
        burst = self._bursts.of(seq)
        first = self._ring.first
        members = burst.within(self._pane) if burst and burst.head == seq else ()
        return sum(self._ring.count(member) for member in members if member >= first)

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
        frozen, filtered = self._frozen is not None, bool(self._choice.wanted)
        says = subtitle(self._rows, filtered=filtered, frozen=frozen, folded=bool(self._folding))
        if says != self._subtitle:  # setting it draws the whole frame
            self._subtitle = self.border_subtitle = says
