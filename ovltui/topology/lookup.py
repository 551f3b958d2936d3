"""What the kernel finds in the tables of one namespace: a route, a neighbour, a forwarding entry.

Source: the messages of a ``Node``. Pure. Incomplete: rules with selectors other than the destination (marks, links,
source, users) are passed over, since nothing is known of them here; of several nexthops the first is taken; VLANs of a
bridge are not looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link
from ovltui.topology.model import Node
from ovltui.topology.names import fields_of

Ip = IPv4Address | IPv6Address
_SELECTORS = (
    "srclen",
    "fwmark",
    "iif",
    "oif",
    "tos",
    "ipproto",
    "sport",
    "dport",
    "uid_start",
    "l3mdev",
    "not",
    "tun_id",
)
_DEFAULT_TABLES = ("local", "main", "default")
ANY_MAC = "00:00:00:00:00:00"
"""The forwarding entry for frames that no other one names."""
_LASTING = frozenset(("permanent", "static"))
_FAMILIES = {4: "inet", 6: "inet6"}
_ZEROS = {4: str(IPv4Address(0)), 6: "::"}
_USABLE = frozenset(("REACHABLE", "STALE", "DELAY", "PROBE", "PERMANENT", "NOARP"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table."""

    raw: bytes
    fields: Mapping[str, Any]


def entries(node: Node, what: Object) -> Iterator[Entry]:
    """Yield the rows of a table."""
    for raw in node.place.contents.rows(what):
        yield Entry(raw, fields_of(raw))


def addresses(node: Node) -> Iterator[tuple[int, str, int]]:
    """Yield ifindex, address and prefix length of each address."""
    for entry in entries(node, Object.ADDR):
        if entry.fields.get("local"):
            yield entry.fields["ifindex"], entry.fields["local"], entry.fields["prefixlen"]


def route(node: Node, to: Ip) -> Entry | None:
    """Return the route that a packet of this namespace to an address takes, or None where there is none."""
    for table in _tables(node, to):
        if isinstance(table, Entry):
            return table
        found = _longest(node, to, table)
        if found and found.fields["type"] != "throw":
            return found
    return None


def out_of(found: Entry) -> int:
    """Return the ifindex by which a route leads; 0 for none."""
    hops: Sequence[Mapping[str, Any]] = found.fields.get("nexthops") or ({},)
    ifindex: int = found.fields.get("ifindex") or hops[0].get("ifindex", 0)
    return ifindex


def gateway_of(found: Entry) -> str:
    """Return the address of the next router of a route; empty where there is none."""
    hops: Sequence[Mapping[str, Any]] = found.fields.get("nexthops") or ({},)
    via = found.fields.get("via") or hops[0].get("via") or {}
    gateway: str = found.fields.get("gateway") or hops[0].get("gateway") or via.get("host", "")
    return gateway


def source(node: Node, to: Ip) -> Ip | None:
    """Return the address with which a namespace sends to another address."""
    found = route(node, to)
    told = parsed(found.fields.get("prefsrc") or "") if found else None
    if told or found is None:
        return told
    own = [(ifindex, parsed(local)) for ifindex, local, _ in addresses(node)]
    own = [(ifindex, ip) for ifindex, ip in own if ip and ip.version == to.version and not ip.is_loopback]
    return next((ip for ifindex, ip in own if ifindex == out_of(found)), next((ip for _, ip in own), None))


def neighbour(node: Node, link: Link, to: str) -> Entry | None:
    """Return the neighbour entry of an address on a link, usable or not."""
    for entry in entries(node, Object.NEIGH):
        fields = entry.fields
        if (fields.get("ifindex"), fields.get("dst")) == (link.key.ifindex, to) and "proxy" not in fields:
            return entry
    return None


def is_usable(entry: Entry) -> bool:
    """Whether the kernel sends by a neighbour entry without asking first."""
    return bool(entry.fields.get("lladdr")) and not _USABLE.isdisjoint(entry.fields.get("state", ()))


def forwarding(node: Node, bridge: Link, mac: str) -> Entry | None:
    """Return the entry by which a bridge forwards frames to a MAC."""
    for entry in entries(node, Object.FDB):
        if entry.fields.get("mac") == mac and entry.fields.get("master") == bridge.key.ifindex:
            return entry
    return None


def tunnels(node: Node, vxlan: Link, mac: str) -> tuple[Entry, ...]:
    """Return the entries by which a vxlan device sends frames to a MAC: those of the MAC, else those for any."""
    found: dict[str, list[Entry]] = {mac: [], ANY_MAC: []}
    for entry in entries(node, Object.FDB):
        fields = entry.fields
        of_it = fields.get("ifindex") == vxlan.key.ifindex and "master" not in fields
        if of_it and "dst" in fields and fields.get("mac") in found:
            found[fields["mac"]].append(entry)
    return tuple(found[mac] or found[ANY_MAC])


def entry_elsewhere(node: Node, vxlan: Link, mac: str, sender: str) -> Entry | None:
    """Return the lasting entry by which a vxlan device drops frames of a MAC that come from ``sender``."""
    if vxlan.vxlan is None or not vxlan.vxlan.learning:
        return None
    lasting = [entry for entry in tunnels(node, vxlan, mac) if entry.fields.get("state") in _LASTING]
    astray = [entry for entry in lasting if entry.fields["mac"] == mac and entry.fields["dst"] != sender]
    return astray[0] if astray and len(astray) == len(lasting) else None


def _tables(node: Node, to: Ip) -> Iterator[str | Entry]:
    """Yield the tables in which rules have the kernel look, and a rule that itself decides."""
    rules = [entry for entry in entries(node, Object.RULE) if entry.fields.get("family") == _FAMILIES[to.version]]
    if not rules:
        yield from _DEFAULT_TABLES
        return
    for rule in sorted(rules, key=lambda entry: entry.fields.get("priority", 0)):
        fields = rule.fields
        if fields.get("src", "all") != "all" or any(key in fields for key in _SELECTORS) or not _is_to(fields, to):
            continue
        if fields.get("action") in ("blackhole", "unreachable", "prohibit"):
            yield Entry(rule.raw, {**fields, "type": fields["action"]})
        elif "table" in fields:
            yield fields["table"]


def _is_to(fields: Mapping[str, Any], to: Ip) -> bool:
    if "dst" not in fields:
        return True
    network = _network(f"{fields['dst']}/{fields['dstlen']}" if "dstlen" in fields else fields["dst"], to.version)
    return network is not None and to in network


def _longest(node: Node, to: Ip, table: str) -> Entry | None:
    """Return the route of the longest prefix in a table, the lowest metric first."""
    best: tuple[tuple[int, int], Entry] | None = None
    for entry in entries(node, Object.ROUTE):
        fields = entry.fields
        if (fields.get("table"), fields.get("family")) != (table, _FAMILIES[to.version]) or "dead" in fields["flags"]:
            continue
        network = _network(fields["dst"], to.version)
        if network is None or to not in network or "cloned" in fields["flags"]:
            continue
        rank = (network.prefixlen, -fields.get("metric", 0))
        if best is None or rank > best[0]:
            best = (rank, entry)
    return best[1] if best else None


@lru_cache(maxsize=1 << 14)
def _network(text: str, version: int) -> IPv4Network | IPv6Network | None:
    if text == "default":
        text = "0/0"
    if text.startswith("0/"):
        text = _ZEROS[version] + text[1:]
    try:
        network = ip_network(text, strict=False)
    except ValueError:  # of a length that is no address
        return None
    return network if network.version == version else None


def parsed(text: str) -> Ip | None:
    """Return an address, or None where the text is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None
