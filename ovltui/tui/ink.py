"""What words of a text stand out as; which colour that is, the theme says when they are drawn."""

from enum import StrEnum


class Ink(StrEnum):
    """Names of styles; each is a style of Rich that the app's console knows by this name."""

    DIM = "ink-dim"
    LEAD = "ink-lead"
    """A name or sign that leads the eye."""
    HEADING = "ink-heading"
    SOFT = "ink-soft"
    GOOD = "ink-good"
    FINE = "ink-fine"
    """A verdict: all is well."""
    NOTE = "ink-note"
    WARN = "ink-warn"
    WARNING = "ink-warning"
    """A verdict: take care."""
    ERROR = "ink-error"
    """A verdict: broken."""
    WARNING_BOX = "ink-warning-box"
    """The same, not to be overlooked."""
    ERROR_BOX = "ink-error-box"
    NOW = "ink-now"
    """The place of the present moment."""


AGES = ("age-0", "age-1", "age-2", "age-3")
"""Styles from the oldest to the newest."""
