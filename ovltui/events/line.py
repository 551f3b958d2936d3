"""The one line that a record makes, in the panes and in ``ovltui watch`` alike.

Source: ``ovltui.events.decode`` and names as of the record; a table hands each object to the file that words
it. Privileges: none. Incomplete: a line says what matters first and leaves the rest to the detail view; it
shows numbers where names are not known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.line_docker import SOMEWHERE, docker_text
from ovltui.events.line_link import addr_text, link_text, netconf_text, nsid_text, stats_text
from ovltui.events.line_neigh import fdb_text, mdb_text, neigh_text, tunnel_text, vlan_text
from ovltui.events.line_route import nexthop_text, prefix_text, route_text, rule_text
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Action, Object

MARKS: dict[Action, str] = {
    Action.NEW: "+",
    Action.DEL: "-",
    Action.CHANGE: "~",
    Action.MOVE: "→",
    Action.MISS: "?",
    Action.LOST: " ",
}
READ_AGAIN = " (resync)"
"""Stands behind what no event told, but tables that were read again."""
EVERYWHERE = "*"
"""Stands for the namespace of a gap, which may have swallowed events of any; of one of several machines, its name."""
_QUARTER_NS = 900 * 10**9


@dataclass(frozen=True, slots=True)
class Line:
    """One event as people read it; every string is clean text."""

    time_ns: int
    """Wall clock of the record, in nanoseconds since the epoch."""
    netns: str
    mark: str
    """One of ``MARKS``."""
    text: str
    object: Object
    action: Action


def _gap_text(event: Event, _vantage: Vantage) -> str:
    lost, span_ns, says = event.fields["lost"], event.fields["span_ns"], event.fields.get("says")
    if says:
        return str(says)
    count = "an unknown number of events" if lost is None else f"{lost} event{'' if lost == 1 else 's'}"
    return f"LOST {count} within {span_ns / 1e6:.0f} ms" if span_ns else f"LOST {count}"


def _unknown_text(event: Event, _vantage: Vantage) -> str:
    rtm_type, length = event.fields["type"], event.fields["length"]
    return f"message of {length} bytes" if rtm_type is None else f"message type {rtm_type}, {length} bytes"


_TEXTS: dict[Object, Callable[[Event, Vantage], str]] = {
    Object.LINK: link_text,
    Object.ADDR: addr_text,
    Object.ROUTE: route_text,
    Object.MROUTE: route_text,
    Object.RULE: rule_text,
    Object.NEIGH: neigh_text,
    Object.FDB: fdb_text,
    Object.NEXTHOP: nexthop_text,
    Object.NSID: nsid_text,
    Object.NETCONF: netconf_text,
    Object.PREFIX: prefix_text,
    Object.MDB: mdb_text,
    Object.VLAN: vlan_text,
    Object.STATS: stats_text,
    Object.TUNNEL: tunnel_text,
    Object.DOCKER: docker_text,
    Object.GAP: _gap_text,
    Object.UNKNOWN: _unknown_text,
}


def line(record: Record, names: Names) -> Line:
    """Return the line of a record, with names as of that record; never raises."""
    event = decode(record)
    vantage = Vantage(names, record.nsid, record.seq)
    text = _TEXTS[event.object](event, vantage)
    return Line(
        record.time_ns,
        _place(event, vantage),
        MARKS[event.action],
        text + READ_AGAIN if record.kind is Kind.RESYNC else text,
        event.object,
        event.action,
    )


def _place(event: Event, vantage: Vantage) -> str:
    if event.object is Object.GAP:
        return event.fields.get("host") or EVERYWHERE
    if event.object is Object.DOCKER:
        return vantage.docker_netns(event.fields) or SOMEWHERE
    return vantage.netns()


def clock(time_ns: int, utc_offset: int | None = None) -> str:
    """Return the time of day as ``14:02:10.113``.

    Args:
        time_ns: nanoseconds since the epoch.
        utc_offset: seconds to add to UTC; without it, those of local time at that moment.
    """
    offset = local_offset(time_ns) if utc_offset is None else utc_offset
    milliseconds = time_ns // 10**6
    return f"{_time_of_day((milliseconds // 1000 + offset) % 86400)}.{milliseconds % 1000:03}"


@lru_cache(maxsize=256)
def _time_of_day(second: int) -> str:
    minutes, second = divmod(second, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def local_offset(time_ns: int) -> int:
    """Return what local time adds to UTC at a moment, in seconds."""
    return _offset_of_quarter(time_ns // _QUARTER_NS)


@lru_cache(maxsize=64)
def _offset_of_quarter(quarter: int) -> int:
    # Clocks are put forward and back at full quarters of an hour of UTC.
    moment = datetime.fromtimestamp(quarter * 900, UTC).astimezone()
    offset = moment.utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def as_text(shown: Line, netns_width: int, utc_offset: int | None = None) -> str:
    """Return a line as ``ovltui watch`` prints it, the namespace padded to ``netns_width`` columns."""
    return in_columns(shown.time_ns, shown, shown.text, netns_width, utc_offset)


def in_columns(time_ns: int, shown: Line, text: str, netns_width: int, utc_offset: int | None = None) -> str:
    """Return the same of a line that differs from ``shown`` in its time and text."""
    return f"{clock(time_ns, utc_offset)} {shown.netns:<{netns_width}} {shown.mark} {text}"
