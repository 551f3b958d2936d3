"""Wording of routes, rules, nexthop objects and announced prefixes, as ``ip`` prints them, without its noise.

Source: events of ``decode_route``, ``decode_rule``, ``decode_nexthop``, ``decode_addr``. Privileges: none.
Incomplete: what goes without saying (table main, protocol kernel, the scope of a local address) is left out.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.events.event import Event
from ovltui.events.vantage import Vantage

_OWN_ADDRESSES = frozenset(("local", "broadcast", "anycast", "multicast"))
"""Route types that stand in table ``local`` and need no word about it."""
_SILENT_PROTOCOLS = frozenset(("kernel", "boot"))


def route_text(event: Event, vantage: Vantage) -> str:
    """Return ``10.13.17.0/24 via 10.0.0.1 dev eth0 scope link src 10.13.17.7``."""
    fields = event.fields
    words = [] if fields["type"] == "unicast" else [fields["type"]]
    words.append(fields["dst"])
    if fields["dst"] == "default" and fields["family"] != "inet" and "gateway" not in fields:
        words.append(fields["family"])
    words += _selectors(fields)
    words += _hop(fields, vantage)
    words += _particulars(fields)
    words += fields["flags"]
    for metric in fields.get("metrics", ()):
        words += _metric(metric)
    if "iif" in fields:
        words.append(f"iif {vantage.link(fields['iif'])}")
    for hop in fields.get("nexthops", ()):
        words += ["nexthop", *_hop(hop, vantage), *_weight(hop), *hop["flags"]]
    return " ".join(words)


def _metric(metric: dict[str, Any]) -> Iterator[str]:
    locked = metric.get("locked", ())
    for name, value in metric.items():
        if name != "locked":
            yield f"{name} lock {value}" if name in locked else f"{name} {value}"


def _selectors(fields: dict[str, Any]) -> Iterator[str]:
    for key in ("from", "nhid", "tos"):
        if key in fields:
            yield f"{key} {fields[key]}"


def _hop(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    if "to" in fields:
        yield f"as to {fields['to']}"
    if "encap" in fields:
        yield f"encap {fields['encap']}"
    if "gateway" in fields:
        yield f"via {fields['gateway']}"
    elif "via" in fields:
        yield f"via {fields['via']['family']} {fields['via']['host']}"
    if fields.get("ifindex"):
        yield f"dev {vantage.link(fields['ifindex'])}"


def _weight(hop: dict[str, Any]) -> Iterator[str]:
    if hop["weight"] != 1:
        yield f"weight {hop['weight']}"


def _particulars(fields: dict[str, Any]) -> Iterator[str]:
    usual = "local" if fields["type"] in _OWN_ADDRESSES else "main"
    if fields["table"] != usual:
        yield f"table {fields['table']}"
    if fields["protocol"] not in _SILENT_PROTOCOLS:
        yield f"proto {fields['protocol']}"
    if fields["scope"] != "global" and usual == "main":
        yield f"scope {fields['scope']}"
    if "prefsrc" in fields:
        yield f"src {fields['prefsrc']}"
    if fields.get("metric"):
        yield f"metric {fields['metric']}"
    if "expires" in fields:
        yield f"expires {fields['expires']}sec"
    if fields.get("pref", "medium") != "medium":
        yield f"pref {fields['pref']}"


def rule_text(event: Event, vantage: Vantage) -> str:
    """Return ``rule 1000: from 10.1.0.0/16 lookup 100``."""
    del vantage
    fields = event.fields
    words = [f"rule {fields['priority']}:"]
    if "not" in fields:
        words.append("not")
    words.append(f"from {fields['src']}{_length(fields, 'srclen')}")
    if "dst" in fields:
        words.append(f"to {fields['dst']}{_length(fields, 'dstlen')}")
    elif fields["src"] == "all" and fields["family"] != "inet":
        words.append(fields["family"])
    words += [f"{key} {fields[key]}" for key in ("tos",) if key in fields]
    if "fwmark" in fields:
        words.append(f"fwmark {fields['fwmark']}" + (f"/{fields['fwmask']}" if "fwmask" in fields else ""))
    words += _matches(fields)
    words += _verdict(fields)
    return " ".join(words)


def _length(fields: dict[str, Any], key: str) -> str:
    return f"/{fields[key]}" if key in fields else ""


def _matches(fields: dict[str, Any]) -> Iterator[str]:
    for key in ("iif", "oif"):
        if key in fields:
            yield f"{key} {fields[key]}" + (" [detached]" if f"{key}_detached" in fields else "")
    if "uid_start" in fields:
        yield f"uidrange {fields['uid_start']}-{fields['uid_end']}"
    for key in ("ipproto", "sport", "dport", "tun_id"):
        if key in fields:
            yield f"{key} {fields[key]}"
        elif f"{key}_start" in fields:
            yield f"{key} {fields[f'{key}_start']}-{fields[f'{key}_end']}"


def _verdict(fields: dict[str, Any]) -> Iterator[str]:
    if "l3mdev" in fields:
        yield "lookup [l3mdev-table]"
    elif "table" in fields:
        yield f"lookup {fields['table']}"
    if "suppress_prefixlen" in fields:
        yield f"suppress_prefixlength {fields['suppress_prefixlen']}"
    if "suppress_ifgroup" in fields:
        yield f"suppress_ifgroup {fields['suppress_ifgroup']}"
    if "goto" in fields:
        yield f"goto {fields['goto']}"
    elif "action" in fields:
        yield fields["action"]


def nexthop_text(event: Event, vantage: Vantage) -> str:
    """Return ``nexthop id 5 via 10.13.17.7 dev eth0`` or ``nexthop id 7 group 5/6,3``."""
    fields = event.fields
    words = [f"nexthop id {fields['id']}"]
    if "group" in fields:
        members = (
            f"{member['id']},{member['weight']}" if "weight" in member else str(member["id"])
            for member in fields["group"]
        )
        words.append(f"group {'/'.join(members)}")
    if "type" in fields:
        words.append(f"type {fields['type']}")
    words += _hop(fields, vantage)
    words += [key for key in ("blackhole", "fdb") if key in fields]
    return " ".join((*words, *fields["flags"]))


def prefix_text(event: Event, vantage: Vantage) -> str:
    """Return ``prefix fd00::/64 dev eth0 onlink autoconf``."""
    fields = event.fields
    words = [f"prefix {fields['prefix']}/{fields['prefix_len']} dev {vantage.link(fields['ifindex'])}"]
    words += [key for key in ("onlink", "autoconf") if fields[key]]
    return " ".join(words)
