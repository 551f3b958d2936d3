"""The start screen: namespaces at the left, live link, route and neigh panes beside them."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Label

from ovltui.events.vocabulary import Pane
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.tui.screens.event_detail import EventDetail
from ovltui.tui.screens.narrowing import InNetns
from ovltui.tui.screens.netns_detail import NetnsDetail
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.filter_line import FilterLine
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.widgets.status import Rate, Status, StatusLine

_WIDE = 100
"""Columns from which the browser stands beside the panes."""
_WIDEST_NETNS = 22
_WIDEST_NETNS_NARROW = 14


class EventsScreen(Screen[None]):
    """Events, and where they happen.

    Args:
        session: what to show.
        ascii_only: draw with ASCII alone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, what is typed right behind these keys goes where they lead, not where the focus was.
        Binding("slash", "filter", "Filter", key_display="/", priority=True, id="events.filter"),
        Binding("S", "app.shell", "Shell", id="shell.full"),
        Binding("p", "pause", "Pause", id="events.pause"),
        Binding("a", "all", "All", id="events.all"),
        Binding("z", "zoom", "Zoom", id="pane.zoom"),
        Binding("question_mark,f1", "app.help", "Help", key_display="?", id="app.help"),
        Binding("q", "app.quit", "Quit", id="app.quit"),
        Binding("colon,ctrl+p", "app.command_palette", "Commands", show=False, id="app.commands"),
        Binding("enter", "accept_filter", "Keep filter", show=False, priority=True, id="filter.accept"),
        Binding("tab", "step(1)", "Next pane", show=False, priority=True, id="pane.next"),
        Binding("shift+tab", "step(-1)", "Previous pane", show=False, priority=True, id="pane.previous"),
        Binding("ctrl+l", "app.redraw", "Redraw", show=False, id="app.redraw"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", show=False, id="app.suspend"),
        Binding("ctrl+c", "app.interrupt", "Quit (twice)", show=False, priority=True, id="app.interrupt"),
        Binding("escape", "back", "Back", show=False, id="app.back"),
        Binding("U", "app.sudo", "Again under sudo", show=False, id="app.sudo"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide"), (130, "-wider")]  # noqa: RUF012  (as the base has it)
    CSS_PATH = "events.tcss"

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._session = session
        self._filters: dict[str, str] = {}
        self._filtering: LineList | None = None
        self._snapshot: Snapshot | None = None
        self._frozen: int | None = None
        self._scope = ""
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out; which of them show is the style sheet's affair."""
        ring, names = self._session.ring, self._session.names
        yield StatusLine(id="status")
        yield Label("", id="notice", markup=False)
        with Horizontal(id="body"):
            yield Browser(id="browser")
            with Vertical(id="panes"):
                yield EventPane(ring, names, None, id="all")
                for pane in Pane:
                    yield EventPane(ring, names, pane, id=pane.value)
        with Horizontal(id="filtering"):
            yield Label("", id="target", markup=False)
            yield FilterLine(id="filter")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to draw; the last second's rate is looked at each second."""
        for widget in self.query(LineList):
            widget.ascii_only = self.has_class("-ascii")
        self.query_one("#all").add_class("-current")
        self.query_one("#browser" if self.size.width >= _WIDE else "#all").focus()
        self.set_interval(1.0, self._say)
        self.call_after_refresh(self.paint)

    def panes(self) -> Iterator[EventPane]:
        """The event panes that are in sight."""
        return (pane for pane in self.query(EventPane) if pane.display)

    def paint(self) -> bool:
        """Draw what is new; return whether there is more to look at."""
        snapshot = self._session.snapshot()
        renamed = self._snapshot is None or snapshot.version != self._snapshot.version
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self._notice(snapshot)
            self.query_one(Browser).show(snapshot)
            self._align()
        for pane in self.panes():
            pane.advance(changed=renamed)
        self._say()
        return any(pane.behind for pane in self.panes())

    def search(self) -> bool:
        """Let the filters of the panes look at more; return whether some are left to look at."""
        return sum(pane.search() for pane in self.panes()) > 0

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for: the current one, or that of the record at the cursor."""
        focused = self.focused
        record = focused.record_at_cursor() if isinstance(focused, EventPane) else None
        if record and self._snapshot:
            key = self._session.netns_of(record)
            return next((row for row in self._snapshot.rows if row.netns.key == key), None)
        return self.query_one(Browser).current.row

    def focus_step(self, by: int) -> None:
        """Move the focus to the next or previous pane; in a narrow terminal that brings it into sight."""
        ring = self._ring_of_panes()
        current = next((at for at, widget in enumerate(ring) if widget is self.focused), 0)
        self._bring(ring[(current + by) % len(ring)])

    @on(Browser.Chosen)
    def _narrow(self, event: Browser.Chosen) -> None:
        self._scope = event.label if event.keys else ""
        test = InNetns(self._session, event.keys) if event.keys else None
        for pane in self.query(EventPane):
            pane.narrow(test, test.where if test else None)
        self._say()
        self.app.call_later(self.paint)

    @on(EventPane.Froze)
    def _freeze(self) -> None:
        self._frozen = self._session.ring.end
        for pane in self.query(EventPane):
            pane.freeze(self._frozen)
        self._say()

    @on(EventPane.Thawed)
    def _thaw(self) -> None:
        self._frozen = None
        for pane in self.query(EventPane):
            pane.thaw()
        self._say()

    @on(EventPane.Opened)
    def _open_event(self, event: EventPane.Opened) -> None:
        try:
            record = self._session.ring[event.seq]
        except KeyError:
            self.notify("This record is no longer kept.", severity="warning", markup=False)
            return
        self.app.push_screen(EventDetail(record, self._session.names))

    @on(Browser.Opened)
    def _open_netns(self, event: Browser.Opened) -> None:
        self.app.push_screen(NetnsDetail(event.row))

    @on(FilterLine.Typed)
    def _filter(self, event: FilterLine.Typed) -> None:
        target = self._filtering
        if target:
            self.query_one("#target", Label).update(f"filter {_label(target)}:")
        if isinstance(target, EventPane | Browser):
            target.apply_filter(event.wanted)
            self._filters[target.id or ""] = self.query_one(FilterLine).value
            self.app.call_later(self.paint)

    @on(FilterLine.Refused)
    def _refuse(self, event: FilterLine.Refused) -> None:
        self.query_one("#target", Label).update(event.why)

    @on(FilterLine.Closed)
    def _close_filter(self) -> None:
        if self._filtering:
            self.set_focus(self._filtering)
        self.query_one("#filtering").display = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, a slash is text and enter ends it."""
        del parameters
        typing = isinstance(self.focused, FilterLine)
        return {"filter": not typing, "accept_filter": typing}.get(action, True)

    def action_accept_filter(self) -> None:
        """Keep the filter that was typed, unless it is invalid."""
        if not self.query_one(FilterLine).has_class("-bad"):
            self._close_filter()

    def action_filter(self) -> None:
        """Type a filter for the focused pane."""
        focused = self.focused
        self._filtering = focused if isinstance(focused, LineList) else self._ring_of_panes()[0]
        self.query_one("#target", Label).update(f"filter {_label(self._filtering)}:")
        self.query_one("#filtering").display = True
        self.query_one(FilterLine).open(self._filters.get(self._filtering.id or "", ""))

    def action_pause(self) -> None:
        """Freeze the panes, or follow the newest again; nothing is lost meanwhile."""
        if self._frozen is None:
            self._freeze()
        else:
            self._thaw()

    def action_all(self) -> None:
        """Show all namespaces again."""
        self.query_one(Browser).choose_all()

    def action_zoom(self) -> None:
        """Let the focused pane fill the screen, or give the others their room back."""
        if isinstance(self.focused, LineList):
            self._mark_current(self.focused)
        self.toggle_class("-zoomed")
        self.app.call_after_refresh(self.paint)

    def action_step(self, by: int) -> None:
        """Go to the next pane."""
        self.focus_step(by)

    def action_back(self) -> None:
        """Undo the innermost of: zoom, the filter of the pane, pause."""
        focused = self.focused
        if self.has_class("-zoomed"):
            self.action_zoom()
        elif isinstance(focused, EventPane | Browser) and focused.filter:
            focused.apply_filter(None)
            self._filters.pop(focused.id or "", None)
            self.paint()
        elif self._frozen is not None:
            self._thaw()

    def _ring_of_panes(self) -> list[LineList]:
        browser = self.query_one(Browser)
        single = self.size.width < _WIDE
        panes = [pane for pane in self.query(EventPane) if single or pane.id != "all"]
        return [*panes, browser] if single else [browser, *panes]

    def _bring(self, widget: LineList) -> None:
        self._mark_current(widget)
        if widget.focusable:
            self.set_focus(widget)
        else:  # the style sheet brings it into sight first
            widget.focus()
        self.app.call_after_refresh(self.paint)

    def _mark_current(self, widget: LineList) -> None:
        for other in self.query(LineList):
            other.set_class(other is widget, "-current")
        self.set_class(isinstance(widget, Browser), "-browser")

    def _notice(self, snapshot: Snapshot) -> None:
        """Say above all else that much is hidden, and how to see it."""
        label = self.query_one("#notice", Label)
        label.display = self._session.unprivileged
        first = snapshot.gaps[0].split(":")[0] if snapshot.gaps else "much is hidden"
        label.update(f"not root: {first}; U starts again under sudo")

    def _align(self) -> None:
        """Give all panes one width for names of namespaces, so that their lines stand under each other."""
        assert self._snapshot is not None
        widest = max((len(row.identity.name) for row in self._snapshot.rows), default=4)
        for pane in self.query(EventPane):
            pane.set_netns_width(min(widest, _WIDEST_NETNS if self.size.width >= _WIDE else _WIDEST_NETNS_NARROW))

    def on_resize(self) -> None:
        """Say in each frame which panes ``tab`` leads to, where only one is in sight."""
        ring = self._ring_of_panes()
        narrow, between = self.size.width < _WIDE, " | " if self.has_class("-ascii") else " · "
        for widget in self.query(LineList):
            words = [f"[b]{_label(pane)}[/b]" if pane is widget else f"[$dim]{_label(pane)}[/]" for pane in ring]
            widget.border_title = f"{between.join(words)}  [$dim](tab)[/]" if narrow else _label(widget)
        if self._snapshot:
            self._align()

    def _say(self) -> None:
        ring, snapshot = self._session.ring, self._snapshot
        self.query_one(StatusLine).status = Status(
            host=self._session.host,
            kinds=tuple(row.identity.kind for row in snapshot.rows) if snapshot else (),
            engines=snapshot.engines if snapshot else None,
            scope=self._scope,
            rate=self._rate.per_second(ring.end),
            waiting=None if self._frozen is None else ring.end - self._frozen,
            lost=self._session.stream.lost,
        )


def _label(widget: LineList) -> str:
    """Return what a pane is called: words of ours, never from outside."""
    return {"browser": "namespaces", "all": "events"}.get(widget.id or "", widget.id or "")
