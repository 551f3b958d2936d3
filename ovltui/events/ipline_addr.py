"""Addresses, and prefixes that routers announce, as ``ip monitor`` prints them.

Source: events of ``decode_addr``. Privileges: none. Incomplete: who added an address is left out, as iproute2 6.1 does.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.events.decode_addr import FOREVER
from ovltui.events.event import Event
from ovltui.events.ipline_words import dev, present
from ovltui.events.vantage import Vantage

_FLAGS = (
    *("secondary", "temporary", "nodad", "optimistic", "dadfailed", "home", "deprecated", "tentative"),
    *("dynamic", "mngtmpaddr", "noprefixroute", "autojoin", "stable-privacy"),
)
_SIGN = 1 << 31


def addr_lines(event: Event, vantage: Vantage, _raw: bytes) -> str:
    """Return the line of an address, and one for its lifetimes."""
    fields = event.fields
    head = f"{fields['ifindex']}: {dev(vantage, fields['ifindex'])}    {fields['family']} "
    return head + "".join((*_address(fields), *_particulars(fields), *_lifetimes(fields)))


def _address(fields: dict[str, Any]) -> Iterator[str]:
    if fields["local"] is not None:
        peer = f" peer {fields['address']}" if "address" in fields else ""
        yield f"{fields['local']}{peer}/{fields['prefixlen']} {present(fields, ('metric', 'metric'))}"
    yield present(fields, ("broadcast", "brd"), ("anycast", "any"), ("scope", "scope"))


def _particulars(fields: dict[str, Any]) -> Iterator[str]:
    yield from (f"{flag} " for flag in _FLAGS if fields.get(flag))
    yield present(fields, ("ifa_flags", "flags"))
    yield fields.get("label", "")


def _lifetimes(fields: dict[str, Any]) -> Iterator[str]:
    if "valid_life_time" in fields:
        valid, preferred = fields["valid_life_time"], fields["preferred_life_time"]
        if fields.get("deprecated") and preferred != FOREVER:
            preferred -= (preferred & _SIGN) * 2  # printed with a sign
        yield f"\n       valid_lft {_seconds(valid)} preferred_lft {_seconds(preferred)}"


def _seconds(number: int) -> str:
    return "forever" if number == FOREVER else f"{number}sec"


def prefix_lines(event: Event, vantage: Vantage, _raw: bytes) -> str:
    """Return the line of a prefix; the blank before ``dev`` is missing in ``ip`` too."""
    fields = event.fields
    prefix = "" if fields["prefix"] is None else f"prefix {fields['prefix']}/{fields['prefix_len']}"
    flags = "".join(f"{flag} " for flag in ("onlink", "autoconf") if fields[flag])
    lifetimes = present(fields, ("valid_lft", "valid"), ("preferred_lft", "preferred"))
    return f"{prefix}dev {dev(vantage, fields['ifindex'])} {flags}{lifetimes}"
