"""The inspector: all that is in one namespace, in tabs that change while one looks.

What events tell is drawn as it comes; what no event tells is asked for each second, and only while it is in sight.
"""

from threading import Thread
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from ovltui.session.inspect import Node
from ovltui.session.inspection import READ_ANEW, Inspection, Tab
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.topology.sheet import Sheet
from ovltui.tui.clipboard import copy
from ovltui.tui.looking import Looking
from ovltui.tui.screens import about
from ovltui.tui.screens.list_screen import ListScreen
from ovltui.tui.screens.row_page import RowPage
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.filter_line import FilterLine
from ovltui.tui.widgets.fold_list import FoldList
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.row_table import RowTable
from ovltui.tui.widgets.status import Rate, StatusLine, status_of
from ovltui.tui.widgets.tab_strip import TabStrip, TabTitle

_TABS = tuple(Tab)
_SHORT = {
    Tab.OVERVIEW: "Info",
    Tab.ADDRESSES: "Addr",
    Tab.NEIGHBOURS: "Neigh",
    Tab.SOCKETS: "Socks",
    Tab.PROCESSES: "Procs",
    Tab.COUNTERS: "Rates",
}
_LONG = {Tab.FDB: "FDB"}
_TITLES = tuple(TabTitle(name := _LONG.get(tab, tab.capitalize()), _SHORT.get(tab, name)) for tab in _TABS)
_EMPTY = {
    Tab.BRIDGES: "no bridge is in it",
    Tab.SOCKETS: "nobody listens, nothing is connected",
    Tab.PROCESSES: "no process is in it",
}
_BACK = "esc goes back"


class Inspector(ListScreen):
    """One namespace.

    Args:
        session: what is known.
        inspection: of the namespace.
        ascii_only: draw with ASCII alone.
    """

    kind = "inspector"
    ABOUT = about.INSPECTOR
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket,right", "step(1)", "Tab", key_display="[ ]", id="inspect.next"),
        Binding("left_square_bracket,left", "step(-1)", "Tab to the left", show=False, id="inspect.previous"),
        Binding("tab", "step(1)", "Tab", show=False, priority=True, id="inspect.tab"),
        Binding("shift+tab", "step(-1)", "Tab to the left", show=False, priority=True, id="inspect.back_tab"),
        Binding("s", "app.shell_pane", "Shell", priority=True, id="shell.pane"),
        Binding("S", "app.shell", "Full-screen shell", show=False, id="shell.full"),
        Binding("l", "events", "Its events", id="inspect.events"),
        Binding("y", "copy", "Copy", id="inspect.copy"),
        Binding("Y", "copy_command", "Copy the command", id="inspect.command"),
        Binding("d", "docker", "What Docker says", show=False, id="inspect.docker"),
    ]
    DEFAULT_CSS = """
    Inspector {
        & #heading { height: 1; padding: 0 1; color: $dim; text-style: bold; }
        & RowTable { height: 1fr; }
        & FoldList { height: 1fr; display: none; }
        &.-docker FoldList { display: block; }
        &.-docker RowTable { display: none; }
    }
    """

    class Closed(Message):
        """The user goes back to where the inspector was opened."""

    class Read(Message):
        """A tab is another one now; None where the namespace is gone."""

        def __init__(self, tab: Tab, sheet: Sheet | None, wanted: tuple[int, ...]) -> None:
            self.tab = tab
            self.sheet = sheet
            self.wanted = wanted
            super().__init__()

    class Answered(Message):
        """The engines have answered."""

        def __init__(self, nodes: tuple[Node, ...]) -> None:
            self.nodes = nodes
            super().__init__()

    def __init__(self, session: Session, inspection: Inspection, *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._session = session
        self._inspection = inspection
        self._row = inspection.row
        self._gone = False
        self._tab = Tab.OVERVIEW
        self._asked = False
        self._says: tuple[str, ...] = ()
        self._frame = ("", "")
        self._rate = Rate(session.ring.end)
        self._snapshot = session.snapshot()
        self._looking = Looking(inspection, lambda *found: self.post_message(self.Read(*found)))

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield TabStrip(_TITLES, id="tabs")
        yield Static("", id="heading", markup=False)
        yield RowTable(id="rows")
        yield FoldList("asking the engine…", id="docker")
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to look; what no event tells is asked for each second."""
        for widget in (self.query_one(RowTable), self.query_one(FoldList)):
            widget.ascii_only = self.has_class("-ascii")
        self._looking.start()
        self.set_interval(1.0, self._tick)
        self._show(self._tab)

    def on_unmount(self) -> None:
        """Look no more."""
        self._looking.close()

    def paint(self) -> bool:
        """Have what events changed looked at; there is never more to look at."""
        if not self.query(RowTable):  # it is being taken away
            return False
        key = self._row.netns.key
        self._snapshot = self._session.snapshot()
        found = next((row for row in self._snapshot.rows if row.netns.key == key), None)
        self._gone = found is None
        self._row = found or self._row
        if self._tab not in READ_ANEW:
            self._ask()
        self._say()
        return False

    def chosen(self) -> Row | None:
        """The namespace."""
        return self._row

    @property
    def tab(self) -> Tab:
        """Which tab is shown."""
        return self._tab

    def filtered(self) -> RowTable | FoldList:
        """The list that is shown."""
        return self.query_one(FoldList) if self._tab is Tab.DOCKER else self.query_one(RowTable)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, the keys that are text are text."""
        typing = isinstance(self.focused, FilterLine)
        return not (typing and action == "step") and super().check_action(action, parameters)

    def action_step(self, by: int) -> None:
        """Show the next or previous tab."""
        self._show(_TABS[(_TABS.index(self._tab) + by) % len(_TABS)])

    def action_docker(self) -> None:
        """Show what Docker says."""
        self._show(Tab.DOCKER)

    def action_back(self) -> None:
        """Undo the filter, else go back."""
        if self.filtered().filter:
            super().action_back()
        else:
            self.post_message(self.Closed())

    def action_events(self) -> None:
        """Show its events."""
        self.post_message(NetnsTable.EventsWanted(self._row))

    async def action_copy(self) -> None:
        """Copy the current row."""
        widget = self.filtered()
        if isinstance(widget, FoldList):
            text = f"{widget.current.key}  {widget.current.text}" if widget.current else ""
        else:
            text = "  ".join(widget.current.cells) if widget.current else ""
        await self._copy(text, "There is no row to copy.")

    async def action_copy_command(self) -> None:
        """Copy the command that shows the same by hand."""
        await self._copy("; ".join(self._commands()), "Nothing leads in there, so no command shows it.")

    async def _copy(self, text: str, otherwise: str) -> None:
        says = f"{await copy(self.app, text)}\n{text}" if text else otherwise
        self.notify(says, markup=False)

    def _commands(self) -> tuple[str, ...]:
        if self._tab is Tab.DOCKER:
            return tuple(question.command for question in self._session.docker_questions(self._row))
        found = self.query_one(RowTable).sheet
        return self._inspection.commands(found) if found else ()

    @on(TabStrip.Chosen)
    def _choose(self, event: TabStrip.Chosen) -> None:
        self._show(_TABS[event.number])

    def _show(self, tab: Tab) -> None:
        self._tab, self._says, self._typed = tab, (), ""
        self.query_one(TabStrip).current = _TABS.index(tab)
        self.set_class(tab is Tab.DOCKER, "-docker")
        self.query_one(RowTable).begin("reading…")
        self.query_one(FoldList).apply_filter(None)
        self.set_focus(self.filtered())
        if tab is Tab.DOCKER:
            # A thread that nobody waits for: an engine may hang while the user quits.
            Thread(target=self._fetch, name="ovltui-inspect", daemon=True).start()
        self._ask()
        self._say()

    def _fetch(self) -> None:
        self.post_message(self.Answered(self._inspection.docker()))

    def _ask(self) -> None:
        if self._tab is not Tab.DOCKER:
            self._looking.ask(self._tab)

    def _tick(self) -> None:
        if self.app.screen is self:
            if self._tab in READ_ANEW:
                self._ask()
            self._say()

    @on(Read)
    def _take(self, event: Read) -> None:
        if event.tab is not self._tab:
            return
        table = self.query_one(RowTable)
        if event.sheet is not None:
            self._says = event.sheet.says
            table.show(event.sheet, event.wanted, "; ".join(self._says) or _EMPTY.get(event.tab, "there is nothing"))
        elif table.sheet is None:
            table.begin("the namespace is gone")
        self._gone = event.sheet is None
        self._say()

    @on(Answered)
    def _show_answers(self, event: Answered) -> None:
        self.query_one(FoldList).show(event.nodes, "no engine tells anything of this namespace")

    @on(RowTable.Opened)
    def _open(self, event: RowTable.Opened) -> None:
        title = f"{self._row.identity.name}: {self._tab}"
        self.app.push_screen(RowPage(title, event.columns, event.entry, self._commands()))

    @on(RowTable.Arranged)
    def _say(self) -> None:
        """Say in the frame and on top what is shown; a frame is drawn only where it differs."""
        widget = self.filtered()
        gone = "  GONE: as it was last" if self._gone else ""
        words = (
            f"{self._row.identity.name}: {self._tab}{gone}",
            "; ".join(filter(None, (widget.arrangement, *self._says, _BACK))),
        )
        if words != self._frame:
            self._frame = words
            widget.border_title, widget.border_subtitle = map(Text, words)
        self.query_one("#heading", Static).update(widget.heading() if isinstance(widget, RowTable) else "")
        rate = self._rate.per_second(self._session.ring.end)
        self.query_one(StatusLine).status = status_of(self._session, self._snapshot, rate, self.verdicts.tally)
