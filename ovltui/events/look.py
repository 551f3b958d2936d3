"""What people look at first in a link, to be compared with what it was before.

Source: the fields of a link event. Pure. Incomplete: the kernel does not send what was before; whoever keeps looks
over time supplies it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Look:
    """A link at one moment."""

    ifname: str
    state: str
    """``UP``, ``DOWN``, ``NO-CARRIER`` or another operational state."""
    mtu: int | None
    master: int | None
    """Ifindex of its bridge or bond."""
    address: str | None
    foreign: bool = False
    """Whether the link that it is tied to (veth peer, parent) is in another namespace."""


def look_of(fields: Mapping[str, Any]) -> Look:
    """Return the look that the fields of a link event describe."""
    state, foreign = link_state(fields), "link_netnsid" in fields
    return Look(fields["ifname"], state, fields.get("mtu"), fields.get("master"), fields.get("address"), foreign)


def link_state(fields: Mapping[str, Any]) -> str:
    """Return the state of a link in a word."""
    flags, operstate = fields["flags"], fields.get("operstate", "UNKNOWN")
    if "UP" not in flags:
        return "DOWN"
    if "NO-CARRIER" in flags:
        return "NO-CARRIER"
    # Links without carrier detection (lo, vxlan) stay UNKNOWN while they work.
    return "UP" if operstate == "UNKNOWN" else str(operstate)
