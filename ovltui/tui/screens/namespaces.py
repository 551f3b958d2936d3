"""The screen of namespaces: all of them at full width, with what is known of each in columns."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Label, Static

from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.tui.screens.netns_detail import NetnsDetail
from ovltui.tui.widgets.filter_line import FilterLine
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.status import Rate, Status, StatusLine


class NamespacesScreen(Screen[None]):
    """Namespaces in columns.

    Args:
        session: what to show.
        ascii_only: draw with ASCII alone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", priority=True, id="netns.filter"),
        Binding("S", "app.shell", "Shell", id="shell.full"),
        Binding("question_mark,f1", "app.help", "Help", key_display="?", id="app.help"),
        Binding("q", "app.quit", "Quit", id="app.quit"),
        Binding("colon,ctrl+p", "app.command_palette", "Commands", show=False, id="app.commands"),
        Binding("enter", "accept_filter", "Keep filter", show=False, priority=True, id="filter.accept"),
        Binding("ctrl+l", "app.redraw", "Redraw", show=False, id="app.redraw"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", show=False, id="app.suspend"),
        Binding("ctrl+c", "app.interrupt", "Quit (twice)", show=False, priority=True, id="app.interrupt"),
        Binding("escape", "back", "Back", show=False, id="app.back"),
        Binding("U", "app.sudo", "Again under sudo", show=False, id="app.sudo"),
    ]
    DEFAULT_CSS = """
    NamespacesScreen {
        & #heading { height: 1; padding: 0 1; color: $dim; text-style: bold; }
        & NetnsTable { height: 1fr; }
        & #filtering { height: 1; display: none; background: $panel; }
        & #target { color: $accent; padding: 0 0 0 1; }
        &.-ascii LineList { border: ascii $border; &:focus { border: ascii $border-focus; } }
    }
    """

    class Left(Message):
        """The user goes back to the events."""

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._session = session
        self._snapshot: Snapshot | None = None
        self._typed = ""
        self._heading = ""
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield Static("", id="heading", markup=False)
        yield NetnsTable(self._session.activity, id="namespaces")
        with Horizontal(id="filtering"):
            yield Label("filter namespaces:", id="target", markup=False)
            yield FilterLine(id="filter")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to draw; how much happens is looked at each second."""
        table = self.query_one(NetnsTable)
        table.ascii_only = self.has_class("-ascii")
        table.border_title = "namespaces"
        table.focus()
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self.paint)

    def paint(self) -> bool:
        """Draw what is new; there is never more to look at."""
        self._snapshot = self._session.snapshot()
        self._tick()
        return False

    def search(self) -> bool:
        """Nothing here looks for older records."""
        return False

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for."""
        return self.query_one(NetnsTable).current

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, a slash is text and enter ends it."""
        del parameters
        typing = isinstance(self.focused, FilterLine)
        return {"filter": not typing, "accept_filter": typing}.get(action, True)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one("#target", Label).update("filter namespaces:")
        self.query_one("#filtering").display = True
        self.query_one(FilterLine).open(self._typed)

    def action_accept_filter(self) -> None:
        """Keep the filter that was typed, unless it is invalid."""
        if not self.query_one(FilterLine).has_class("-bad"):
            self._close_filter()

    def action_back(self) -> None:
        """Undo the filter, else go back to the events."""
        table = self.query_one(NetnsTable)
        if table.filter:
            self._typed = ""
            table.apply_filter(None)
        else:
            self.post_message(self.Left())

    @on(FilterLine.Typed)
    def _filter(self, event: FilterLine.Typed) -> None:
        self._typed = self.query_one(FilterLine).value
        self.query_one("#target", Label).update("filter namespaces:")
        self.query_one(NetnsTable).apply_filter(event.wanted)

    @on(FilterLine.Refused)
    def _refuse(self, event: FilterLine.Refused) -> None:
        self.query_one("#target", Label).update(event.why)

    @on(FilterLine.Closed)
    def _close_filter(self) -> None:
        self.set_focus(self.query_one(NetnsTable))
        self.query_one("#filtering").display = False

    @on(NetnsTable.Arranged)
    def _head(self) -> None:
        heading = self.query_one(NetnsTable).heading()
        if heading != self._heading:
            self._heading = heading
            self.query_one("#heading", Static).update(heading)

    @on(NetnsTable.Opened)
    def _open(self, event: NetnsTable.Opened) -> None:
        self.app.push_screen(NetnsDetail(event.row))

    def _tick(self) -> None:
        """Say how much happens now; not while another screen is in the place of this one."""
        if self in self.app.screen_stack and self._snapshot:
            self._session.activity.look()
            self.query_one(NetnsTable).show(self._snapshot)
            self._say()

    def _say(self) -> None:
        ring, snapshot = self._session.ring, self._snapshot
        self.query_one(StatusLine).status = Status(
            host=self._session.host,
            kinds=tuple(row.identity.kind for row in snapshot.rows) if snapshot else (),
            engines=snapshot.engines if snapshot else None,
            rate=self._rate.per_second(ring.end),
            lost=self._session.stream.lost,
        )
