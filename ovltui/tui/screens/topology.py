"""The screen of the topology: who is wired to whom, one network at a time, drawn anew when that changes."""

from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.touched import touched
from ovltui.topology.draw.content import Wanted
from ovltui.topology.draw.layout import View
from ovltui.topology.draw.model import Drawing, Thing
from ovltui.topology.draw.networks import Network
from ovltui.tui.screens import about
from ovltui.tui.screens.list_screen import ListScreen
from ovltui.tui.sights import Sights
from ovltui.tui.widgets.drawing_view import DrawingView
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.network_strip import NetworkStrip
from ovltui.tui.widgets.saying import Saying
from ovltui.tui.widgets.status import Rate, StatusLine, status_of

if TYPE_CHECKING:
    from textual.timer import Timer

    from ovltui.topology.draw.sketch import Key
    from ovltui.topology.links import LinkKey

_REST_FACTOR = 10
"""How many times as long as a drawing took it stands, at least, while things change."""
_FLASH_S = 1.0
"""Seconds for which a link stands out after an event."""


class TopologyScreen(ListScreen):
    """The drawing, the networks above it, and what is selected said in full below.

    Args:
        session: whose namespaces.
        sights: what there is to draw.
        ascii_only: draw with ASCII alone.
    """

    kind = "topology"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "network(1)", "Network", id="topology.next"),
        Binding("W", "network(-1)", "Previous network", show=False, id="topology.previous"),
        Binding("f", "fold", "Fold", id="topology.fold"),
        Binding("z", "focus_on", "Focus", id="topology.focus"),
        Binding("P", "app.path", "Path", id="topology.path"),
        Binding("X", "export", "Export", show=False, id="topology.export"),
        Binding("S", "app.shell", "Full-screen shell", show=False, id="shell.full"),
    ]
    ABOUT = about.TOPOLOGY
    WHAT = "the drawing"
    DEFAULT_CSS = """
    TopologyScreen {
        & DrawingView { height: 1fr; }
        & #says { height: 2; padding: 0 1; background: $panel; }
        &.-short #says { height: 1; }
    }
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012  (as the base has it)

    class ExportWanted(Message):
        """The user wants the drawing in a file."""

        def __init__(self, drawing: Drawing, network: Network) -> None:
            self.drawing, self.network = drawing, network
            super().__init__()

    def __init__(self, session: Session, sights: Sights, *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._session = session
        self._sights = sights
        self._snapshot: Snapshot | None = None
        self._rate = Rate(session.ring.end)
        self._folded = True
        self._wanted = Wanted()
        self._seen = session.ring.end
        self._flashing: dict[LinkKey, float] = {}
        self._unflash: Timer | None = None
        self._drawn: tuple[object, ...] = ()
        self._late: Timer | None = None
        self._rest_until = 0.0

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield NetworkStrip(id="networks", ascii_only=self.has_class("-ascii"))
        yield DrawingView(id="drawing")
        yield Saying(id="says")
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to draw."""
        view = self.query_one(DrawingView)
        view.ascii_only = self.has_class("-ascii")
        self.set_focus(view)
        self.set_interval(1.0, self._say)
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        """What happened meanwhile is no news."""
        self._seen = self._session.ring.end

    def on_resize(self) -> None:
        """Draw for the new size, once it is laid out."""
        self.call_after_refresh(self.paint)

    def filtered(self) -> DrawingView:
        """The drawing."""
        return self.query_one(DrawingView)

    @on(DrawingView.Filtered)
    def _filter_drawing(self) -> None:
        self._wanted = Wanted(self.query_one(DrawingView).filter, self._wanted.focus)
        self._draw()

    def paint(self) -> bool:
        """Draw what is new; there is never more to look at."""
        if self.is_mounted and self.query(DrawingView):
            self._snapshot = self._session.snapshot()
            self._follow()
            self._flash()
            self._say()
        return False

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for."""
        spot = self.query_one(DrawingView).selected
        return self._row(spot.item.netns) if spot else None

    def show_netns(self, key: NetnsKey) -> None:
        """Draw a network in which a namespace is a part, and select it there."""
        self._sights.choose_around(key)
        self._draw()
        view = self.query_one(DrawingView)
        there = next((thing for thing, spot in view.drawing.spots.items() if spot.item.netns == key), None)
        if there:
            view.select(there)

    def action_network(self, by: int) -> None:
        """Draw the next network."""
        self._sights.step(by)
        self._wanted = Wanted(self._wanted.filter)
        self._draw()

    def action_fold(self) -> None:
        """Show all, or only what there is room for."""
        self._folded = not self._folded
        self._draw()

    def action_focus_on(self) -> None:
        """Show only what is selected and what it is wired to, or all again."""
        spot = self.query_one(DrawingView).selected
        focus = frozenset() if self._wanted.focus or spot is None else frozenset((spot.item.thing, *spot.wired))
        self._wanted = Wanted(self._wanted.filter, focus)
        self._draw()

    def action_back(self) -> None:
        """Undo the innermost of: focus, filter, path; else go back to the events."""
        if self._wanted.focus:
            self.action_focus_on()
        elif self._wanted.filter:
            self._typed = ""
            self.query_one(DrawingView).apply_filter(None)
        elif self._sights.path:
            self._sights.path = frozenset()
            self._draw()
        else:
            self.post_message(self.Left())

    def action_export(self) -> None:
        """Ask where to save the drawing."""
        if self._sights.network:
            self.post_message(self.ExportWanted(self.query_one(DrawingView).drawing, self._sights.network))

    @on(DrawingView.Selected)
    def _say_selected(self) -> None:
        spot = self.query_one(DrawingView).selected
        says = spot.item.says if spot else ""
        if self.has_class("-ascii"):
            says = says.encode("ascii", "replace").decode()
        self.query_one(Saying).says = says
        self.refresh_bindings()

    @on(DrawingView.Opened)
    def _open(self) -> None:
        row = self.chosen()
        if row:
            self.post_message(NetnsTable.Opened(row))
        else:
            self.notify("It is not visible from here: there is nothing to open.", markup=False)

    @on(DrawingView.EventsWanted)
    def _show_events(self) -> None:
        row = self.chosen()
        if row:
            self.post_message(NetnsTable.EventsWanted(row))

    def _row(self, key: NetnsKey | None) -> Row | None:
        rows = self._snapshot.rows if self._snapshot else ()
        return next((row for row in rows if row.netns.key == key), None) if key else None

    def _follow(self) -> None:
        """Draw what changed, now or as soon as the last drawing is long enough ago for what it cost."""
        began = monotonic()
        if began < self._rest_until:
            if self._late is None:
                self._late = self.set_timer(self._rest_until - began, self.paint)
            return
        if self._late is not None:
            self._late.stop()
            self._late = None
        self._sights.look()
        self._draw()
        self._rest_until = monotonic() + _REST_FACTOR * (monotonic() - began)

    def _draw(self) -> None:
        """Draw anew where something changed."""
        view, sights = self.query_one(DrawingView), self._sights
        spot = view.selected
        keep: frozenset[Thing] = frozenset((spot.item.thing,)) if spot else frozenset()
        marks: dict[Key, str] = dict(self.verdicts.marks)
        drawn = (sights.version, sights.network, sights.path, view.size, self._folded, self._wanted, marks)
        view.says_nothing = sights.says_nothing
        if drawn != self._drawn and view.size.width:
            self._drawn = drawn
            path = frozenset(sights.path)
            form = View(view.size.width, view.size.height, self._folded, keep, marks, path)
            view.show(sights.draw(self._wanted, form))
        hidden = view.drawing.hidden
        words = [f"{hidden} left out" if hidden else "", "focus" if self._wanted.focus else ""]
        words += [f"filter {self._wanted.filter.text}" if self._wanted.filter else "", "path" if sights.path else ""]
        more = ", ".join(word for word in words if word)
        self.query_one(NetworkStrip).show(sights.networks, sights.network, f"{more}: esc" if more else "")

    def _flash(self) -> None:
        """Make links stand out of which there is news, for a moment."""
        ring, now = self._session.ring, monotonic()
        view = self.query_one(DrawingView)
        drawn = {spot.item.link for spot in view.drawing.spots.values() if spot.item.link}
        if ring.end > self._seen and drawn:
            news = touched(self._session, self._seen, ring.end, {link.netns for link in drawn})
            self._flashing |= dict.fromkeys(news & drawn, now + _FLASH_S)
        self._seen = ring.end
        self._dim()

    def _dim(self) -> None:
        """Let those rest whose moment is over."""
        now = monotonic()
        self._flashing = {link: until for link, until in self._flashing.items() if until > now}
        self.query_one(DrawingView).flash(self._flashing)
        if self._unflash is not None:
            self._unflash.stop()
            self._unflash = None
        if self._flashing:
            self._unflash = self.set_timer(max(0.05, min(self._flashing.values()) - now), self._dim)

    def _say(self) -> None:
        rate = self._rate.per_second(self._session.ring.end)
        self.query_one(StatusLine).status = status_of(self._session, self._snapshot, rate, self.verdicts.tally)
