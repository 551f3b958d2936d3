"""A main screen of one table under a heading, none of whose rows is a namespace: the hosts, the recordings.

Source: the subclass's; of the status line, ``Session.snapshot``.
"""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.topology.sheet import Sheet
from ovltui.tui.screens.list_screen import ListScreen
from ovltui.tui.widgets.column_fit import widths
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.row_table import RowTable
from ovltui.tui.widgets.status import Rate, StatusLine, status_of


class TableScreen(ListScreen):
    """The status line, the heading of the table, the table.

    Args:
        session: of the status line.
        table: the list.
        ascii_only: draw with ASCII alone.
    """

    DEFAULT_CSS = """
    TableScreen {
        & #heading { height: 1; padding: 0 1; color: $dim; text-style: bold; }
        & RowTable { height: 1fr; }
        &.-ascii LineList { border: ascii $border; &:focus { border: ascii $border-focus; } }
    }
    """

    def __init__(self, session: Session, table: RowTable, *, ascii_only: bool) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        table.ascii_only = ascii_only
        self._session = session
        self._table = table
        self._snapshot: Snapshot | None = None
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield Static("", id="heading", markup=False)
        yield self._table
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to draw."""
        self.set_focus(self._table)
        self.call_after_refresh(self.paint)

    def paint(self) -> bool:
        """Draw what is new; there is never more to look at."""
        if self.in_sight:
            self._snapshot = self._session.snapshot()
            self.fill(self._snapshot)
            rate = self._rate.per_second(self._session.ring.end)
            self.query_one(StatusLine).status = status_of(self._session, self._snapshot, rate, self.verdicts.tally)
        return False

    def fill(self, snapshot: Snapshot) -> None:
        """Have the table show what is known now; nothing, where something else than the session fills it."""

    def chosen(self) -> Row | None:
        """No namespace is chosen here."""
        return None

    def filtered(self) -> RowTable:
        """The list."""
        return self._table

    def show(self, sheet: Sheet, otherwise: str) -> None:
        """List the rows of a sheet; a sentence where there is none."""
        self._table.show(sheet, widths(sheet.columns, sheet.entries), otherwise)

    @on(RowTable.Arranged)
    def _head(self) -> None:
        self.query_one("#heading", Static).update(self._table.heading() if self._table.row_count else "")
