"""RTM_NEWNSID and RTM_DELNSID: an entry of a namespace's table of ids came or went.

Source: ``linux/net_namespace.h``; group RTNLGRP_NSID. Privileges: none. Incomplete: the id belongs to the
table of the namespace that the record is labelled with, which is ours only where there is no label.
"""

from typing import Any

from ovltui.events.attributes import Readers, read, s32
from ovltui.events.event import Event
from ovltui.events.vocabulary import Action, Object
from ovltui.kernel.wire import Rtm

_READERS: Readers = {1: ("nsid", s32), 5: ("current_nsid", s32)}


def decode_nsid(raw: bytes, rtm_type: int, _flags: int) -> Event:
    """Return the event of an id, with the field ``nsid``."""
    fields: dict[str, Any] = {}
    # struct rtgenmsg is one byte, padded to four.
    read(fields, raw, 20, _READERS)
    if "nsid" not in fields:
        raise ValueError("no id")
    return Event(Object.NSID, Action.DEL if rtm_type == Rtm.DELNSID else Action.NEW, fields)
