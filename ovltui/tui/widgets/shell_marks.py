"""Text of a shell's screen, and of what scrolled away, marked by keys alone.

While somebody marks, what the shell writes waits in its terminal: nothing moves below the mark. Rows are counted from
the top of the newest screenful; those that scrolled away have negative numbers.
"""

from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from ovltui.terminal.screen import Shape
from ovltui.tui.widgets.shell_look import strip_of, with_cursor
from ovltui.tui.widgets.shell_view import ShellView

_MOVES = {
    **dict.fromkeys(("left", "h"), (-1, 0)),
    **dict.fromkeys(("right", "l"), (1, 0)),
    **dict.fromkeys(("up", "k"), (0, -1)),
    **dict.fromkeys(("down", "j"), (0, 1)),
}
_ENDS_OF_ROW = {"home": 0, "0": 0, "end": -1, "dollar_sign": -1}
_PAGES = {"pageup": -1, "ctrl+u": -1, "pagedown": 1, "ctrl+d": 1}


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A cell."""

    row: int
    column: int


class ShellMarks(ShellView):
    """A view in which text can be marked."""

    _from: Point | None = None
    _to = Point(0, 0)

    @property
    def marking(self) -> bool:
        """Whether text is being marked."""
        return self._from is not None

    def mark(self) -> None:
        """Begin at the cursor, or at the bottom of what shows."""
        current = self.shells.current
        if current is None:
            return
        self.shells.keep_still(current, still=True)
        current.shell.draw()
        cursor, back = current.shell.cursor, current.shell.back
        row, column = (cursor.row, cursor.column) if cursor else (self.size.height - 1, 0)
        self._from = self._to = Point(row - back, min(column, self.size.width - 1))
        self._marked()

    def unmark(self) -> None:
        """Mark nothing, and let the shell go on."""
        if self.marking:
            self._from = None
            for opened in self.shells.all:
                if opened.still:
                    self.shells.keep_still(opened, still=False)
            self._marked()

    def move_mark(self, key: str) -> bool:
        """Move the end of the mark; return whether the key is one that does."""
        row, column = self._to.row, self._to.column
        if key in _MOVES:
            right, down = _MOVES[key]
            row, column = row + down, column + right
        elif key in _PAGES:
            row += _PAGES[key] * max(1, self.size.height - 1)
        elif key in _ENDS_OF_ROW:
            column = _ENDS_OF_ROW[key] % self.size.width
        else:
            return False
        self._show_row(row, column)
        return True

    def marked_text(self) -> str:
        """Return what is marked, without blanks at line ends."""
        current = self.shells.current
        if current is None or self._from is None:
            return ""
        first, last = sorted((self._from, self._to))
        width = self.size.width
        strips = [
            strip_of(row, width, Style.null(), ascii_only=False) for row in current.shell.rows_from(first.row, last.row)
        ]
        self.fit()
        if strips:
            strips[-1] = strips[-1].crop(0, last.column + 1)
            strips[0] = strips[0].crop(first.column)
        return "\n".join(strip.text.rstrip() for strip in strips)

    def render_line(self, y: int) -> Strip:
        """Draw a row, with what is marked in it."""
        strip = super().render_line(y)
        current = self.shells.current
        if current is None or self._from is None:
            return strip
        first, last = sorted((self._from, self._to))
        row = y - current.shell.back
        if first.row <= row <= last.row:
            start = first.column if row == first.row else 0
            end = last.column + 1 if row == last.row else strip.cell_length
            style = self.screen.get_component_rich_style("screen--selection")
            parts = (strip.crop(0, start), strip.crop(start, end).apply_style(style), strip.crop(end))
            strip = Strip.join(parts)
        return with_cursor(strip, self._to.column, Shape.BLOCK, faint=False) if row == self._to.row else strip

    def _show_row(self, row: int, column: int) -> None:
        """Put the end of the mark there, as far as there is text, and scroll it into sight."""
        current, height = self.shells.current, self.size.height
        if current is None:
            return
        row = min(row, height - 1)
        top = -current.shell.back
        if row < top:
            current.shell.scroll(row - top)
        elif row >= top + height:
            current.shell.scroll(row - top - height + 1)
        row = max(row, -current.shell.back)
        self._to = Point(row, max(0, min(column, self.size.width - 1)))
        self._marked()

    def _marked(self) -> None:
        self.fit()
        self.say()
