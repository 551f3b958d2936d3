"""What the app does about how the screens look: theme, mouse, paints, and a picture of what is on them.

Source: the person's settings. Privileges: the right to write where a picture goes. Incomplete: the library
does not know that the mouse was switched, and takes it back after each full-screen program, as we then do.
"""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from textual.app import ScreenStackError
from textual.binding import ActiveBinding, Binding
from textual.command import CommandPalette
from textual.widgets import Static

from ovltui.config.model import Settings, Theme
from ovltui.errors import OvltuiError
from ovltui.tui.in_order import AppInOrder
from ovltui.tui.theme import INKS, THEMES, frames

LOOK_KEYS = (
    Binding("T", "theme", "Theme", show=False, id="screen.theme"),
    Binding("f2", "mouse", "Mouse on or off", show=False, id="screen.mouse"),
    Binding("ctrl+s", "save_view", "Save what is seen", show=False, id="screen.save"),
)
"""Keys that work on every screen."""
_MOUSE_ON, _MOUSE_OFF = ("".join(f"\x1b[?{mode}{state}" for mode in (1000, 1003, 1015, 1006)) for state in "hl")
"""What the library's driver sends when it begins and ends; it always ends with the latter."""
_READ_S = 6


class AppWithLooks(AppInOrder):
    """An app that looks as its user wants."""

    CSS = """
    ToastRack { margin-bottom: 2; }
    TopologyScreen ToastRack { margin-bottom: 3; }
    Screen.-tour ToastRack { margin-bottom: 7; }
    Toast { width: 78; max-width: 100%; padding: 0 1; }
    Toast.-information { border-left: $frame-block $success; }
    Toast.-warning { border-left: $frame-block $warning; }
    Toast.-error { border-left: $frame-block $error; }
    Toast { background: $cursor; }
    Input:ansi > .input--cursor { color: ansi_default; background: ansi_default; }
    Input > .input--placeholder, Input > .input--suggestion { color: $dim; }
    Screen:ansi .screen--selection { text-style: reverse; }
    CommandPalette > Vertical { margin-top: 1; }
    CommandPalette > .command-palette--help-text { text-style: not bold; }
    CommandList:ansi > .option-list--option-highlighted { text-style: bold underline; }
    CommandPalette SearchIcon, CommandPalette LoadingIndicator { display: none; }
    CommandPalette #--input { border: $frame-rule $border; }
    CommandPalette CommandInput, CommandPalette CommandInput:focus { border: none; height: 1; padding: 0 1; }
    CommandPalette CommandList { border-top: none; border-bottom: $frame-rule $border; }
    """
    _ascii_only = False
    _inked = False
    _mouse_is_ours = True
    settings = Settings()
    """What the user has chosen."""

    def __init__(self) -> None:
        self.saved: list[str] = []
        """Files that were written on request, clean text, to be named once more at the end."""
        self.offered: tuple[ActiveBinding, ...] = ()
        """The keys that worked where the commands were asked for: below the list of these, few do."""
        super().__init__()
        for theme in THEMES.values():
            self.register_theme(theme)
        self.dress(self.settings)

    def draw_in_ascii(self) -> None:
        """Draw with ASCII alone from now on."""
        from ovltui.tui.ascii_only import AsciiOnly  # noqa: PLC0415  (the first screen does not wait for it)

        self._ascii_only = True
        self._filters.append(AsciiOnly())

    def dress(self, settings: Settings, keys: Mapping[str, str] = MappingProxyType({})) -> None:
        """Look as it was chosen; ``auto`` is dark here, since the terminal is known to whoever runs the app.

        Args:
            settings: what was chosen.
            keys: other keys of commands, by their ids.
        """
        self.settings = settings
        self.set_keymap(dict(keys))
        self._wear(Theme.DARK if settings.theme is Theme.AUTO else settings.theme)

    def get_css_variables(self) -> dict[str, str]:
        """Return what style sheets call by name: colours, and the lines of frames."""
        return super().get_css_variables() | frames(self.current_theme, ascii_only=self._ascii_only)

    def action_command_palette(self) -> None:
        """Show the commands; what asks for one is in ASCII."""
        if not isinstance(self.screen, CommandPalette):
            self.offered = tuple(self.screen.active_bindings.values())
            self.push_screen(CommandPalette(placeholder="a command, or some of its letters", id="--command-palette"))

    def action_theme(self) -> None:
        """Wear the next theme."""
        names = [theme.name for theme in THEMES.values()]
        choice = [*THEMES][(names.index(self.theme) + 1) % len(names)]
        self._wear(choice)
        self.clear_notifications()
        self.notify(f'theme = "{choice}"; in config.toml it stays.', timeout=_READ_S / 2, markup=False)

    def on_mount(self) -> None:
        """Leave the mouse to the terminal where that was chosen; whoever comes back from a full-screen program, too."""
        self._mouse_is_ours = self.settings.mouse
        self.app_resume_signal.subscribe(self, lambda _: self._leave_mouse())
        self.call_after_refresh(self._leave_mouse)

    def action_mouse(self) -> None:
        """Let the mouse be ours, or the terminal's, which selects text with it."""
        self._mouse_is_ours = not self._mouse_is_ours
        self._send(_MOUSE_ON if self._mouse_is_ours else _MOUSE_OFF)
        says = (
            "The mouse chooses and scrolls here."
            if self._mouse_is_ours
            else "The mouse is the terminal's: it selects text."
        )
        self.notify(says, timeout=_READ_S / 2, markup=False)

    def _leave_mouse(self) -> None:
        if not self._mouse_is_ours:
            self._send(_MOUSE_OFF)

    def _send(self, sequence: str) -> None:
        if self._driver:
            self._driver.write(sequence)
            self._driver.flush()

    def action_save_view(self) -> None:
        """Ask where to save what is on the screen, as text and as SVG."""
        from ovltui.session.views import proposal  # noqa: PLC0415  (the first screen does not wait for it)
        from ovltui.tui.screens.record_line import RecordLine  # noqa: PLC0415  (as above)
        from ovltui.tui.view import drawn  # noqa: PLC0415  (as above)

        view = drawn(self)
        path = str(proposal(dict(os.environ)))
        self.push_screen(RecordLine("save text and picture as", path), partial(self._save, view))

    def _save(self, view: tuple[str, str], name: str | None) -> None:
        from ovltui.session.views import written  # noqa: PLC0415  (as above)

        if not name:
            return
        path = Path(os.path.expanduser(name))  # noqa: PTH111  (it never raises)
        try:
            names = written(path.absolute(), *view, dict(os.environ))
        except OvltuiError as error:
            self.notify(str(error), severity="error", timeout=_READ_S, markup=False)
            return
        self.saved += names
        self.notify("Saved as\n" + "\n".join(names), timeout=_READ_S, markup=False)

    def _wear(self, choice: Theme) -> None:
        if self._inked:
            self.console.pop_theme()
        self.console.push_theme(INKS[choice])
        self._inked = True
        self.theme = THEMES[choice].name
        self.call_later(self._draw_anew)

    def _draw_anew(self) -> None:
        """Have texts that were drawn with other inks drawn once more."""
        try:
            screens = list(self.screen_stack)
        except ScreenStackError:  # it has not begun
            return
        for widget in (widget for screen in screens for widget in screen.query("*")):
            if isinstance(widget, Static):
                widget.update(widget.content)
            else:
                widget.refresh()
