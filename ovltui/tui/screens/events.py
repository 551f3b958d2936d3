"""The start screen: namespaces at the left, live link, route and neigh panes beside them."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from ovltui.config.model import Settings
from ovltui.events.panes import kinds_of
from ovltui.events.vocabulary import Object, Pane
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.tui.screens import about
from ovltui.tui.screens.arrangement import WIDE
from ovltui.tui.screens.copying import Copying
from ovltui.tui.screens.keys import EVENTS_KEYS
from ovltui.tui.screens.kinds import Kinds, choice
from ovltui.tui.screens.narrowing import InNetns
from ovltui.tui.screens.titles import label, pane_of, title
from ovltui.tui.shells import Shells
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.filter_line import FilterLine
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.line_list import LineList
from ovltui.tui.widgets.notice import Notice
from ovltui.tui.widgets.shell_pane import ShellPane
from ovltui.tui.widgets.status import Rate, StatusLine, status_of

if TYPE_CHECKING:
    from ovltui.netns.model import NetnsKey

_WIDEST_NETNS = ((WIDE, 22), (60, 14), (0, 9))
"""Cells for names of namespaces, by the columns of the terminal."""


class EventsScreen(Copying):
    """Events, and where they happen.

    Args:
        session: what to show.
        shells: those that are open.
        settings: which panes there are, and what they show at the start.
        ascii_only: draw with ASCII alone.
    """

    kind = "events"
    BINDINGS: ClassVar[list[BindingType]] = [*EVENTS_KEYS]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (130, "-wider")]  # noqa: RUF012  (as the base has it)
    ABOUT = about.EVENTS
    CSS_PATH = "events.tcss"

    def __init__(self, session: Session, shells: Shells, settings: Settings, *, ascii_only: bool = False) -> None:
        super().__init__(session, shells, settings, ascii_only=ascii_only)
        self._filters: dict[str, str] = {}
        self._kinds: dict[str, Kinds] = {}
        self._filtering: LineList | None = None
        self._snapshot: Snapshot | None = None
        self._frozen: int | None = None
        self._scope = ""
        self._scope_keys: frozenset[NetnsKey] = frozenset()
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out; which of them show is the style sheet's affair."""
        ring, names, bursts = self._session.ring, self._session.names, self._session.bursts
        self.fit()
        yield StatusLine(id="status")
        yield Notice(id="notice")
        with Horizontal(id="body"):
            yield Browser(id="browser")
            with Vertical(id="panes"):
                for pane in (None, *Pane):
                    yield EventPane(ring, names, pane, bursts, id=pane.value if pane else "all")
                yield ShellPane(self.shells, id="shell")
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to draw; the last second's rate is looked at each second."""
        for widget in self.query(LineList):
            widget.ascii_only = self.has_class("-ascii")
        self._choose()
        self.query_one("#all").add_class("-current")
        self.set_focus(self.query_one("#browser" if self.size.width >= WIDE else "#all"))
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self.paint)

    def _choose(self) -> None:
        """Let the panes be as they were chosen."""
        for pane in self.query(EventPane):
            pane.set_class(pane.id in self._settings.panes, "-stacked")
            pane.time, pane.wrap = self._settings.time, self._settings.wrap
        for one in self._settings.kinds:
            self._show_kinds(self.query_one(f"#{one.pane}", EventPane), frozenset(map(Object, one.kinds)))

    def paint(self) -> bool:
        """Draw what is new; return whether there is more to look at."""
        snapshot = self._session.snapshot()
        renamed = self._snapshot is None or snapshot.version != self._snapshot.version
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self.query_one(Notice).show(snapshot, unprivileged=self._session.unprivileged)
            self.query_one(Browser).show(snapshot)
            self._align()
        renamed |= self.mark_causes()
        for pane in self.panes():
            pane.advance(changed=renamed)
        self._say()
        behind = any(pane.behind for pane in self.panes())
        if behind:
            self.post_message(self.Behind())
        return behind

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

    @on(Browser.Chosen)
    def _narrow(self, event: Browser.Chosen) -> None:
        self._scope = event.label if event.keys else ""
        if event.keys == self._scope_keys:
            self._say()
            return
        self._scope_keys = event.keys
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

    def show_everything(self) -> None:
        """Undo whatever hides records: narrowing, filters, kinds, folds."""
        self._narrow(Browser.Chosen(frozenset(), ""))
        self.query_one(Browser).choose_all()
        self._kinds.clear()
        for pane in self.query(EventPane):
            self._filters.pop(pane.id or "", None)
            pane.show_all()
        self.on_resize()

    @on(EventPane.Opened)
    def _open_event(self, event: EventPane.Opened) -> None:
        from ovltui.tui.screens.beneath import page_of  # noqa: PLC0415  (the first screen does not wait for it)

        try:
            page = page_of(self._session, event.seq)
        except KeyError:
            self.notify("This record is no longer kept.", severity="warning", markup=False)
            return
        self.app.push_screen(page)

    @on(FilterLine.Typed)
    def _filter(self, event: FilterLine.Typed) -> None:
        target = self._filtering
        if isinstance(target, EventPane | Browser):
            target.apply_filter(event.wanted)
            self._filters[target.id or ""] = self.query_one(FilterBar).typed
            self.app.call_later(self.paint)

    @on(FilterLine.Closed)
    def _close_filter(self) -> None:
        if self._filtering:
            self.set_focus(self._filtering)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, a slash is text and enter ends it."""
        typing = isinstance(self.focused, FilterLine)
        allowed = {
            "filter": not typing,
            "accept_filter": typing,
            "times": not self._session.recorded,  # there, the key leads to a time
        }.get(action, True)
        return allowed and super().check_action(action, parameters)

    def action_accept_filter(self) -> None:
        """Keep the filter that was typed, unless it is invalid."""
        if self.query_one(FilterBar).accept():
            self._close_filter()

    def action_filter(self) -> None:
        """Type a filter for the focused pane."""
        focused = self.focused
        self._filtering = focused if isinstance(focused, LineList) else self.ring_of_panes()[0]
        self.query_one(FilterBar).open(label(self._filtering), self._filters.get(self._filtering.id or "", ""))

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

    @property
    def paused(self) -> bool:
        """Whether newer records wait."""
        return self._frozen is not None

    def action_pause(self) -> None:
        """Freeze the panes, or follow the newest again; nothing is lost meanwhile."""
        if self._frozen is None:
            self._freeze()
        else:
            self._thaw()

    def action_all(self) -> None:
        """Show all namespaces again."""
        self.query_one(Browser).choose_all()

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

    def _align(self) -> None:
        """Give all panes one width for names of namespaces, so that their lines stand under each other."""
        assert self._snapshot is not None
        widest = max((cell_len(row.identity.name) for row in self._snapshot.rows), default=4)
        for pane in self.query(EventPane):
            pane.set_netns_width(min(widest, next(most for least, most in _WIDEST_NETNS if self.size.width >= least)))

    def on_resize(self) -> None:
        """Say in each frame which panes ``tab`` leads to, where only one is in sight."""
        ring, form = self.ring_of_panes(), {"narrow": self.size.width < WIDE, "ascii_only": self.has_class("-ascii")}
        for widget in self.query(LineList):
            widget.border_title = title(widget, ring, self._kinds.get(widget.id or ""), **form)
        if self._snapshot:
            self._align()
            self.call_after_refresh(self._come_into_sight)

    def _come_into_sight(self) -> None:
        """Draw the panes that another width brought into sight, and leave the focus on none that it hid."""
        if self.focused is None or not self.focused.display:
            current = next(iter(self.query(LineList).filter(".-current")), None)
            shown = current if current and current.display else self.ring_of_panes()[0]
            self.bring(shown)
        self.paint()

    def _tick(self) -> None:
        if self.in_sight:
            self._say()

    def _say(self) -> None:
        ring = self._session.ring
        self._session.activity.look()
        browser = self.query_one(Browser)
        browser.show_activity(self._session.activity.active)
        browser.show_wrong(self.verdicts.netnses)
        now = status_of(self._session, self._snapshot, self._rate.per_second(ring.end), self.verdicts.tally)
        waiting = None if self._frozen is None else ring.end - self._frozen
        self.query_one(StatusLine).status = replace(now, scope=self._scope, waiting=waiting)
