"""The line in which a command for a namespace is typed; the last ones are offered again."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label


class RunLine(ModalScreen[str]):
    """Asks for a command line; its result is empty where there is none.

    Args:
        name: of the namespace, clean text.
        last: commands that were run before, the newest last.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", priority=True, id="run.cancel"),
        Binding("up", "recall(-1)", "Last commands", priority=True, id="run.up"),
        Binding("down", "recall(1)", "Next", show=False, priority=True, id="run.down"),
    ]
    PLACEHOLDER: ClassVar[str] = "ping 10.13.17.3   up: last commands   esc: back"
    """What stands in the line while it is empty."""
    DEFAULT_CSS = """
    RunLine {
        align: left bottom;
        background: $background 0%;
        & Horizontal { height: 1; background: $panel; }
        & Label { color: $accent; padding: 0 0 0 1; }
        & Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; &:focus { border: none; } }
    }
    """

    def __init__(self, name: str, last: Sequence[str]) -> None:
        super().__init__()
        self._name = name
        self._last = [*last, ""]
        self._at = len(last)

    def question(self) -> str:
        """Return what is asked for."""
        return f"run in {self._name}:"

    def compose(self) -> ComposeResult:
        """The namespace, and the line."""
        with Horizontal():
            yield Label(Content(self.question()), markup=False)
            line = Input(placeholder=self.PLACEHOLDER, select_on_focus=False)
            line.cursor_blink = False
            yield line

    def action_cancel(self) -> None:
        """Run nothing."""
        self.dismiss("")

    def action_recall(self, by: int) -> None:
        """Offer an older or newer command."""
        self._at = max(0, min(self._at + by, len(self._last) - 1))
        line = self.query_one(Input)
        line.value = self._last[self._at]
        line.cursor_position = len(line.value)

    @on(Input.Submitted)
    def _run(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
