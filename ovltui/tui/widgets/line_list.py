"""A scrolling list of one-line rows with a cursor: what the browser and the event panes have in common."""

from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from ovltui.tui.widgets.legible import legible

Part = tuple[str, str]
"""Text and the name of the component class that styles it, without the widget's prefix; "" for plain."""


_FLAT, _FLAT_FOCUS = Style(underline=True), Style(reverse=True)
"""The cursor's row where the terminal's own colours are all there is: none of them is sure to be seen on another."""
_WHEEL = 3
"""Rows that a notch of the mouse wheel scrolls."""
_ASCII = str.maketrans(
    {
        "→": ">",
        "…": "~",
        "●": "*",
        "▾": "v",
        "▸": ">",
        "├": "|",
        "└": "`",
        "·": "|",
        "\N{MULTIPLICATION SIGN}": "x",
        "•": "*",
        "▲": "^",
        "▼": "v",
        "◆": "^",
        **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True)),
    }
)
"""What stands for the characters that our own lines use beyond ASCII."""


class LineList(Widget, can_focus=True):
    """Rows that are drawn one by one, only those in sight; subclasses say what they are.

    It scrolls by itself: the library's scrolling would lay out, and send, frame and bars with each new row.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home,g", "first", "First", show=False, id="list.first"),
        Binding("end,G", "last", "Last", show=False, id="list.last"),
    ]

    PREFIX: ClassVar[str] = ""
    """Prefix of the component classes."""

    DEFAULT_CSS = """
    LineList {
        border: $frame $border;
        border-title-color: $dim;
        border-subtitle-color: $dim;
        &:focus {
            border: $frame-focus $border-focus;
            border-title-color: $border-focus;
            border-title-style: bold;
        }
    }
    """

    ascii_only: bool = False
    """Whether to draw with ASCII alone, for terminals without UTF-8."""

    _top: int = 0
    _base: Style | None = None
    """What all rows stand on: to ask for it takes as long as to draw a row."""

    @property
    def row_count(self) -> int:
        """Number of rows."""
        raise NotImplementedError

    @property
    def cursor_row(self) -> int | None:
        """The row to highlight, if any."""
        raise NotImplementedError

    def parts(self, row: int) -> list[Part]:
        """Return what row ``row`` says, in styled parts."""
        raise NotImplementedError

    def placeholder(self) -> str:
        """Return what to say when there are no rows, in a few lines."""
        return ""

    def move_cursor(self, row: int) -> None:
        """Make ``row`` the current one."""
        raise NotImplementedError

    @property
    def top(self) -> int:
        """The row in the first line."""
        return min(self._top, self.last_top)

    @property
    def last_top(self) -> int:
        """The row in the first line when the last row stands in the last one."""
        return max(0, self.row_count - self.size.height)

    def show_from(self, row: int) -> None:
        """Draw the rows from ``row`` on, and never beyond the end; the frame stays as it is."""
        self._top = max(0, min(row, self.last_top))
        self.refresh(self.size.region)

    def bring_into_sight(self, row: int) -> None:
        """Scroll no more than needed to show ``row``."""
        height = self.size.height
        self.show_from(row if row < self.top else max(self.top, row - height + 1))

    def render_line(self, y: int) -> Strip:
        """Draw the row that stands at line ``y`` of the widget."""
        row = self.top + y
        width = self.size.width
        if row >= self.row_count:
            says = self._drawable("" if self.row_count else line_of(self.placeholder(), width, y))
            base = self._paper()
            return Strip([Segment(says, base + self._style("placeholder"))]).adjust_cell_length(width, base)
        strip, base = self.row_strip(row)
        if strip.cell_length > width:
            # A cut is marked, so that nobody takes half an address for a whole one.
            strip = Strip([*strip.crop(0, width - 1), Segment(self._drawable("…"), base)])
        return strip.adjust_cell_length(width, base)

    def row_strip(self, row: int) -> tuple[Strip, Style]:
        """Draw a row as long as it is; return it and what it stands on."""
        base = self._paper()
        ink = self._style
        if row == self.cursor_row:
            base += self._cursor_style()
            ink = self._flat_ink if self.app.native_ansi_color else lambda name: legible(self._style(name), base)
        return Strip([Segment(self._drawable(text), base + ink(name)) for text, name in self.parts(row)]), base

    def row_at(self, y: int) -> int:
        """Return the row that stands at line ``y``; there may be none."""
        return self.top + y

    def notify_style_update(self) -> None:
        """Take in that a style is another one."""
        self._base = None
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse points."""
        offset = event.get_content_offset(self)
        if offset is not None and self.row_at(offset.y) < self.row_count:
            self.move_cursor(self.row_at(offset.y))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look back."""
        event.stop()
        self.look(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look ahead."""
        event.stop()
        self.look(_WHEEL)

    def look(self, by: int) -> None:
        """Scroll by rows, leaving the cursor where it is."""
        self.show_from(self.top + by)

    def action_move(self, by: int) -> None:
        """Move the cursor by ``by`` rows."""
        current = self.cursor_row
        start = self.row_count if current is None else current
        self._go(start + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.action_move(by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(self.row_count - 1)

    def _drawable(self, text: str) -> str:
        return text.translate(_ASCII).encode("ascii", "replace").decode() if self.ascii_only else text

    def _paper(self) -> Style:
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def _cursor_style(self) -> Style:
        if self.app.native_ansi_color:
            return _FLAT_FOCUS if self.has_focus else _FLAT
        name = "cursor-focus" if self.has_focus else "cursor"
        return self.get_component_rich_style(f"{self.PREFIX}--{name}", partial=True)

    def _flat_ink(self, name: str) -> Style:
        style = self._style(name)
        return Style(bold=style.bold, strike=style.strike)

    def _go(self, row: int) -> None:
        if self.row_count:
            self.move_cursor(min(max(row, 0), self.row_count - 1))

    def _style(self, name: str) -> Style:
        class_name = f"{self.PREFIX}--{name}"
        known = class_name in self.COMPONENT_CLASSES
        return self.get_component_rich_style(class_name, partial=True) if known else Style.null()


def line_of(says: str, width: int, y: int) -> str:
    """Return line ``y`` of what stands in a list without rows: sentences that end with their lines, broken to fit."""
    lines = [piece for line in says.split("\n") for piece in wrap(line, max(1, width - 2)) or [""]]
    return f" {lines[y]}" if y < len(lines) else ""
