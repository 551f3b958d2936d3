"""A command in a namespace with the screen that it draws: what a pane shows and types to.

Source: ``pty`` and ``emulator``. Privileges: those of ``pty``. Whoever owns it waits until ``fd`` is readable and then
calls ``pump``, which reads for a limited time: output without end holds up nobody.
"""

import time
from collections.abc import Mapping, Sequence

from ovltui.terminal.emulator import new_emulator
from ovltui.terminal.keys import Key, encode, focus, paste
from ovltui.terminal.mouse import Act, Button, Mouse, report, wheel_keys
from ovltui.terminal.pty import Place, Pty
from ovltui.terminal.screen import Cursor, Modes, Row

HOLD_S = 0.15
"""How long a program may keep its screen from being drawn."""
_WHEEL_ROWS = 3


class Shell:
    """A command on an emulated terminal.

    Args:
        place: where it is born.
        argv: the command.
        environ: its environment, as a whole.
        size: columns and rows.

    Raises:
        OvltuiError: there is no terminal or process left to be had.
    """

    def __init__(self, place: Place, argv: Sequence[str], environ: Mapping[str, str], size: tuple[int, int]) -> None:
        self.argv = tuple(argv)
        self.rows: list[Row] = []
        """The view, from the top, as of the last ``draw``."""
        self.cursor: Cursor | None = None
        """Where the cursor was at the last ``draw``."""
        self.ended = False
        """Whether nothing will come from it any more."""
        self._held_since = 0.0
        self._pty = Pty(place, argv, environ, size)
        self._emulator = new_emulator(size, self._pty.write)

    @property
    def fd(self) -> int:
        """Readable when there is something to ``pump``; -1 once closed."""
        return self._pty.fd

    @property
    def waiting(self) -> bool:
        """Whether input waits until ``fd`` is writable: then ``flush``."""
        return self._pty.waiting > 0

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._pty.status

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._emulator.size

    @property
    def title(self) -> str:
        """What the program calls itself, clean text."""
        return self._emulator.title

    @property
    def bells(self) -> int:
        """How often the bell rang."""
        return self._emulator.bells

    @property
    def back(self) -> int:
        """Rows by which the view is scrolled back."""
        return self._emulator.back

    @property
    def modes(self) -> Modes:
        """What the program asked for; nothing once it has ended."""
        return Modes() if self.ended else self._emulator.modes()

    def pump(self, budget_s: float) -> bool:
        """Take in what it wrote, for no longer than ``budget_s``; return whether there may be more."""
        deadline = time.monotonic() + budget_s
        while not self.ended:
            data = self._pty.read()
            if data is None:
                return False
            if not data:
                self.ended = True
                break
            self._emulator.feed(data)
            if time.monotonic() > deadline:
                return True
        return False

    def flush(self) -> None:
        """Give it as much of the waiting input as it takes."""
        self._pty.flush()

    def held(self) -> bool:
        """Return whether the program is rebuilding its screen and it should not be drawn yet."""
        if not self.modes.hold:
            self._held_since = 0.0
            return False
        now = time.monotonic()
        self._held_since = self._held_since or now
        return now - self._held_since < HOLD_S

    def draw(self) -> set[int]:
        """Bring ``rows`` and ``cursor`` up to date; return the numbers of rows that look different now."""
        before, height = self.cursor, self.size[1]
        changed = set()
        self.rows = (self.rows + [()] * height)[:height]
        for number, row in self._emulator.changes():
            if number < height:
                self.rows[number] = row
                changed.add(number)
        self.cursor = None if self.ended else self._emulator.cursor()
        if self.cursor != before:
            changed |= {cursor.row for cursor in (before, self.cursor) if cursor}
        return changed

    def press(self, key: Key) -> bool:
        """Give it a key; the view goes to the newest. Returns False where too much waits already."""
        if self.back:
            self._emulator.to_end()
        return self._pty.write(encode(key, self.modes))

    def paste(self, text: str) -> bool:
        """Give it pasted text; returns False where it is too much."""
        return self._pty.write(paste(text, self.modes))

    def point(self, event: Mouse) -> None:
        """Give it an event of the mouse where it asked for it; else the wheel scrolls the view."""
        modes = self.modes
        data = report(event, modes)
        wheel = event.button in (Button.WHEEL_UP, Button.WHEEL_DOWN) and event.act is Act.PRESS
        if not data and wheel:
            data = wheel_keys(event.button, modes)
            if not data:
                self.scroll(-_WHEEL_ROWS if event.button is Button.WHEEL_UP else _WHEEL_ROWS)
        if data:
            self._pty.write(data)

    def focus(self, *, gained: bool) -> None:
        """Tell it, where it asked, that it has the keys now or has them no more."""
        self._pty.write(focus(self.modes, gained=gained))

    def scroll(self, by: int) -> None:
        """Move the view, back for negative numbers."""
        self._emulator.scroll(by)

    def text(self) -> str:
        """Return the view as text, a line a row."""
        return "\n".join("".join(run.text for run in row) for row in self.rows)

    def rows_from(self, first: int, last: int) -> list[Row]:
        """Return rows by number: 0 is the top of the newest screenful, negative ones have scrolled away.

        The view stays where it was. Rows that are no longer kept are missing.
        """
        begun, rows = self.back, []
        while first <= last:
            self._emulator.scroll(self.back + min(0, first))
            self.draw()
            first = max(first, -self.back)
            shown = self.rows[first + self.back : last + self.back + 1]
            if not shown:
                break
            rows += shown
            first += len(shown)
        self._emulator.scroll(self.back - begun)
        self.draw()
        return rows

    def find(self, text: str, *, forth: bool = False) -> bool:
        """Move the view to the next screenful with ``text`` in it, back or forth; return whether there is one.

        Letters match in either case. The view stays where it was when there is none.
        """
        wanted, begun, page = text.casefold(), self.back, max(1, self.size[1] - 1)
        while True:
            before = self.back
            self._emulator.scroll(page if forth else -page)
            self.draw()
            if self.back == before:
                self._emulator.scroll(self.back - begun)
                self.draw()
                return False
            if wanted in self.text().casefold():
                return True

    def resize(self, columns: int, rows: int) -> None:
        """Give it another size, if it is another."""
        if (columns, rows) != self.size:
            self._emulator.resize(columns, rows)
            self._pty.resize(columns, rows)
            self.rows = []

    def close(self) -> None:
        """End it and all that it started; a second call does nothing."""
        if self.fd >= 0:
            self.ended = True
            self._pty.close()
            self._emulator.close()

    def wait_until_gone(self, patience_s: float) -> bool:
        """Return whether every process of it is gone, after waiting for that."""
        return self._pty.wait_until_gone(patience_s)
