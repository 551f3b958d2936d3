"""Amounts in a few characters."""

_UNITS = ((1 << 30, "G"), (1 << 20, "M"), (1 << 10, "k"))


def size_words(size: int) -> str:
    """Return bytes as ``512``, ``17.3k``, ``4.1M`` or ``1.2G``."""
    return next((f"{size / unit:.1f}{letter}" for unit, letter in _UNITS if size >= unit), f"{size}")
