"""The frame at the bottom in which the tour speaks: what to look at, what to do, and what came of it."""

from dataclasses import dataclass

from rich.text import Text
from textual.widgets import Static

from ovltui.tui.ink import Ink

_KEYS = ". goes on   , back   ; folds   {}"
_ASCII = str.maketrans({"→": ">", "…": "~", "\N{MULTIPLICATION SIGN}": "x"})
_KEYS_IN_SHELL = "ctrl+] leaves the shell, then . goes on"


@dataclass(frozen=True, slots=True)
class Said:
    """What the frame says."""

    number: int
    """Of the step, from 1 on."""
    steps: int
    title: str
    text: tuple[str, ...]
    hand: str
    """What is to be done."""
    done: bool
    event: str = ""
    """The line of an event that came of it, clean text; empty for none."""


class TourPanel(Static):
    """Shows a step.

    Args:
        leave: how to leave it, a key and what that does.
        ascii_only: draw with ASCII alone.
    """

    DEFAULT_CSS = """
    TourPanel {
        height: auto; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
        border: $frame $accent; border-title-color: $accent; border-title-style: bold; border-subtitle-color: $dim;
        &.-folded { border: none; height: 1; }
    }
    """

    def __init__(self, leave: str, *, ascii_only: bool = False) -> None:
        super().__init__("", markup=False, classes="-ascii" if ascii_only else "")
        self._keys = _KEYS.format(leave)
        self._said: Said | None = None
        self._typing = False
        self.folded = False
        """Whether only the title shows."""

    def say(self, said: Said, *, typing: bool) -> None:
        """Show a step, if it is not shown like that already.

        Args:
            said: what to say.
            typing: whether keys go to a shell.
        """
        if (said, typing) != (self._said, self._typing):
            self._said, self._typing = said, typing
            self._draw()

    def fold(self) -> None:
        """Show the title alone, or all again."""
        self.folded = not self.folded
        self.set_class(self.folded, "-folded")
        self._draw()

    def _draw(self) -> None:
        said = self._said
        if said is None:
            return
        title = f"tour {said.number}/{said.steps}: {said.title}"
        self.border_title = title
        self.border_subtitle = _KEYS_IN_SHELL if self._typing else self._keys
        text = _folded(title, said) if self.folded else _body(said)
        if self.has_class("-ascii"):
            text.plain = text.plain.translate(_ASCII).encode("ascii", "replace").decode()
        self.update(text)


def _folded(title: str, said: Said) -> Text:
    text = Text().append(f"{title}  ", style="bold").append("; unfolds  ", style=Ink.DIM)
    return text.append("done, . goes on" if said.done else said.hand)


def _body(said: Said) -> Text:
    text = Text("\n".join(said.text))
    text.append("\n")
    if not said.done:
        return text.append(f"do: {said.hand}", style=Ink.WARNING)
    text.append("done: ", style=Ink.FINE)
    return text.append(said.event or ". goes on")
