"""What messages tell of links and addresses, each telling read once.

Source: RTM_NEWLINK, RTM_NEWADDR and RTM_DELADDR. Pure. Incomplete: as ``events.decode``; a message that breaks off
tells nothing.
"""

from typing import Any

from ovltui.events import decode_addr, decode_link
from ovltui.events.decode import decode
from ovltui.events.look import Look, look_of
from ovltui.events.recall import Recall
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.state.addresses import Address, address_from
from ovltui.state.links import Link, link_from

LinkTold = tuple[Link, Look] | tuple[()]
"""What a link is now, and what people look at first in it; nothing of one as a port or an IPv6 interface."""


def links() -> Recall[LinkTold]:
    """Return a reader of RTM_NEWLINK."""
    return Recall(_link, decode_link.HEAD, decode_link.START, decode_link.PASSING)


def addresses() -> Recall[Address]:
    """Return a reader of RTM_NEWADDR and RTM_DELADDR."""
    return Recall(_address, decode_addr.HEAD, decode_addr.START, decode_addr.PASSING)


def _link(raw: bytes) -> LinkTold | None:
    fields = _fields(raw, Object.LINK)
    if fields is None:
        return None
    return () if "family" in fields else (link_from(fields), look_of(fields))


def _address(raw: bytes) -> Address | None:
    fields = _fields(raw, Object.ADDR)
    return None if fields is None else address_from(fields)


def _fields(raw: bytes, wanted: Object) -> dict[str, Any] | None:
    event = decode(Record(0, 0, OWN_NSID, Kind.MESSAGE, raw))
    return event.fields if event.object is wanted else None
