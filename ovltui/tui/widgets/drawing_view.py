"""A drawing of the topology, walked by keys: what is selected, what just happened, and the part that is in sight."""

from collections.abc import Collection, Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ovltui.events.filter import Filter
from ovltui.topology.draw.canvas import ASCII
from ovltui.topology.draw.cells import width
from ovltui.topology.draw.model import Drawing, Look, Span, Spot, Thing
from ovltui.topology.draw.steps import above, beside
from ovltui.topology.links import LinkKey
from ovltui.tui.widgets.line_list import line_of

_NOTHING = Drawing(0, (), {})
_WHEEL = 3
_MARGIN = 1
"""Cells beside the selection that are kept in sight."""
_FLASH = "•"


class DrawingView(Widget, can_focus=True):
    """The drawing; it draws again only lines that changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "vertical(-1)", "Up", show=False, id="drawing.up"),
        Binding("down,j", "vertical(1)", "Down", show=False, id="drawing.down"),
        Binding("left,h", "horizontal(-1)", "Along a wire, left", show=False, id="drawing.left"),
        Binding("right", "horizontal(1)", "Along a wire, right", show=False, id="drawing.right"),
        Binding("home,g", "edge(0)", "First", show=False, id="drawing.first"),
        Binding("end,G", "edge(-1)", "Last", show=False, id="drawing.last"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="drawing.page_up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="drawing.page_down"),
        Binding("enter", "open", "Open", id="drawing.open"),
        Binding("l", "events", "Its events", id="drawing.events"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"drawing-view--{part}" for part in (*Look, "selected", "near", "path", "flash", "placeholder")
    }
    """Styles of the looks, and of what stands out."""
    DEFAULT_CSS = """
    DrawingView {
        & .drawing-view--frame { color: $dimmer; text-style: $quiet; }
        & .drawing-view--wire { color: $secondary; }
        & .drawing-view--title { color: $foreground; text-style: bold; }
        & .drawing-view--name { color: $foreground; }
        & .drawing-view--about { color: $dim; text-style: $quiet; }
        & .drawing-view--state { color: $error; text-style: bold; }
        & .drawing-view--mark { color: $error; text-style: bold; }
        & .drawing-view--header { color: $dim; text-style: $quiet; }
        & .drawing-view--more { color: $accent; }
        & .drawing-view--selected { color: $foreground; background: $cursor-focus; text-style: $chosen; }
        & .drawing-view--near { color: $primary; text-style: bold; }
        & .drawing-view--path { color: $accent; text-style: bold; }
        & .drawing-view--flash { text-style: reverse bold; }
        & .drawing-view--placeholder { color: $dimmer; text-style: $quiet; }
    }
    """

    class Selected(Message):
        """Another thing is selected, or its words are others now."""

    class Filtered(Message):
        """Something else is to be drawn."""

    class Opened(Message):
        """The user wants to see what is selected."""

    class EventsWanted(Message):
        """The user wants to see the events of what is selected."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.ascii_only = False
        """Whether to draw with ASCII alone."""
        self.says_nothing = ""
        """What to say while there is nothing to draw."""
        self._drawing = _NOTHING
        self._thing: Thing | None = None
        self._at = (0, 0)
        self._top = self._left = 0
        self._flashing: frozenset[LinkKey] = frozenset()
        self.filter: Filter | None = None
        """What is drawn; None for all."""

    @property
    def drawing(self) -> Drawing:
        """What is drawn."""
        return self._drawing

    @property
    def selected(self) -> Spot | None:
        """What is selected, and where it stands."""
        return self._drawing.spots.get(self._thing) if self._thing else None

    @property
    def corner(self) -> tuple[int, int]:
        """First column and first row that are in sight."""
        return self._left, self._top

    def show(self, drawing: Drawing) -> None:
        """Draw; the selection stays on its thing, or goes to what stands nearest to where that was."""
        if drawing == self._drawing:
            return
        before, words = self._drawing, self.selected
        self._drawing = drawing
        if self.selected is None:
            self._thing = _nearest(drawing.spots, self._at)
        where = (self._left, self._top)
        self._look()
        if where != (self._left, self._top) or (before.height, before.width) != (drawing.height, drawing.width):
            self.refresh()
        else:
            for row, (old, new) in enumerate(zip(before.rows, drawing.rows, strict=True)):
                if old != new:
                    self._refresh_row(row)
        if self.selected != words:
            self.post_message(self.Selected())

    def apply_filter(self, wanted: Filter | None) -> None:
        """Have only drawn what passes ``wanted``."""
        self.filter = wanted
        self.post_message(self.Filtered())

    def select(self, thing: Thing) -> None:
        """Select a thing that is drawn."""
        old = self.selected
        if thing == self._thing or thing not in self._drawing.spots:
            return
        self._thing = thing
        self._look()
        self.refresh()
        if old != self.selected:
            self.post_message(self.Selected())

    def flash(self, links: Collection[LinkKey]) -> None:
        """Make these links stand out, and no others."""
        now = frozenset(links)
        for spot in self._drawing.spots.values():
            if (spot.item.link in now) != (spot.item.link in self._flashing):
                self._refresh_row(spot.y)
        self._flashing = now

    def on_resize(self) -> None:
        """Keep the selection in sight."""
        self._look()

    def render_line(self, y: int) -> Strip:
        """Draw a line of the widget."""
        row, room, base = self._top + y, self.size.width, self.rich_style
        if row >= self._drawing.height:
            says = "" if self._drawing.height else line_of(self.says_nothing, room, y)
            return Strip([Segment(says, base + self._style("placeholder"))]).adjust_cell_length(room, base)
        flashing = {
            spot.x - 1
            for spot in self._drawing.spots.values()
            if spot.y == row and spot.item.link and spot.item.link in self._flashing
        }
        segments, x = [], 0
        for span in self._drawing.rows[row]:
            mark = x in flashing and span.look is Look.MARK
            style = base + self._style_of(span, row, flash=x - 1 in flashing or mark)
            segments.append(Segment(self._drawable(_FLASH if mark else span.text), style))
            x += width(span.text)
        strip = Strip(segments)
        return strip.crop(self._left, self._left + room).adjust_cell_length(room, base)

    def on_click(self, event: events.Click) -> None:
        """Select what is at the mouse."""
        at = event.get_content_offset(self)
        x, y = (at.x + self._left, at.y + self._top) if at else (-1, -1)
        for thing, spot in self._drawing.spots.items():
            if spot.y == y and spot.x - 1 <= x <= spot.x + spot.width:
                self.select(thing)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look further up."""
        event.stop()
        self._scroll(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look further down."""
        event.stop()
        self._scroll(_WHEEL)

    def action_vertical(self, way: int) -> None:
        """Go up or down."""
        if self.selected:
            self.select(above(self._drawing, self.selected.item.thing, way))

    def action_horizontal(self, way: int) -> None:
        """Go along the wire."""
        if self.selected:
            self.select(beside(self._drawing, self.selected.item.thing, way))

    def action_edge(self, at: int) -> None:
        """Go to the first or last thing."""
        things = list(self._drawing.spots)
        if things:
            self.select(things[at])

    def action_page(self, way: int) -> None:
        """Go up or down by what is in sight."""
        for _ in range(max(1, self.size.height - 1)):
            self.action_vertical(way)

    def action_open(self) -> None:
        """Ask for the page of what is selected."""
        if self.selected:
            self.post_message(self.Opened())

    def action_events(self) -> None:
        """Ask for the events of what is selected."""
        if self.selected:
            self.post_message(self.EventsWanted())

    def _look(self) -> None:
        """Scroll no more than needed to have the selection in sight."""
        spot, (columns, height) = self.selected, self.size
        if spot:
            self._at = (spot.x, spot.y)
            self._top = max(min(self._top, spot.y - _MARGIN), spot.y + 1 + _MARGIN - height)
            right = min(spot.x + spot.width, spot.x + columns - _MARGIN)
            self._left = max(min(self._left, spot.x - 1 - _MARGIN), right + _MARGIN - columns)
        self._top = max(0, min(self._top, self._drawing.height - height))
        self._left = max(0, min(self._left, self._drawing.width - columns))

    def _scroll(self, by: int) -> None:
        top = max(0, min(self._top + by, self._drawing.height - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()

    def _refresh_row(self, row: int) -> None:
        if 0 <= row - self._top < self.size.height:
            self.refresh(Region(0, row - self._top, self.size.width, 1))

    def _style_of(self, span: Span, row: int, *, flash: bool) -> Style:
        spot = self.selected
        style = self._style(span.look.value)
        if span.on_path:
            style += self._style("path")
        if spot and span.things and spot.item.thing in span.things:
            if span.look is Look.WIRE:
                style += self._style("near")
            elif spot.y == row and span.look is not Look.FRAME:
                style += self._style("selected")
        return style + self._style("flash") if flash and span.look in (Look.NAME, Look.MARK) else style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"drawing-view--{name}", partial=True)

    def _drawable(self, text: str) -> str:
        return text.translate(ASCII).encode("ascii", "replace").decode() if self.ascii_only else text


def _nearest(spots: Mapping[Thing, Spot], at: tuple[int, int]) -> Thing | None:
    return min(spots, key=lambda thing: (abs(spots[thing].y - at[1]), abs(spots[thing].x - at[0])), default=None)
