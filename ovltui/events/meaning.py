"""What an event means, in one sentence for someone who does not know the kernel's words.

Source: events of ``ovltui.events.decode`` and names as of the record; what Docker says is worded beside its line.
Privileges: none. Incomplete: the kernel says what is so now; what it was before, and who changed it, is not in the
message.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.line_docker import docker_meaning
from ovltui.events.line_link import difference
from ovltui.events.look import look_of
from ovltui.events.names import Names
from ovltui.events.record import Kind, Record
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Action, Object


def meaning(record: Record, names: Names) -> str:
    """Return in one sentence what a record means, with names as of that record; never raises."""
    event = decode(record)
    word = _MEANINGS.get((event.object, event.action))
    sentence = word(event.fields, Vantage(names, record.nsid, record.seq)) if word else _plain(event)
    return f"{sentence} {_untold(event)}" if record.kind is Kind.RESYNC else sentence


def _untold(event: Event) -> str:
    """Return how something came to be known that no event told."""
    silent = event.object is Object.NEXTHOP or (event.object is Object.ROUTE and event.fields["family"] == "inet")
    why = "the kernel removes it silently with a link, an address or a nexthop object, or events were lost"
    return f"No event told this, the kernel's tables were read again: {why if silent else 'events were lost'}."


def _plain(event: Event) -> str:
    if event.object is Object.UNKNOWN:
        return "The kernel sent a message that ovltui cannot read; its bytes are below."
    done = {Action.DEL: "was removed", Action.CHANGE: "changed"}.get(event.action, "was set")
    return _PLAIN.get(event.object, f"An entry of kind {event.object}") + f" {done}."


_PLAIN = {
    Object.RULE: "A rule that chooses the routing table for a packet",
    Object.NEXTHOP: "A nexthop object, which routes and forwarding entries share,",
    Object.NETCONF: "A setting of a link's IP layer",
    Object.PREFIX: "A prefix that a router announced",
    Object.MDB: "An entry that says which port of a bridge gets a multicast group",
    Object.VLAN: "A VLAN of a bridge port",
    Object.STATS: "The counting of a link's traffic in hardware",
    Object.TUNNEL: "The set of VNIs that a vxlan device accepts",
    Object.MROUTE: "A route for multicast packets",
}


def _link_name(fields: dict[str, Any], vantage: Vantage) -> str:
    return fields["ifname"] or vantage.link(fields["ifindex"])


def _link_new(fields: dict[str, Any], vantage: Vantage) -> str:
    return f"{_link_name(fields, vantage)} is new in this namespace: it was created, or it moved in."


def _link_del(fields: dict[str, Any], vantage: Vantage) -> str:
    name = _link_name(fields, vantage)
    if fields.get("family") == "bridge":
        return f"{name} is no port of its bridge any more; the link itself stays until it is deleted."
    return f"{name} was deleted; IPv4 routes through it went without a message of their own."


def _link_change(fields: dict[str, Any], vantage: Vantage) -> str:
    name = _link_name(fields, vantage)
    if fields.get("family") == "bridge":
        return f"As a port of its bridge, {name} is now {fields.get('state', 'changed')}."
    before, now = vantage.look_before(fields["ifindex"]), look_of(fields)
    if before is not None and replace(before, foreign=now.foreign) == now:
        return f"{name} is {now.state} as before: what changed, if anything did, is not its state, name, MTU or master."
    if before is not None and before.state == now.state:
        return f"{name} changed: {', '.join(difference(before, now, vantage))}."
    if "UP" not in fields["flags"]:
        return f"{name} is switched off (administratively down)."
    if "NO-CARRIER" in fields["flags"]:
        return f"{name} is switched on but has no carrier: the other end is down or missing."
    return f"{name} is up and has its carrier; it was not known or not so before."


def _link_move(fields: dict[str, Any], vantage: Vantage) -> str:
    target = vantage.peer(fields["new_netnsid"])
    return f"{_link_name(fields, vantage)} left this namespace for {target}; it was not deleted."


def _addr_new(fields: dict[str, Any], vantage: Vantage) -> str:
    dev = vantage.link(fields["ifindex"])
    if fields.get("dadfailed"):
        return f"{fields['local']} on {dev} is not used: another machine already has it."
    if fields.get("tentative"):
        return f"{fields['local']} on {dev} is being checked for duplicates and cannot be used yet."
    return f"{dev} has the address {fields['local']}/{fields['prefixlen']}."


def _addr_del(fields: dict[str, Any], vantage: Vantage) -> str:
    dev = vantage.link(fields["ifindex"])
    return f"{dev} no longer has the address {fields['local']}; routes that needed it may have gone silently."


_ROUTE_VERDICTS = {
    "local": "are for this namespace itself",
    "broadcast": "are broadcasts, taken here and sent out",
    "multicast": "go out as multicast",
    "anycast": "are taken here (anycast)",
    "blackhole": "are dropped silently",
    "unreachable": "are refused as unreachable",
    "prohibit": "are refused as prohibited",
    "throw": "are left to the next routing rule",
}


def _route_verdict(fields: dict[str, Any], vantage: Vantage) -> str:
    verdict = _ROUTE_VERDICTS.get(fields["type"])
    if verdict:
        return verdict
    if "nexthops" in fields:
        return f"are spread over {len(fields['nexthops'])} nexthops"
    dev = f" through {vantage.link(fields['ifindex'])}" if fields.get("ifindex") else ""
    gateway = fields.get("gateway") or fields.get("via", {}).get("host")
    return f"go to the gateway {gateway}{dev}" if gateway else f"go out directly{dev}"


def _packets(fields: dict[str, Any]) -> str:
    if fields["dst"] == "default":
        return f"{fields['family']} packets without a better route"
    return f"packets to {fields['dst']}"


def _route_new(fields: dict[str, Any], vantage: Vantage) -> str:
    table = "" if fields["table"] in ("main", "local") else f" (in table {fields['table']})"
    sentence = f"{_packets(fields)} {_route_verdict(fields, vantage)}{table}."
    return sentence[0].upper() + sentence[1:] if fields["dst"] != "default" else sentence


def _route_del(fields: dict[str, Any], vantage: Vantage) -> str:
    return f"No longer: {_packets(fields)} {_route_verdict(fields, vantage)}."


_NEIGH_STATES = {
    "PERMANENT": "by a permanent entry, which is not checked or aged",
    "NOARP": "by an entry that needs no resolution",
    "REACHABLE": "and it answered lately",
    "STALE": "but it was not confirmed lately; the next packet will check it",
    "DELAY": "and a check of it is about to begin",
    "PROBE": "and it is being checked now",
}


def _neigh_new(fields: dict[str, Any], vantage: Vantage) -> str:
    dst, dev = fields.get("dst", "?"), vantage.link(fields["ifindex"])
    if "proxy" in fields:
        return f"This namespace answers for {dst} on {dev} (proxy)."
    states = fields.get("state", [])
    if "FAILED" in states:
        return f"{dst} did not answer on {dev}, or its entry is being removed: packets to it are dropped."
    known = next((text for state, text in _NEIGH_STATES.items() if state in states), "")
    return f"On {dev}, {dst} has the MAC {fields.get('lladdr', '?')} {known}".rstrip() + "."


def _neigh_del(fields: dict[str, Any], vantage: Vantage) -> str:
    return f"The MAC of {fields.get('dst', '?')} on {vantage.link(fields['ifindex'])} is forgotten."


def _neigh_miss(fields: dict[str, Any], vantage: Vantage) -> str:
    dst, dev = fields.get("dst", "?"), vantage.link(fields["ifindex"])
    if fields["miss"] == "solicit":
        return f"The kernel asks a daemon to resolve {dst} on {dev}, before it sends a broadcast of its own."
    return f"The vxlan device {dev} should answer for {dst} but has no neighbour entry for it: nobody does."


def _fdb_way(fields: dict[str, Any], vantage: Vantage) -> str:
    if "nhid" in fields:
        return f"leave through the tunnel to the nexthop group {fields['nhid']}"
    if "dst" in fields:
        return f"leave through the tunnel to {fields['dst']}"
    dev = vantage.link(fields["ifindex"])
    if fields["state"] == "permanent":
        return f"are taken by {dev} itself"
    return f"leave through the bridge port {dev}"


def _fdb_new(fields: dict[str, Any], vantage: Vantage) -> str:
    fixed = fields["state"] in ("permanent", "static") or "dst" in fields or "nhid" in fields
    learned = "" if fixed else " (learned from traffic)"
    return f"Frames to {_mac(fields)} {_fdb_way(fields, vantage)}{learned}."


def _fdb_del(fields: dict[str, Any], vantage: Vantage) -> str:
    return f"No longer: frames to {_mac(fields)} {_fdb_way(fields, vantage)}."


def _mac(fields: dict[str, Any]) -> str:
    mac = fields.get("mac", "?")
    return "any unknown MAC" if mac == "00:00:00:00:00:00" else str(mac)


def _fdb_miss(fields: dict[str, Any], vantage: Vantage) -> str:
    mac, dev = fields.get("mac") or "this MAC", vantage.link(fields["ifindex"])
    return f"The vxlan device {dev} has no forwarding entry for {mac}: the frame cannot go to a remote node."


def _nsid_new(fields: dict[str, Any], vantage: Vantage) -> str:
    whose = "" if vantage.own else " in the table of this namespace"
    return f"A namespace got the id {fields['nsid']}{whose}; giving it one neither holds nor changes it."


def _nsid_del(fields: dict[str, Any], _vantage: Vantage) -> str:
    return f"The namespace with the id {fields['nsid']} died, and all its links with it."


def _gap(fields: dict[str, Any], _vantage: Vantage) -> str:
    if fields.get("says"):
        return f"Of {fields['host']}: {fields['says']}." if fields.get("host") else f"{fields['says']}."
    count = "An unknown number of" if fields["lost"] is None else str(fields["lost"])
    where = f"of {fields['host']}" if fields.get("host") else "here"
    return f"{count} events were dropped by the kernel {where} because they were not read in time."


_MEANINGS: dict[tuple[Object, Action], Callable[[dict[str, Any], Vantage], str]] = {
    (Object.LINK, Action.NEW): _link_new,
    (Object.LINK, Action.DEL): _link_del,
    (Object.LINK, Action.CHANGE): _link_change,
    (Object.LINK, Action.MOVE): _link_move,
    (Object.ADDR, Action.NEW): _addr_new,
    (Object.ADDR, Action.DEL): _addr_del,
    (Object.ROUTE, Action.NEW): _route_new,
    (Object.ROUTE, Action.CHANGE): _route_new,
    (Object.ROUTE, Action.DEL): _route_del,
    (Object.NEIGH, Action.NEW): _neigh_new,
    (Object.NEIGH, Action.DEL): _neigh_del,
    (Object.NEIGH, Action.MISS): _neigh_miss,
    (Object.FDB, Action.NEW): _fdb_new,
    (Object.FDB, Action.DEL): _fdb_del,
    (Object.FDB, Action.MISS): _fdb_miss,
    (Object.NSID, Action.NEW): _nsid_new,
    (Object.NSID, Action.DEL): _nsid_del,
    (Object.DOCKER, Action.NEW): docker_meaning,
    (Object.DOCKER, Action.DEL): docker_meaning,
    (Object.DOCKER, Action.CHANGE): docker_meaning,
    (Object.GAP, Action.LOST): _gap,
}
