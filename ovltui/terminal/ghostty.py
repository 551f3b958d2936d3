# mypy: disable-error-code="import-untyped"
"""The emulator of libghostty-vt.

Source: ``pyghostty``, its raw layer ``ffi`` and ``lib``. Privileges: none. The library is native code without checks of
its own: what is asked of it, and as which type, stands in this file and in ``ghostty_rows`` alone. Importing this
raises ImportError or OSError where there is no wheel for the machine.
"""

from collections.abc import Callable, Iterator
from typing import Any

from cffi import FFI
from pyghostty import ffi, lib

from ovltui.terminal.ghostty_rows import Rows, ask, granted
from ovltui.terminal.screen import Cursor, Modes, MouseWish, Row
from ovltui.text import clean_bytes

_SCROLLBACK_LINES = 11_000
"""The library prunes by pages of some hundred lines, and 10,000 are promised."""
_SCROLLBACK_BYTES = 16 << 20
"""The library prunes by bytes ten times faster than by lines."""
_CELL_PX = (8, 16)
_MODES = {
    "cursor_keys": 1,
    "focus_events": 1004,
    "mouse_sgr": 1006,
    "alternate_scroll": 1007,
    "bracketed_paste": 2004,
    "hold": 2026,
}
_MOUSE = (MouseWish.MOTION, MouseWish.DRAGS, MouseWish.CLICKS, MouseWish.PRESSES)
_CTRL_I = b"\x1b[27;5;105~"

# cffi passes no union by value: a struct of the same layout stands in for the library's GhosttyTerminalScrollViewport.
_by_value = FFI()
_by_value.cdef("typedef struct { int tag; intptr_t delta; uint64_t padding; } Scroll;")
assert _by_value.sizeof("Scroll") == ffi.sizeof("GhosttyTerminalScrollViewport")
_scroll_viewport = _by_value.cast(
    "void(*)(uintptr_t, Scroll)", int(ffi.cast("uintptr_t", ffi.addressof(lib, "ghostty_terminal_scroll_viewport")))
)


class Screen:
    """An ``emulator.Emulator``.

    Args:
        size: columns and rows.
        reply: takes the answers to the program's queries.
    """

    def __init__(self, size: tuple[int, int], reply: Callable[[bytes], object]) -> None:
        out = ffi.new("GhosttyTerminal*")
        granted(lib.ghostty_terminal_new(ffi.NULL, out, *size), "terminal")
        self._terminal: Any = ffi.gc(out[0], lib.ghostty_terminal_free)
        self._size = size
        self._reply = reply
        self._answers: list[bytes] = []
        self._bells = 0
        self._set("SCROLLBACK_MAX_LINES", ffi.new("size_t*", _SCROLLBACK_LINES))
        self._set("SCROLLBACK_MAX_BYTES", ffi.new("size_t*", _SCROLLBACK_BYTES))
        self._set("KITTY_IMAGE_STORAGE_LIMIT", ffi.new("uint64_t*", 0))
        self._callbacks = (
            ffi.callback("GhosttyTerminalWritePtyFn", self._answered),
            ffi.callback("GhosttyTerminalBellFn", self._rang),
        )
        self._set("WRITE_PTY", self._callbacks[0])
        self._set("BELL", self._callbacks[1])
        self._rows = Rows(self._terminal)
        self._keys = _KeyProbe(self._terminal)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._size

    @property
    def title(self) -> str:
        """What the program calls itself, clean text."""
        text = self._get("TITLE", "GhosttyString")
        return clean_bytes(ffi.buffer(text.ptr, text.len)[:]) if text.len else ""

    @property
    def bells(self) -> int:
        """How often the bell rang."""
        return self._bells

    @property
    def back(self) -> int:
        """Rows by which the view is scrolled back."""
        bar = self._get("SCROLLBAR", "GhosttyTerminalScrollbar")
        return int(max(0, bar.total - bar.len - bar.offset))

    def feed(self, data: bytes) -> None:
        """Take in what the program wrote."""
        lib.ghostty_terminal_vt_write(self._terminal, data, len(data))
        if (self._get("COLS", "uint16_t"), self._get("ROWS", "uint16_t")) != self._size:
            self.resize(*self._size)  # DECCOLM made it 132 columns wide
        answers, self._answers = self._answers, []
        for answer in answers:
            self._reply(answer)

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        self._size = (columns, rows)
        granted(lib.ghostty_terminal_resize(self._terminal, columns, rows, *_CELL_PX), "resize")

    def changes(self) -> Iterator[tuple[int, Row]]:
        """Yield each row of the view that changed since the last call."""
        return self._rows.changes()

    def cursor(self) -> Cursor | None:
        """Where to draw the cursor."""
        return self._rows.cursor()

    def modes(self) -> Modes:
        """What the program asked for."""
        wanted = next((wish for wish in _MOUSE if self._mode(wish.value)), MouseWish.NONE)
        return Modes(
            **{name: self._mode(number) for name, number in _MODES.items()},
            alternate_screen=self._get("ACTIVE_SCREEN", "int") != 0,
            mouse=wanted,
            modify_other_keys=self._keys.modify_other_keys(),
            kitty=int(self._get("KITTY_KEYBOARD_FLAGS", "uint8_t")),
        )

    def scroll(self, by: int) -> None:
        """Move the view, back for negative numbers."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_DELTA, by)

    def to_end(self) -> None:
        """Show the newest again."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_BOTTOM, 0)

    def close(self) -> None:
        """Free what it holds, in the order in which it depends on each other."""
        self._rows.close()
        self._keys.close()
        ffi.release(self._terminal)
        self._terminal = ffi.NULL  # what is asked of it from now on is refused

    def _scroll(self, tag: int, by: int) -> None:
        _scroll_viewport(int(ffi.cast("uintptr_t", self._terminal)), _by_value.new("Scroll*", (tag, by, 0))[0])

    def _set(self, option: str, value: Any) -> None:
        granted(lib.ghostty_terminal_set(self._terminal, getattr(lib, f"GHOSTTY_TERMINAL_OPT_{option}"), value), option)

    def _get(self, name: str, kind: str) -> Any:
        key = getattr(lib, f"GHOSTTY_TERMINAL_DATA_{name}")
        return ask(lib.ghostty_terminal_get, self._terminal, key, kind, name)

    def _mode(self, number: int) -> bool:
        config = ffi.new("GhosttyTerminalModeConfig*", {"mode": number})
        granted(lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_MODE, config), f"mode {number}")
        return bool(config.value)

    def _answered(self, _terminal: Any, _user: Any, data: Any, length: int) -> None:
        self._answers.append(ffi.buffer(data, length)[:])

    def _rang(self, _terminal: Any, _user: Any) -> None:
        self._bells += 1


class _KeyProbe:
    """Tells modifyOtherKeys, which the library says of its own key encoder alone."""

    def __init__(self, terminal: Any) -> None:
        self._terminal = terminal
        encoder, event = ffi.new("GhosttyKeyEncoder*"), ffi.new("GhosttyKeyEvent*")
        granted(lib.ghostty_key_encoder_new(ffi.NULL, encoder), "key encoder")
        granted(lib.ghostty_key_event_new(ffi.NULL, event), "key event")
        self._encoder = ffi.gc(encoder[0], lib.ghostty_key_encoder_free)
        self._event = ffi.gc(event[0], lib.ghostty_key_event_free)
        self._text = ffi.new("char[]", b"i")
        lib.ghostty_key_event_set_action(self._event, lib.GHOSTTY_KEY_ACTION_PRESS)
        lib.ghostty_key_event_set_key(self._event, lib.GHOSTTY_KEY_I)
        lib.ghostty_key_event_set_mods(self._event, 2)
        lib.ghostty_key_event_set_utf8(self._event, self._text, 1)
        lib.ghostty_key_event_set_unshifted_codepoint(self._event, ord("i"))

    def modify_other_keys(self) -> bool:
        """Return whether ctrl+i would be told from tab."""
        lib.ghostty_key_encoder_setopt_from_terminal(self._encoder, self._terminal)
        kitty = ffi.new("uint8_t*", 0)
        lib.ghostty_key_encoder_setopt(self._encoder, lib.GHOSTTY_KEY_ENCODER_OPT_KITTY_FLAGS, kitty)
        out, length = ffi.new("char[64]"), ffi.new("size_t*")
        lib.ghostty_key_encoder_encode(self._encoder, self._event, out, len(out), length)
        return bool(ffi.buffer(out, length[0])[:] == _CTRL_I)

    def close(self) -> None:
        """Free what it holds."""
        ffi.release(self._encoder)
        ffi.release(self._event)
