"""Which attributes of netlink messages hold an address, a MAC or a name, and which are mere numbers.

Source: the tables of ``ovltui.events.decode_…`` and ``linux/rtnetlink.h``. Pure. What stands in no table is left out of
a redacted message, so that nothing slips through that is not known here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from ovltui.kernel.wire import Rtm


class Act(Enum):
    """What to do with an attribute."""

    KEEP = auto()
    ADDRESS = auto()
    PREFIX = auto()
    """An address whose first bits alone count: as many as the header says of it, by the attribute's type."""
    LLADDR = auto()
    NAME = auto()
    BRIDGE_ID = auto()
    """Two bytes, and a MAC."""
    VIA = auto()
    """A family of two bytes, and an address."""
    HOPS = auto()
    """struct rtnexthop, again and again, each with attributes of a route."""
    LINKINFO = auto()
    """IFLA_LINKINFO: what it holds depends on the kind of the link."""
    GROUP = auto()
    """struct br_mdb_entry."""
    PORT = auto()
    """Four bytes, and attributes that are left out."""


@dataclass(frozen=True, slots=True)
class Nest:
    """Attributes inside of an attribute."""

    rules: "Rules"


Rules = Mapping[int, Act | Nest]


@dataclass(frozen=True, slots=True)
class Form:
    """A message."""

    body: int
    """Bytes between nlmsghdr and the attributes."""
    rules: Rules
    lengths: Mapping[int, int] = field(default_factory=dict)
    """Where in the body the length of a prefix stands, by type of its attribute."""


def _rules(
    keep: Iterable[int] = (),
    address: Iterable[int] = (),
    lladdr: Iterable[int] = (),
    name: Iterable[int] = (),
    more: Rules | None = None,
) -> Rules:
    acts = ((Act.KEEP, keep), (Act.ADDRESS, address), (Act.LLADDR, lladdr), (Act.NAME, name))
    return {kind: act for act, kinds in acts for kind in kinds} | dict(more or {})


_BRIDGE_IDS: Rules = {10: Act.BRIDGE_ID, 11: Act.BRIDGE_ID}
_PORT: Rules = _rules((*range(1, 13), *range(15, 35), 39), more={13: Act.BRIDGE_ID, 14: Act.BRIDGE_ID})
_TUNNEL_ENDS: Rules = _rules((1, *range(4, 20)), (2, 3))
KINDS: Mapping[str, Rules] = {
    "bridge": _rules((*range(1, 10), *range(12, 20), 23, 25, *range(36, 40)), lladdr=(20,), more=_BRIDGE_IDS),
    "vxlan": _rules((1, 3, *range(5, 16), *range(18, 31)), (2, 4, 16, 17)),
    "vlan": _rules((1, 2, 5)),
    "macvlan": _rules((1, 2)),
    "macvtap": _rules((1, 2)),
    "ipvlan": _rules((1, 2)),
    "vrf": _rules((1,)),
    "bond": _rules((1, 2, *range(3, 8))),
    "tun": _rules(range(3, 10)),
    "geneve": _rules((1, 3, 4, 5, 6, 8, 9, 10), (2, 7)),
    **dict.fromkeys(("gre", "gretap", "ip6gre", "ip6gretap"), _rules((1, 2, 3, 8, 9, 10), (6, 7))),
    **dict.fromkeys(("ipip", "ip6tnl", "sit"), _TUNNEL_ENDS),
}
"""IFLA_INFO_DATA by kind."""
SLAVE_KINDS: Mapping[str, Rules] = {"bridge": _PORT, "vrf": _rules((1,))}
"""IFLA_INFO_SLAVE_DATA by kind."""
_LINK = _rules(
    (*(4, 5, 6, 10, 13, 16, 17, 27, 30, 31, 32, 33, 35, 37, 40, 41, 43, 44, 45, 47, 48, 49, 51), *range(58, 64)),
    lladdr=(1, 2, 54),
    name=(3, 20, 38, 56, 57),
    more={18: Act.LINKINFO, 12: Nest(_PORT), 52: Nest({53: Act.NAME})},
)
_ROUTE = _rules((3, 4, 6, 8, 11, 12, 15, 16, 20, 21, 23, 25, 30), (5, 7), more={18: Act.VIA, 9: Act.HOPS})
_NEXT = _rules((21, 11), (5, 19), more={18: Act.VIA})
HOP: Rules = _NEXT
"""The attributes of a struct rtnexthop."""
_MDB = Nest({1: Nest({1: Act.GROUP})})
_FORMS: Mapping[tuple[int, ...], Form] = {
    (Rtm.NEWLINK, Rtm.DELLINK): Form(16, _LINK),
    (Rtm.NEWADDR, Rtm.DELADDR): Form(8, _rules((6, 8, 9, 11), (1, 2, 4, 5, 7), name=(3,))),
    (Rtm.NEWROUTE, Rtm.DELROUTE): Form(12, {**_ROUTE, 1: Act.PREFIX, 2: Act.PREFIX, 19: Act.ADDRESS}, {1: 1, 2: 2}),
    (Rtm.NEWNEIGH, Rtm.DELNEIGH, Rtm.GETNEIGH): Form(12, _rules((*range(3, 14), 15), (1,), (2,))),
    (Rtm.NEWRULE, Rtm.DELRULE): Form(
        12,
        _rules((4, 6, 10, *range(12, 17), *range(19, 25)), name=(3, 17), more={1: Act.PREFIX, 2: Act.PREFIX}),
        {1: 1, 2: 2},
    ),
    (Rtm.NEWPREFIX,): Form(12, {1: Act.PREFIX, 2: Act.KEEP}, {1: 9}),
    (Rtm.NEWNETCONF, Rtm.DELNETCONF): Form(4, _rules(range(1, 9))),
    (Rtm.NEWNSID, Rtm.DELNSID): Form(4, _rules((1, 5))),
    (Rtm.NEWSTATS,): Form(12, {}),
    (Rtm.NEWNEXTHOP, Rtm.DELNEXTHOP): Form(8, _rules((1, 2, 3, 4, 5, 7, 9, 10, 11, 12), (6,))),
    (Rtm.NEWMDB, Rtm.DELMDB): Form(8, {1: _MDB, 2: Nest({1: Act.PORT})}),
    (Rtm.NEWVLAN, Rtm.DELVLAN): Form(8, {1: Nest(_rules((1, 2, 3)))}),
    (Rtm.NEWTUNNEL, Rtm.DELTUNNEL): Form(8, {1: Nest(_rules((1, 2), (3, 4)))}),
}
FORMS: Mapping[int, Form] = {int(kind): form for kinds, form in _FORMS.items() for kind in kinds}
"""By type of the message."""
