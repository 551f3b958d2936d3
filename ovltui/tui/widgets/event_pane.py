"""A live pane of events: follows the newest, freezes without losing any, decodes only what is in sight."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from ovltui.config.model import TimeForm
from ovltui.events.alike import DatedNames
from ovltui.events.line import as_text, line
from ovltui.events.record import Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Object, Pane
from ovltui.session.bursts import Bursts
from ovltui.tui.widgets.event_times import time_words
from ovltui.tui.widgets.line_list import Part
from ovltui.tui.widgets.line_style import CSS, STYLES, styled
from ovltui.tui.widgets.pane_words import placeholder, subtitle
from ovltui.tui.widgets.status import Moded
from ovltui.tui.widgets.wrapping import WrappingRows

PLAIN = 1000
"""Lines that are printed plainly at once."""


class EventPane(WrappingRows):
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
    causes: frozenset[int] = frozenset()
    """Records to mark as those that caused a finding."""
    marked: frozenset[int] = frozenset()
    """Records that the user marked."""
    time: TimeForm = TimeForm.CLOCK
    """How a line says when it was."""

    class Froze(Message):
        """The user looks back: newer records are to wait."""

    class Thawed(Message):
        """The user went to the end: newer records are to show."""

    class Opened(Message):
        """The user wants to see a record whole."""

        def __init__(self, seq: int) -> None:
            self.seq = seq
            super().__init__()

    def __init__(self, ring: Ring, names: DatedNames, pane: Pane | None, bursts: Bursts, *, id: str) -> None:  # noqa: A002
        super().__init__(ring, names, pane, bursts, id=id)
        self._netns_width = 4
        self._subtitle = ""
        self._repeats = 0
        self._counts: dict[int, int] = {}

    @property
    def cursor_row(self) -> int | None:
        """The row of the record at the cursor; None while live."""
        return None if self._cursor is None else self._view.row_of(self._cursor)

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

    def parts(self, row: int) -> list[Part]:
        """Return the line of a record: time, namespace, mark, what."""
        try:
            seq = self._view[row]
            said, count = line(self._ring[seq], self._names), self._ring.count(seq, self._frozen)
        except (KeyError, IndexError):  # the ring dropped it between two steps
            return []
        self._counts[seq] = count
        beneath = self._fold.beneath(seq) if said.object is Object.DOCKER and self._fold else 0
        signs = (("pointed", self.pointed), ("finding", self.causes), ("marked", self.marked))
        sign = next((name for name, seqs in signs if seq in seqs), "")
        when = time_words(self.time, said.time_ns, lambda: self._time_above(row), self._marked_times())
        return styled(said, self._netns_width, count, beneath, sign=sign, when=when)

    def indent(self) -> int:
        """Return where the text of a line begins."""
        return len("14:02:10.113 ") + self._netns_width + len(" + ")

    def placeholder(self) -> str:
        """Say why there is nothing to see."""
        recorded = isinstance(self.app, Moded) and bool(self.app.mode().replay)
        filtered, narrowed = bool(self._choice.wanted), bool(self._choice.test)
        return placeholder(self._pane, filtered=filtered, narrowed=narrowed, recorded=recorded)

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

    def go_to(self, seq: int) -> None:
        """Put the cursor on a record that leads a row here."""
        if self.has(seq):
            self.move_cursor(self._view.row_of(seq))

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

    def record_or_newest(self) -> Record | None:
        """Return the record at the cursor, else the newest one in sight."""
        record = self.record_at_cursor()
        return record or (self._ring[self._view[self._rows - 1]] if self._rows else None)

    def plain_lines(self) -> list[str]:
        """Return the newest ``PLAIN`` lines up to the last one in sight, as ``ovltui watch`` prints them."""
        end = min(self._rows, self.top + self.size.height)
        seqs = [self._view[row] for row in range(max(0, end - PLAIN), end)]
        said = [line(self._ring[seq], self._names) for seq in seqs if seq >= self._ring.first]
        width = max((len(one.netns) for one in said), default=0)
        return [as_text(one, width) for one in said]

    def _time_above(self, row: int) -> int | None:
        """Return when the line above was; None where there is none."""
        return self._ring[self._view[row - 1]].time_ns if row else None

    def _marked_times(self) -> list[int]:
        first = self._ring.first
        return [self._ring[seq].time_ns for seq in self.marked if seq >= first] if self.time is TimeForm.MARK else []

    def _count_on(self) -> None:
        """Draw the rows in sight that count more records than when they were drawn."""
        top, (width, height) = self.top, self.size
        for y in range(min(height, self._rows - top)):
            seq = self._view[top + y]
            if seq >= self._ring.first and self._ring.count(seq) != self._counts.get(seq):
                self.refresh(Region(0, y, width, 1))

    def _title(self) -> None:
        """Say in the frame how much passes the filter, or where one looks."""
        frozen, filtered = self._frozen is not None, bool(self._choice.wanted)
        says = subtitle(self._rows, filtered=filtered, frozen=frozen, folded=bool(self._fold), time=self.time)
        if says != self._subtitle:  # setting it draws the whole frame
            self._subtitle = self.border_subtitle = says
