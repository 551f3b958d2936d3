"""Keys and mouse events of the library, as those of a program in a pane.

Source: Textual's events. Incomplete: what the library does not tell apart is not told apart here: without the kitty
protocol outside, alt+b and alt+f are ctrl+left and ctrl+right (which mean the same to readline), and alt with a digit
or a sign comes as another character.
"""

import unicodedata

from textual import events

from ovltui.terminal.keys import Key, Modifiers, Named
from ovltui.terminal.mouse import Act, Button, Mouse

_MODIFIERS = {
    "shift": Modifiers.SHIFT,
    "alt": Modifiers.ALT,
    "meta": Modifiers.ALT,
    "ctrl": Modifiers.CTRL,
    "super": Modifiers.SUPER,
}
_NAMED = {named.name.replace("_", "").lower(): named for named in Named}
_CHARACTERS = {
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "space": " ",
    "circumflex_accent": "^",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
_BUTTONS = (Button.NONE, Button.LEFT, Button.MIDDLE, Button.RIGHT)
_ACTS = {
    events.MouseDown: (Act.PRESS, None),
    events.MouseUp: (Act.RELEASE, None),
    events.MouseMove: (Act.MOVE, None),
    events.MouseScrollUp: (Act.PRESS, Button.WHEEL_UP),
    events.MouseScrollDown: (Act.PRESS, Button.WHEEL_DOWN),
}


def key_of(event: events.Key) -> Key | None:
    """Return the key that was pressed; None for what is none."""
    *held, name = event.key.split("+")
    modifiers = Modifiers.NONE
    for word in held:
        modifiers |= _MODIFIERS.get(word, Modifiers.NONE)
    if name in _NAMED:
        return Key(_NAMED[name], modifiers)
    if event.is_printable and event.character and not held:
        return Key(event.character)
    character = _character(name)
    if character and modifiers & Modifiers.SHIFT and character.isalpha():
        return Key(character.upper(), modifiers & ~Modifiers.SHIFT)
    return Key(character, modifiers) if character else None


def mouse_of(event: events.MouseEvent, column: int, row: int) -> Mouse | None:
    """Return an event of the mouse at a cell; None for what is none to a program."""
    known = _ACTS.get(type(event))
    if known is None:
        return None
    act, button = known
    held = Modifiers.NONE
    for flag, modifier in ((event.shift, Modifiers.SHIFT), (event.meta, Modifiers.ALT), (event.ctrl, Modifiers.CTRL)):
        held |= modifier if flag else Modifiers.NONE
    pressed = _BUTTONS[event.button] if 0 <= event.button < len(_BUTTONS) else Button.NONE
    return Mouse(act, button or pressed, column, row, held)


def _character(name: str) -> str:
    if len(name) == 1:
        return name
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    try:
        return unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return ""
