"""The line in which the ends of a path are typed; names are completed."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label


class LastWord(Suggester):
    """Completes the last word of a text.

    Args:
        names: what it may be.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = sorted(names)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the text with its last word completed, or None."""
        *others, word = value.split(" ")
        fits = [name for name in self._names if word and name.startswith(word) and name not in (word, *others)]
        found = next(iter(fits), None)
        return None if found is None else value + found[len(word) :]


class PathLine(ModalScreen[str]):
    """Asks where a path leads; its result is empty where there is none.

    Args:
        of: what the namespace is called where it begins; empty where it is to be typed too. Clean text.
        names: of all namespaces, clean text.
        typed: what stands in the line to begin with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", priority=True, id="path.cancel"),
        Binding("tab", "complete", "Complete", show=False, priority=True, id="path.complete"),
    ]
    DEFAULT_CSS = """
    PathLine {
        align: left bottom;
        background: $background 0%;
        & Horizontal { height: 1; background: $panel; }
        & Label { color: $accent; padding: 0 0 0 1; }
        & Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; &:focus { border: none; } }
    }
    """

    def __init__(self, of: str, names: Sequence[str], typed: str = "") -> None:
        super().__init__()
        self._of, self._names, self._typed = of, names, typed

    def compose(self) -> ComposeResult:
        """Where it begins, and the line."""
        says = (
            "name or address   tab completes   FROM TO: both   esc: back"
            if self._of
            else "FROM TO   tab completes   esc: back"
        )
        with Horizontal():
            yield Label(Content(f"path from {self._of} to:" if self._of else "path:"), markup=False)
            line = Input(self._typed, placeholder=says, select_on_focus=False, suggester=LastWord(self._names))
            line.cursor_blink = False
            yield line

    def action_cancel(self) -> None:
        """Look for no path."""
        self.dismiss("")

    async def action_complete(self) -> None:
        """Take what is proposed."""
        line = self.query_one(Input)
        found = await LastWord(self._names).get_suggestion(line.value)
        if found:
            line.value = found
            line.cursor_position = len(found)

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
