"""Letters on the row of the cursor: a colour that would drown in its paper gives way to that of plain text.

No row loses a meaning by that: none is said by colour alone. Source: the styles of the theme. Incomplete: what a
terminal makes of its own sixteen colours is not known, so where a theme leaves them to it, nothing is changed here.
"""

from functools import lru_cache

from rich.style import Style

LEAST = 3.5
"""Contrast, as WCAG 2 defines it, that letters need."""
_KNEE = 0.04045
"""Where sRGB goes over from a line to a power."""


@lru_cache(1024)
def legible(ink: Style, paper: Style) -> Style:
    """Return ``ink`` as it can be read on ``paper``."""
    if not (ink.color and ink.color.triplet and paper.bgcolor and paper.bgcolor.triplet):
        return ink
    bright, dark = sorted((_luminance(ink.color.triplet), _luminance(paper.bgcolor.triplet)), reverse=True)
    stands_out = (bright + 0.05) / (dark + 0.05) >= LEAST
    return ink if stands_out else ink.without_color


def _luminance(triplet: tuple[int, int, int]) -> float:
    red, green, blue = (_linear(part / 255) for part in triplet)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _KNEE else ((part + 0.055) / 1.055) ** 2.4
