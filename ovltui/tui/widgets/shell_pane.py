"""A pane that shows one of the shells and types to it.

While it types, every key goes to the shell but ``ctrl+]``, which leaves it running; ``ctrl+]`` twice sends one. Then
its keys are commands, as in every other pane, until ``enter`` types again.
"""

from time import monotonic
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.terminal.keys import Key, Modifiers
from ovltui.tui.clipboard import copy
from ovltui.tui.keystrokes import key_of, mouse_of
from ovltui.tui.screens.search_line import SearchLine
from ovltui.tui.shells import Opened, Shells
from ovltui.tui.widgets.key_line import Hint
from ovltui.tui.widgets.shell_marks import ShellMarks

LEAVE = "ctrl+right_square_bracket"
_LEAVE_HINT = Hint("", LEAVE, "ctrl+]", "Leave the shell")
_TWICE_S = 0.5
_ENTERS = ("enter", "ctrl+j")
_SCROLLING = {"shift+pageup": -1, "shift+pagedown": 1}
"""Keys that scroll back while it types, by pages."""


class ShellPane(ShellMarks):
    """Shows the current one of ``shells`` and types to it.

    Args:
        shells: all of them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,i", "type", "Type", id="shell.type"),
        Binding("x", "close", "Close", id="shell.close"),
        Binding("z", "whole", "Whole screen", id="shell.zoom"),
        Binding("slash", "search", "Search", key_display="/", id="shell.search"),
        Binding("n", "find(False)", "Next match back", show=False, id="shell.next_match"),
        Binding("N", "find(True)", "Next match forth", show=False, id="shell.previous_match"),
        Binding("v", "mark", "Mark", id="shell.mark"),
        Binding("y", "copy", "Copy", id="shell.copy"),
        Binding("pageup,ctrl+u", "page(-1)", "Back", show=False, id="shell.page_up"),
        Binding("pagedown,ctrl+d", "page(1)", "Forth", show=False, id="shell.page_down"),
        Binding("up,k", "scroll_view(-1)", "Up", show=False, id="shell.up"),
        Binding("down,j", "scroll_view(1)", "Down", show=False, id="shell.down"),
    ]

    class Left(Message):
        """The user has left the shell, which runs on."""

    class Again(Message):
        """The command that ended is to start once more."""

    def __init__(self, shells: Shells, *, id: str) -> None:  # noqa: A002
        super().__init__(shells, id=id)
        self._left = 0.0
        self._close_asked = 0.0
        self._wanted = ""

    def begin(self) -> None:
        """Type to the current shell from now on."""
        self.unmark()
        self._typing = True
        if self.screen.focused is self:
            self._turned()
        else:
            # At once, so that keys typed in the same moment come here and not to where the focus was.
            self.screen.set_focus(self)

    def bracket(self) -> None:
        """``ctrl+]`` again: go back to the shell, and send it one where it was left a moment ago."""
        current = self.shells.current
        if current and monotonic() - self._left < _TWICE_S:
            current.shell.press(Key("]", Modifiers.CTRL))
        self.begin()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While keys go to the shell, none of them is a command; nor is any where there is no shell."""
        del action, parameters
        return self.shells.current is not None and not self.typing

    def own_hints(self) -> tuple[Hint, ...]:
        """Return the one key that is no shell's, while the others are."""
        return (_LEAVE_HINT,) if self.typing else ()

    def on_focus(self) -> None:
        """Say how it stands."""
        self._turned()

    def on_blur(self) -> None:
        """Whoever goes elsewhere has left the shell, unless they have come back since."""
        self._typing = self.typing
        self.unmark()
        self._turned()

    async def on_key(self, event: events.Key) -> None:
        """Give the key to the shell, while it types."""
        current = self.shells.current
        if self.marking:
            await self._key_while_marking(event)
        elif not self.typing or current is None:
            again = {"enter": self.action_type, LEAVE: self.bracket}.get(event.key)
            if again:  # at once: what is typed behind it is for the shell
                event.stop()
                again()
        else:
            event.stop()
            event.prevent_default()
            self._key_to_shell(event, current)

    def _key_to_shell(self, event: events.Key, current: Opened) -> None:
        if event.key == LEAVE:
            self._leave()
        elif current.shell.ended:
            self._key_after_end(event.key)
        elif event.key in _SCROLLING:
            self.action_page(_SCROLLING[event.key])
        elif key := key_of(event):
            self._answering = True
            current.entered = current.entered or event.key in _ENTERS
            self._refused(current.shell.press(key))
            self.shells.mind(current)

    def on_paste(self, event: events.Paste) -> None:
        """Give pasted text to the shell, while it types."""
        current = self.shells.current
        if self.typing and current:
            event.stop()
            self._answering = True
            self._refused(current.shell.paste(event.text))
            self.shells.mind(current)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Type to the shell; it also hears of the mouse, where it asked."""
        self.begin()
        self._point(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Tell the shell, where it asked."""
        self._point(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell the shell, where it asked."""
        self._point(event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Tell the shell, where it asked, or scroll back."""
        self._point(event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Tell the shell, where it asked, or scroll forth."""
        self._point(event)

    def action_type(self) -> None:
        """Type again; a shell that ended starts again."""
        current = self.shells.current
        if current and current.shell.ended:
            self.post_message(self.Again())
        self.begin()

    async def action_whole(self) -> None:
        """Show the shells at the whole size of the terminal, or the events again."""
        await self.app.run_action("shells")

    def action_close(self) -> None:
        """Close the shell; one that runs, at the second time."""
        current = self.shells.current
        if current is None:
            return
        if current.shell.ended or monotonic() - self._close_asked < _TWICE_S * 4:
            self._close_asked = 0.0
            self.shells.close(current)
            self._typing = False
            if self.shells.current is None:
                self.post_message(self.Left())
        else:
            self._close_asked = monotonic()
            says = f"x once more ends {current.label} and all that it started."
            self.notify(says, timeout=_TWICE_S * 4, markup=False)

    def action_mark(self) -> None:
        """Mark text by keys from now on."""
        self.mark()

    async def action_copy(self) -> None:
        """Copy what is marked or selected, else all that shows."""
        current = self.shells.current
        if current:
            lines = (line.rstrip() for line in current.shell.text().split("\n"))
            text = self.marked_text() or self.screen.get_selected_text() or "\n".join(lines).rstrip("\n")
            self.notify(await copy(self.app, text), timeout=_TWICE_S * 4, markup=False)

    def action_search(self) -> None:
        """Ask for a text to look for in what scrolled away."""
        self.app.push_screen(SearchLine(self._wanted), self._search)

    def action_find(self, forth: bool) -> None:
        """Go to the next screenful with the text."""
        current = self.shells.current
        if current and self._wanted:
            if not current.shell.find(self._wanted, forth=forth):
                self.notify(f"{self._wanted} is not found further {'down' if forth else 'up'}.", markup=False)
            self.fit()
            self.say()

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        self.action_scroll_view(by * max(1, self.size.height - 1))

    def action_scroll_view(self, by: int) -> None:
        """Scroll by rows."""
        if self.shells.current:
            self.shells.current.shell.scroll(by)
            self.paint()

    def _search(self, wanted: str | None) -> None:
        self._wanted = wanted or ""
        self.action_find(False)

    async def _key_while_marking(self, event: events.Key) -> None:
        if event.key == "y":
            await self.action_copy()
        if event.key in ("y", "escape", "v"):
            self.unmark()
        elif not self.move_mark(event.key):
            return
        event.stop()

    def _leave(self) -> None:
        self._left = monotonic()
        self._typing = False
        self._turned()
        self.post_message(self.Left())

    def _key_after_end(self, key: str) -> None:
        if key == "enter":
            self.action_type()
        elif key in ("x", "ctrl+d"):
            self.action_close()

    def _point(self, event: events.MouseEvent) -> None:
        current, offset = self.shells.current, event.get_content_offset(self)
        mouse = mouse_of(event, offset.x, offset.y) if offset is not None else None
        if mouse is None or current is None or current.shell.ended:
            return
        event.stop()
        current.shell.point(mouse)
        self.shells.mind(current)
        self.paint()

    def _refused(self, taken: bool) -> None:
        if not taken:
            self.notify("The shell reads nothing: what was typed is dropped.", severity="warning", markup=False)

    def _turned(self) -> None:
        """Typing began or ended."""
        current = self.shells.current
        self.set_class(self.typing, "-typing")
        if current and not current.shell.ended:
            current.shell.focus(gained=self.typing)
        if self.typing and current:
            current.bells = current.shell.bells
        self.screen.refresh_bindings()
        self.say()
        self.refresh()
