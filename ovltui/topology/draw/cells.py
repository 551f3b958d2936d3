"""Text in cells of a terminal: how wide it is, and what of it fits.

Source: Unicode's East Asian width, as terminals use it. Pure. Incomplete: terminals differ about a few characters that
are ambiguous there; those count as one cell.
"""

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import combining, east_asian_width

CUT = "…"
"""Stands where a text goes on."""


@lru_cache(maxsize=1 << 12)
def width(text: str) -> int:
    """Return how many cells a clean text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Yield each character with those that combine with it, and its width."""
    held, cells = "", 0
    for character in text:
        wide = _cells(character)
        if wide and held:
            yield held, cells
            held, cells = "", 0
        held, cells = held + character, cells + wide
    if held:
        yield held, cells


def fit(text: str, room: int) -> str:
    """Return ``text``, or as much of it as ``room`` cells hold, its end marked as cut."""
    if width(text) <= room:
        return text
    kept, used = "", width(CUT)
    for cluster, cells in clusters(text):
        if used + cells > room:
            break
        kept, used = kept + cluster, used + cells
    return kept + CUT if room > 0 else ""


def pad(text: str, room: int) -> str:
    """Return ``text`` in exactly ``room`` cells."""
    cut = fit(text, room)
    return cut + " " * (room - width(cut))


def _cells(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1
