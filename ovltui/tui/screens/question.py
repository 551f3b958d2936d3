"""A question to say yes or no to."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ovltui.tui.widgets.key_line import KeyLine


class Question(ModalScreen[bool]):
    """Asks; its result is whether the user said yes.

    Args:
        title: words of ours.
        text: what it is about, clean text.
        hint: what the keys do, words of ours.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="question.yes"),
        Binding("n,escape,q", "answer(False)", "No", id="question.no"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (14, "-tall")]  # noqa: RUF012  (as the base has it)
    DEFAULT_CSS = """
    Question {
        align: center middle;
        background: $background 60%;
        & VerticalScroll {
            width: auto; min-width: 40; max-width: 90%; height: auto; max-height: 90%;
            border: $frame $accent; border-title-color: $accent; border-title-style: bold;
            border-subtitle-color: $dim; background: $panel; padding: 1 2;
            scrollbar-size-vertical: 1; scrollbar-color: $border; scrollbar-background: $panel;
        }
        &.-short VerticalScroll { padding: 0 2; }
        & Static { width: auto; max-width: 100%; height: auto; }
    }
    """

    def __init__(self, title: str, text: str, hint: str) -> None:
        super().__init__()
        self._title, self._text, self._hint = title, text, hint

    def compose(self) -> ComposeResult:
        """One frame with the text in it."""
        frame = VerticalScroll(Static(Text(self._text), markup=False))
        frame.border_title, frame.border_subtitle = self._title, self._hint
        yield frame
        yield KeyLine()

    def action_answer(self, yes: bool) -> None:
        """Take the answer."""
        self.dismiss(yes)
