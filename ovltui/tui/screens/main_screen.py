"""The screens that the app paints, one at a time, and that digits lead to; pages lie above them.

Each is painted at most a few times a second, and only while it is in sight.
"""

from typing import ClassVar

from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen

from ovltui.session.snapshot import Row
from ovltui.tui.verdicts import Verdicts

MAIN_KEYS: tuple[Binding, ...] = (
    Binding("question_mark,f1", "app.help", "Help", key_display="?", id="app.help"),
    Binding("q", "app.quit", "Quit", id="app.quit"),
    Binding("colon,ctrl+p", "app.command_palette", "Commands", show=False, id="app.commands"),
    Binding("ctrl+l", "app.redraw", "Redraw", show=False, id="app.redraw"),
    Binding("ctrl+z", "app.suspend_process", "Suspend", show=False, id="app.suspend"),
    Binding("ctrl+c", "app.interrupt", "Quit (twice)", show=False, priority=True, id="app.interrupt"),
    Binding("escape", "back", "Back", show=False, id="app.back"),
    Binding("U", "app.sudo", "Again under sudo", show=False, id="app.sudo"),
)
"""Keys that work alike on all of them, in the order of the footer."""


class MainScreen(Screen[None]):
    """A screen of data."""

    ABOUT: ClassVar[str] = ""
    """What its help begins with: what it shows and how it is read."""
    kind: ClassVar[str] = ""
    """What the app calls it, which need not load it for that; where there is one of it, the name it is installed as."""

    verdicts = Verdicts()
    """What is wrong now; the app sets it before it paints."""

    class Left(Message):
        """The user goes back to the events."""

    class Behind(Message):
        """It was drawn by its own will, and there is more to look at."""

    @property
    def in_sight(self) -> bool:
        """Whether nothing but pages lie above it: what changes below another screen has that drawn anew as a whole."""
        stack = self.app.screen_stack
        return self in stack and all(screen.is_modal for screen in stack[stack.index(self) + 1 :])

    def fit(self) -> None:
        """Be of the terminal's width from the beginning: else all is styled twice before it is seen."""
        width, forms = self.app.size.width, sorted(self.HORIZONTAL_BREAKPOINTS or (), reverse=True)
        form = next((name for least, name in forms if width >= least), None)
        if form:
            self.set_class(True, form, update=False)

    def paint(self) -> bool:
        """Draw what is new; return whether there is more to look at."""
        raise NotImplementedError

    def search(self) -> bool:
        """Let filters look at more of what is old; return whether some are left to look at."""
        return False

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for."""
        raise NotImplementedError
