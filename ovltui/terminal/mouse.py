"""What an event of the mouse is to the program, where it asked for it.

Source: xterm's mouse reports (modes 9, 1000, 1002, 1003, with 1006). Privileges: none, it is pure. Incomplete: the old
format ends at column and row 223; what lies beyond is not reported in it.
"""

from dataclasses import dataclass
from enum import Enum

from ovltui.terminal.keys import Key, Modifiers, Named, encode
from ovltui.terminal.screen import Modes, MouseWish

_OLD_LAST = 223
_WHEEL_LINES = 3
_RELEASE = 3
_MOTION = 32


class Act(Enum):
    """What the mouse did."""

    PRESS = "press"
    RELEASE = "release"
    MOVE = "move"


class Button(Enum):
    """Buttons, by their number in reports; the wheel is two of them."""

    LEFT = 0
    MIDDLE = 1
    RIGHT = 2
    NONE = 3
    WHEEL_UP = 64
    WHEEL_DOWN = 65


@dataclass(frozen=True, slots=True)
class Mouse:
    """One event."""

    act: Act
    button: Button
    column: int
    """From 0."""
    row: int
    modifiers: Modifiers = Modifiers.NONE


_WANTED = {
    Act.PRESS: (MouseWish.PRESSES, MouseWish.CLICKS, MouseWish.DRAGS, MouseWish.MOTION),
    Act.RELEASE: (MouseWish.CLICKS, MouseWish.DRAGS, MouseWish.MOTION),
}
_MODIFIERS = ((Modifiers.SHIFT, 4), (Modifiers.ALT, 8), (Modifiers.CTRL, 16))


def report(event: Mouse, modes: Modes) -> bytes:
    """Return what the program gets for ``event``; nothing where it did not ask for it."""
    if not _wanted(event, modes.mouse):
        return b""
    held = sum(number for modifier, number in _MODIFIERS if event.modifiers & modifier)
    code = event.button.value + (held if modes.mouse is not MouseWish.PRESSES else 0)
    code += _MOTION if event.act is Act.MOVE else 0
    column, row = event.column + 1, event.row + 1
    if modes.mouse_sgr:
        return f"\x1b[<{code};{column};{row}{'m' if event.act is Act.RELEASE else 'M'}".encode()
    if column > _OLD_LAST or row > _OLD_LAST:
        return b""
    if event.act is Act.RELEASE:
        code = _RELEASE + held
    return b"\x1b[M" + bytes((code + 32, column + 32, row + 32))


def wheel_keys(button: Button, modes: Modes) -> bytes:
    """Return the arrow keys that the wheel is on the alternate screen; nothing elsewhere."""
    if not (modes.alternate_screen and modes.alternate_scroll):
        return b""
    arrow = Named.UP if button is Button.WHEEL_UP else Named.DOWN
    return encode(Key(arrow), Modes(cursor_keys=modes.cursor_keys)) * _WHEEL_LINES


def _wanted(event: Mouse, wish: MouseWish) -> bool:
    if event.act is not Act.MOVE:
        return wish in _WANTED[event.act]
    return wish is MouseWish.MOTION or (wish is MouseWish.DRAGS and event.button is not Button.NONE)
