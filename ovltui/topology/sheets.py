"""The tables of one namespace, each as rows of cells and as the objects that ``ip -json`` or ``bridge -json`` prints.

Source: the messages of a ``Place``, with names out of the others. Pure. Incomplete: as ``events.decode``: fewer keys
than ``ip -json -d`` has, none of another value; ``link_netns`` is named as ovltui names namespaces.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ovltui.events.line import line
from ovltui.events.look import link_state
from ovltui.events.tojson import as_json
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Object
from ovltui.topology.names import PlaceNames, fields_of
from ovltui.topology.place import Place

_OF_THE_STREAM = ("seq", "time", "nsid", "object", "action", "change")
"""Keys of an event that no row of a table has."""
_OF_A_LINK = ("ifindex", "ifname", "flags", "mtu", "master", "operstate", "link_type", "address")
"""What ``ip -json addr`` tells of a link, and we with its addresses."""
_OF_THE_ROW = ("netns", "ifindex", "ifname")


class Subject(StrEnum):
    """Which table."""

    LINKS = "links"
    ADDRS = "addrs"
    ROUTES = "routes"
    RULES = "rules"
    NEIGH = "neigh"
    FDB = "fdb"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to show."""

    subject: Subject
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    commands: tuple[str, ...]
    """What prints the same by hand, inside of the namespace."""


_COMMANDS: Mapping[Subject, tuple[str, ...]] = {
    Subject.LINKS: ("ip -d link",),
    Subject.ADDRS: ("ip addr",),
    Subject.ROUTES: ("ip -d route show table all", "ip -6 -d route show table all"),
    Subject.RULES: ("ip rule", "ip -6 rule"),
    Subject.NEIGH: ("ip -d neigh show nud all",),
    Subject.FDB: ("bridge fdb",),
}
_OBJECTS: Mapping[Subject, Object] = {
    Subject.LINKS: Object.LINK,
    Subject.ADDRS: Object.ADDR,
    Subject.ROUTES: Object.ROUTE,
    Subject.RULES: Object.RULE,
    Subject.NEIGH: Object.NEIGH,
    Subject.FDB: Object.FDB,
}
Fields = Mapping[str, Any]


def sheet(place: Place, subject: Subject, names: PlaceNames) -> Sheet:
    """Return one table of a place.

    Args:
        place: whose.
        subject: which table.
        names: knows this place and those that it is tied to.
    """
    titles, cells = _SHEETS[subject]
    rows = (cells(place, raw, names) for raw in _messages(place, subject))
    return Sheet(subject, titles, tuple(rows), _COMMANDS[subject])


def objects(place: Place, subject: Subject, names: PlaceNames) -> Iterator[dict[str, Any]]:
    """Yield the rows of one table under the keys of ``ip -json -d`` or ``bridge -json fdb``, with ``netns``."""
    if subject is Subject.ADDRS:
        yield from _links_with_addresses(place, names)
        return
    for raw in _messages(place, subject):
        yield _object(place, raw, names)


def _messages(place: Place, subject: Subject) -> Iterator[bytes]:
    for raw in place.contents.rows(_OBJECTS[subject]):
        fields = fields_of(raw)
        if "ifindex" not in fields and subject is not Subject.RULES and subject is not Subject.ROUTES:
            continue
        # Entries of the route cache, as in ``ip route``; links as ports of a bridge are another table.
        if "cloned" not in (fields.get("flags") or ()) and not (subject is Subject.LINKS and "family" in fields):
            yield raw


def _object(place: Place, raw: bytes, names: PlaceNames) -> dict[str, Any]:
    found = as_json(names.record(place.key, raw), names)
    found = {key: value for key, value in found.items() if key not in _OF_THE_STREAM}
    if "rule_action" in found:
        found["action"] = found.pop("rule_action")
    return found


def _links_with_addresses(place: Place, names: PlaceNames) -> Iterator[dict[str, Any]]:
    addresses: dict[int, list[dict[str, Any]]] = {}
    for raw in _messages(place, Subject.ADDRS):
        found = _object(place, raw, names)
        rest = {key: value for key, value in found.items() if key not in _OF_THE_ROW}
        addresses.setdefault(found["ifindex"], []).append(rest)
    for raw in _messages(place, Subject.LINKS):
        link = _object(place, raw, names)
        told = {key: link[key] for key in ("netns", *_OF_A_LINK) if key in link}
        yield {**told, "addr_info": addresses.get(link["ifindex"], [])}


def _vantage(place: Place, raw: bytes, names: PlaceNames) -> Vantage:
    return Vantage(names, names.record(place.key, raw).nsid, 0)


def _link(place: Place, raw: bytes, names: PlaceNames) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), _vantage(place, raw, names)
    info = fields.get("linkinfo", {})
    master = vantage.link(fields["master"]) if "master" in fields else "-"
    return (
        str(fields["ifindex"]),
        fields["ifname"],
        link_state(fields),
        str(fields.get("mtu", "-")),
        fields.get("address") or "-",
        master,
        info.get("info_kind") or "-",
        _tied(fields, vantage),
        _details(info),
    )


def _tied(fields: Fields, vantage: Vantage) -> str:
    """Return what a link is tied to: ``docker1n/eth0``, or what is known of it."""
    nsid, vxlan = fields.get("link_netnsid"), fields.get("linkinfo", {}).get("info_kind") == "vxlan"
    if nsid is None:
        return vantage.link(fields["link"]) if fields.get("link") and not vxlan else "-"
    if vxlan:  # its index is its own
        return f"in {vantage.peer(nsid)}"
    ifindex = fields.get("link_index", 0)
    return vantage.peer_link(nsid, ifindex) or f"{vantage.peer(nsid)}/if{ifindex}"


def _details(info: Fields) -> str:
    data = info.get("info_data", {})
    words = [f"{key} {data[key]}" for key in ("id", "mode", "group", "remote", "local", "port") if key in data]
    words += [key for key in ("proxy", "l2miss", "l3miss", "external") if data.get(key) is True]
    return " ".join((*words, *_port(info)))


def _port(info: Fields) -> Iterator[str]:
    port = info.get("info_slave_data", {})
    if "state" in port:
        yield f"port {port['state']}"
    yield from (word for word in ("hairpin", "isolated", "neigh_suppress") if port.get(word))
    yield from (f"{word} off" for word in ("learning", "flood") if port.get(word) is False)


def _addr(place: Place, raw: bytes, names: PlaceNames) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), _vantage(place, raw, names)
    peer = f" peer {fields['address']}" if "address" in fields else ""
    flags = [key for key, value in fields.items() if value is True]
    address = f"{fields['local']}{peer}/{fields['prefixlen']}"
    return (vantage.link(fields["ifindex"]), address, fields["scope"], " ".join(flags))


def _route(place: Place, raw: bytes, names: PlaceNames) -> tuple[str, ...]:
    fields = fields_of(raw)
    return (fields["table"], line(names.record(place.key, raw), names).text)


def _rule(place: Place, raw: bytes, names: PlaceNames) -> tuple[str, ...]:
    return (fields_of(raw)["family"], line(names.record(place.key, raw), names).text)


def _neigh(place: Place, raw: bytes, names: PlaceNames) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), _vantage(place, raw, names)
    flags = [key for key, value in fields.items() if value is None]
    state = " ".join((*fields.get("state", ()), *flags))
    return (fields.get("dst", "-"), vantage.link(fields["ifindex"]), fields.get("lladdr") or "-", state)


def _fdb(place: Place, raw: bytes, names: PlaceNames) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), _vantage(place, raw, names)
    where = f"in {vantage.peer(fields['linkNetNsId'])}" if "linkNetNsId" in fields else ""
    more = [f"{key} {fields[key]}" for key in ("vlan", "port", "vni", "src_vni", "nhid") if key in fields]
    return (
        fields.get("mac") or "-",
        vantage.link(fields["ifindex"]),
        vantage.link(fields["master"]) if "master" in fields else "-",
        " ".join(word for word in (fields.get("dst", "-"), where) if word),
        " ".join((*more, *fields["flags"], fields["state"])).strip(),
    )


_SHEETS: Mapping[Subject, tuple[tuple[str, ...], Callable[[Place, bytes, PlaceNames], tuple[str, ...]]]] = {
    Subject.LINKS: (("IF", "NAME", "STATE", "MTU", "ADDRESS", "MASTER", "KIND", "TIED TO", "DETAILS"), _link),
    Subject.ADDRS: (("DEV", "ADDRESS", "SCOPE", "FLAGS"), _addr),
    Subject.ROUTES: (("TABLE", "ROUTE"), _route),
    Subject.RULES: (("FAMILY", "RULE"), _rule),
    Subject.NEIGH: (("ADDRESS", "DEV", "LLADDR", "STATE"), _neigh),
    Subject.FDB: (("MAC", "DEV", "MASTER", "DST", "FLAGS"), _fdb),
}
