"""A row of a table, whole: each cell under its title, and the commands that show it by hand."""

from collections.abc import Sequence

from rich.text import Text

from ovltui.topology.sheet import Column, Entry
from ovltui.tui.screens.page import Page, fact, heading


class RowPage(Page):
    """A page on a row.

    Args:
        title: of which table.
        columns: what the cells are.
        entry: the row.
        commands: what shows it by hand.
    """

    def __init__(self, title: str, columns: Sequence[Column], entry: Entry, commands: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._columns = columns
        self._entry = entry
        self._commands = commands

    def title_text(self) -> str:
        """Of which table it is."""
        return self._title

    def body(self) -> Text:
        """Return the cells."""
        text = Text()
        heading(text, "row")
        for column, cell in zip(self._columns, self._entry.cells, strict=True):
            fact(text, column.title.lower(), cell or "-")
        heading(text, "by hand")
        for command in self._commands or ("nothing leads in there",):
            text.append(f"  {command}\n")
        return text
