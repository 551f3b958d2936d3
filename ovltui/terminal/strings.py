r"""Control strings of bounded length, for an emulator that would keep them whole.

Source: ECMA-48: ``ESC ]``, ``ESC P``, ``ESC _``, ``ESC ^`` and ``ESC X`` begin a string that BEL, CAN, SUB or another
ESC ends. Privileges: none, it is pure. Incomplete: the one-byte C1 controls begin none in UTF-8 and are not looked for.
"""

import re

LIMIT = 1 << 16
"""Bytes of a string that are let through; titles and queries are far shorter."""
_BEGIN = re.compile(rb"\x1b[\]P_^X]")
_END = re.compile(rb"[\x07\x18\x1a\x1b]")
_OUTSIDE = -1


class Bounded:
    """Lets through what a program writes, but no string beyond its ``LIMIT``."""

    def __init__(self) -> None:
        self._inside = _OUTSIDE
        self._escaped = False

    def pass_on(self, data: bytes) -> bytes:
        """Return ``data`` without what is too much of a string; pieces may be cut anywhere."""
        if self._inside == _OUTSIDE and not self._escaped and b"\x1b" not in data:
            return data
        kept: list[bytes] = []
        at = 0
        if self._escaped and data:
            at = self._go_on_after_escape(data, kept)
        while at < len(data):
            at = self._outside(data, at, kept) if self._inside == _OUTSIDE else self._within(data, at, kept)
        return b"".join(kept)

    def _go_on_after_escape(self, data: bytes, kept: list[bytes]) -> int:
        self._escaped = False
        if not _BEGIN.match(b"\x1b" + data[:1]):
            return 0
        kept.append(data[:1])
        self._inside = 0
        return 1

    def _outside(self, data: bytes, at: int, kept: list[bytes]) -> int:
        begin = _BEGIN.search(data, at)
        if begin is None:
            kept.append(data[at:])
            self._escaped = data.endswith(b"\x1b")
            return len(data)
        kept.append(data[at : begin.end()])
        self._inside = 0
        return begin.end()

    def _within(self, data: bytes, at: int, kept: list[bytes]) -> int:
        end = _END.search(data, at)
        stop = end.start() if end else len(data)
        kept.append(data[at : min(stop, at + max(0, LIMIT - self._inside))])
        self._inside += stop - at
        if end:
            self._inside = _OUTSIDE
        return stop
