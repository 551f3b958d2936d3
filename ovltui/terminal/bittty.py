# mypy: disable-error-code="import-untyped"
"""The emulator of bittty, for machines without a wheel of libghostty-vt.

Source: the package ``bittty``: pure Python. Privileges: none. Incomplete: see ``emulator``.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from bittty import Board, MemoryConnection
from bittty.present import Bell, RowsScrolledOff, ScrollbackCleared
from bittty.terminals.scrollback import MemoryScrollback, ScrollbackLine

from ovltui.terminal.screen import PLAIN, Color, Cursor, Look, Modes, MouseWish, Row, Run, Shape, drawable
from ovltui.terminal.strings import Bounded
from ovltui.text import clean

_SCROLLBACK_LINES = 10_000
_DEFAULT_TITLE = "Terminal"
_GRAPHEMES = b"\x1b[?2027h"
"""Combining marks join the character before them."""
_MODIFY_OTHER_KEYS = 4
_SHAPES = {"block": Shape.BLOCK, "bar": Shape.BAR, "underline": Shape.UNDERLINE}
_MOUSE = {
    "X10": MouseWish.PRESSES,
    "NORMAL": MouseWish.CLICKS,
    "BUTTON": MouseWish.DRAGS,
    "ANY": MouseWish.MOTION,
}
_MOST_LOOKS = 4096


class Screen:
    """An ``emulator.Emulator``.

    Args:
        size: columns and rows.
        reply: takes the answers to the program's queries.
    """

    keeps_scrollback = True
    """The library asks for it."""

    def __init__(self, size: tuple[int, int], reply: Callable[[bytes], object]) -> None:
        self._size = size
        self._board = Board(width=size[0], height=size[1])
        self._board.host.attach(_Answers(reply))
        self._board.attach_display(self)
        self._board.feed_host_data(_GRAPHEMES)
        self._bounded = Bounded()  # the library looks through an open string again with each piece of it
        self._history = MemoryScrollback(_SCROLLBACK_LINES * max(80, size[0]))
        self._bells = 0
        self._back = 0
        self._page: Any = None
        self._seen = 0
        self._whole = True
        self._looks: dict[Any, Look] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._size

    @property
    def title(self) -> str:
        """What the program calls itself, clean text."""
        title: str = self._board.title.title
        return "" if title == _DEFAULT_TITLE else clean(title)

    @property
    def bells(self) -> int:
        """How often the bell rang."""
        return self._bells

    @property
    def back(self) -> int:
        """Rows by which the view is scrolled back."""
        return self._back

    def feed(self, data: bytes) -> None:
        """Take in what the program wrote."""
        self._board.feed_host_data(self._bounded.pass_on(data))
        if (self._board.width, self._board.height) != self._size:
            self.resize(*self._size)  # DECCOLM made it 132 columns wide

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        self._size = (columns, rows)
        self._board.resize_from_frontend(columns, rows)
        self._back, self._whole = 0, True

    def changes(self) -> Iterator[tuple[int, Row]]:
        """Yield each row of the view that changed since the last call."""
        page = self._board.display.page
        whole = self._whole or page is not self._page or self._back > 0
        numbers = range(page.height) if whole else page.dirty_rows(self._seen)
        self._page, self._seen, self._whole = page, page.observe(), False
        history = self._history.width(self._size[0])
        first = len(history) - min(self._back, len(history))
        for number in numbers:
            row = first + number
            yield number, self._row(history[row] if row < len(history) else page.grid[row - len(history)])

    def cursor(self) -> Cursor | None:
        """Where to draw the cursor."""
        at = None if self._back else self._board.display.cursor
        return Cursor(at[0], at[1], _SHAPES.get(self._board.cursor.shape, Shape.BLOCK)) if at else None

    def modes(self) -> Modes:
        """What the program asked for."""
        board, modes = self._board, self._board.modes
        return Modes(
            cursor_keys=modes.cursor_application_mode,
            bracketed_paste=modes.mode_status(True, 2004) == 1,
            focus_events=modes.focus_reporting,
            alternate_screen=board.blitter.in_alt_screen,
            alternate_scroll=modes.alternate_scroll_mode,
            mouse=_MOUSE.get(board.mouse.protocol.name, MouseWish.NONE),
            mouse_sgr=modes.mode_status(True, 1006) == 1,
            modify_other_keys=board.keyboard.modify_keys[_MODIFY_OTHER_KEYS] == 2,  # noqa: PLR2004  (xterm's number)
            kitty=board.display.kitty_flags,
            hold=modes.synchronized_output,
        )

    def scroll(self, by: int) -> None:
        """Move the view, back for negative numbers."""
        most = 0 if self._board.blitter.in_alt_screen else len(self._history.width(self._size[0]))
        self._back = max(0, min(self._back - by, most))
        self._whole = True

    def to_end(self) -> None:
        """Show the newest again."""
        self.scroll(self._back)

    def close(self) -> None:
        """Free what it holds."""
        self._history.clear()

    def present(self, event: Any) -> None:
        """Take in what the library tells; whatever is not named here ends here."""
        match event:
            case Bell():
                self._bells += 1
            case ScrollbackCleared():
                self._history.clear()
                self._back, self._whole = 0, True
            case RowsScrolledOff(lines=lines):
                for line in lines:
                    row = ScrollbackLine.of(line.cells, trim=not line.wrapped, attribute=line.attribute)
                    self._history.append(row, line.wrapped)
                self._back += len(lines) if self._back else 0

    def _row(self, cells: list[Any]) -> Row:
        runs = []
        for style, group in groupby(cells, key=lambda cell: cell[0]):
            texts = [text for _, text in group]
            runs.append(Run("".join(drawable(text) if text else "" for text in texts), self._look(style), len(texts)))
        return tuple(runs)

    def _look(self, style: Any) -> Look:
        if style not in self._looks:
            if len(self._looks) > _MOST_LOOKS:
                self._looks.clear()
            self._looks[style] = _look(style)
        return self._looks[style]


class _Answers(MemoryConnection):  # type: ignore[misc]
    """The library's way to the program."""

    def __init__(self, reply: Callable[[bytes], object]) -> None:
        super().__init__()
        self._reply = reply

    def write(self, data: str) -> int:
        """Send text."""
        return self.write_bytes(data.encode("utf-8", "surrogateescape"))

    def write_bytes(self, data: bytes) -> int:
        """Send bytes."""
        self._reply(data)
        return len(data)


def _look(style: Any) -> Look:
    look = Look(
        foreground=_color(style.fg),
        background=_color(style.bg),
        bold=bool(style.bold),
        dim=bool(style.dim),
        italic=bool(style.italic),
        underline=bool(style.underline),
        blink=bool(style.blink),
        reverse=bool(style.reverse),
        conceal=bool(style.conceal),
        strike=bool(style.strike),
    )
    return PLAIN if look == PLAIN else look


def _color(color: Any) -> Color:
    value: Color = color.value if color is not None and color.mode != "default" else None
    return value
