"""What a key is to the program: bytes, in the encoding that it asked for.

Source: xterm's control sequences (also with modifyOtherKeys=2) and the kitty keyboard protocol. Privileges: none, it is
pure. Incomplete: terminals report presses alone, so that releases and repeats are never sent, and the keypad's keys
are those of the main block.
"""

import re
from dataclasses import dataclass
from enum import Enum, IntFlag

from ovltui.terminal.screen import Modes

_ESC = "\x1b"
_CSI = "\x1b["


class Modifiers(IntFlag):
    """Keys held down; the values are those of xterm's parameter, less one."""

    NONE = 0
    SHIFT = 1
    ALT = 2
    CTRL = 4
    SUPER = 8


class Named(Enum):
    """Keys that are no character, with the number by which the kitty protocol calls them; 0 for none."""

    ESCAPE = "escape", 27
    ENTER = "enter", 13
    TAB = "tab", 9
    BACKSPACE = "backspace", 127
    UP = "A", 1
    DOWN = "B", 1
    RIGHT = "C", 1
    LEFT = "D", 1
    END = "F", 1
    HOME = "H", 1
    F1 = "P", 1
    F2 = "Q", 1
    F3 = "R", 13
    F4 = "S", 1
    INSERT = "insert", 2
    DELETE = "delete", 3
    PAGE_UP = "page_up", 5
    PAGE_DOWN = "page_down", 6
    F5 = "f5", 15
    F6 = "f6", 17
    F7 = "f7", 18
    F8 = "f8", 19
    F9 = "f9", 20
    F10 = "f10", 21
    F11 = "f11", 23
    F12 = "f12", 24


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was pressed."""

    what: Named | str
    """A character as it is without ctrl and alt, with shift already in it: ``A``, ``?``."""
    modifiers: Modifiers = Modifiers.NONE


_ARROWS = frozenset((Named.UP, Named.DOWN, Named.RIGHT, Named.LEFT, Named.HOME, Named.END))
_LETTERS = _ARROWS | {Named.F1, Named.F2, Named.F3, Named.F4}
_OLD = {Named.ESCAPE: "\x1b", Named.ENTER: "\r", Named.TAB: "\t", Named.BACKSPACE: "\x7f"}
"""Keys that are one byte in the old encoding."""
_OLD_CONTROL = {"2": "\x00", "3": "\x1b", "4": "\x1c", "5": "\x1d", "6": "\x1e", "7": "\x1f", "8": "\x7f"} | {
    " ": "\x00",
    "?": "\x7f",
    "/": "\x1f",
    "-": "\x1f",
    "`": "\x00",
}
"""What ctrl makes of characters outside of @ to ~."""
_DISAMBIGUATE, _ALL = 1, 8
"""Flags of the kitty protocol."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BRACKETS = ("\x1b[200~", "\x1b[201~")


def encode(key: Key, modes: Modes) -> bytes:
    """Return what the program gets for ``key``."""
    if isinstance(key.what, Named) and key.what not in _OLD:
        text = _function(key.what, key.modifiers, modes)
    else:
        text = _asked_for(key, modes) or _old(key)
    return text.encode("utf-8", "surrogateescape")


def paste(text: str, modes: Modes) -> bytes:
    """Return what the program gets for pasted text: within brackets where it asked for them, and unable to close them.

    Line ends are what the enter key sends.
    """
    lines = text.replace("\r\n", "\r").replace("\n", "\r")
    # A paste ends at its bracket, and ctrl+c or ctrl+d in it would act at once.
    plain = _CONTROLS.sub(" ", lines)
    begin, end = _BRACKETS if modes.bracketed_paste else ("", "")
    return f"{begin}{plain}{end}".encode("utf-8", "surrogateescape")


def focus(modes: Modes, *, gained: bool) -> bytes:
    """Return what the program gets when the pane gains or loses the focus; nothing unless it asked."""
    return (b"\x1b[I" if gained else b"\x1b[O") if modes.focus_events else b""


def _asked_for(key: Key, modes: Modes) -> str:
    """Return the sequence of the encoding that the program asked for; empty where that keeps the old one."""
    if modes.kitty:
        return _kitty(key, modes.kitty)
    return _modified(key) if modes.modify_other_keys else ""


def _function(key: Named, modifiers: Modifiers, modes: Modes) -> str:
    letter, number = key.value
    # CSI R would be a cursor report.
    if key not in _LETTERS or (key is Named.F3 and modes.kitty):
        return f"{_CSI}{number};{modifiers + 1}~" if modifiers else f"{_CSI}{number}~"
    if modifiers:
        return f"{_CSI}1;{modifiers + 1}{letter}"
    if key in _ARROWS:
        return f"{_ESC}O{letter}" if modes.cursor_keys else f"{_CSI}{letter}"
    return f"{_CSI}{letter}" if modes.kitty & (_DISAMBIGUATE | _ALL) else f"{_ESC}O{letter}"


def _kitty(key: Key, flags: int) -> str:
    """Return the sequence of the kitty protocol; empty where it keeps the old one."""
    if not flags & (_DISAMBIGUATE | _ALL):
        return ""
    everything = bool(flags & _ALL)
    held = key.modifiers
    if isinstance(key.what, Named):
        plain = key.what is not Named.ESCAPE and not held
        return "" if plain and not everything else _unicode(key.what.value[1], held)
    code = ord(key.what[0])
    if key.what != key.what.lower():
        code, held = ord(key.what.lower()[0]), held | Modifiers.SHIFT
    if not everything and not held & ~Modifiers.SHIFT:
        return ""
    return _unicode(code, held)


def _unicode(code: int, modifiers: Modifiers) -> str:
    return f"{_CSI}{code};{modifiers + 1}u" if modifiers else f"{_CSI}{code}u"


def _modified(key: Key) -> str:
    """Return the sequence of modifyOtherKeys=2; empty where it keeps the old one."""
    held = key.modifiers
    if isinstance(key.what, Named):
        told = held and not (key.what is Named.BACKSPACE and held == Modifiers.CTRL)
        return f"{_CSI}27;{held + 1};{key.what.value[1]}~" if told else ""
    return f"{_CSI}27;{held + 1};{ord(key.what[0])}~" if held & ~Modifiers.SHIFT else ""


def _old(key: Key) -> str:
    """Return what xterm has always sent: alt is an escape before it."""
    held = key.modifiers
    if key.what is Named.TAB and held & Modifiers.SHIFT:
        text = f"{_CSI}Z"
    elif key.what is Named.BACKSPACE and held & Modifiers.CTRL:
        text = "\x08"
    elif isinstance(key.what, Named):
        text = _OLD[key.what]
    else:
        text = _control(key.what) if held & Modifiers.CTRL else key.what
    return f"{_ESC}{text}" if held & Modifiers.ALT and not text.startswith(_CSI) else text


def _control(character: str) -> str:
    """Return the control character that ctrl makes of one; the character where there is none."""
    if character in _OLD_CONTROL:
        return _OLD_CONTROL[character]
    return chr(ord(character) & 0x1F) if "@" <= character <= "~" else character
