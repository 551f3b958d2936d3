"""One record whole: its line, what it means, the life of its link, every attribute, and the bytes.

``n`` and ``p`` go on to the next and the previous message about the same link.
"""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from ovltui.events.explain import hexdump, meaning, tree
from ovltui.events.line import Line, as_text, line
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.session.life import Life
from ovltui.tui.ink import Ink
from ovltui.tui.screens.life_lines import append_life
from ovltui.tui.screens.page import Page, heading


class EventDetail(Page):
    """A page on a record.

    Args:
        record: what to show.
        names: names as of it.
        life: all that was heard of its link; None where it is about none.
        beneath: appends what else its row stands for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Next of the link", show=False, id="page.next"),
        Binding("p", "step(-1)", "Previous of the link", show=False, id="page.previous"),
    ]

    def __init__(
        self,
        record: Record,
        names: Names,
        life: Life | None = None,
        beneath: Callable[[Text, Record], None] = lambda _text, _record: None,
    ) -> None:
        super().__init__()
        self._record = record
        self._names = names
        self._life = life
        self._beneath = beneath

    def title_text(self) -> str:
        """Its number in the stream."""
        return f"event {self._record.seq}"

    def hint(self) -> str:
        """The keys, with those that lead along a life."""
        return "n p next, previous of this link, esc goes back" if self._life else super().hint()

    def body(self) -> Text:
        """Return line, meaning, life, attributes and bytes."""
        text = Text()
        said = self._line()
        text.append(f"{as_text(said, len(said.netns))}\n", style="bold")
        text.append(f"\n{meaning(self._record, self._names)}\n")
        self._beneath(text, self._record)
        if self._life:
            append_life(text, self._life, self._record.seq, self._names)
        whose = "Docker's" if self._record.kind is Kind.DOCKER else "the kernel's"
        heading(text, f"attributes, in {whose} names")
        for depth, name, value in tree(self._record):
            text.append(f"  {'  ' * depth}{name} ", style=Ink.DIM)
            text.append(f"{value}\n")
        heading(text, "bytes")
        for row in hexdump(self._record.raw):
            text.append(f"  {row}\n", style=Ink.DIM)
        return text

    def _line(self) -> Line:
        if self._life is None:
            return line(self._record, self._names)
        at = self._life.place(self._record.seq)
        return self._life.lines(slice(at, at + 1), self._names)[0]

    def action_step(self, by: int) -> None:
        """Show the next or previous message about the link, where there is one."""
        to = self._life.place(self._record.seq) + by if self._life else -1
        if self._life is None or not 0 <= to < len(self._life.records):
            return
        self._record = self._life.records[to]
        self.query_one(Static).update(self.body())
        self.query_one(VerticalScroll).border_title = self.title_text()
