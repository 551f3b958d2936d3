"""Routes, multicast routes and nexthop objects as ``ip monitor`` prints them.

Source: events of ``decode_route`` and ``decode_nexthop``. Privileges: none. Incomplete: of an encapsulation only the
kind is told.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.events.event import Event
from ovltui.events.ipline_words import dev, present, tos
from ovltui.events.vantage import Vantage

_SAID_FLAGS = frozenset(
    (
        *("dead", "onlink", "pervasive", "offload", "trap", "notify", "linkdown", "unresolved"),
        *("rt_offload", "rt_trap", "rt_offload_failed"),
    )
)
_CLONED = "cloned"
_METRICS = (
    *("mtu", "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd"),
    *("features", "rto_min", "initrwnd", "quickack", "congestion", "fastopen_no_cookie"),
)
_TIMES = frozenset(("rtt", "rttvar", "rto_min"))
_SECOND_MS = 1000
_ECN = 1
_UNSET_HOPLIMIT = 0xFFFFFFFF
_HEXADECIMAL_FROM = 16
_PREFERENCES = frozenset(("low", "medium", "high"))
_RESILIENT = ("idle_timer", "unbalanced_timer", "unbalanced_time")


def route_lines(event: Event, vantage: Vantage, _raw: bytes) -> str:
    """Return the line of a route and one for each of its nexthops; empty for an entry of the route cache."""
    fields = event.fields
    if _CLONED in fields["flags"]:
        return ""
    return "".join((*_target(fields), *_way(fields, vantage), *_origin(fields), *_details(fields, vantage))) + "".join(
        f"\n\tnexthop {''.join(_nexthop(hop, fields['family'], vantage))}" for hop in fields.get("nexthops", ())
    )


def _target(fields: dict[str, Any]) -> Iterator[str]:
    if fields["type"] != "unicast":
        yield f"{fields['type']} "
    # A prefix without an address is followed by two blanks.
    yield f"{fields['dst']}{'  ' if fields['dst'].startswith('0/') else ' '}"
    yield present(fields, ("from", "from"), ("nhid", "nhid"), ("to", "as to"))
    if "encap" in fields:
        yield f" encap {fields['encap']} "
    if "tos" in fields:
        yield f"tos {tos(fields['tos'])} "


def _way(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    yield present(fields, ("gateway", "via"))
    if "via" in fields:
        yield f"via {fields['via']['family']} {fields['via']['host']} "
    if "ifindex" in fields:
        yield f"dev {dev(vantage, fields['ifindex'])} "


def _origin(fields: dict[str, Any]) -> Iterator[str]:
    if fields["table"] not in ("main", "unspec"):
        yield f"table {fields['table']} "
    if fields["protocol"] != "boot":
        yield f"proto {fields['protocol']} "
    if fields["scope"] != "global":
        yield f"scope {fields['scope']} "
    yield present(fields, ("prefsrc", "src"), ("metric", "metric"))
    yield _flags(fields["flags"])


def _details(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    mark = fields.get("mark", 0)
    if mark:
        yield f"mark {hex(mark) if mark >= _HEXADECIMAL_FROM else mark} "
    yield _realms(fields)
    yield present(fields, ("uid", "uid"))
    if "expires" in fields:
        yield f"expires {fields['expires']}sec "
    yield present(fields, ("error", "error"))
    for metrics in fields.get("metrics", ()):
        yield from _metrics(metrics)
    if "iif" in fields:
        yield f"iif {dev(vantage, fields['iif'])} "
    if "pref" in fields:
        yield f"pref {fields['pref']}" if fields["pref"] in _PREFERENCES else fields["pref"]


def _flags(flags: list[str]) -> str:
    return "".join(f"{flag} " for flag in flags if flag in _SAID_FLAGS)


def _realms(fields: dict[str, Any]) -> str:
    flow = fields.get("flow")
    if flow is None:
        return ""
    return f"realms {flow['from']}/{flow['to']} " if "from" in flow else f"realm {flow['to']} "


def _metrics(metrics: dict[str, Any]) -> Iterator[str]:
    locked = metrics.get("locked", ())
    for name in _METRICS:
        value = metrics.get(name, 0)
        if (name in metrics or name in locked) and not (name == "hoplimit" and value == _UNSET_HOPLIMIT):
            word = "congctl" if name == "congestion" else name
            yield f"{word} {'lock ' if name in locked else ''}{_metric(name, value)}"


def _metric(name: str, value: int | str) -> str:
    if isinstance(value, str):
        return f"{value} "
    if name in _TIMES:
        return f"{value / _SECOND_MS:g}s " if value >= _SECOND_MS else f"{value}ms "
    if name == "features":
        return f"{'ecn ' if value & _ECN else ''}{f'{value:#x} ' if value & ~_ECN else ''}"
    return f"{value} "


def _nexthop(hop: dict[str, Any], family: str, vantage: Vantage) -> Iterator[str]:
    if "encap" in hop:
        yield f" encap {hop['encap']} "
    yield present(hop, ("to", "as to"), ("gateway", "via"))
    if "via" in hop:
        yield f"via {hop['via']['family']} {hop['via']['host']} "
    yield _realms(hop)
    yield f"dev {dev(vantage, hop['ifindex'])} "
    if family != "mpls":
        yield f"weight {hop['weight']} "
    yield _flags(hop["flags"])


def mroute_lines(event: Event, vantage: Vantage, _raw: bytes) -> str:
    """Return the line of a multicast route; empty for an entry of the route cache."""
    fields = event.fields
    if _CLONED in fields["flags"] or fields["type"] != "multicast":
        return ""
    group = "unknown" if fields["dst"] == "default" else fields["dst"]
    line = f"{'({},{})'.format(fields.get('from', 'unknown'), group):<32} Iif: "
    line += f"{dev(vantage, fields['iif']):<10} " if fields.get("iif") else "unresolved "
    hops = [_oif(hop, vantage) for hop in fields.get("nexthops", ())]
    line += f"{'Oifs: ' if hops else ''}{''.join(hops)}"
    line += f" State: {'unresolved' if 'unresolved' in fields['flags'] else 'resolved'}"
    line += " offload" if "offload" in fields["flags"] else ""
    return line if fields["table"] in ("main", "unspec") else f"{line} Table: {fields['table']}"


def _oif(hop: dict[str, Any], vantage: Vantage) -> str:
    ttl = hop["weight"] - 1  # rtnh_hops
    return f"{dev(vantage, hop['ifindex'])}{f'(ttl {ttl}) ' if ttl > 1 else ' '}"


def nexthop_lines(event: Event, vantage: Vantage, _raw: bytes) -> str:
    """Return the line of a nexthop object."""
    fields = event.fields
    scope = "" if fields["scope"] == "global" else f"scope {fields['scope']} "
    protocol = "" if fields["protocol"] == "unspec" else f"proto {fields['protocol']} "
    return "".join(
        (
            f"id {fields['id']} ",
            *_group(fields),
            present(fields, ("gateway", "via")),
            f"dev {dev(vantage, fields['ifindex'])} " if "ifindex" in fields else "",
            scope,
            "blackhole " if "blackhole" in fields else "",
            protocol,
            _flags(fields["flags"]),
            "fdb" if "fdb" in fields else "",
        )
    )


def _group(fields: dict[str, Any]) -> Iterator[str]:
    if "group" in fields:
        members = (f"{hop['id']},{hop['weight']}" if "weight" in hop else str(hop["id"]) for hop in fields["group"])
        yield f"group {'/'.join(members)} "
    if "type" in fields:
        yield f"type {fields['type'] if fields['type'] == 'resilient' else '<unknown type>'} "
    if "resilient_args" in fields:
        arguments = fields["resilient_args"]
        yield f"buckets {arguments.get('buckets', 0)} "
        yield from (f"{key} {arguments.get(key, 0):g} " for key in _RESILIENT)
