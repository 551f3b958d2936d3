"""Little is under way to a terminal that takes its time, nothing is lost of it, and no answer is left to a shell."""

import fcntl
import struct
import termios
import time

from ovltui.tui.driver import END_S
from tests.bench.screen import Screen
from tests.tui.panes import OVLTUI

PAGE = b"esc goes back"
REDRAWN, APART_S = 21, 0.1
"""Paintings of several KiB each; an odd number, so that the page is gone then."""
MOST = 16 << 10
"""Bytes that may be sent in the last second of them: ten of them are 40 KiB at least."""


class Tardy(Screen):
    """A terminal that answers when it is let."""

    def __init__(self, *command: str) -> None:
        self._held: list[bytes] | None = None
        super().__init__(120, 36, command)

    def answer(self, what: bytes) -> None:
        if self._held is None:
            super().answer(what)
        else:
            self._held.append(what)

    def hold(self) -> None:
        """Answer nothing for now."""
        self._held = []

    def let(self) -> int:
        """Answer all; return how many answers that are."""
        held, self._held = self._held or [], None
        for what in held:
            self.type(what)
        return len(held)


def test_little_is_sent_before_the_terminal_has_drawn_it_and_then_all_of_it() -> None:
    with Tardy(OVLTUI, "--no-docker") as screen:
        screen.wait(b"LIVE")
        screen.press(b"?", PAGE)
        screen.hold()
        for _ in range(REDRAWN):
            screen.type(b"?")
            time.sleep(APART_S)
        now = time.monotonic()
        assert screen.sent(now - 1, now) < MOST
        assert screen.let()
        screen.press(b"?", PAGE)


def test_an_answer_that_is_under_way_at_the_end_is_not_left_to_the_shell() -> None:
    with Tardy("sh", "-c", f"{OVLTUI} --no-docker; echo it is over; exec cat") as screen:
        screen.wait(b"LIVE")
        screen.press(b"?", PAGE)
        screen.hold()
        since = screen.count
        screen.type(b"?")
        screen.wait(b"\x1b[6n", since)
        screen.type(b"q")
        time.sleep(END_S * 0.7)
        assert screen.let()
        screen.wait(b"it is over", since)
        screen.type(b"typed\r")
        screen.wait(b"typed\r\ntyped", since)
        assert b"^[[" not in b"".join(piece for _, piece in screen._pieces[since:])


def test_where_the_line_is_said_to_be_slow_only_what_changes_is_sent_until_all_is_asked_for() -> None:
    with Screen(120, 36, [OVLTUI, "--no-docker", "--slow"]) as screen:
        screen.wait(b"Quit")
        screen.press(b"p", b"PAUSED")
        since = screen.count
        screen.press(b"p", b"LIVE")
        assert b"Quit" not in b"".join(piece for _, piece in screen._pieces[since:])
        screen.press(b"\x0c", b"Quit")
        since = screen.count
        fcntl.ioctl(screen._near, termios.TIOCSWINSZ, struct.pack("=HHHH", 36, 119, 0, 0))
        screen.wait(b"Quit", since)
