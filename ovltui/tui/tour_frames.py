"""The frames in which the tour speaks: one on each screen to which it leads, and all say the same.

Source: what the tour says. Privileges: none. Incomplete: other screens have no frame; ``1`` leads back from them.
"""

from textual.screen import Screen

from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.widgets.tour_panel import Said, TourPanel

_LOW, _LOW_DRAWING = 18, 32
"""Lines of a terminal below which only the title of a step shows at first: events, or the drawing, come first."""
_LEAVE, _GO_BACK = "esc ends the tour", "1 leads to the events"
_TOUR = "-tour"
"""Class of a screen that has one."""


class TourFrames:
    """The frames.

    Args:
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, *, ascii_only: bool) -> None:
        self._ascii_only = ascii_only
        self._panels: dict[Screen[None], TourPanel] = {}
        self._words: tuple[Said, bool] | None = None

    def on(self, screen: MainScreen) -> None:
        """Have one on a screen, once that is laid out."""
        if screen in self._panels or not screen.query("#filtering"):
            return
        events = isinstance(screen, EventsScreen)
        panel = TourPanel(_LEAVE if events else _GO_BACK, ascii_only=self._ascii_only)
        self._panels[screen] = panel
        screen.mount(panel, before="#filtering")
        screen.add_class(_TOUR)
        if screen.size.height < (_LOW if events else _LOW_DRAWING):
            panel.fold()
        if self._words:
            panel.say(self._words[0], typing=self._words[1])

    def say(self, said: Said, *, typing: bool) -> None:
        """Show a step.

        Args:
            said: what to say.
            typing: whether keys go to a shell.
        """
        self._words = (said, typing)
        for panel in self._panels.values():
            panel.say(said, typing=typing)

    def fold(self, screen: Screen[object]) -> None:
        """Show on a screen the title of the step alone, or all again."""
        for other, panel in self._panels.items():
            if other is screen:
                panel.fold()

    def close(self) -> None:
        """Take them away."""
        for screen, panel in self._panels.items():
            panel.remove()
            screen.remove_class(_TOUR)
        self._panels.clear()
