"""The start screen: namespaces at the left, live link, route and neigh panes beside them."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Label

from ovltui.events.vocabulary import Pane
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.tui.screens.beneath import page_of
from ovltui.tui.screens.keys import EVENTS_KEYS
from ovltui.tui.screens.kinds import Kinds, choice, kinds_of
from ovltui.tui.screens.narrowing import InNetns
from ovltui.tui.screens.netns_detail import NetnsDetail
from ovltui.tui.screens.titles import label, pane_of, title
from ovltui.tui.screens.with_shells import WithShells
from ovltui.tui.shells import Shells
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.filter_line import FilterLine
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.widgets.notice import Notice
from ovltui.tui.widgets.shell_pane import ShellPane
from ovltui.tui.widgets.status import Rate, Status, StatusLine

_WIDE = 100
"""Columns from which the browser stands beside the panes."""
_WIDEST_NETNS = 22
_WIDEST_NETNS_NARROW = 14


class EventsScreen(WithShells):
    """Events, and where they happen.

    Args:
        session: what to show.
        shells: those that are open.
        ascii_only: draw with ASCII alone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*EVENTS_KEYS]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide"), (130, "-wider")]  # noqa: RUF012  (as the base has it)
    CSS_PATH = "events.tcss"

    def __init__(self, session: Session, shells: Shells, *, ascii_only: bool = False) -> None:
        super().__init__(shells, ascii_only=ascii_only)
        self._session = session
        self._filters: dict[str, str] = {}
        self._kinds: dict[str, Kinds] = {}
        self._filtering: LineList | None = None
        self._snapshot: Snapshot | None = None
        self._frozen: int | None = None
        self._scope = ""
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out; which of them show is the style sheet's affair."""
        ring, names, bursts = self._session.ring, self._session.names, self._session.bursts
        yield StatusLine(id="status")
        yield Notice(id="notice")
        with Horizontal(id="body"):
            yield Browser(id="browser")
            with Vertical(id="panes"):
                yield EventPane(ring, names, None, bursts, id="all")
                for pane in Pane:
                    yield EventPane(ring, names, pane, bursts, id=pane.value)
                yield ShellPane(self.shells, id="shell")
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
            self.query_one(Notice).show(snapshot, unprivileged=self._session.unprivileged)
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
        ring = (*self._ring_of_panes(), *self.query(ShellPane).filter(".-open"))
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
            page = page_of(self._session, event.seq)
        except KeyError:
            self.notify("This record is no longer kept.", severity="warning", markup=False)
            return
        self.app.push_screen(page)

    @on(Browser.Opened)
    def _open_netns(self, event: Browser.Opened) -> None:
        self.app.push_screen(NetnsDetail(event.row))

    @on(FilterLine.Typed)
    def _filter(self, event: FilterLine.Typed) -> None:
        target = self._filtering
        if target:
            self.query_one("#target", Label).update(f"filter {label(target)}:")
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
        typing = isinstance(self.focused, FilterLine)
        allowed = {"filter": not typing, "accept_filter": typing}.get(action, True)
        return allowed and super().check_action(action, parameters)

    def action_accept_filter(self) -> None:
        """Keep the filter that was typed, unless it is invalid."""
        if not self.query_one(FilterLine).has_class("-bad"):
            self._close_filter()

    def action_filter(self) -> None:
        """Type a filter for the focused pane."""
        focused = self.focused
        self._filtering = focused if isinstance(focused, LineList) else self._ring_of_panes()[0]
        self.query_one("#target", Label).update(f"filter {label(self._filtering)}:")
        self.query_one("#filtering").display = True
        self.query_one(FilterLine).open(self._filters.get(self._filtering.id or "", ""))

    def action_kinds(self) -> None:
        """Choose which kinds of events the focused pane shows."""
        focused = self.focused
        pane = focused if isinstance(focused, EventPane) else next(self.panes(), self.query_one("#all", EventPane))
        shown, changed = self._kinds.get(pane.id or ""), partial(self._show_kinds, pane)
        self.app.push_screen(choice(label(pane), pane_of(pane), shown, self._session.ring, changed))

    def _show_kinds(self, pane: EventPane, shown: Kinds) -> None:
        self._kinds[pane.id or ""] = shown
        pane.choose_kinds(None if shown.issuperset(kinds_of(pane_of(pane))) else shown)
        self.on_resize()
        self.app.call_later(self.paint)

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

    def make_room_for_shell(self) -> None:
        """Where the browser fills a narrow terminal, show the panes instead."""
        if self.has_class("-browser"):
            self._mark_current(self.query_one("#all", EventPane))

    def _bring(self, widget: LineList | ShellPane) -> None:
        if isinstance(widget, LineList):
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

    def _align(self) -> None:
        """Give all panes one width for names of namespaces, so that their lines stand under each other."""
        assert self._snapshot is not None
        widest = max((len(row.identity.name) for row in self._snapshot.rows), default=4)
        for pane in self.query(EventPane):
            pane.set_netns_width(min(widest, _WIDEST_NETNS if self.size.width >= _WIDE else _WIDEST_NETNS_NARROW))

    def on_resize(self) -> None:
        """Say in each frame which panes ``tab`` leads to, where only one is in sight."""
        ring, form = self._ring_of_panes(), {"narrow": self.size.width < _WIDE, "ascii_only": self.has_class("-ascii")}
        for widget in self.query(LineList):
            widget.border_title = title(widget, ring, self._kinds.get(widget.id or ""), **form)
        if self._snapshot:
            self._align()

    def _say(self) -> None:
        ring, snapshot = self._session.ring, self._snapshot
        self._session.activity.look()
        self.query_one(Browser).show_activity(self._session.activity.active)
        self.query_one(StatusLine).status = Status(
            host=self._session.host,
            kinds=tuple(row.identity.kind for row in snapshot.rows) if snapshot else (),
            engines=snapshot.engines if snapshot else None,
            scope=self._scope,
            rate=self._rate.per_second(ring.end),
            waiting=None if self._frozen is None else ring.end - self._frozen,
            lost=self._session.stream.lost,
        )
