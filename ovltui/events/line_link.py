"""Wording of links, addresses, settings and namespace ids.

Source: events of ``decode_link``, ``decode_addr``, ``decode_netconf``, ``decode_nsid``. Privileges: none.
Incomplete: a change says what was before only where that is known; the kernel does not send it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ovltui.events.decode_addr import FOREVER
from ovltui.events.decode_link import ALL_CHANGED
from ovltui.events.decode_netconf import ALL_LINKS, NEW_LINKS
from ovltui.events.event import Event
from ovltui.events.look import Look, link_state, look_of
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Action

_NAME_WIDTH, _STATE_WIDTH = 20, 4
_IFF_PROMISC = 0x100
_ADDR_FLAGS = (
    *("secondary", "temporary", "dynamic", "tentative", "dadfailed", "deprecated", "optimistic", "nodad"),
    *("home", "mngtmpaddr", "noprefixroute", "autojoin", "stable-privacy"),
)
_SETTINGS = (
    *("forwarding", "rp_filter", "mc_forwarding", "bc_forwarding", "proxy_neigh"),
    *("ignore_routes_with_linkdown", "input"),
)


def link_text(event: Event, vantage: Vantage) -> str:
    """Return ``eth0@if11  UP  mtu 1450  veth  02:42:…  master br0``, or a move, or a port of a bridge."""
    fields = event.fields
    name = fields["ifname"] or vantage.link(fields["ifindex"])
    if event.action is Action.MOVE:
        return _move(name, fields, vantage)
    if fields.get("family") == "bridge":
        return _port(name, event, vantage)
    words = [f"{name + _at(fields, vantage):<{_NAME_WIDTH}}"]
    before = vantage.look_before(fields["ifindex"]) if event.action is Action.CHANGE else None
    if before is not None:
        return "  ".join((*words, *difference(before, look_of(fields), vantage), *_changes(fields))).rstrip()
    if event.action is not Action.DEL:
        words += [f"{link_state(fields):<{_STATE_WIDTH}}", f"mtu {fields.get('mtu', '?')}"]
    words += [*_kind(fields, vantage), *_ends(fields, vantage), *_changes(fields)]
    return "  ".join(words).rstrip()


def difference(before: Look, now: Look, vantage: Vantage) -> Iterator[str]:
    """Yield what is not as it was; the state alone where nothing that people look at changed."""
    if before.ifname != now.ifname:
        yield f"was called {before.ifname}"
    if before.state != now.state:
        yield f"{before.state} → {now.state}"
    if before.mtu != now.mtu:
        yield f"mtu {before.mtu} → {now.mtu}"
    if before.master != now.master:
        yield f"master {_master(before, vantage)} → {_master(now, vantage)}"
    if before.address != now.address:
        yield f"{before.address} → {now.address}"
    if replace(before, foreign=now.foreign) == now:
        yield f"{now.state}  as before"


def _master(look: Look, vantage: Vantage) -> str:
    return "none" if look.master is None else vantage.link(look.master)


def _move(name: str, fields: dict[str, Any], vantage: Vantage) -> str:
    target = vantage.peer(fields["new_netnsid"])
    index = f" as if{fields['new_ifindex']}" if "new_ifindex" in fields else ""
    return f"{name} → {target}{index}"


def _port(name: str, event: Event, vantage: Vantage) -> str:
    fields = event.fields
    bridge = vantage.link(fields["master"]) if "master" in fields else "its bridge"
    if event.action is Action.DEL:
        return f"{name} leaves {bridge}"
    switched = [key for key in ("hairpin", "isolated", "locked", "neigh_suppress") if fields.get(key)]
    return " ".join((name, "port of", bridge, str(fields.get("state", "")), *switched)).rstrip()


def _at(fields: dict[str, Any], vantage: Vantage) -> str:
    if "link_index" in fields:
        # A tunnel without a lower link of its own reports its own index once it moved.
        kind = fields.get("linkinfo", {}).get("info_kind")
        own = fields["link_index"] == fields["ifindex"] and kind in ("vxlan", "geneve")
        if own:
            return ""
        index = fields["link_index"]
        return f"@{_elsewhere(fields, vantage) or f'if{index}'}"
    link = fields.get("link")
    return f"@{vantage.link(link)}" if link and link != fields["ifindex"] else ""


def _elsewhere(fields: dict[str, Any], vantage: Vantage) -> str | None:
    """Return the link at the other end, in another namespace, as ``mynet01/veth1``."""
    if "link_index" not in fields or fields["link_netnsid"] < 0:
        return None
    return vantage.peer_link(fields["link_netnsid"], fields["link_index"])


def _kind(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    info = fields.get("linkinfo", {})
    data = info.get("info_data", {})
    kind = info.get("info_kind") or fields["link_type"]
    if kind == "vxlan":
        yield " ".join((kind, *_vxlan(data, vantage, "link_netnsid" in fields)))
    elif kind in ("vlan", "geneve", "macvlan", "macvtap", "ipvlan", "bond"):
        yield f"{kind} {data.get('id', data.get('mode', ''))}".rstrip()
    elif kind == "vrf":
        yield f"vrf table {data.get('table', '?')}"
    else:
        yield kind
    if fields["link_type"] != "loopback" and "address" in fields:
        yield fields["address"]


def _vxlan(data: dict[str, Any], vantage: Vantage, elsewhere: bool) -> Iterator[str]:
    if data.get("external"):
        yield "external"
    else:
        yield f"id {data.get('id', '?')}"
    for key, label in (("local", "local"), ("local6", "local"), ("remote", "remote"), ("remote6", "remote")):
        if key in data:
            yield f"{label} {data[key]}"
    for key in ("group", "group6"):
        if key in data:
            yield f"group {data[key]}"
    if "link" in data:
        # The underlay link is counted in the namespace where the device was made.
        yield f"dev if{data['link']}" if elsewhere else f"dev {vantage.link(data['link'])}"


def _ends(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    if "master" in fields:
        yield f"master {vantage.link(fields['master'])}"
    if "link_netnsid" in fields and _elsewhere(fields, vantage) is None:
        yield f"link-netns {vantage.peer(fields['link_netnsid'])}"
    if "ifalias" in fields:
        yield f"alias {fields['ifalias']}"


def _changes(fields: dict[str, Any]) -> Iterator[str]:
    # A bridge makes its ports promiscuous without the flag that users set: the count tells.
    if fields["change"] != ALL_CHANGED and fields["change"] & _IFF_PROMISC:
        yield f"promiscuity {fields.get('promiscuity', '?')}"
    if fields.get("event", "NONE") != "NONE":
        yield f"event {fields['event'].lower()}"


def addr_text(event: Event, vantage: Vantage) -> str:
    """Return ``addr 10.13.17.7/24 dev eth0`` and what is particular about the address."""
    fields = event.fields
    dev = vantage.link(fields["ifindex"])
    words = [f"addr {fields['local']}"]
    if "address" in fields:
        words.append(f"peer {fields['address']}/{fields['prefixlen']}")
    else:
        words[0] += f"/{fields['prefixlen']}"
    words.append(f"dev {dev}")
    if fields["scope"] != "global":
        words.append(f"scope {fields['scope']}")
    words += [flag for flag in _ADDR_FLAGS if fields.get(flag)]
    if fields.get("label", dev) != dev:
        words.append(f"label {fields['label']}")
    if fields.get("valid_life_time", FOREVER) != FOREVER:
        words.append(f"valid_lft {fields['valid_life_time']}sec")
    return " ".join(words)


def netconf_text(event: Event, vantage: Vantage) -> str:
    """Return ``netconf inet eth0 forwarding on``: the setting that was written, or those that are not off."""
    fields = event.fields
    ifindex = fields["ifindex"]
    places = {ALL_LINKS: "all", NEW_LINKS: "default", None: "?"}
    place = places[ifindex] if ifindex in places else vantage.link(ifindex)
    given = {key: _switch(fields[key]) for key in _SETTINGS if key in fields}
    shown = given if event.action is Action.CHANGE else {k: v for k, v in given.items() if v != "off"}
    words = [f"{key} {value}" for key, value in shown.items()] or (["all off"] if given else [])
    return " ".join(("netconf", fields["family"], place, *words))


def _switch(value: bool | str) -> str:
    return value if isinstance(value, str) else ("on" if value else "off")


def nsid_text(event: Event, vantage: Vantage) -> str:
    """Return ``nsid 7 is blue`` or ``nsid 7 ends``: an id in the table of the record's namespace."""
    nsid = event.fields["nsid"]
    number = f"nsid {nsid}"
    name = vantage.names.netns(nsid, vantage.seq) if vantage.own else vantage.peer(nsid)
    if event.action is Action.DEL:
        return f"{number} ends" if name.endswith(number) else f"{number} ends, it was {name}"
    return f"{number} begins" if name.endswith(number) else f"{number} is {name}"


def stats_text(event: Event, vantage: Vantage) -> str:
    """Return ``stats dev eth0 hardware counters switched``."""
    return f"stats dev {vantage.link(event.fields['ifindex'])} hardware counters switched"
