"""What ``ip`` and ``bridge`` say of a namespace, and what a session says, in one form that can be compared.

Each thing is a key and what it is: both tuples of text and numbers. Left out on both sides is what the kernel never
tells: neighbours that are being resolved or need no resolution, whether one was confirmed lately, lifetimes, counters,
the MACs that a link takes for itself.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Action
from ovltui.kernel.wire import Table
from ovltui.state.tables import Contents
from tests.bed.netns import NamedNetns

State = dict[tuple[Any, ...], tuple[Any, ...]]
_UNTOLD_STATES = ({"INCOMPLETE"}, {"NOARP"}, {"NONE"}, set[str]())
_MOVING_STATES = {"REACHABLE", "STALE", "DELAY", "PROBE"}
_HOP = ("gateway", "dev", "weight", "via")


def asked(netns: NamedNetns) -> State:
    """Return what the kernel says of a namespace, by ``ip`` and ``bridge``."""
    rows: list[tuple[str, dict[str, Any]]] = []
    links = netns.json("-d", "link")
    rows += [("link", row) for row in links]
    for row in netns.json("-d", "addr"):
        rows += [("addr", info | {"ifname": row["ifname"]}) for info in row["addr_info"]]
    for family in ("inet", "inet6"):
        routes = netns.json("-d", "-family", family, "route", "show", "table", "all")
        rows += [("route", row | {"family": family}) for row in routes]
        rows += [("rule", row | {"family": family}) for row in netns.json("-d", "-family", family, "rule")]
    rows += [("nexthop", row) for row in netns.json("-d", "nexthop")]
    rows += [("neigh", row) for row in netns.json("neigh", "show", "nud", "all")]
    rows += [("fdb", row) for row in _bridge(netns, "fdb")]
    rows += [("port", row) for row in _bridge(netns, "-d", "link")]
    return dict(_things(rows))


def _bridge(netns: NamedNetns, *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(netns.run("bridge", "-json", *args) or "[]")
    return found


def known(contents: Contents, nsid: int, names: Names) -> State:
    """Return what a session knows of a namespace."""
    return dict(_things(_row(Record(contents.seq, 0, nsid, Kind.MESSAGE, raw), names) for raw in _messages(contents)))


def _messages(contents: Contents) -> Iterator[bytes]:
    for table in Table:
        yield from contents.messages[table]


def _row(record: Record, names: Names) -> tuple[str, dict[str, Any]]:
    row = as_json(record, names)
    return ("port" if row["object"] == "link" and row.get("family") == "bridge" else row["object"]), row


def after(state: State, records: Iterable[Record], names: Names) -> State:
    """Return what a state becomes by messages, each taken at its word."""
    new = dict(state)
    for record in records:
        action = decode(record).action
        if action is Action.MISS:
            continue
        for key, value in _things([_row(record, names)], every=action is Action.DEL):
            if action in (Action.DEL, Action.MOVE):
                new.pop(key, None)
            else:
                new[key] = value
    return new


def keys_of(record: Record, names: Names) -> list[tuple[Any, ...]]:
    """Return the keys of what a message is about; none for what is left out."""
    return [key for key, _ in _things([_row(record, names)])]


def _things(
    rows: Iterable[tuple[str, Mapping[str, Any]]], *, every: bool = False
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    for kind, row in rows:
        form = _FORMS.get(kind)
        found = form(row, every) if form else None
        if found:
            yield (kind, *found[0]), found[1]


def _link(row: Mapping[str, Any], _every: bool) -> Any:
    info = row.get("linkinfo", {})
    flags = tuple(sorted(flag for flag in row["flags"] if flag != "M-DOWN"))
    operstate = "UP" if row.get("operstate") == "UNKNOWN" else row.get("operstate")
    says = (row["ifname"], flags, row.get("mtu"), operstate, row.get("master"), row.get("address"))
    return (row["ifindex"],), (*says, info.get("info_kind"), info.get("info_data", {}).get("id"))


def _port(row: Mapping[str, Any], _every: bool) -> Any:
    return (row["ifindex"],), (row.get("master"), row.get("state"), row.get("cost"), row.get("hairpin"))


def _addr(row: Mapping[str, Any], _every: bool) -> Any:
    flags = tuple(key for key in ("secondary", "tentative", "deprecated", "nodad", "noprefixroute") if row.get(key))
    key = (row["ifname"], row["family"], row["local"], row["prefixlen"], row.get("address"))
    return key, (row["scope"], row.get("label"), row.get("broadcast"), flags)


def _route(row: Mapping[str, Any], _every: bool) -> Any:
    hops = tuple(tuple(str(hop.get(key, 1)) for key in _HOP) for hop in row.get("nexthops", ()))
    lasting = tuple(flag for flag in row.get("flags", ()) if flag == "onlink")
    key = (
        *(row["family"], row.get("table", "main"), row["type"], row["dst"], row.get("metric", 0), row.get("tos")),
        *(row.get("gateway"), str(row.get("via")), row.get("dev"), row.get("nhid"), hops, row.get("prefsrc")),
        *(row.get("protocol"), row.get("scope"), lasting),
    )
    return key, ()


def _rule(row: Mapping[str, Any], _every: bool) -> Any:
    says = ("src", "srclen", "dst", "dstlen", "table", "fwmark", "iif", "oif", "goto")
    if row["family"] not in ("inet", "inet6"):  # of multicast routing
        return None
    return (row["family"], row["priority"], *(str(row.get(key)) for key in says)), ()


def _nexthop(row: Mapping[str, Any], _every: bool) -> Any:
    members = tuple((member["id"], member.get("weight", 1)) for member in row.get("group", ()))
    return (row["id"],), (row.get("gateway"), row.get("dev"), members, "blackhole" in row, "fdb" in row)


def _neigh(row: Mapping[str, Any], every: bool) -> Any:
    states = set(row.get("state", ()))
    if states in _UNTOLD_STATES and not every:
        return None
    lasting = tuple(sorted("moving" if state in _MOVING_STATES else state for state in states))
    return (row["dev"], row["dst"]), (row.get("lladdr"), lasting)


def _fdb(row: Mapping[str, Any], _every: bool) -> Any:
    if "self" in row["flags"] and "dst" not in row and "nhid" not in row:
        return None
    state = row["state"] if row["state"] in ("permanent", "static") else ""
    where = (row["ifname"], row.get("dst"), row.get("nhid"), state)
    if "master" in row:
        return (row["mac"], row["master"], row.get("vlan")), where
    if int(row["mac"][1], 16) & 1 or row["mac"] == "00:00:00:00:00:00":
        return (row["mac"], *where[:3]), (state,)
    # A MAC of one machine is behind one remote.
    return (row["mac"], row["ifname"]), where


_FORMS = {
    "link": _link,
    "port": _port,
    "addr": _addr,
    "route": _route,
    "rule": _rule,
    "nexthop": _nexthop,
    "neigh": _neigh,
    "fdb": _fdb,
}
