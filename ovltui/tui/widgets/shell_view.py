"""What a pane shows of a shell: its screen, the cursor, and in the frame what it is and how it stands."""

from time import monotonic
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from ovltui.terminal.screen import MouseWish
from ovltui.tui.shells import Opened, Shells
from ovltui.tui.widgets.shell_look import strip_of, with_cursor

if TYPE_CHECKING:
    from textual.timer import Timer

PAINTS_PER_SECOND = 20
"""How often it is drawn while output flows; what answers a key is drawn at once."""
_MOST_COMMAND = 20
"""Characters of a command that stand in the frame."""
_HINTS = {
    "typing": "ctrl+] leaves",
    "command": "enter types  / finds  v marks  y copies  x closes  z whole",
    "marking": "arrows move  y copies  esc ends; output waits",
    "ended": "enter starts it again  x closes",
}


class ShellView(Widget, can_focus=True):
    """Shows the current one of ``shells``.

    Args:
        shells: all of them.
    """

    DEFAULT_CSS = """
    ShellView {
        display: none; height: 1fr; width: 1fr; color: $foreground; background: $background;
        border-top: $frame $border; border-title-color: $dim;
        &:focus { border-top: $frame-focus $border-focus; border-title-color: $border-focus; border-title-style: bold; }
        &.-typing:focus { border-top: $frame-strong $border-focus; }
    }
    """

    ascii_only: bool = False
    """Whether to draw with ASCII alone."""

    def __init__(self, shells: Shells, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.shells = shells
        self._strips: list[Strip | None] = []
        self._shown: object = None
        self._painted = 0.0
        self._answering = False
        self._timer: Timer | None = None
        self._typing = False
        self._said = ""

    @property
    def marking(self) -> bool:
        """Whether text is being marked by keys."""
        return False

    @property
    def typing(self) -> bool:
        """Whether keys go to the shell."""
        # The focus as the screen has it: the widget itself hears of it later.
        return self._typing and self.screen.focused is self and self.shells.current is not None

    def show(self) -> None:
        """Show what is the current shell now, or nothing."""
        current = self.shells.current
        self.display = current is not None
        self.set_class(self.display, "-open")
        if current is not None and current.shell is not self._shown:
            self._shown = current.shell
            self.fit()
        self.say()

    def wrote(self) -> None:
        """Draw what the shell wrote: at once where it answers a key, else soon."""
        due = self._painted + 1 / PAINTS_PER_SECOND
        if self._answering or monotonic() >= due:
            self._answering = False
            self.paint()
        elif self._timer is None:
            self._timer = self.set_timer(max(0.001, due - monotonic()), self.paint)

    def render_line(self, y: int) -> Strip:
        """Draw a row of the shell's screen."""
        current, base, width = self.shells.current, self.rich_style, self.size.width
        rows = current.shell.rows if current else []
        if y >= len(rows) or y >= len(self._strips):
            return Strip([Segment(" " * width, base)])
        strip = self._strips[y]
        if strip is None:
            strip = strip_of(rows[y], width, base, ascii_only=self.ascii_only).apply_offsets(0, y)
            self._strips[y] = strip
        strip = self._with_selection(strip, y)
        cursor = current.shell.cursor if current else None
        if cursor and cursor.row == y:
            return with_cursor(strip, cursor.column, cursor.shape, faint=not self.typing)
        return strip

    @property
    def allow_select(self) -> bool:
        """Whether dragging the mouse selects text: not where the program wants the mouse itself."""
        current = self.shells.current
        return current is not None and current.shell.modes.mouse is MouseWish.NONE

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what is selected, and what ends it."""
        current = self.shells.current
        if current is None:
            return None
        lines = selection.extract(current.shell.text()).split("\n")
        return "\n".join(line.rstrip() for line in lines), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw another selection."""
        del selection
        self.refresh()

    def _with_selection(self, strip: Strip, y: int) -> Strip:
        span = self.text_selection.get_span(y) if self.text_selection else None
        if span is None:
            return strip
        start, end = span[0], strip.cell_length if span[1] == -1 else span[1]
        chosen = strip.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
        return Strip.join([strip.crop(0, start), chosen, strip.crop(end, strip.cell_length)])

    def on_resize(self) -> None:
        """Give the shell the size of the pane."""
        self.fit()

    def fit(self) -> None:
        """Give the shell the size of the pane, and draw it whole."""
        current, size = self.shells.current, self.size
        if current is None or not self.display or size.width < 1 or size.height < 1:
            return
        if not current.shell.ended:
            current.shell.resize(size.width, size.height)
        self._strips = [None] * size.height
        current.shell.draw()
        self.refresh()

    def paint(self) -> None:
        """Draw what is new."""
        if self._timer:
            self._timer.stop()
            self._timer = None
        current = self.shells.current
        if current is None or not self.display:
            return
        self._painted = monotonic()
        if self.typing:
            current.bells = current.shell.bells
        if current.shell.held():
            self._timer = self.set_timer(1 / PAINTS_PER_SECOND, self.paint)
            return
        changed = [row for row in current.shell.draw() if row < len(self._strips)]
        for row in changed:
            self._strips[row] = None
        if changed:
            self.refresh(*(Region(0, row, self.size.width, 1) for row in changed))
        self.say()

    def say(self) -> None:
        """Name the shells in the frame: the current one first, how it stands, and what keys do."""
        current = self.shells.current
        if current is None:
            return
        mode = "ended" if current.shell.ended else "typing" if self.typing else "command"
        mode = "marking" if self.marking else mode
        back = f"{current.shell.back} rows back, " if current.shell.back else ""
        hint = f"  ({back}{_HINTS[mode]})" if self.screen.focused is self else ""
        nature = f"  {current.nature}" if mode == "typing" and current.nature and not current.entered else ""
        between = " | " if self.ascii_only else " · "
        others = [part for one in self.shells.all if one is not current for part in (between, (_tab(one), "$dim"))]
        # Put together, not read as markup: there are names of others in it.
        title = Content.assemble(f"shell {_tab(current)}", (hint, "$dim"), *others, (nature, "$dim"))
        if title.plain != self._said:  # setting it paints the frame
            self._said, self.border_title = title.plain, title


def _tab(opened: Opened) -> str:
    return f"{opened.number} {opened.shown(_MOST_COMMAND)}"
