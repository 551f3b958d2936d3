"""Wording of neighbours, forwarding entries, misses and what else a bridge forwards by.

Source: events of ``decode_neigh`` and ``decode_bridge``. Privileges: none. Incomplete: an entry that was
confirmed or aged reads like a new one, since the kernel sends the same message.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.events.event import Event
from ovltui.events.vantage import Vantage
from ovltui.events.vocabulary import Action

_NEIGH_FLAGS = ("router", "proxy", "managed", "extern_learn", "offload", "extern_valid")


def neigh_text(event: Event, vantage: Vantage) -> str:
    """Return ``10.13.17.3 dev vxlan0 lladdr 02:42:… PERMANENT``, or the wording of a miss."""
    fields = event.fields
    dst, dev = fields.get("dst", "?"), vantage.link(fields["ifindex"])
    if event.action is Action.MISS:
        if fields["miss"] == "solicit":
            return f"who has {dst} dev {dev} (application solicitation)"
        return f"miss {dst} dev {dev} (no neighbour entry)"
    words = [dst, "dev", dev]
    if "lladdr" in fields:
        words += ["lladdr", fields["lladdr"]]
    words += [flag for flag in _NEIGH_FLAGS if flag in fields]
    words += fields.get("state", ())
    if "protocol" in fields:
        words += ["proto", fields["protocol"]]
    return " ".join(words)


def fdb_text(event: Event, vantage: Vantage) -> str:
    """Return ``02:42:… dev vxlan0 dst 192.168.56.102 self permanent``, or the wording of a miss."""
    fields = event.fields
    mac, dev = fields.get("mac") or "?", vantage.link(fields["ifindex"])
    if event.action is Action.MISS:
        return f"miss {mac} dev {dev} (no FDB entry)"
    words = [mac, "dev", dev, *_where(fields, vantage), *fields["flags"]]
    if "master" in fields:
        words += ["master", vantage.link(fields["master"])]
    return " ".join((*words, fields["state"])).rstrip()


def _where(fields: dict[str, Any], vantage: Vantage) -> Iterator[str]:
    for key in ("dst", "vlan", "port", "vni", "src_vni"):
        if key in fields:
            yield f"{key} {fields[key]}"
    if "viaIf" in fields:
        yield f"via {vantage.link(fields['viaIf'])}"
    if "viaIfIndex" in fields:
        yield f"via if{fields['viaIfIndex']}"
    if "nhid" in fields:
        yield f"nhid {fields['nhid']}"
    if "linkNetNsId" in fields:
        yield f"link-netns {vantage.peer(fields['linkNetNsId'])}"


def mdb_text(event: Event, vantage: Vantage) -> str:
    """Return ``group 239.1.1.1 dev br0 port veth0 permanent``."""
    fields = event.fields
    dev = vantage.link(fields["ifindex"])
    found = [
        " ".join((f"group {entry['grp']} dev {dev} port {vantage.link(entry['port'])}", entry["state"]))
        + "".join(f" {flag}" for flag in entry["flags"])
        + (f" vid {entry['vid']}" if "vid" in entry else "")
        for entry in fields.get("mdb", ())
    ]
    found += [f"multicast router dev {dev} port {vantage.link(port['port'])}" for port in fields.get("router", ())]
    return ", ".join(found) or f"multicast group dev {dev}"


def vlan_text(event: Event, vantage: Vantage) -> str:
    """Return ``vlan 10-12 dev veth0 PVID``."""
    ranges = [
        " ".join((_range(vlan, "vlan", "vlanEnd"), *vlan.get("flags", ()), *_given(vlan, "state")))
        for vlan in event.fields["vlans"]
    ]
    return f"vlan {', '.join(ranges) or '?'} dev {vantage.link(event.fields['ifindex'])}"


def tunnel_text(event: Event, vantage: Vantage) -> str:
    """Return ``vni 200-210 dev vxlan0``."""
    ranges = [
        " ".join((_range(vni, "vni", "vniEnd"), *(f"remote {remote}" for remote in _given(vni, "remote"))))
        for vni in event.fields["vnis"]
    ]
    return f"vni {', '.join(ranges) or '?'} dev {vantage.link(event.fields['ifindex'])}"


def _range(values: dict[str, Any], first: str, last: str) -> str:
    start, end = values.get(first, "?"), values.get(last)
    return str(start) if end in (None, start) else f"{start}-{end}"


def _given(values: dict[str, Any], key: str) -> tuple[str, ...]:
    return (values[key],) if key in values else ()
