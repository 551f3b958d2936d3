"""The description of the lab that is up: what is needed to name it, to break it, and to remove it.

Source: a small JSON file, written before anything is made. Pure. Incomplete: ids of namespaces are known only once
these are there, and only on kernels whose ids last; a description of an earlier boot describes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ovltui.errors import OvltuiError
from ovltui.lab.plan import Plan, plan

_VERSION = 1
_TOKEN_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Description:
    """One lab."""

    boot: str
    """The kernel's id of the boot in which it was made."""
    token: str
    """Tells this lab from every other."""
    nodes: int
    containers: int
    """On each node."""
    whole: bool = False
    """Whether it was laid out to the end."""
    ids: Mapping[str, int] = field(default_factory=dict)
    """Kernel ids of its namespaces, by the file that keeps each."""
    fault: str = ""
    """Name of the fault that was put in; empty for none."""
    hints: int = 0
    """How many hints were given on it."""
    without: str = ""
    """The container that was not started yet; empty for none."""

    def plan(self, directory: str) -> Plan:
        """Return the plan of this lab, whose namespaces are kept in ``directory``."""
        return plan(self.nodes, self.containers, directory, self.token).less(self.without)


def as_json(description: Description) -> str:
    """Return the text of the file."""
    fields = ("boot", "token", "nodes", "containers", "whole", "fault", "hints", "without")
    value = {name: getattr(description, name) for name in fields}
    return json.dumps({"version": _VERSION, **value, "ids": dict(description.ids)}, indent=1) + "\n"


def from_json(text: str) -> Description:
    """Return what the text of the file describes.

    Raises:
        OvltuiError: it describes no lab that this version knows.
    """
    try:
        value = json.loads(text)
        _a(dict, value)
        _version(value["version"])
        described = Description(
            boot=_a(str, value["boot"]),
            token=_token(value["token"]),
            nodes=_a(int, value["nodes"]),
            containers=_a(int, value["containers"]),
            whole=_a(bool, value["whole"]),
            ids={_a(str, name): _a(int, netns_id) for name, netns_id in _a(dict, value["ids"]).items()},
            fault=_a(str, value["fault"]),
            hints=_a(int, value["hints"]),
            without=_a(str, value["without"]),
        )
        described.plan("")
    except (ValueError, KeyError, RecursionError, OvltuiError) as error:
        raise OvltuiError(f"it is no description of a lab that this version understands ({error})") from error
    return described


def _a(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"a value is no {kind.__name__}")
    return value


def _version(value: object) -> None:
    if value != _VERSION:
        raise ValueError("it is of another version")


def _token(value: object) -> str:
    if not isinstance(value, str) or len(value) != _TOKEN_LENGTH or not set(value) <= set("0123456789abcdef"):
        raise ValueError("a token is not hexadecimal")
    return value
