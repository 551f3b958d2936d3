"""The help page: the keys that work now, made from the bindings, and what cannot be seen here."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding

from ovltui.tui.screens.page import Page, heading

_NOT_OURS = frozenset(
    (
        "Copy selected text",
        "Focus Next",
        "Focus Previous",
        "Scroll Left",
        "Scroll Right",
        "Page Left",
        "Page Right",
        "palette",
    )
)
"""Bindings of the library that lead nowhere here."""
_COLUMNS = "  "
"""What stands between two columns of a text."""
_WORDS = 20
"""Cells for what a key does."""
_KEYS = {
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "equals_sign": "=",
    "minus": "-",
    "apostrophe": "'",
    "dollar_sign": "$",
    "ctrl+right_square_bracket": "ctrl+]",
    "colon": ":",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "esc",
    "home": "Home",
    "end": "End",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "f1": "F1",
    "f2": "F2",
    "full_stop": ".",
    "comma": ",",
    "semicolon": ";",
}


def flowing(about: str) -> str:
    """Return a text without the line breaks inside its sentences; rows of two columns stay as they are."""
    lines: list[str] = []
    for line in about.splitlines():
        inside = bool(lines) and not lines[-1].endswith(".") and line[:1].islower() and _COLUMNS not in line
        if inside and _COLUMNS not in lines[-1]:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join((*lines, ""))


def key_word(key: str) -> str:
    """Return a key as people call it."""
    return _KEYS.get(key, key)


class Help(Page):
    """A page on keys.

    Args:
        about: what the screen shows and how it is read.
        bindings: those that work where the user is.
        gaps: what cannot be seen, each a sentence.
        acts: what was changed on the user's request, each as the command that it equals.
    """

    def __init__(self, about: str, bindings: Sequence[Binding], gaps: Sequence[str], acts: Sequence[str] = ()) -> None:
        super().__init__()
        self._about = about
        self._acts = acts
        self._keys = bindings
        self._gaps = gaps

    def title_text(self) -> str:
        """Always the same."""
        return "help"

    def body(self) -> Text:
        """Return what the screen is, keys and gaps."""
        text = Text(flowing(self._about))
        heading(text, "keys")
        keys: dict[str, list[str]] = {}
        for binding in self._keys:
            if binding.description in _NOT_OURS:
                continue
            keys.setdefault(binding.description, []).append(key_word(binding.key))
        cells = [(" ".join(dict.fromkeys(names)), what) for what, names in keys.items() if what]
        half = -(-len(cells) // 2)
        width = max((cell_len(what) + 1 for _, what in cells), default=0)
        for at in range(half):
            for name, what in (cells[at], cells[at + half] if at + half < len(cells) else ("", "")):
                text.append(f"  {name:13} ", style="bold")
                text.append(f"{what:{max(width, _WORDS)}}")
            text.append("\n")
        heading(text, "what cannot be seen or heard here")
        for gap in self._gaps or ("nothing that we know of",):
            text.append(f"  {gap}\n")
        if self._acts:
            heading(text, "what was changed at your request, and is set back at the end")
        for act in self._acts:
            text.append(f"  {act}\n")
        return text
