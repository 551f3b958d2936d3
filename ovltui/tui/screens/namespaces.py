"""The screen of namespaces: all of them at full width, with what is known of each in columns."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.tui.screens import about
from ovltui.tui.screens.handing_out import copy_name, copy_way_in
from ovltui.tui.screens.list_screen import ListScreen
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.status import Rate, StatusLine, status_of


class NamespacesScreen(ListScreen):
    """Namespaces in columns.

    Args:
        session: what to show.
        columns: those to show, as ``chosen_columns`` takes them.
        ascii_only: draw with ASCII alone.
    """

    kind = "namespaces"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "app.shell", "Shell", id="shell.full"),
        Binding("y", "copy", "Copy the name", show=False, id="netns.copy"),
        Binding("Y", "copy_command", "Copy the command", show=False, id="netns.command"),
    ]
    ABOUT = about.NAMESPACES
    WHAT = "namespaces"
    DEFAULT_CSS = """
    NamespacesScreen {
        & #heading { height: 1; padding: 0 1; color: $dim; text-style: bold; }
        & NetnsTable { height: 1fr; }
    }
    """

    def __init__(self, session: Session, columns: Sequence[str] = (), *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._columns = columns
        self._session = session
        self._snapshot: Snapshot | None = None
        self._heading = ""
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield Static("", id="heading", markup=False)
        yield NetnsTable(self._session.activity, self._columns, id="namespaces")
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to draw; how much happens is looked at each second."""
        table = self.query_one(NetnsTable)
        table.ascii_only = self.has_class("-ascii")
        table.border_title = "namespaces"
        table.count_by(self._session.number_of)
        self.set_focus(table)
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self.paint)

    def paint(self) -> bool:
        """Draw what is new; there is never more to look at."""
        self._snapshot = self._session.snapshot()
        self._tick()
        return False

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for."""
        return self.query_one(NetnsTable).current

    def filtered(self) -> NetnsTable:
        """The list."""
        return self.query_one(NetnsTable)

    async def action_copy(self) -> None:
        """Copy the name of the namespace."""
        await copy_name(self, self.chosen())

    async def action_copy_command(self) -> None:
        """Copy the command that leads inside."""
        await copy_way_in(self, self.chosen(), self._session)

    @on(NetnsTable.Arranged)
    def _head(self) -> None:
        heading = self.query_one(NetnsTable).heading()
        if heading != self._heading:
            self._heading = heading
            self.query_one("#heading", Static).update(heading)

    def _tick(self) -> None:
        """Say how much happens now; not while another screen is in the place of this one."""
        if self.in_sight and self._snapshot:
            self._session.activity.look()
            self.query_one(NetnsTable).show(self._snapshot, self.verdicts.netnses)
            self._say()

    def _say(self) -> None:
        rate = self._rate.per_second(self._session.ring.end)
        self.query_one(StatusLine).status = status_of(self._session, self._snapshot, rate, self.verdicts.tally)
