"""Fields of a decoded JSON answer, each checked for its type where it is taken.

Source: whatever an engine answered; it may be no engine at all. Pure. What comes out as text is clean.
"""

from collections.abc import Mapping
from typing import Any

from ovltui.text import clean


class MalformedAnswerError(ValueError):
    """An answer that is not what the Docker Engine API promises; says which field."""


def text(value: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """Return a text field, safe to show; ``default`` where it is missing or null, if one is given."""
    found = value.get(key)
    if found is None and default is not None:
        return default
    if not isinstance(found, str):
        raise MalformedAnswerError(f"no text {key}")
    return clean(found)


def number(value: Mapping[str, Any], key: str) -> int:
    """Return a whole number."""
    found = value.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise MalformedAnswerError(f"no number {key}")
    return found


def mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object; an empty one where it is missing or null, as Go writes an empty map."""
    found = value.get(key)
    return {} if found is None else as_mapping(found, key)


def as_mapping(found: object, what: str) -> Mapping[str, Any]:
    """Return ``found``, which must be an object."""
    if not isinstance(found, Mapping):
        raise MalformedAnswerError(f"no object {what}")
    return found


def rows(found: object, what: str) -> tuple[Mapping[str, Any], ...]:
    """Return a list of objects; none where it is null, as Go writes an empty slice."""
    if found is None:
        return ()
    if not isinstance(found, list):
        raise MalformedAnswerError(f"no list {what}")
    return tuple(as_mapping(row, what) for row in found)
