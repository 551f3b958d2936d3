"""Links, their settings and counters, and namespace ids as ``ip monitor`` prints them.

Source: events of ``decode_link``, ``decode_netconf`` and ``decode_nsid``. Privileges: none. Incomplete: whether a lower
link is down (``M-DOWN``) is known from its last message before.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.events.attributes import Readers, nested, read, u8
from ovltui.events.decode_netconf import ALL_LINKS, NEW_LINKS
from ovltui.events.event import Event
from ovltui.events.ipline_words import dev, present
from ovltui.events.vantage import Vantage

_ATTRIBUTES = 32
_XDP_MODES = {1: "xdp", 2: "xdpgeneric", 3: "xdpoffload", 4: "xdpmulti"}
_PROTO_DOWN: Readers = {39: ("on", u8), 55: ("reason", nested({2: ("bits", u8)}))}
_STATS_ATTRIBUTES = 28
_L3_STATS: Readers = {3: ("l3_stats", nested({1: ("request", u8), 2: ("used", u8)}))}
_STATS: Readers = {4: ("offload", nested({2: ("info", nested(_L3_STATS))}))}
_SWITCHES = ("mc_forwarding", "proxy_neigh", "ignore_routes_with_linkdown", "input")
_PLACES = {ALL_LINKS: "all", NEW_LINKS: "default"}


def link_lines(event: Event, vantage: Vantage, raw: bytes) -> str:
    """Return the two lines of a link, and one for each of its alternative names."""
    fields = event.fields
    name = fields["ifname"] or dev(vantage, fields["ifindex"])
    at, mdown = _at(fields, vantage)
    flags = ",".join(flag.removeprefix("0x") for flag in fields["flags"])
    first = f"{fields['ifindex']}: {name}{at}: <{flags}{mdown}> {''.join(_state(fields, vantage))}"
    second = f"    link/{fields['link_type']} {''.join(_addresses(fields))}{''.join(_elsewhere(fields, raw))}"
    return "\n".join((first, second, *(f"    altname {altname}" for altname in fields.get("altnames", ()))))


def _at(fields: dict[str, Any], vantage: Vantage) -> tuple[str, str]:
    """Return what follows the name, and the flag that follows the flags."""
    if "link_index" in fields:  # an index of another namespace
        return f"@if{fields['link_index']}", ""
    if "link" not in fields:
        return "", ""
    lower = fields["link"]
    if lower is None:
        return "@NONE", ""
    look = vantage.look_before(lower)
    if "family" in fields and (look is None or _is_foreign(fields["ifindex"], vantage)):
        return f"@if{lower}", ""
    return f"@{dev(vantage, lower)}", ",M-DOWN" if look is not None and look.state == "DOWN" else ""


def _is_foreign(ifindex: int, vantage: Vantage) -> bool:
    # A bridge does not say of its ports that what they are tied to is counted in another namespace.
    look = vantage.look_before(ifindex)
    return look is not None and look.foreign


def _state(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    yield present(fields, ("mtu", "mtu"))
    if "xdp" in fields:
        mode, number = fields["xdp"]["mode"], fields["xdp"].get("prog_id")
        yield _XDP_MODES.get(mode, f"xdp[{mode}]") + (f"/id:{number} " if number else " ")
    yield present(fields, ("qdisc", "qdisc"))
    if "master" in fields:
        yield f"master {dev(vantage, fields['master'])} "
    yield present(fields, ("operstate", "state"), ("group", "group"))
    if fields.get("event", "NONE") != "NONE":
        yield f"event {fields['event']} "


def _addresses(fields: dict[str, Any]) -> Iterator[str]:
    yield fields.get("address", "")
    if "broadcast" in fields:
        yield f" {'peer' if 'POINTOPOINT' in fields['flags'] else 'brd'} {fields['broadcast']}"
    if "permaddr" in fields:
        yield f" permaddr {fields['permaddr']}"


def _elsewhere(fields: dict[str, Any], raw: bytes) -> Iterator[str]:
    if "link_netnsid" in fields:
        nsid = fields["link_netnsid"]
        yield f" link-netnsid {nsid if nsid >= 0 else 'unknown'}"
    if "new_netnsid" in fields:
        yield f" new-netnsid {fields['new_netnsid']}"
    if "new_ifindex" in fields:
        yield f" new-ifindex {fields['new_ifindex']}"
    down: dict[str, Any] = {}
    read(down, raw, _ATTRIBUTES, _PROTO_DOWN)
    if down.get("on"):
        yield " protodown on "
    reasons = down.get("reason", {}).get("bits", 0)
    if "on" in down and reasons and "broadcast" in fields:  # ip asks for the attribute of the broadcast address
        yield f"protodown_reason <{','.join(str(bit) for bit in range(8) if reasons >> bit & 1)}>"


def netconf_lines(event: Event, vantage: Vantage, _raw: bytes) -> str:
    """Return the line of a link's settings; ``bc_forwarding`` is not among them."""
    fields = event.fields
    ifindex = fields["ifindex"]
    place = "" if ifindex is None else f"{_PLACES.get(ifindex) or dev(vantage, ifindex)} "
    switches = {key: "on" if fields[key] else "off" for key in ("forwarding", *_SWITCHES) if key in fields}
    words = (present(switches, ("forwarding", "forwarding")), present(fields, ("rp_filter", "rp_filter")))
    return f"{fields['family']} {place}{''.join(words)}{present(switches, *((key, key) for key in _SWITCHES))}"


def stats_lines(event: Event, vantage: Vantage, raw: bytes) -> str:
    """Return the lines of a link's hardware counters: whether they are asked for and in use."""
    ifindex = event.fields["ifindex"]
    stats: dict[str, Any] = {}
    read(stats, raw, _STATS_ATTRIBUTES, _STATS)
    head = f"{ifindex}: {dev(vantage, ifindex)}:"
    switches = stats.get("offload", {}).get("info", {}).get("l3_stats")
    if switches is None:
        return head
    words = (("request", ""), ("used", " used"))
    return f"{head}\n    l3_stats" + "".join(
        f"{word} {'on' if switches[key] else 'off'}" for key, word in words if key in switches
    )


def nsid_lines(event: Event, _vantage: Vantage, _raw: bytes) -> str:
    """Return the line of a namespace id."""
    return f"nsid {_number(event.fields['nsid'])} " + "".join(
        f"current-nsid {_number(event.fields[key])} " for key in ("current_nsid",) if key in event.fields
    )


def _number(nsid: int) -> str:
    return str(nsid) if nsid >= 0 else "unassigned"
