"""How rows, places and commands are written in findings: as ``ip`` and ``bridge`` print and take them.

Source: entries of the tables. Pure. Incomplete: a namespace into which no way leads has no commands.
"""

from collections.abc import Iterable, Mapping

from ovltui.checks.finding import Evidence, Remedy
from ovltui.checks.overlays import Overlay
from ovltui.checks.side import Side
from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link
from ovltui.topology.lookup import Entry

MANY = 3
"""So many of one kind on one link are told one by one; more are one finding."""
_SHOWN = 6
"""Rows that a finding of many shows."""


def fdb_text(entry: Entry, ifname: str) -> str:
    """Return a forwarding entry: ``02:42:0a:0d:11:03 dev vxlan0 dst 192.168.56.102 self permanent``."""
    fields = entry.fields
    words = [fields.get("mac", ""), "dev", ifname]
    words += ["dst", fields["dst"]] if "dst" in fields else []
    words += ["master", "br0"] if "master" in fields else []
    return " ".join((*words, *(flag for flag in fields.get("flags", ()) if flag == "self"), fields.get("state", "")))


def neigh_text(entry: Entry, ifname: str) -> str:
    """Return a neighbour: ``10.13.17.3 dev vxlan0 lladdr 02:42:0a:0d:11:03 PERMANENT``."""
    fields = entry.fields
    mac = ("lladdr", fields["lladdr"]) if fields.get("lladdr") else ()
    return " ".join((fields.get("dst", ""), "dev", ifname, *mac, *fields.get("state", ())))


def link_text(link: Link) -> str:
    """Return a link: ``eth0 mtu 1450 state UP``."""
    return f"{link.ifname} mtu {link.mtu} state {link.state}"


def fdb(side: Side, text: str | Entry) -> Evidence:
    """Return a forwarding entry of a side, or that there is none."""
    return Evidence(f"bridge fdb in {side.name}", text if isinstance(text, str) else fdb_text(text, _ifname(side)))


def neigh(side: Side, text: str | Entry) -> Evidence:
    """Return a neighbour of vxlan0, or that there is none."""
    return Evidence(f"ip neigh in {side.name}", text if isinstance(text, str) else neigh_text(text, _ifname(side)))


def links(netns: str, *found: Link) -> tuple[Evidence, ...]:
    """Return links of a namespace."""
    return tuple(Evidence(f"ip link in {netns}", link_text(link)) for link in found)


def told(network: str, engine: str, text: str) -> Evidence:
    """Return what an engine tells of a network."""
    return Evidence(f"docker network inspect -v {network} on {engine}", text)


def some(rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the first rows of many, and how many more there are."""
    rows = tuple(rows)
    rest = len(rows) - _SHOWN
    return rows if rest <= 0 else (*rows[:_SHOWN], Evidence("", f"and {rest} more"))


def inside(ways: Mapping[NetnsKey, str], netns: NetnsKey, commands: Iterable[str], risk: str) -> tuple[Remedy, ...]:
    """Return commands as a remedy; none where no way leads into the namespace."""
    way = ways.get(netns)
    if way is None:
        return ()
    return (Remedy(tuple(f"{way} {command}".strip() for command in commands), risk),)


def mending(overlay: Overlay, commands: Iterable[str], risk: str, netns: NetnsKey | None = None) -> tuple[Remedy, ...]:
    """Return commands in an overlay's namespace, or in another that it consists of, as a remedy."""
    return inside(overlay.ways, netns or overlay.key, commands, risk)


def _ifname(side: Side) -> str:
    return side.vxlan.ifname if side.vxlan else "vxlan0"
