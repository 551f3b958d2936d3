"""What an emulator shows: rows of styled text, a cursor, and what the program asked of the terminal.

Source: none, these are values. Every text in them is safe to draw: no control and no format character is left.
"""

from dataclasses import dataclass
from enum import Enum

from ovltui.text import clean

Color = int | tuple[int, int, int] | None
"""A number of the 256-colour palette, red, green and blue, or the terminal's own."""
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Look:
    """How text is drawn."""

    foreground: Color = None
    background: Color = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    blink: bool = False
    reverse: bool = False
    conceal: bool = False
    strike: bool = False


PLAIN = Look()
"""Text that nothing was said of."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look."""

    text: str
    look: Look
    width: int
    """Columns that it takes."""


Row = tuple[Run, ...]
"""A row of the screen, from its first column to its last."""


class Shape(Enum):
    """How the cursor looks."""

    BLOCK = "block"
    BAR = "bar"
    UNDERLINE = "underline"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor is to be drawn."""

    column: int
    row: int
    shape: Shape


class MouseWish(Enum):
    """Which events of the mouse the program wants to hear of."""

    NONE = 0
    PRESSES = 9
    CLICKS = 1000
    """Presses and releases."""
    DRAGS = 1002
    """Motion with a button held, too."""
    MOTION = 1003
    """All motion."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What the program asked for."""

    cursor_keys: bool = False
    """DECCKM: arrows, Home and End as ``ESC O``."""
    bracketed_paste: bool = False
    focus_events: bool = False
    alternate_screen: bool = False
    alternate_scroll: bool = False
    """On the alternate screen the wheel is arrow keys."""
    mouse: MouseWish = MouseWish.NONE
    mouse_sgr: bool = False
    """Mode 1006: coordinates as decimal numbers."""
    modify_other_keys: bool = False
    """XTMODKEYS: keys that have no sequence of their own get ``CSI 27``."""
    kitty: int = 0
    """Flags of the kitty keyboard protocol; 0 for the old encodings."""
    hold: bool = False
    """Mode 2026: the screen is being rebuilt and should not be drawn yet."""


def drawable(cell: str) -> str:
    """Return the text of one cell without what a terminal would obey or hide."""
    if clean(cell) == cell:
        return cell
    return "".join(character for character in cell if clean(character) == character) or _REPLACEMENT
