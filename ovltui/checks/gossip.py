"""What engines know of each other: peers and members that one engine misses, though another one has them.

Source: intents and seats of all engines that answer. Pure. Incomplete: with one engine in sight nothing is compared
but its own list of nodes.
"""

from collections.abc import Iterator

from ovltui.checks.finding import Evidence, Finding, Severity, Trace
from ovltui.checks.index import index
from ovltui.checks.members import is_balancer, own_vteps
from ovltui.checks.overlays import Home, Overlay
from ovltui.checks.scene import Scene
from ovltui.checks.wording import some, told
from ovltui.events.vocabulary import Object
from ovltui.identity.intent import Intent, Member, Seat

LAGGING = """\
Compared: what each engine's gossip knows of the members that another engine runs (docker network inspect -v:
Services, Peers), with what that engine itself tells of them: members that are missing here, and members that are
still listed here though their own engine has them no more.
Can be wrong: for some seconds after members start or stop: the gossip takes its time; where one engine's answer is
older than the other's.
People met it: moby#47728, moby#24186. That docker network inspect without -v shows no containers of other nodes is as
it should be, and never told."""
MISSING = """\
Compared: the list of nodes of each manager that answers (docker node ls), with the engines that answer here: a node
that the manager has as down or unknown, though its engine answers; and members of a network on such a node.
Can be wrong: for some seconds after a node started or left.
People met it: moby#47728, forum classics."""
_READY = "ready"


def lagging(overlay: Overlay) -> Iterator[Finding]:
    """Find what an engine has not heard of another one, or still believes of it."""
    intent = overlay.intent
    for home, other, seat in overlay.others if intent else ():
        if intent is None or not _is_peer(overlay, home, other):
            continue
        missing, gone = _missing(intent, other), _gone(intent, other)
        peer = _peer(intent, other, seat)
        if missing or peer:
            yield _lagging(overlay, home, other, missing, peer)
        elif gone:
            yield _believing(overlay, home, intent, gone)


def _is_peer(overlay: Overlay, home: Home, other: Intent) -> bool:
    """Whether an engine takes part in the network: it runs members of it."""
    return home.url != overlay.intent.url if overlay.intent and any(one.local for one in other.members) else False


def _missing(intent: Intent, other: Intent) -> list[Member]:
    """Return the members that another engine runs and tells by gossip, and this one does not know."""
    known = {one.address for one in intent.members}
    return [one for one in other.members if one.local and one.host and one.address not in known]


def _gone(intent: Intent, other: Intent) -> list[Member]:
    """Return the members that this engine has at another one, which does not have them."""
    there = own_vteps(other)
    known = {one.address for one in other.members}
    return [one for one in intent.members if not one.local and one.host in there and one.address not in known]


def _peer(intent: Intent, other: Intent, seat: Seat | None) -> str:
    """Return the address of another engine, if it is no peer here though it is one by its own words; else empty."""
    own = own_vteps(other) | ({seat.address} if seat else set())
    peers, told_there = {one.address for one in intent.peers}, {one.address for one in other.peers}
    missing = sorted((own & told_there) - peers - {""})
    return missing[0] if missing and not own & peers else ""


def _lagging(overlay: Overlay, home: Home, other: Intent, missing: list[Member], peer: str) -> Finding:
    intent, here = overlay.intent, overlay.engine
    count = f"{len(missing)} members" if len(missing) != 1 else missing[0].name
    what = f"{count} on {home.name}" if missing else f"{home.name} as a peer"
    rows = [told(other.name, home.name, f"{one.name} {one.address} Host IP {one.host}") for one in missing]
    peers = ", ".join(one.address for one in intent.peers) if intent else ""
    return Finding(
        check="gossip-lagging",
        severity=Severity.ERROR if any(not is_balancer(one) for one in missing) else Severity.WARNING,
        netns=overlay.key,
        link=None,
        subject=home.name,
        says=f"{here} does not know {what} in the network {overlay.network}.",
        consequence=f"nothing on {here} reaches it: the gossip between the two (port 7946) is cut or behind.",
        evidence=(*some(rows), told(other.name, here, f"Peers {peers}" + (f", without {peer}" if peer else ""))),
        traces=tuple(Trace(overlay.key, Object.FDB, gone=True, holds=(one.mac, "self")) for one in missing if one.mac),
        parts=(*(one.endpoint or one.address for one in missing), *((f"peer {peer}",) if peer else ())),
    )


def _believing(overlay: Overlay, home: Home, intent: Intent, gone: list[Member]) -> Finding:
    rows = [told(intent.name, overlay.engine, f"{one.name} {one.address} Host IP {one.host}") for one in gone]
    what = gone[0].name if len(gone) == 1 else f"{len(gone)} members"
    return Finding(
        check="gossip-lagging",
        severity=Severity.WARNING,
        netns=overlay.key,
        link=None,
        subject=f"gone from {home.name}",
        says=f"{overlay.engine} still lists {what} on {home.name}, which {home.name} does not have.",
        consequence="names lead to addresses that nobody has, and rows of vxlan0 may stay behind.",
        evidence=some(rows),
        parts=tuple(one.endpoint or one.address for one in gone),
    )


def node_missing(scene: Scene) -> Iterator[Finding]:
    """Find nodes that a manager has as down though their engines answer, and members on nodes that are down."""
    names = {view.url: view.name for view in scene.engines if view.answers}
    homes = {overlay.home.url: overlay.home.name for overlay in index(scene).overlays if overlay.home}
    active = {seat.node: seat for seat in scene.seats if seat.state == "active" and seat.node and seat.url in names}
    for seat in scene.seats:
        who = homes.get(seat.url) or names.get(seat.url, seat.url)
        for node, address, state in seat.nodes:
            other = active.get(node)
            if other and other.url != seat.url and state != _READY:
                yield _node_missing(who, homes.get(other.url) or names[other.url], address, state)
            elif state == "down" and not other:
                yield from _down_members(scene, seat, who, address)


def _node_missing(who: str, other: str, address: str, state: str) -> Finding:
    return Finding(
        check="peer-missing",
        severity=Severity.ERROR,
        netns=None,
        link=None,
        subject=f"{other} of {who}",
        says=f"{who} has the node {other} ({address}) as {state}, but its engine answers.",
        consequence="the swarm moves its tasks elsewhere, and tells other nodes nothing new of it.",
        evidence=(Evidence(f"docker node ls on {who}", f"{other} {address} {state}"),),
    )


def _down_members(scene: Scene, seat: Seat, who: str, address: str) -> Iterator[Finding]:
    """Yield networks with members on a node that is down."""
    for intent in scene.intents:
        members = [one for one in intent.members if intent.url == seat.url and address and one.host == address]
        if members:
            yield Finding(
                check="peer-missing",
                severity=Severity.WARNING,
                netns=None,
                link=None,
                subject=f"{address} in {intent.name} of {who}",
                says=f"the node {address} is down, and {intent.name} still has {len(members)} members there.",
                consequence="they are not reached until the swarm takes them off.",
                evidence=(
                    Evidence(f"docker node ls on {who}", f"{address} down"),
                    *some(told(intent.name, who, f"{one.name} {one.address}") for one in members),
                ),
            )
