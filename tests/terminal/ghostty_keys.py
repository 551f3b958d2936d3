# mypy: disable-error-code="import-untyped"
"""The key encoder of libghostty-vt, against which ours is compared; importing this needs ``pyghostty``."""

from pyghostty import ffi, lib

from ovltui.terminal.ghostty import Screen
from ovltui.terminal.keys import Key, Modifiers, Named

_NAMES = {Named.UP: "ARROW_UP", Named.DOWN: "ARROW_DOWN", Named.LEFT: "ARROW_LEFT", Named.RIGHT: "ARROW_RIGHT"}
_PUNCTUATION = {
    " ": "SPACE",
    "-": "MINUS",
    "=": "EQUAL",
    "[": "BRACKET_LEFT",
    "]": "BRACKET_RIGHT",
    ";": "SEMICOLON",
    "'": "QUOTE",
    ",": "COMMA",
    ".": "PERIOD",
    "/": "SLASH",
}
_MODIFIERS = ((Modifiers.SHIFT, 1), (Modifiers.CTRL, 2), (Modifiers.ALT, 4))


class Terminal:
    """A terminal of which a program asked something, and its keyboard."""

    def __init__(self, asked: bytes) -> None:
        self._screen = Screen((80, 24), lambda _: None)
        self._screen.feed(asked)
        self.modes = self._screen.modes()
        encoder, event = ffi.new("GhosttyKeyEncoder*"), ffi.new("GhosttyKeyEvent*")
        assert lib.ghostty_key_encoder_new(ffi.NULL, encoder) == 0
        assert lib.ghostty_key_event_new(ffi.NULL, event) == 0
        self._encoder, self._event = encoder[0], event[0]
        lib.ghostty_key_event_set_action(self._event, lib.GHOSTTY_KEY_ACTION_PRESS)

    def encode(self, key: Key) -> bytes:
        """Return what the library sends for a key of a US keyboard."""
        event = self._event
        text = key.what if isinstance(key.what, str) else ""
        held = sum(number for modifier, number in _MODIFIERS if key.modifiers & modifier)
        raw = ffi.new("char[]", text.encode() or b"\0")
        lib.ghostty_key_event_set_key(event, getattr(lib, f"GHOSTTY_KEY_{_name(key.what)}"))
        lib.ghostty_key_event_set_mods(event, held)
        lib.ghostty_key_event_set_utf8(event, raw, len(text.encode()))
        lib.ghostty_key_event_set_unshifted_codepoint(event, ord(text) if text else 0)
        lib.ghostty_key_encoder_setopt_from_terminal(self._encoder, self._screen._terminal)
        out, length = ffi.new("char[128]"), ffi.new("size_t*")
        assert lib.ghostty_key_encoder_encode(self._encoder, event, out, 128, length) == 0
        return bytes(ffi.buffer(out, length[0]))


def _name(what: Named | str) -> str:
    if isinstance(what, Named):
        return _NAMES.get(what, what.name)
    if what in _PUNCTUATION:
        return _PUNCTUATION[what]
    return f"DIGIT_{what}" if what.isdigit() else what.upper()
