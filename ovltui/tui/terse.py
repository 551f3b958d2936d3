"""What is sent to the terminal, in fewer bytes: colours and attributes are told where they change, not for each piece.

Source: the text that Rich writes, in which each piece of a line begins with all its colours and ends with a reset.
Privileges: none. What is drawn is the same, and a text leaves the terminal as it found it, plain. Incomplete: what has
codes that Rich does not write is sent whole.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_PLAIN = ""
_RESET = "\x1b[0m"
_SEQUENCE = re.compile(r"\x1b\[([0-9;]*)m")
_MOVES = re.compile(r"(?:\n|\x1b\[[0-9;]*H)*")
"""What moves the cursor and draws nothing."""
_CODE = re.compile(
    r"(?:(?P<ink>[39][0-7]|39|38;5;\d+|38;2;\d+;\d+;\d+)"
    r"|(?P<ground>(?:4|10)[0-7]|49|48;5;\d+|48;2;\d+;\d+;\d+)"
    r"|(?P<mark>[1-9]))(?:;|$)"
)
_KEPT = 4096
"""Changes that are remembered; a theme has some dozens of looks."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How text is drawn, each as its codes."""

    marks: tuple[str, ...] = ()
    """Bold, underlined and so on."""
    ink: str = "39"
    """The colour of the text; 39 is the terminal's own."""
    ground: str = "49"
    """The colour behind it; 49 is the terminal's own."""


def terse(text: str) -> str:
    """Return what draws the same as ``text``, in fewer bytes; both begin and end plain."""
    first, *rest = _SEQUENCE.split(text)
    if not rest:
        return text
    out, now = [first], _PLAIN
    for codes, piece in zip(rest[::2], rest[1::2], strict=True):
        if not _MOVES.fullmatch(piece):
            wanted = _PLAIN if codes == "0" else codes
            out.append(_change(now, wanted))
            now = wanted
        out.append(piece)
    if now != _PLAIN:
        out.append(_RESET)
    return "".join(out)


@lru_cache(maxsize=_KEPT)
def _change(old: str, new: str) -> str:
    """Return what leads from one look to another, each given by the codes that lead to it from plain."""
    if old == new:
        return ""
    if new == _PLAIN:
        return _RESET
    whole, before, after = f"\x1b[0;{new}m", _look(old), _look(new)
    if before is None or after is None or not set(before.marks) <= set(after.marks):
        return whole
    codes = [mark for mark in after.marks if mark not in before.marks]
    codes += [after.ink] if after.ink != before.ink else []
    codes += [after.ground] if after.ground != before.ground else []
    return min(f"\x1b[{';'.join(codes)}m", whole, key=len) if codes else ""


def _look(codes: str) -> _Look | None:
    """Return what codes lead to from plain; None where one of them is unknown."""
    look, at, marks = {}, 0, []
    while at < len(codes):
        code = _CODE.match(codes, at)
        if code is None:
            return None
        at = code.end()
        kind, value = str(code.lastgroup), code[str(code.lastgroup)]
        if kind == "mark":
            marks.append(value)
        else:
            look[kind] = value
    return _Look(tuple(marks), **look)
