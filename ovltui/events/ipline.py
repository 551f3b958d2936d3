"""The lines that ``ip monitor`` prints, run inside the namespace of a record.

Source: ``ovltui.events.decode``, the record's bytes, and names as of the record; the reference is iproute2 6.1 without
options and without labels. Privileges: none. Different on purpose: a link has the name that it had at that moment,
where ``ip`` keeps the one that it learned first, and its last name when it is gone, where ``ip`` prints its index;
other namespaces are given by nsid (``link-netnsid 3``), as ``ip`` does where ``/run/netns`` names none; names are
cleaned of control characters. Incomplete: the parameters of a route's encapsulation are left out.
"""

from collections.abc import Callable

from ovltui.events.attributes import MALFORMED
from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.ipline_addr import addr_lines, prefix_lines
from ovltui.events.ipline_link import link_lines, netconf_lines, nsid_lines, stats_lines
from ovltui.events.ipline_neigh import neigh_lines
from ovltui.events.ipline_route import mroute_lines, nexthop_lines, route_lines
from ovltui.events.ipline_rule import rule_lines
from ovltui.events.names import Names
from ovltui.events.record import Record
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import NLMSG_HEADER

_LINES: dict[Object, Callable[[Event, Vantage, bytes], str]] = {
    Object.LINK: link_lines,
    Object.ADDR: addr_lines,
    Object.ROUTE: route_lines,
    Object.MROUTE: mroute_lines,
    Object.NEXTHOP: nexthop_lines,
    Object.NEIGH: neigh_lines,
    Object.FDB: neigh_lines,
    Object.RULE: rule_lines,
    Object.NSID: nsid_lines,
    Object.NETCONF: netconf_lines,
    Object.PREFIX: prefix_lines,
    Object.STATS: stats_lines,
}
_VERBS = ("", "Deleted ", "miss ", "")
"""By the two low bits of a message type: RTM_NEW, RTM_DEL, RTM_GET, RTM_SET."""


def ip_lines(record: Record, names: Names) -> str:
    """Return the lines of a record, with blanks at their ends as ``ip`` leaves them, without the last newline.

    What ``ip monitor`` does not print (mdb, vlan, a gap) is empty. It never raises.
    """
    event = decode(record)
    words = _LINES.get(event.object)
    if words is None:
        return ""
    try:
        lines = words(event, Vantage(names, record.nsid, record.seq), record.raw)
    except MALFORMED:
        return ""
    _, rtm_type, *_ = NLMSG_HEADER.unpack_from(record.raw)
    return _VERBS[rtm_type & 3] + lines if lines else ""
