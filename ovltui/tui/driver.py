"""The terminal as it is drawn on: what is sent is short, and the terminal is asked when it has drawn it.

Source: the library's driver for terminals. Privileges: the terminal on stdin and stderr. Incomplete: an answer that
takes longer than ``END_S`` at the end goes to whatever reads the terminal then.
"""

import select
import time
from collections import deque

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from ovltui.tui.drawn import Drawn
from ovltui.tui.pacing import Pace
from ovltui.tui.terse import terse

END_S = 1.0
"""Seconds in which answers are awaited before the terminal is given away."""
_LOOK_S = 0.01
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class PacedDriver(LinuxDriver):
    """A driver that knows what is under way."""

    _pace: Pace | None = None
    """None while the terminal is not ours."""
    drawn: Drawn | None = None
    """What stands on the terminal, where only changes are to be sent."""

    @property
    def pace(self) -> Pace | None:
        """What is under way, by all that was heard so far; None while the terminal is not ours."""
        while self._pace and self._answers:
            self._pace.answered(*self._answers.popleft())
        return self._pace

    def start_application_mode(self) -> None:
        """Take the terminal, and see whether it answers."""
        if self.drawn:
            self.drawn.forget()
        self._answers: deque[tuple[int, int, float]] = deque()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self.input_tty:
            self._pace = Pace()
            self.flush()

    def write(self, data: str) -> None:
        """Send."""
        data = terse(self.drawn.changes(data) if self.drawn else data)
        super().write(data)
        if self._pace:
            self._pace.wrote(len(data), time.monotonic())

    def flush(self) -> None:
        """Ask, behind a painting."""
        super().flush()
        question = self._pace.question(time.monotonic()) if self._pace else ""
        if question:
            super().write(question)

    def process_message(self, message: Message) -> None:
        """Hear answers, in the thread that reads."""
        if isinstance(message, events.CursorPosition):
            self._answers.append((message.y + 1, message.x + 1, time.monotonic()))
        super().process_message(message)

    def disable_input(self) -> None:
        """Read no more; an answer that is still to come is awaited first, or a shell would take it for keys."""
        deadline = time.monotonic() + END_S
        while self.pace and self.pace.is_awaited() and time.monotonic() < deadline and not self._is_gone():
            time.sleep(_LOOK_S)
        self._pace = None
        super().disable_input()

    def _is_gone(self) -> bool:
        poll = select.poll()
        poll.register(self.fileno, 0)
        return any(said & _GONE for _, said in poll.poll(0))
