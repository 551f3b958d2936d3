"""Forwarding entries of vxlan0 against the members of the network: lost ones, and those that lead to the wrong node.

Source: FDB and neighbours of each overlay's namespace, against ``members.remotes``. Pure. Incomplete: without an
engine that answers and without the far end in sight, only a neighbour that has no forwarding entry is noticed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ovltui.checks.finding import Evidence, Finding, Remedy, Severity, Trace
from ovltui.checks.members import Remote, made_mac, remotes, whole
from ovltui.checks.overlays import Overlay
from ovltui.checks.reading import remembered
from ovltui.checks.side import is_lasting
from ovltui.checks.wording import MANY, fdb, mending, neigh, some
from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link

LOST = """\
Compared: the members of the network on other nodes (as this engine's gossip, the other engines, and visible
namespaces of other nodes tell) with the permanent entries of vxlan0 (bridge fdb, flag self). Docker sets one for each
member; vxlan0 does not flood, so that without it nothing is sent to the member until its own traffic teaches vxlan0 a
passing one. A permanent neighbour of vxlan0 whose MAC has no forwarding entry is enough evidence, without any engine.
Can be wrong: for a moment while members start; where a member was given a MAC by hand and its node is not visible.
People met it: moby#52661, moby#53663, moby#32195."""
WRONG = """\
Compared: dst of the permanent entries of vxlan0 (bridge fdb, flag self) with the node on which the member runs, by
the host that Docker tells for it, or by the addresses of its node where that is visible.
Can be wrong: where VXLAN packets reach a node by an address that it does not have itself (NAT).
People met it: moby#35401."""
RISK = "Docker does not know of a row that is set by hand, and may leave it behind when the member goes."


@dataclass(frozen=True, slots=True)
class Missing:
    """A member without a permanent forwarding entry."""

    remote: Remote
    mac: str
    vtep: str
    """To which address frames for it should go; empty where nobody tells."""


def lost(overlay: Overlay) -> Iterator[Finding]:
    """Find members whose permanent forwarding entry is missing."""
    vxlan = overlay.side.vxlan
    if vxlan is None or not overlay.side.complete:
        return
    missing = [*_missing(overlay), *_orphans(overlay)]
    if len(missing) > MANY:
        yield _many(overlay, vxlan, missing)
        return
    for one in missing:
        yield _one(overlay, vxlan, one)


def _missing(overlay: Overlay) -> Iterator[Missing]:
    """Yield the known members without an entry."""
    rows = overlay.side.rows
    for remote in remotes(overlay):
        entry = rows.neighbours.get(remote.address)
        answered = str(entry.fields.get("lladdr", "")) if entry else ""
        mac = remote.mac or answered or made_mac(remote.address)
        if not remote.known or not mac or rows.lasting(mac):
            continue
        if remote.mac and answered not in ("", remote.mac):
            continue  # as below
        if not remote.mac and rows.lasting(made_mac(remote.address)):
            continue  # the neighbour is wrong, which is another finding
        yield Missing(remote, mac, vtep_of(overlay, remote))


def _orphans(overlay: Overlay) -> Iterator[Missing]:
    """Yield neighbours without an entry whose address no known member has, unless all members are known."""
    rows, side = overlay.side.rows, overlay.side
    known = {remote.address for remote in remotes(overlay)}
    if whole(overlay).issuperset(hosts(overlay)) and hosts(overlay):
        return
    for address, entry in rows.neighbours.items():
        mac = entry.fields["lladdr"]
        if address in known or rows.lasting(mac) or side.at(address) or rows.lasting(made_mac(address)):
            continue
        remote = Remote(address, address, mac, frozenset(), neigh(side, entry), seen=False)
        yield Missing(remote, mac, vtep_of(overlay, remote))


def hosts(overlay: Overlay) -> frozenset[str]:
    """Return the addresses of other nodes that may have members: of all peers that are told, else of those in use."""
    told = overlay.intent.peers if overlay.intent else ()
    peers = frozenset(peer.address for peer in told) or frozenset(dsts(overlay))
    return peers - overlay.side.vteps


@remembered
def dsts(overlay: Overlay) -> Counter[str]:
    """Return the addresses to which the permanent entries of vxlan0 lead, with how many do."""
    entries = (entry for found in overlay.side.rows.tunnels.values() for entry in found if is_lasting(entry))
    return Counter(str(entry.fields["dst"]) for entry in entries)


def vtep_of(overlay: Overlay, remote: Remote) -> str:
    """Return the address to which frames for a member should go; empty where several may be meant."""
    used = dsts(overlay)
    meant = sorted(remote.vteps & used.keys(), key=lambda one: -used[one]) or sorted(remote.vteps & _reached(overlay))
    if meant:
        return meant[0]
    if remote.vteps:
        return next(iter(remote.vteps)) if len(remote.vteps) == 1 else ""
    return next(iter(used)) if len(used) == 1 else ""


def _reached(overlay: Overlay) -> set[str]:
    """Return the addresses by which our engine's gossip knows its peers, and those that are on link beneath us."""
    peers = {peer.address for peer in overlay.intent.peers} if overlay.intent else set()
    own = {one.rpartition(".")[0] for one in overlay.side.vteps}
    near = {one for side in overlay.far for one in side.vteps if one.rpartition(".")[0] in own}
    return peers or {one for one in near if one not in overlay.side.vteps}


def _one(overlay: Overlay, vxlan: Link, missing: Missing) -> Finding:
    side, remote = overlay.side, missing.remote
    taught = side.rows.tunnels.get(missing.mac, ())
    told = side.rows.neighbours.get(remote.address)
    also = "" if told else ", nor a neighbour"
    return Finding(
        check="fdb-lost",
        severity=Severity.WARNING if told and (taught or _is_doubtful(overlay, remote)) else Severity.ERROR,
        netns=overlay.key,
        link=vxlan.key,
        subject=missing.mac,
        says=f"{vxlan.ifname} of {side.name} has no permanent forwarding entry{also} for {_called(remote)}.",
        consequence=_consequence(overlay, remote, taught=bool(taught)),
        evidence=(
            *(fdb(side, entry) for entry in taught),
            *(() if taught else (fdb(side, f"no row for {missing.mac}"),)),
            neigh(side, told or f"no row for {remote.address}"),
            *((remote.evidence,) if remote.vteps else ()),
        ),
        traces=(_gone(overlay, vxlan, missing.mac),),
        remedies=_remedy(overlay, vxlan, [missing]),
    )


def _consequence(overlay: Overlay, remote: Remote, *, taught: bool) -> str:
    if taught:
        return f"{remote.name} is reached only until the entry that its traffic taught ages, after 300 s of silence."
    return f"nothing on {_here(overlay)} reaches {remote.name}, unless its own traffic teaches an entry for a while."


def _here(overlay: Overlay) -> str:
    return overlay.side.underlay.name if overlay.side.underlay else "this node"


def _is_doubtful(overlay: Overlay, remote: Remote) -> bool:
    """Whether a neighbour alone tells of a member, which our engine does not know."""
    return overlay.intent is not None and not remote.vteps


def _called(remote: Remote) -> str:
    return remote.address if remote.name in ("", remote.address) else f"{remote.name} ({remote.address})"


def _many(overlay: Overlay, vxlan: Link, missing: Sequence[Missing]) -> Finding:
    side = overlay.side
    return Finding(
        check="fdb-lost",
        severity=Severity.ERROR,
        netns=overlay.key,
        link=vxlan.key,
        subject="many members",
        says=f"{vxlan.ifname} of {side.name} has no permanent forwarding entry for {len(missing)} members.",
        consequence=f"nothing on {_here(overlay)} reaches them, unless their own traffic teaches entries for a while.",
        evidence=some(
            Evidence(f"bridge fdb in {side.name}", f"no row for {one.mac}, {_called(one.remote)}") for one in missing
        ),
        traces=tuple(_gone(overlay, vxlan, one.mac) for one in missing),
        remedies=_remedy(overlay, vxlan, missing),
        parts=tuple(one.mac for one in missing),
    )


def _gone(overlay: Overlay, vxlan: Link, mac: str) -> Trace:
    return Trace(overlay.key, Object.FDB, gone=True, ifindex=vxlan.key.ifindex, holds=(mac, "self", "permanent"))


def _remedy(overlay: Overlay, vxlan: Link, missing: Sequence[Missing]) -> tuple[Remedy, ...]:
    if not all(one.vtep for one in missing):
        return ()
    rows = [replace(one.remote, mac=one.mac) for one in missing]
    return mending(overlay, [command for row in rows for command in commands_for(overlay, vxlan.ifname, row)], RISK)


def commands_for(overlay: Overlay, ifname: str, remote: Remote, *, anew: bool = False) -> Iterator[str]:
    """Yield the commands that set the rows of a member; none where it is not known where it is.

    Args:
        overlay: whose rows.
        ifname: of its vxlan device.
        remote: the member.
        anew: whether the neighbour is set even where there is one now.
    """
    mac, vtep = remote.mac or made_mac(remote.address), vtep_of(overlay, remote)
    if mac and vtep:
        yield f"bridge fdb replace {mac} dev {ifname} dst {vtep} self permanent"
        if anew or remote.address not in overlay.side.rows.neighbours:
            yield f"ip neigh replace {remote.address} lladdr {mac} dev {ifname} nud permanent"


def wrong(overlay: Overlay) -> Iterator[Finding]:
    """Find members whose permanent forwarding entries all lead to other nodes."""
    side, vxlan = overlay.side, overlay.side.vxlan
    if vxlan is None or not side.complete:
        return
    for remote in remotes(overlay):
        mac = remote.mac or made_mac(remote.address)
        rows = side.rows.lasting(mac)
        if not rows or not remote.vteps or any(row.fields["dst"] in remote.vteps for row in rows):
            continue
        dst, vtep = str(rows[0].fields["dst"]), vtep_of(overlay, remote)
        words = f"bridge fdb replace {mac} dev {vxlan.ifname} dst {vtep} self permanent"
        yield Finding(
            check="fdb-wrong-vtep",
            severity=Severity.ERROR,
            netns=overlay.key,
            link=vxlan.key,
            subject=mac,
            says=f"{vxlan.ifname} of {side.name} sends what is for {_called(remote)} to {dst}, where it does not run.",
            consequence=f"nothing on {_here(overlay)} reaches {remote.name}, and what it sends is dropped on arrival.",
            evidence=(*(fdb(side, row) for row in rows), remote.evidence, *_where(vtep)),
            traces=(
                Trace(overlay.key, Object.FDB, gone=False, ifindex=vxlan.key.ifindex, holds=(mac, dst)),
                _gone(overlay, vxlan, mac),
            ),
            remedies=mending(overlay, (words,), RISK) if vtep else (),
        )


def _where(vtep: str) -> tuple[Evidence, ...]:
    return (Evidence("its node", f"has the address {vtep}"),) if vtep else ()
