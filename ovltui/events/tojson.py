"""An event as one JSON object, with links named as ``ip -json`` and ``bridge -json`` name them.

Source: ``ovltui.events.decode`` and names as of the record. Privileges: none. Incomplete: an index of a
namespace whose names are not known becomes ``if7``; an index that counts in another namespace stays a number.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.decode_netconf import ALL_LINKS, NEW_LINKS
from ovltui.events.event import Event
from ovltui.events.names import Names
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Object

_NAME_OF_IFINDEX = {
    Object.ADDR: "ifname",
    Object.ROUTE: "dev",
    Object.MROUTE: "dev",
    Object.NEIGH: "dev",
    Object.FDB: "ifname",
    Object.NEXTHOP: "dev",
    Object.NETCONF: "interface",
    Object.PREFIX: "ifname",
    Object.MDB: "dev",
    Object.VLAN: "ifname",
    Object.STATS: "ifname",
    Object.TUNNEL: "ifname",
}
"""The key under which iproute2 prints the link of each object; ``ifindex`` is kept beside it."""
_INDICES = ("link", "master", "iif", "viaIf", "backup_port", "active_slave")
"""Keys whose value is an index of the record's namespace, replaced by the name."""
_PEERS = {
    "link_netnsid": "link_netns",
    "linkNetNsId": "link_netns",
    "new_netnsid": "new_netns",
    "peer_nsid": "peer",
}
"""Ids in the table of the record's namespace, and the key of the name that is put beside them."""
_CLASHES = {"nsid": "peer_nsid", "action": "rule_action"}
"""Fields of nsid and rule events whose names would replace what every object begins with."""
_SPECIAL_LINKS = {ALL_LINKS: "all", NEW_LINKS: "default"}


def as_json(record: Record, names: Names) -> dict[str, Any]:
    """Return a record as a JSON object, with names as of that record; never raises.

    It begins with ``seq``, ``time`` (ISO 8601, UTC, nanoseconds), ``netns``, ``nsid`` (None for the namespace
    that listens), ``object`` and ``action``; then come the fields of the event. A gap, which is of no
    namespace, has ``netns`` None, ``lost`` (None where the count is not known), ``span_ns`` and ``classes``.
    What no event told, but tables that were read again, has ``resync`` True.
    An event of Docker has Docker's own action in ``event``, and ``netns`` None where its namespace is not known.
    The id that an event of object ``nsid`` is about stands in ``peer_nsid``, the action of a rule in ``rule_action``.
    """
    event = decode(record)
    vantage = Vantage(names, record.nsid, record.seq)
    return {
        "seq": record.seq,
        "time": iso_time(record.time_ns),
        "netns": _place(event, vantage),
        "nsid": None if record.nsid == OWN_NSID else record.nsid,
        "object": str(event.object),
        "action": str(event.action),
        **({"resync": True} if record.kind is Kind.RESYNC else {}),
        **_fields(event, vantage),
    }


def _place(event: Event, vantage: Vantage) -> str | None:
    if event.object is Object.DOCKER:
        return vantage.docker_netns(event.fields)
    return None if event.object is Object.GAP else vantage.netns()


def iso_time(time_ns: int) -> str:
    """Return nanoseconds since the epoch as ``2025-03-09T14:02:10.113000000Z``."""
    seconds, rest = divmod(time_ns, 10**9)
    return f"{_iso_second(seconds)}.{rest:09}Z"


@lru_cache(maxsize=64)
def _iso_second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def _fields(event: Event, vantage: Vantage) -> dict[str, Any]:
    fields = dict(event.fields)
    for taken, free in _CLASHES.items():
        if taken in fields:
            fields[free] = fields.pop(taken)
    if fields.get("family") == "bridge" and "link" in fields:
        # A port's message has no nsid beside the index of its other end, which may be in another namespace.
        fields["link_index"] = fields.pop("link")
    key = _NAME_OF_IFINDEX.get(event.object)
    if key and fields.get("ifindex") is not None:
        fields[key] = _SPECIAL_LINKS.get(fields["ifindex"]) or vantage.link(fields["ifindex"])
    if event.object is Object.MDB:
        _name_ports(fields, vantage)
    else:
        _name_indices(fields, vantage)
    if "linkinfo" in fields:
        fields["linkinfo"] = _named_linkinfo(fields, vantage)
    if "nexthops" in fields:
        fields["nexthops"] = [{**hop, "dev": vantage.link(hop["ifindex"])} for hop in fields["nexthops"]]
    for number, name in _PEERS.items():
        if fields.get(number) is not None:
            fields[name] = vantage.peer(fields[number])
    return fields


def _name_indices(fields: dict[str, Any], vantage: Vantage) -> None:
    for key in _INDICES:
        # Rules name their links themselves.
        if fields.get(key) and isinstance(fields[key], int):
            fields[key] = vantage.link(fields[key])


def _name_ports(fields: dict[str, Any], vantage: Vantage) -> None:
    for key in ("mdb", "router"):
        if key in fields:
            fields[key] = [{**entry, "port": vantage.link(entry["port"])} for entry in fields[key]]


def _named_linkinfo(fields: dict[str, Any], vantage: Vantage) -> dict[str, Any]:
    info: dict[str, Any] = dict(fields["linkinfo"])
    for part in ("info_data", "info_slave_data"):
        if part in info:
            values = dict(info[part])
            # A vxlan device that moved counts its underlay link in the namespace where it was made.
            if "link" in values and "link_netnsid" in fields:
                values["link_index"] = values.pop("link")
            _name_indices(values, vantage)
            info[part] = values
    return info
