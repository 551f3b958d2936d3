"""What is asked of who leaves while a lab is up that they built here."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ovltui.tui.screens.question import Question

_HINT = "y removes it   n leaves it up   esc goes back"


class Leaving(Question):
    """Asks whether the lab is to go; its result is None where the user stays.

    Args:
        also: what else ends, clean text; may be empty.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,q", "answer(False)", "No", id="question.no"),
        Binding("escape", "stay", "Back", id="question.back"),
    ]

    def __init__(self, also: str = "") -> None:
        text = "The lab that was built here is still up. Remove it?\n(ovltui lab down does it later.)"
        super().__init__("the lab", f"{text}\n\n{also}" if also else text, _HINT)

    def action_stay(self) -> None:
        """Go back, and leave nothing."""
        self.dismiss(None)
