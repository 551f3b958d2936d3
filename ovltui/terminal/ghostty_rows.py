# mypy: disable-error-code="import-untyped"
"""Rows of libghostty-vt's screen as styled text.

Source: the library's render state, and the layout of a cell as its own manifest tells it. Privileges: none.
"""

import json
from array import array
from collections.abc import Callable, Iterator
from typing import Any

from pyghostty import ffi, lib

from ovltui.terminal.screen import PLAIN, Color, Cursor, Look, Row, Run, Shape, drawable

_BITS = json.loads(ffi.string(lib.ghostty_type_json()).decode())["types"]["GhosttyCell"]["bits"]
_LAYOUT = {name: (_BITS[name]["lsb"], (1 << _BITS[name]["width"]) - 1) for name in _BITS}
_TAG, _CONTENT, _STYLE, _WIDE = (_LAYOUT[name] for name in ("content_tag", "content", "style_id", "wide"))
_CODEPOINT = 0x1FFFFF
_CLUSTER, _PALETTE = 1, 2
"""Kinds of cells: 0 holds one code point, 3 was erased in red, green and blue."""
_TAIL = 2
"""The second cell of a wide character."""
_SHAPES = {
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: Shape.BAR,
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: Shape.UNDERLINE,
}
_SPACE, _DELETE = 0x20, 0x7F
_MOST_MARKS = 8
"""Code points of one cell that are drawn."""
_MOST_LOOKS = 4096
"""Looks that are remembered."""


def granted(result: int, what: str) -> None:
    """Insist that the library did what it was asked.

    Raises:
        RuntimeError: it did not.
    """
    if result:
        raise RuntimeError(f"libghostty-vt refuses {what}: {result}")


def ask(get: Callable[..., int], handle: Any, key: int, kind: str, what: str) -> Any:
    """Return a value of the library; ``kind`` is the C type that belongs to ``key``."""
    out = sized(kind)
    granted(get(handle, key, out), what)
    return out[0]


def sized(kind: str) -> Any:
    """Return a new C value; a struct that says its size does so."""
    out = ffi.new(f"{kind}*")
    if ffi.typeof(out).item.kind == "struct" and "size" in dict(ffi.typeof(out).item.fields):
        out.size = ffi.sizeof(kind)
    return out


class Rows:
    """The rows in view.

    Args:
        terminal: a handle of the library.
    """

    def __init__(self, terminal: Any) -> None:
        self._terminal = terminal
        state = ffi.new("GhosttyRenderState*")
        granted(lib.ghostty_render_state_new(ffi.NULL, state), "render state")
        self._state = ffi.gc(state[0], lib.ghostty_render_state_free)
        self._iterator = ffi.new("GhosttyRenderStateRowIterator*")
        granted(lib.ghostty_render_state_row_iterator_new(ffi.NULL, self._iterator), "row iterator")
        self._cells = ffi.new("GhosttyRenderStateRowCells*")
        granted(lib.ghostty_render_state_row_cells_new(ffi.NULL, self._cells), "cells")
        self._looks: dict[bytes, Look] = {}

    def close(self) -> None:
        """Free what it holds."""
        lib.ghostty_render_state_row_cells_free(self._cells[0])
        lib.ghostty_render_state_row_iterator_free(self._iterator[0])
        ffi.release(self._state)

    def changes(self) -> Iterator[tuple[int, Row]]:
        """Yield each row that changed since the last call, with its number."""
        granted(lib.ghostty_render_state_update(self._state, self._terminal), "update")
        dirty = self._get("DIRTY", "int")
        self._get_into("ROW_ITERATOR", self._iterator)
        rows = self._iterator[0]
        if dirty == lib.GHOSTTY_RENDER_STATE_DIRTY_FULL:
            number = 0
            while lib.ghostty_render_state_row_iterator_next(rows):
                yield number, self._row(rows)
                number += 1
        elif dirty == lib.GHOSTTY_RENDER_STATE_DIRTY_PARTIAL:
            at = ffi.new("uint16_t*")
            while lib.ghostty_render_state_row_iterator_next_dirty(rows, at):
                yield at[0], self._row(rows)
        granted(lib.ghostty_render_state_clean(self._state), "clean")

    def cursor(self) -> Cursor | None:
        """Where to draw the cursor."""
        cursor = self._get("CURSOR", "GhosttyRenderStateCursor")
        if not (cursor.visible and cursor.viewport_has_value):
            return None
        column = cursor.viewport_x - (1 if cursor.wide_tail else 0)
        return Cursor(column, cursor.viewport_y, _SHAPES.get(cursor.visual_style, Shape.BLOCK))

    def _row(self, rows: Any) -> Row:
        view = ffi.new("GhosttyCellsView*")
        lib.ghostty_render_state_row_get(rows, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, view)
        raw = array("Q")
        raw.frombytes(ffi.buffer(view.ptr, view.len * raw.itemsize))
        self._get_cells(rows)
        runs: list[Run] = []
        key, start, text, look = -1, 0, "", PLAIN
        for column, cell in enumerate(raw):
            if cell >> _WIDE[0] & _WIDE[1] == _TAIL:
                continue
            tag = cell & _TAG[1]
            own = cell >> _STYLE[0] & _STYLE[1] if tag <= _CLUSTER else ~(cell & 0x3FFFFFF)
            if own != key:
                if text:
                    runs.append(Run(text, look, column - start))
                key, start, text = own, column, ""
                look = self._look(column, own) if own >= 0 else _filled(tag, cell)
            text += self._text(column, tag, cell)
        return (*runs, Run(text, look, len(raw) - start)) if text else tuple(runs)

    def _text(self, column: int, tag: int, cell: int) -> str:
        if tag > _CLUSTER:
            return " "
        if tag == _CLUSTER:
            return drawable(self._cluster(column))
        code = cell >> _CONTENT[0] & _CODEPOINT
        if _SPACE <= code < _DELETE:
            return chr(code)
        return drawable(chr(code)) if code else " "

    def _cluster(self, column: int) -> str:
        """Return the code points of a cell that holds several."""
        cells = self._cells[0]
        lib.ghostty_render_state_row_cells_select(cells, column)
        length = ffi.new("uint32_t*")
        lib.ghostty_render_state_row_cells_get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, length)
        codes = ffi.new("uint32_t[]", max(1, length[0]))
        lib.ghostty_render_state_row_cells_get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, codes)
        return "".join(map(chr, codes[0 : min(length[0], _MOST_MARKS)]))

    def _look(self, column: int, style: int) -> Look:
        if not style:
            return PLAIN
        cells, out = self._cells[0], sized("GhosttyStyle")
        lib.ghostty_render_state_row_cells_select(cells, column)
        granted(
            lib.ghostty_render_state_row_cells_get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, out), "style"
        )
        raw = bytes(ffi.buffer(out))
        if raw not in self._looks:
            if len(self._looks) > _MOST_LOOKS:
                self._looks.clear()
            self._looks[raw] = _look(out[0])
        return self._looks[raw]

    def _get(self, name: str, kind: str) -> Any:
        key = getattr(lib, f"GHOSTTY_RENDER_STATE_DATA_{name}")
        return ask(lib.ghostty_render_state_get, self._state, key, kind, name)

    def _get_into(self, name: str, out: Any) -> None:
        key = getattr(lib, f"GHOSTTY_RENDER_STATE_DATA_{name}")
        granted(lib.ghostty_render_state_get(self._state, key, out), name)

    def _get_cells(self, rows: Any) -> None:
        key = lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS
        granted(lib.ghostty_render_state_row_get(rows, key, self._cells), "cells")


def _filled(tag: int, cell: int) -> Look:
    """Return the look of a cell that was erased in a colour."""
    value = cell >> _CONTENT[0] & _CONTENT[1]
    return Look(background=value & 0xFF if tag == _PALETTE else (value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF))


def _look(style: Any) -> Look:
    return Look(
        foreground=_color(style.fg_color),
        background=_color(style.bg_color),
        bold=style.bold,
        dim=style.faint,
        italic=style.italic,
        underline=style.underline != 0,
        blink=style.blink,
        reverse=style.inverse,
        conceal=style.invisible,
        strike=style.strikethrough,
    )


def _color(color: Any) -> Color:
    if color.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(color.value.palette)
    if color.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        rgb = color.value.rgb
        return int(rgb.r), int(rgb.g), int(rgb.b)
    return None
