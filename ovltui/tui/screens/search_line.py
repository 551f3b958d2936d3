"""The line in which a text to look for is typed."""

from ovltui.tui.screens.run_line import RunLine


class SearchLine(RunLine):
    """Asks for a text; its result is empty where there is none.

    Args:
        last: what was looked for before.
    """

    PLACEHOLDER = "text in what scrolled away   up: the last one   esc: back"

    def __init__(self, last: str) -> None:
        super().__init__("", [last] if last else [])

    def question(self) -> str:
        """Return what is asked for."""
        return "search:"
