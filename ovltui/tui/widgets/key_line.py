"""The line of keys at the foot of a screen, made from the bindings that work where the user is.

What does not fit is left out whole, the least important, which stand last, first; the key of the help never is. A mark
at the end says that there are more.
"""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.keys import key_to_character
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from ovltui.tui.ink import Ink

_HELP = "app.help"
_FIRST = ("replay.play", "replay.step", "replay.finding", "replay.faster")
"""Whoever opened a recording is there to play it."""
_WORDS = {"⏎": "enter", "↑": "up", "↓": "down", "←": "left", "→": "right", "␣": "space", "⇥": "tab", "⎋": "esc"}


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does."""

    id: str
    key: str
    """As the library calls it."""
    shown: str
    says: str

    @property
    def width(self) -> int:
        """Cells, with a blank behind it."""
        return cell_len(self.shown) + 1 + cell_len(self.says) + 1


@runtime_checkable
class Taking(Protocol):
    """A widget that takes all keys at times."""

    def own_hints(self) -> tuple[Hint, ...]:
        """Return the keys that do something while it does; none while it does not."""


class KeyLine(Widget):
    """The line."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $footer-background; color: $footer-description-foreground; }
    """

    hints: reactive[tuple[Hint, ...]] = reactive(())
    """All that might show."""

    def on_mount(self) -> None:
        """Follow the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._take)
        self._take(self.screen)

    def render(self) -> Text:
        """Return those that fit."""
        text, shown = Text(no_wrap=True), fitting(self.hints, self.size.width)
        for hint in shown:
            text.append(hint.shown, Ink.HEADING)
            text.append(f" {hint.says} ")
        if len(shown) < len(self.hints):
            text.append("…", Ink.DIM)
        return text

    def on_click(self, event: events.Click) -> None:
        """Do what the key would do."""
        at = event.x
        for hint in fitting(self.hints, self.size.width):
            if at < hint.width:
                self.app.simulate_key(hint.key)
                return
            at -= hint.width

    def _take(self, screen: Screen[object]) -> None:
        if screen is not self.screen or not self.is_attached:
            return
        found: dict[str, Hint] = {}
        focused: object = screen.focused
        own = focused.own_hints() if isinstance(focused, Taking) else ()
        if own:
            self.hints = own
            return
        typing = isinstance(focused, Input)
        for active in screen.active_bindings.values():
            binding = active.binding
            if typing:  # signs are text then; where a command has two keys, the other one works
                binding = replace(binding, key_display=None, show=binding.show and not _is_text(binding.key))
            if binding.show and binding.description:
                shown = "F1" if binding.key == "f1" else self.app.get_key_display(binding)
                shown = _WORDS.get(shown, shown) if screen.has_class("-ascii") else shown
                hint = Hint(binding.id or "", binding.key, shown, binding.description)
                found.setdefault(binding.action, hint)
        self.hints = tuple(sorted(found.values(), key=_place))


def _place(hint: Hint) -> int:
    return _FIRST.index(hint.id) if hint.id in _FIRST else len(_FIRST)


def _is_text(key: str) -> bool:
    sign = key_to_character(key)
    return sign is not None and sign.isprintable()


def fitting(hints: tuple[Hint, ...], width: int) -> list[Hint]:
    """Return the hints that fit into ``width`` cells, in their order; with a cell for a mark, where some do not."""
    kept: list[Hint] = []
    if sum(hint.width for hint in hints) > width + 1:
        width -= 2
    needed = sum(hint.width for hint in hints if hint.id == _HELP)
    for hint in hints:
        if hint.id == _HELP:
            kept.append(hint)
        elif needed + hint.width <= width + 1:  # the blank behind the last one may be cut
            needed += hint.width
            kept.append(hint)
        else:
            needed = width + 1  # nothing that matters less comes in its place
    return kept
