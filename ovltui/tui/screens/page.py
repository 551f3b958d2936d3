"""A page over the screen: some text to read, ``esc`` goes back."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from ovltui.tui.ink import Ink
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.prose import Prose


class Page(ModalScreen[None]):
    """Text in a frame; subclasses give ``title`` and ``body``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark,f1", "dismiss", "Back", id="page.back"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="page.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="page.up"),
        Binding("ctrl+d,pagedown", "scroll(10)", "Page down", show=False, id="page.page_down"),
        Binding("ctrl+u,pageup", "scroll(-10)", "Page up", show=False, id="page.page_up"),
        Binding("g,home", "end_of(False)", "First", show=False, id="page.first"),
        Binding("G,end", "end_of(True)", "Last", show=False, id="page.last"),
    ]
    DEFAULT_CSS = """
    Page {
        align: center middle;
        background: $background 60%;
        & VerticalScroll {
            width: 100%; max-width: 110; height: auto; max-height: 94%;
            border: $frame $border-focus; border-title-color: $border-focus; border-title-style: bold;
            border-subtitle-color: $dim; background: $panel; padding: 0 2;
            scrollbar-size-vertical: 1; scrollbar-color: $border; scrollbar-background: $panel;
        }
    }
    """

    def title_text(self) -> str:
        """Return the title, clean text."""
        raise NotImplementedError

    def body(self) -> Text:
        """Return the page."""
        raise NotImplementedError

    def hint(self) -> str:
        """Return what stands in the frame below: the keys, in words of ours."""
        return "esc goes back"

    def follow(self) -> None:
        """Draw how things stand now; what most pages tell never changes."""

    def compose(self) -> ComposeResult:
        """One frame with the text in it."""
        frame = VerticalScroll(Prose(self.body(), markup=False))
        frame.border_title = Text(self.title_text())
        frame.border_subtitle = self.hint()
        yield frame
        yield KeyLine()

    async def action_dismiss(self, result: None = None) -> None:
        """Go back."""
        self.dismiss(result)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_end_of(self, last: bool) -> None:
        """Scroll to the first line, or to the last."""
        frame = self.query_one(VerticalScroll)
        frame.scroll_to(y=frame.max_scroll_y if last else 0, animate=False)


def heading(text: Text, words: str) -> None:
    """Append a heading to a page."""
    text.append(f"\n{words}\n" if text.plain else f"{words}\n", style=Ink.HEADING)


def fact(text: Text, name: str, value: str, width: int = 14) -> None:
    """Append one line: a name and its value."""
    text.append(f"  {name:{width}} ", style=Ink.DIM)
    text.append(f"{value}\n")
