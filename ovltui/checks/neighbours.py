"""Neighbours of vxlan0, by which it answers ARP for members on other nodes: lost ones, wrong ones, and local ones.

Source: neighbours and FDB of each overlay's namespace, against ``members.remotes``. Pure. Incomplete: of a member
whose MAC nobody tells, a neighbour is taken for wrong only where the forwarding entries contradict it.
"""

from collections.abc import Iterator

from ovltui.checks.fdb import RISK, commands_for
from ovltui.checks.finding import Evidence, Finding, Severity, Trace
from ovltui.checks.members import Remote, made_address, made_mac, remotes, whole
from ovltui.checks.overlays import Overlay
from ovltui.checks.side import Attached
from ovltui.checks.wording import MANY, fdb, mending, neigh, some
from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link
from ovltui.topology.lookup import Entry

LOST = """\
Compared: the members of the network on other nodes with the permanent neighbours of vxlan0 (ip neigh). vxlan0 answers
ARP out of them and lets no question through, so that nobody here learns the MAC of a member without one. A forwarding
entry whose MAC Docker made of an address, and no neighbour for that address, is enough evidence, without any engine.
Can be wrong: for a moment while members start.
People met it: moby#32195, moby#35401."""
WRONG = """\
Compared: lladdr of the permanent neighbours of vxlan0 (ip neigh) with the MAC of the member that has the address, as
its own namespace or its engine tells; where neither is known, with the forwarding entries: a neighbour whose MAC has
none, while the MAC that Docker would have made of its address has one.
Can be wrong: never seen; a member that was replaced a moment ago settles.
People met it: moby#35401, moby#49908."""
LOCAL = """\
Compared: the permanent neighbours of vxlan0 (ip neigh) with the addresses of those attached to the same bridge.
vxlan0 answers ARP for its neighbours, so that two answer for such an address.
Can be wrong: for a moment while a member moves from one node to another.
People met it: moby#29024."""


def lost(overlay: Overlay) -> Iterator[Finding]:
    """Find members for whose address vxlan0 does not answer, though it has a forwarding entry for them."""
    side, vxlan = overlay.side, overlay.side.vxlan
    if vxlan is None or not side.complete:
        return
    missing = list(_silent(overlay))
    if len(missing) > MANY:
        yield _lost(overlay, vxlan, missing, "many members")
        return
    for one in missing:
        yield _lost(overlay, vxlan, [one], one[0])


Silent = tuple[str, str, str, tuple[Evidence, ...]]
"""Address, MAC and name of a member without a neighbour, and who tells of it."""


def _silent(overlay: Overlay) -> Iterator[Silent]:
    rows, known = overlay.side.rows, remotes(overlay)
    for one in known:
        mac = one.mac or made_mac(one.address)
        if one.known and mac and rows.lasting(mac) and one.address not in rows.neighbours:
            yield one.address, mac, one.name, (fdb(overlay.side, rows.lasting(mac)[0]), one.evidence)
    if overlay.intent:
        return
    told, nodes = {one.address for one in known} | {one.mac for one in known}, whole(overlay)
    for mac in rows.tunnels:
        address, lasting = made_address(mac), rows.lasting(mac)
        unheard = lasting and address and mac not in rows.answers and address not in rows.neighbours
        if unheard and told.isdisjoint((address, mac)) and lasting[0].fields["dst"] not in nodes:
            yield address, mac, address, (fdb(overlay.side, lasting[0]),)


def _lost(overlay: Overlay, vxlan: Link, missing: list[Silent], subject: str) -> Finding:
    side = overlay.side
    address, _, name, evidence = missing[0]
    whom = f"{len(missing)} members" if len(missing) > 1 else address if name == address else f"{name} ({address})"
    rows = some(neigh(side, f"no row for {one[0]}, {one[2]}") for one in missing)
    commands = [f"ip neigh replace {one[0]} lladdr {one[1]} dev {vxlan.ifname} nud permanent" for one in missing]
    return Finding(
        check="neigh-lost",
        severity=Severity.ERROR,
        netns=overlay.key,
        link=vxlan.key,
        subject=subject,
        says=f"{vxlan.ifname} of {side.name} has no neighbour for {whom}, so it does not answer ARP for it.",
        consequence="who is attached here learns no MAC for it, and cannot send to it.",
        evidence=(neigh(side, f"no row for {address}"), *evidence) if len(missing) == 1 else rows,
        traces=tuple(
            Trace(overlay.key, Object.NEIGH, gone=True, ifindex=vxlan.key.ifindex, holds=(one[0],)) for one in missing
        ),
        remedies=mending(overlay, commands, RISK),
        parts=tuple(one[0] for one in missing),
    )


def wrong(overlay: Overlay) -> Iterator[Finding]:
    """Find neighbours that have another MAC than their member."""
    side, vxlan = overlay.side, overlay.side.vxlan
    if vxlan is None or not side.complete:
        return
    known = {one.address: one for one in remotes(overlay)}
    for address, entry in side.rows.neighbours.items():
        remote, mac = known.get(address), str(entry.fields["lladdr"])
        right = _right(overlay, address, mac, remote)
        if side.at(address) or not right or right == mac:
            continue
        name = remote.name if remote else address
        row = () if not remote or side.rows.lasting(right) else (*commands_for(overlay, vxlan.ifname, remote),)
        evidence = remote.evidence if remote and remote.mac else fdb(side, side.rows.lasting(right)[0])
        yield Finding(
            check="neigh-wrong",
            severity=Severity.ERROR,
            netns=overlay.key,
            link=vxlan.key,
            subject=address,
            says=f"{vxlan.ifname} of {side.name} answers for {address} with {mac}, but {name} has {right}.",
            consequence=f"who is attached here sends to the wrong MAC: {name} is not reached.",
            evidence=(neigh(side, entry), evidence),
            traces=(Trace(overlay.key, Object.NEIGH, gone=False, ifindex=vxlan.key.ifindex, holds=(address, mac)),),
            remedies=mending(
                overlay,
                (*row, f"ip neigh replace {address} lladdr {right} dev {vxlan.ifname} nud permanent"),
                f"{RISK} Who asked before keeps the wrong MAC until its own neighbour ages.",
            ),
        )


def _right(overlay: Overlay, address: str, mac: str, remote: Remote | None) -> str:
    """Return the MAC that a neighbour should have; empty where that is not known."""
    if remote and remote.mac:
        return remote.mac
    rows, made = overlay.side.rows, made_mac(address)
    contradicted = mac != made and not rows.lasting(mac) and rows.lasting(made)
    return made if contradicted else ""


def local(overlay: Overlay) -> Iterator[Finding]:
    """Find neighbours of vxlan0 whose addresses are attached to the same bridge."""
    side, vxlan = overlay.side, overlay.side.vxlan
    if vxlan is None or not side.complete:
        return
    for address, entry in side.rows.neighbours.items():
        here = side.at(address)
        if here:
            yield _local(overlay, vxlan, here, address, entry)


def _local(overlay: Overlay, vxlan: Link, here: Attached, address: str, entry: Entry) -> Finding:
    mac, right = str(entry.fields["lladdr"]), here.link.address
    same = mac == right
    rest = "both answers are the same." if same else f"who believes {mac} sends to another node."
    return Finding(
        check="local-address-proxied",
        severity=Severity.WARNING if same else Severity.ERROR,
        netns=overlay.key,
        link=vxlan.key,
        subject=address,
        says=f"{vxlan.ifname} of {overlay.side.name} answers for {address}, which {here.name} on this node has.",
        consequence=f"two answer ARP for {here.name}: {rest}",
        evidence=(
            neigh(overlay.side, entry),
            Evidence(f"ip addr in {here.name}", f"{here.link.ifname} {right} {address}"),
        ),
        traces=(Trace(overlay.key, Object.NEIGH, gone=False, ifindex=vxlan.key.ifindex, holds=(address, mac)),),
        remedies=mending(
            overlay, (f"ip neigh del {address} dev {vxlan.ifname}",), "None while the address stays on this node."
        ),
    )
