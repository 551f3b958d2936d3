"""Which links the newest records are about, for whoever draws links and shows where something happens.

Source: the ring. Privileges: none. Incomplete: of more than ``MOST`` records only the newest are looked at.
"""

from collections.abc import Collection
from struct import Struct

from ovltui.kernel.wire import Rtm
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from ovltui.topology.links import LinkKey
from ovltui.topology.lookup import Entry, out_of
from ovltui.topology.names import fields_of

MOST = 2_000
_TYPE = Struct("=4xH").unpack_from
_IFINDEX = Struct("=20xI").unpack_from
"""In ifinfomsg, ifaddrmsg and ndmsg it stands at the same place."""
_SHORTEST = 24
_BY_INDEX = frozenset((Rtm.NEWLINK, Rtm.DELLINK, Rtm.NEWADDR, Rtm.DELADDR, Rtm.NEWNEIGH, Rtm.DELNEIGH))
_BY_ROUTE = frozenset((Rtm.NEWROUTE, Rtm.DELROUTE))


def touched(session: Session, start: int, end: int, netnses: Collection[NetnsKey]) -> frozenset[LinkKey]:
    """Return the links of some namespaces that records from ``start`` up to before ``end`` are about."""
    nsids: dict[int, NetnsKey] = {}
    for key in netnses:
        tenure = session.tenures.of(key)
        if tenure:
            nsids[tenure.nsid] = key
    records = session.ring.received(max(start, end - MOST), end, nsids)
    return frozenset(LinkKey(nsids[nsid], ifindex) for _, nsid, raw in records if (ifindex := _ifindex(raw)))


def _ifindex(raw: bytes) -> int:
    """Return the index of the link that a message is about; 0 for none."""
    if len(raw) < _SHORTEST:
        return 0
    kind = _TYPE(raw)[0]
    if kind in _BY_ROUTE:
        return out_of(Entry(raw, fields_of(raw)))
    return int(_IFINDEX(raw)[0]) if kind in _BY_INDEX else 0
