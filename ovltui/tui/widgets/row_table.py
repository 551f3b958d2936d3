"""A table that changes in place: the cursor stays on its row, what changed is marked for a moment."""

from collections.abc import Hashable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.events.filter import Filter
from ovltui.events.line import Line
from ovltui.events.vocabulary import Action, Object
from ovltui.topology.sheet import Column, Entry, Sheet
from ovltui.tui.widgets.changes import Changes, Mark
from ovltui.tui.widgets.column_fit import GAP, Fitted, fitted
from ovltui.tui.widgets.line_list import LineList, Part

if TYPE_CHECKING:
    from textual.timer import Timer

_GUTTER = 2
_STYLES = {Mark.NEW: "new", Mark.CHANGED: "changed", Mark.GONE: "gone", Mark.NONE: "cell"}


class RowTable(LineList):
    """The table."""

    PREFIX = "row-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Row", id="inspect.row"),
        Binding("less_than_sign", "sort(-1)", "Sort leftwards", show=False, id="inspect.sort_left"),
        Binding("greater_than_sign", "sort(1)", "Sort", key_display="< >", show=False, id="inspect.sort_right"),
        Binding("I", "invert", "Invert", show=False, id="inspect.invert"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"row-table--{part}"
        for part in ("cursor", "cursor-focus", "cell", "heading", "fresh", "new", "changed", "gone", "placeholder")
    }
    """Styles of the cursor's row, of cells, of sections, and of what changed."""
    DEFAULT_CSS = """
    RowTable {
        & .row-table--cursor { background: $cursor; }
        & .row-table--cursor-focus { background: $cursor-focus; }
        & .row-table--cell { color: $foreground; }
        & .row-table--heading { color: $accent; text-style: bold; }
        & .row-table--fresh { color: $accent; text-style: bold reverse; }
        & .row-table--new { color: $success; text-style: bold; }
        & .row-table--changed { color: $accent; text-style: bold; }
        & .row-table--gone { color: $error; text-style: strike; }
        & .row-table--placeholder { color: $dim; text-style: $quiet; }
    }
    """

    class Opened(Message):
        """The user wants to read a row whole."""

        def __init__(self, columns: Sequence[Column], entry: Entry) -> None:
            self.columns = columns
            self.entry = entry
            super().__init__()

    class Arranged(Message):
        """The columns, their order, or the number of rows are others now."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._sheet: Sheet | None = None
        self._wanted: tuple[int, ...] = ()
        self._says = ""
        self._changes = Changes()
        self._rows: tuple[Entry, ...] = ()
        self._fitted: tuple[Fitted, ...] = ()
        self._current: Hashable = None
        self._at = 0
        self._filter: Filter | None = None
        self._sort: int | None = None
        self._inverted = False
        self._timer: Timer | None = None

    @property
    def row_count(self) -> int:
        """Rows, with those that went a moment ago."""
        return len(self._rows)

    @property
    def cursor_row(self) -> int | None:
        """Where the current row stands."""
        return self._at if self._rows else None

    @property
    def current(self) -> Entry | None:
        """The current row."""
        return self._rows[self._at] if self._rows else None

    @property
    def sheet(self) -> Sheet | None:
        """What is shown; None while it is waited for."""
        return self._sheet

    @property
    def filter(self) -> Filter | None:
        """Which rows are listed; None for all."""
        return self._filter

    @property
    def arrangement(self) -> str:
        """How many rows are listed, and in which order, in words."""
        if self._sheet is None or self._sheet.fixed:
            return ""
        count = len(self._rows)
        rows = f"{count} of {len(self._sheet.entries)} rows" if self._filter else f"{count} row{'s' * (count != 1)}"
        by = "" if self._sort is None else f", by {self._sheet.columns[self._sort].title.lower()}"
        return f"{rows}{by}{', inverted' if self._inverted else ''}"

    def begin(self, waiting: str) -> None:
        """Wait for another table, in its own order."""
        self._sheet, self._says = None, waiting
        self._sort, self._inverted, self._filter = None, False, None
        self._changes.begin()
        self._rows, self._fitted, self._current, self._at = (), (), None, 0
        self.show_from(0)
        self.post_message(self.Arranged())

    def show(self, sheet: Sheet, wanted: Sequence[int], empty: str) -> None:
        """Show a table as it is now.

        Args:
            sheet: the table.
            wanted: the widths of its columns, as ``column_fit.widths`` tells them.
            empty: what to say where it has no rows.
        """
        # Columns never shrink while one looks: what stands to their right would jump.
        before = self._wanted if self._sheet else (0,) * len(wanted)
        self._wanted = tuple(map(max, before, wanted))
        self._sheet, self._says = sheet, empty
        self._changes.take(sheet.entries, monotonic(), marked=not sheet.passing)
        self._await_expiry()
        self._rebuild()

    def apply_filter(self, wanted: Filter | None) -> None:
        """List only the rows that pass ``wanted``."""
        self._filter = wanted
        self._rebuild()

    def heading(self) -> str:
        """Return the titles of the columns, the sorted one marked."""
        titles = (one.cell(one.column.title + self._sort_mark(one.at)) for one in self._fitted)
        return self._drawable(" " * _GUTTER + (" " * GAP).join(titles))

    def parts(self, row: int) -> list[Part]:
        """Return mark and cells of a row."""
        entry = self._rows[row]
        mark, fresh = self._changes.mark(entry.id), self._changes.cells(entry.id)
        style = "heading" if entry.cells and not any(entry.cells[1:]) else "cell"
        style = "gone" if mark is Mark.GONE else style
        parts = [(f"{mark} ", _STYLES[mark])]
        for number, one in enumerate(self._fitted):
            gap = " " * GAP if number else ""
            cell = one.cell(entry.cells[one.at])
            if one.at in fresh:
                parts += [(gap, style), (cell.rstrip(" "), "fresh"), (" " * (len(cell) - len(cell.rstrip(" "))), style)]
            else:
                parts.append((gap + cell, style))
        return parts

    def placeholder(self) -> str:
        """Say why there is nothing to see."""
        return "nothing passes the filter; esc clears it" if self._filter and self._sheet else self._says

    def move_cursor(self, row: int) -> None:
        """Make a row current."""
        self._at, self._current = row, self._rows[row].id
        self.bring_into_sight(row)

    def action_open(self) -> None:
        """Show the current row whole."""
        if self.current and self._sheet:
            self.post_message(self.Opened(self._sheet.columns, self.current))

    def action_sort(self, by: int) -> None:
        """Sort by the next column in sight; behind the last one comes the table's own order."""
        if self._sheet is None or self._sheet.fixed:
            return
        choices: list[int | None] = [None, *(one.at for one in self._fitted)]
        at = choices.index(self._sort) if self._sort in choices else 0
        self._sort = choices[(at + by) % len(choices)]
        self._rebuild()
        self.bring_into_sight(self.cursor_row or 0)

    def action_invert(self) -> None:
        """Turn the order round."""
        if self._sheet and not self._sheet.fixed:
            self._inverted = not self._inverted
            self._rebuild()
            self.bring_into_sight(self.cursor_row or 0)

    def on_resize(self) -> None:
        """Choose the columns anew."""
        self._rebuild()

    def _rebuild(self) -> None:
        if self._sheet is None:
            return
        rows = [entry for entry in self._changes.rows() if _passes(entry, self._filter)]
        if self._sort is not None:
            column = self._sort
            rows.sort(key=lambda entry: entry.order(column))
        self._rows = tuple(rows[::-1] if self._inverted else rows)
        found = next((at for at, entry in enumerate(self._rows) if entry.id == self._current), None)
        self._at = max(0, min(self._at, len(self._rows) - 1)) if found is None else found
        self._current = self._rows[self._at].id if self._rows else None
        self._fitted = fitted(self._sheet.columns, self._wanted, self.size.width - _GUTTER)
        self.show_from(self.top)
        self.post_message(self.Arranged())

    def _sort_mark(self, at: int) -> str:
        return ("▲" if self._inverted else "▼") if self._sort == at else ""

    def _await_expiry(self) -> None:
        """Take marks away when their time is over."""
        due = self._changes.next_expiry
        if due is not None and self._timer is None:
            self._timer = self.set_timer(max(0.0, due - monotonic()), self._expire)

    def _expire(self) -> None:
        self._timer = None
        if self._changes.expire(monotonic()):
            self._rebuild()
        self._await_expiry()


def _passes(entry: Entry, wanted: Filter | None) -> bool:
    if wanted is None:
        return True
    return wanted.matches(Line(0, "", "", " ".join(entry.cells), Object.LINK, Action.NEW))
