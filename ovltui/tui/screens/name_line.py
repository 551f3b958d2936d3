"""The line in which a name for ``ip netns`` is typed; one is proposed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label


class NameLine(ModalScreen[str]):
    """Asks for a name; its result is empty where there is none.

    Args:
        netns: what the namespace is called here, clean text.
        proposal: what the line begins with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", priority=True, id="name.cancel"),
    ]
    DEFAULT_CSS = """
    NameLine {
        align: left bottom;
        background: $background 0%;
        & Horizontal { height: 1; background: $panel; }
        & Label { color: $accent; padding: 0 0 0 1; }
        & Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; &:focus { border: none; } }
    }
    """

    def __init__(self, netns: str, proposal: str) -> None:
        super().__init__()
        self._netns = netns
        self._proposal = proposal

    def compose(self) -> ComposeResult:
        """The namespace, and the line."""
        with Horizontal():
            yield Label(Content(f"name of {self._netns} for ip netns:"), markup=False)
            line = Input(self._proposal, placeholder="enter gives the name   esc: back", select_on_focus=False)
            line.cursor_blink = False
            yield line

    def action_cancel(self) -> None:
        """Give no name."""
        self.dismiss("")

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
