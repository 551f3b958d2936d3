"""Rows of vxlan0 that belong to nobody any more: forwarding entries and neighbours of members that are gone.

Source: FDB and neighbours of each overlay's namespace, against ``members``. Pure. Incomplete: silent about a node of
which neither the namespaces nor the engine can be seen, but for what our own engine's gossip excludes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ovltui.checks.fdb import hosts
from ovltui.checks.finding import Evidence, Finding, Severity, Trace
from ovltui.checks.members import Remote, made_mac, remotes, whole
from ovltui.checks.overlays import Overlay
from ovltui.checks.wording import MANY, fdb, mending, neigh, some
from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link

PAGE = """\
Compared: the permanent forwarding entries and neighbours of vxlan0 (bridge fdb, ip neigh) with all members of the
network. A row is left over if it leads to a node all of whose members are known (it is visible, or its engine
answers), and none of them has the MAC or the address; if no peer of the network has the address that it leads to; or
if it leads to this node itself. Where our engine's gossip alone tells of a node, one unknown MAC may be its load
balancer, of which the gossip does not tell: two and more are told.
Can be wrong: for a moment while members stop; never where both nodes are seen.
People met it: moby#35401, moby#49908, moby#32195."""
_RISK = (
    "None while nobody has the address; a member that got it a moment ago is cut off until Docker sets its row again."
)


@dataclass(frozen=True, slots=True)
class Left:
    """Something left over."""

    mac: str
    """Empty for a neighbour alone."""
    dst: str
    address: str
    """Empty for a forwarding entry alone."""
    evidence: tuple[Evidence, ...]
    why: str


def find(overlay: Overlay) -> Iterator[Finding]:
    """Find rows that are left over."""
    vxlan = overlay.side.vxlan
    if vxlan is None or not overlay.side.complete:
        return
    known = remotes(overlay)
    left = [*_entries(overlay, known), *_neighbours(overlay, known)]
    if len(left) > MANY:
        yield _finding(overlay, vxlan, left, "many rows")
        return
    for one in left:
        yield _finding(overlay, vxlan, [one], one.mac or one.address)


def _entries(overlay: Overlay, known: Iterable[Remote]) -> Iterator[Left]:
    rows, nodes = overlay.side.rows, whole(overlay)
    addresses = {one.address for one in known}
    macs = {one.mac or made_mac(one.address) for one in known}
    macs.update(mac for mac, address in rows.answers.items() if address in addresses)  # at most the neighbour is wrong
    macs.update(mac for side in overlay.far for mac in (*(one.link.address for one in side.attached), *side.learned))
    peers = _told_hosts(overlay, known)
    doubtful: dict[str, list[Left]] = {}
    for mac in rows.tunnels:
        for entry in rows.lasting(mac) if mac not in macs else ():
            dst, address = str(entry.fields["dst"]), rows.answers.get(mac, "")
            told = rows.neighbours.get(address)
            evidence = (fdb(overlay.side, entry), *((neigh(overlay.side, told),) if told else ()))
            why = _why(overlay, mac, dst, nodes, peers)
            if why:
                yield Left(mac, dst, address, evidence, why)
            elif overlay.intent:
                says = f"at most one of these at {dst} is a load balancer; no member has the others"
                doubtful.setdefault(dst, []).append(Left(mac, dst, address, evidence, says))
    for found in doubtful.values():
        if len(found) > 1:
            yield from found


def _told_hosts(overlay: Overlay, known: Iterable[Remote]) -> frozenset[str]:
    """Return the addresses of all nodes that may have members; none where nobody tells which these are."""
    if overlay.intent is None or not overlay.intent.peers:
        return frozenset()
    peers = frozenset(peer.address for peer in overlay.intent.peers)
    members = frozenset(member.host for member in overlay.intent.members if member.host)
    return peers.union(members, *(one.vteps for one in known))


def _why(overlay: Overlay, mac: str, dst: str, nodes: frozenset[str], peers: frozenset[str]) -> str:
    """Return why an entry belongs to nobody; empty where it may belong to somebody."""
    here = overlay.side.with_mac(mac)
    if here:
        return f"{here.name} on this node has this MAC"
    if dst in overlay.side.vteps:
        return f"{dst} is this node itself, and nobody here has this MAC"
    if dst in nodes:
        return f"nobody at {dst} has this MAC"
    return f"no node of the network has the address {dst}" if peers and dst not in peers else ""


def _neighbours(overlay: Overlay, known: Iterable[Remote]) -> Iterator[Left]:
    """Yield neighbours without a forwarding entry, where all members of all nodes are known."""
    rows, nodes = overlay.side.rows, whole(overlay)
    if not nodes or not hosts(overlay) <= nodes:
        return
    addresses = {one.address for one in known}
    for address, entry in rows.neighbours.items():
        mac = entry.fields["lladdr"]
        if address not in addresses and not rows.lasting(mac) and not overlay.side.at(address):
            yield Left("", "", address, (neigh(overlay.side, entry),), "no member has this address")


def _finding(overlay: Overlay, vxlan: Link, left: list[Left], subject: str) -> Finding:
    name, first = overlay.side.name, left[0]
    what = f"{first.mac or first.address}, but {first.why}" if len(left) == 1 else f"{len(left)} members that are gone"
    commands = []
    for one in left:
        if one.mac:
            commands.append(f"bridge fdb del {one.mac} dev {vxlan.ifname} dst {one.dst} self")
        if one.address and not overlay.side.at(one.address):
            commands.append(f"ip neigh del {one.address} dev {vxlan.ifname}")
    return Finding(
        check="fdb-stale",
        severity=Severity.WARNING,
        netns=overlay.key,
        link=vxlan.key,
        subject=subject,
        says=f"{vxlan.ifname} of {name} has rows for {what}.",
        consequence="a new member that gets the same address on another node is not reached from here.",
        evidence=some(row for one in left for row in one.evidence) if len(left) > 1 else first.evidence,
        traces=tuple(
            Trace(overlay.key, Object.FDB, gone=False, ifindex=vxlan.key.ifindex, holds=(one.mac, one.dst))
            if one.mac
            else Trace(overlay.key, Object.NEIGH, gone=False, ifindex=vxlan.key.ifindex, holds=(one.address,))
            for one in left
        ),
        remedies=mending(overlay, commands, _RISK),
        parts=tuple(one.mac or one.address for one in left),
    )
