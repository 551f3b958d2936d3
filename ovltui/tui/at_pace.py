"""What the app does on a slow line: it draws as fast as the terminal does, and what waits is drawn at once, as a whole.

Source: the driver, which knows what is under way to the terminal. Privileges: none. Nothing is lost: what is not sent
stays to be drawn, and events go on being received meanwhile.
"""

from time import monotonic
from typing import TYPE_CHECKING

from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual.driver import Driver
from textual.events import Event, Key
from textual.geometry import Region
from textual.screen import Screen

from ovltui.session.session import Session
from ovltui.tui.drawn import Drawn
from ovltui.tui.driver import PacedDriver
from ovltui.tui.with_foreground import AppWithForeground

if TYPE_CHECKING:
    from textual.timer import Timer

    from ovltui.tui.pacing import Pace

SLOW_TRIP_S = 0.3
"""Seconds to the terminal and back that are worth a word."""


class AppAtPace(AppWithForeground):
    """An app that never has much under way to the terminal.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self._full_timer: Timer | None = None

    def on_mount(self) -> None:
        """On a line that the user calls slow, send only what changes."""
        if self.settings.slow and isinstance(self._driver, PacedDriver):
            self._driver.drawn = Drawn()

    def get_driver_class(self) -> type[Driver]:
        """Draw on a terminal that is asked when it has drawn."""
        return PacedDriver

    @property
    def pace(self) -> "Pace | None":
        """What is under way to the terminal; None while that is not ours, or not known."""
        return self._driver.pace if isinstance(self._driver, PacedDriver) else None

    def busy_s(self, painted: float) -> float:
        """Return for how many seconds, at most, new things should wait, if such were painted last at ``painted``."""
        return self.pace.busy_s(painted, monotonic()) if self.pace else 0.0

    def line_gaps(self) -> list[str]:
        """Say that the line to the terminal is slow, if it is."""
        trip_s = self.pace.trip_s() if self.pace else 0.0
        return [f"slow line: {trip_s:.1f} s to the terminal and back"] if trip_s >= SLOW_TRIP_S else []

    def action_redraw(self) -> None:
        """Paint everything again, whatever stands on the terminal."""
        self.on_resize()
        self.screen.refresh(layout=True)

    def on_resize(self) -> None:
        """Take nothing to stand on the terminal; the library draws all of it after another size."""
        if isinstance(self._driver, PacedDriver) and self._driver.drawn:
            self._driver.drawn.forget()

    async def on_event(self, event: Event) -> None:
        """Let a key go before what comes in, until it is painted."""
        if isinstance(event, Key) and not event.is_forwarded:
            self._session.precedence.claim()
        await super().on_event(event)

    def on_cursor_position(self) -> None:
        """Draw what waited: the terminal has drawn what was under way."""
        self._draw_rest()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send a painting, or leave what it paints to be painted later."""
        wait_s = self.pace.full_s(monotonic()) if self.pace and renderable is not None else 0.0
        if not wait_s:
            super()._display(screen, renderable)
            if renderable is not None:
                self._session.precedence.release()
            return
        spans = renderable.spans if isinstance(renderable, ChopsUpdate) else None
        whole = {screen.outer_size.region}
        rows = whole if spans is None else {Region(left, y, right - left, 1) for y, left, right in spans}
        screen._compositor._dirty_regions.update(rows)  # noqa: SLF001  (the library forgets what it gave to be drawn)
        if self._full_timer is None:
            self._full_timer = self.set_timer(wait_s, self._draw_rest)

    def _draw_rest(self) -> None:
        if self._full_timer is not None:
            self._full_timer.stop()
            self._full_timer = None
            self.screen.call_later(self.screen._compositor_refresh)  # noqa: SLF001  (what asks for that marks more)
