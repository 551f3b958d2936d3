"""One record whole: its line, what it means, every attribute, and the bytes."""

from rich.text import Text

from ovltui.events.explain import hexdump, meaning, tree
from ovltui.events.line import as_text, line
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.tui.screens.page import Page, heading


class EventDetail(Page):
    """A page on a record.

    Args:
        record: what to show.
        names: names as of it.
    """

    def __init__(self, record: Record, names: Names) -> None:
        super().__init__()
        self._record = record
        self._names = names

    def title_text(self) -> str:
        """Its number in the stream."""
        return f"event {self._record.seq}"

    def body(self) -> Text:
        """Return line, meaning, attributes and bytes."""
        text = Text()
        said = line(self._record, self._names)
        text.append(f"{as_text(said, len(said.netns))}\n", style="bold")
        text.append(f"\n{meaning(self._record, self._names)}\n")
        whose = "Docker's" if self._record.kind is Kind.DOCKER else "the kernel's"
        heading(text, f"attributes, in {whose} names")
        for depth, name, value in tree(self._record):
            text.append(f"  {'  ' * depth}{name} ", style="#808080")
            text.append(f"{value}\n")
        heading(text, "bytes")
        for row in hexdump(self._record.raw):
            text.append(f"  {row}\n", style="#808080")
        return text
