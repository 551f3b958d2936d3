"""The tables of one namespace, each as rows of cells and as the objects that ``ip -json`` or ``bridge -json`` prints.

Source: the messages of a ``Place``, with names out of the others. Pure. Incomplete: as ``events.decode``: fewer keys
than ``ip -json -d`` has, none of another value; ``link_netns`` is named as ovltui names namespaces.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ovltui.events.line import line
from ovltui.events.look import link_state
from ovltui.events.tojson import as_json
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import Table
from ovltui.state.keys import place as key_of
from ovltui.topology.bridges import ports
from ovltui.topology.names import PlaceNames, fields_of
from ovltui.topology.place import Place
from ovltui.topology.sheet import OF_THE_STREAM, Column, Sheet, Subject, entries

_OF_A_LINK = ("ifindex", "ifname", "flags", "mtu", "master", "operstate", "link_type", "address")
"""What ``ip -json addr`` tells of a link, and we with its addresses."""
_OF_THE_ROW = ("netns", "ifindex", "ifname")


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
    columns, cells = _SHEETS[subject]
    view = _View(place, names, ports(place.contents.messages.get(Table.PORTS, ())))
    rows = ((key_of(raw), cells(view, raw)) for raw in _messages(place, subject))
    return Sheet(columns, entries(rows), _COMMANDS[subject], place.contents.gaps)


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
    found = {key: value for key, value in found.items() if key not in OF_THE_STREAM}
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


@dataclass(frozen=True, slots=True)
class _View:
    """From where a table is looked at."""

    place: Place
    names: PlaceNames
    ports: Mapping[int, Fields]
    """What is known of ports of bridges, by ifindex."""

    def vantage(self) -> Vantage:
        """Return from where names are asked."""
        return Vantage(self.names, self.names.record(self.place.key, b"").nsid, 0)

    def text(self, raw: bytes) -> str:
        """Return a message as a line of an event says it."""
        return line(self.names.record(self.place.key, raw), self.names).text


def _link(view: _View, raw: bytes) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), view.vantage()
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
        " ".join((*_details(info), *_port(view.ports.get(fields["ifindex"]) or info.get("info_slave_data", {})))),
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


def _details(info: Fields) -> Iterator[str]:
    data = info.get("info_data", {})
    yield from (f"{key} {data[key]}" for key in ("id", "mode", "group", "remote", "local", "port") if key in data)
    yield from (key for key in ("proxy", "l2miss", "l3miss", "external") if data.get(key) is True)


def _port(port: Fields) -> Iterator[str]:
    if "state" in port:
        yield f"port {port['state']}"
    yield from (word for word in ("hairpin", "isolated", "neigh_suppress") if port.get(word))
    yield from (f"{word} off" for word in ("learning", "flood") if port.get(word) is False)


def _addr(view: _View, raw: bytes) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), view.vantage()
    peer = f" peer {fields['address']}" if "address" in fields else ""
    flags = [key for key, value in fields.items() if value is True]
    address = f"{fields['local']}{peer}/{fields['prefixlen']}"
    return (vantage.link(fields["ifindex"]), address, fields["scope"], " ".join(flags))


def _route(view: _View, raw: bytes) -> tuple[str, ...]:
    return (fields_of(raw)["table"], view.text(raw))


def _rule(view: _View, raw: bytes) -> tuple[str, ...]:
    return (fields_of(raw)["family"], view.text(raw))


def _neigh(view: _View, raw: bytes) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), view.vantage()
    flags = [key for key, value in fields.items() if value is None]
    state = " ".join((*fields.get("state", ()), *flags))
    return (fields.get("dst", "-"), vantage.link(fields["ifindex"]), fields.get("lladdr") or "-", state)


def _fdb(view: _View, raw: bytes) -> tuple[str, ...]:
    fields, vantage = fields_of(raw), view.vantage()
    where = f"in {vantage.peer(fields['linkNetNsId'])}" if "linkNetNsId" in fields else ""
    more = [f"{key} {fields[key]}" for key in ("vlan", "port", "vni", "src_vni", "nhid") if key in fields]
    return (
        fields.get("mac") or "-",
        vantage.link(fields["ifindex"]),
        vantage.link(fields["master"]) if "master" in fields else "-",
        " ".join(word for word in (fields.get("dst", "-"), where) if word),
        " ".join((*more, *fields["flags"], fields["state"])).strip(),
    )


_SHEETS: Mapping[Subject, tuple[tuple[Column, ...], Callable[[_View, bytes], tuple[str, ...]]]] = {
    Subject.LINKS: (
        (
            *(
                Column("IF", 5, right=True),
                Column("NAME", 0, least=10),
                Column("STATE", 1),
                Column("MTU", 4, right=True),
            ),
            *(Column("ADDRESS", 6), Column("MASTER", 3), Column("KIND", 3), Column("TIED TO", 2, least=14)),
            Column("DETAILS", 7, least=8),
        ),
        _link,
    ),
    Subject.ADDRS: ((Column("DEV", 1), Column("ADDRESS"), Column("SCOPE", 2), Column("FLAGS", 3, least=8)), _addr),
    Subject.ROUTES: ((Column("TABLE", 1), Column("ROUTE", least=20)), _route),
    Subject.RULES: ((Column("FAMILY", 1), Column("RULE", least=20)), _rule),
    Subject.NEIGH: ((Column("ADDRESS"), Column("DEV", 2), Column("LLADDR", 1), Column("STATE", 1, least=10)), _neigh),
    Subject.FDB: (
        (Column("MAC"), Column("DEV", 1), Column("MASTER", 3), Column("DST", 2, least=10), Column("FLAGS", 4, least=8)),
        _fdb,
    ),
}
