"""The line in which a filter is typed: it works while one types, and says when it is not valid."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from ovltui.events.filter import Filter, FilterError, parse


class FilterLine(Input):
    """An input that posts a filter with every change of its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear filter", id="filter.clear"),
    ]
    DEFAULT_CSS = """
    FilterLine {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $panel;
        &:focus { border: none; }
        &.-bad { color: $error; text-style: bold; }
    }
    """

    class Typed(Message):
        """The filter is another one now."""

        def __init__(self, wanted: Filter | None) -> None:
            self.wanted = wanted
            super().__init__()

    class Closed(Message):
        """The user is done typing."""

    class Refused(Message):
        """The text is no filter (yet)."""

        def __init__(self, why: str) -> None:
            self.why = why
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(
            id=id,
            placeholder="text  !not  /regex/  netns:docker1n  dev:vxlan0   enter keeps  esc clears",
            select_on_focus=False,
        )
        self.cursor_blink = False

    def open(self, text: str) -> None:
        """Begin with ``text``."""
        self.value = text
        self.cursor_position = len(text)
        # At once, so that keys typed in the same moment come here and not to the pane.
        self.screen.set_focus(self)

    def action_clear(self) -> None:
        """Show everything again and close."""
        self.value = ""
        self.post_message(self.Typed(None))
        self.post_message(self.Closed())

    @on(Input.Changed)
    def _parse(self, event: Input.Changed) -> None:
        event.stop()
        try:
            wanted = parse(event.value) if event.value.strip() else None
        except FilterError as error:
            self.add_class("-bad")
            self.post_message(self.Refused(str(error)))
            return
        self.remove_class("-bad")
        self.post_message(self.Typed(wanted))
