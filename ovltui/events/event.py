"""A decoded record: what it is about, what happened, and the values.

Source: ``ovltui.events.decode``. Privileges: none. Incomplete: ``fields`` holds what ``ip -json -d`` and
``bridge -json`` print; attributes beyond that are only in the record's bytes (``ovltui.events.explain``).
"""

from dataclasses import dataclass
from typing import Any

from ovltui.events.vocabulary import Action, Object


@dataclass(frozen=True, slots=True)
class Event:
    """One event, independent of the moment and the namespace of its record."""

    object: Object
    action: Action
    fields: dict[str, Any]
    """JSON values under the names of ``ip -json``, with links as numbers: ``ifindex``, ``master``, ``link``,
    ``iif`` and ``viaIf`` are indices in the record's namespace, to be named at the record's ``seq``. Not to
    be changed."""
