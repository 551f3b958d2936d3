"""Who is behind a side's tunnel: the members of its network on other nodes, with the addresses of these nodes.

Source: the far ends that are visible, then what engines intend. Pure. Incomplete: a node of which neither the
namespaces nor the engine can be seen is known by what the gossip told our engine alone, which has no load balancers
and no MACs; ``whole`` says of which nodes all members are known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from ovltui.checks.finding import Evidence
from ovltui.checks.overlays import Home, Overlay
from ovltui.checks.reading import remembered
from ovltui.checks.side import Side
from ovltui.checks.wording import told
from ovltui.identity.intent import Intent, Member, Seat

_SCHEME = "02:42"
"""How the MACs begin that Docker makes of IPv4 addresses."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A member of a network on another node."""

    name: str
    address: str
    mac: str
    """Empty where nobody tells it."""
    vteps: frozenset[str]
    """Addresses of its node, of which its VTEP is one; empty where they are not known."""
    evidence: Evidence
    """Who says so."""
    seen: bool
    """Whether the kernel of its own node says so, or the engine there, rather than our engine's gossip alone."""
    known: bool = True
    """Whether our own engine knows it, or none can be asked; where it does not, its gossip lags."""
    balancer: bool = False
    """Whether it is a load balancer, of which the gossip does not tell."""


def is_balancer(member: Member) -> bool:
    """Whether a member is a network's load balancer."""
    return member.container.startswith("lb-") or member.container == "ingress-sbox"


def made_mac(address: str) -> str:
    """Return the MAC that Docker makes of an IPv4 address; empty for what is none."""
    try:
        packed = IPv4Address(address).packed
    except ValueError:
        return ""
    return f"{_SCHEME}:{packed.hex(':')}"


def made_address(mac: str) -> str:
    """Return the IPv4 address of which Docker would have made a MAC; empty for a MAC that was made otherwise."""
    return str(IPv4Address(bytes.fromhex(mac[6:].replace(":", "")))) if mac.startswith(f"{_SCHEME}:") else ""


@remembered
def remotes(overlay: Overlay) -> tuple[Remote, ...]:
    """Return the members of a network that are not attached to this side."""
    own, found = _own_addresses(overlay), dict[str, Remote]()
    for one in _visible(overlay):
        found.setdefault(one.address, one)
    for home, intent, seat in overlay.others:
        _add_told(overlay, found, home, intent, seat)
    _add_gossip(overlay, found)
    known = {member.address for member in overlay.intent.members} if overlay.intent else None
    peers = {peer.address for peer in overlay.intent.peers} if overlay.intent else set()
    return tuple(
        one if known is None or _is_known(one, known, peers) else replace(one, known=False)
        for one in found.values()
        if one.address and one.address not in own
    )


def _is_known(one: Remote, known: set[str], peers: set[str]) -> bool:
    return one.address in known or (one.balancer and not one.vteps.isdisjoint(peers))


def _own_addresses(overlay: Overlay) -> set[str]:
    gateways = overlay.intent.gateways if overlay.intent else ()
    return {address for one in overlay.side.attached for address in one.addresses} | set(gateways)


def _visible(overlay: Overlay) -> Iterator[Remote]:
    """Yield those whose namespaces are visible."""
    for side in overlay.far:
        told_by = {intent.url: home for home, intent, _ in overlay.others if _is_at(home.netns, side)}
        vteps = side.vteps | {one for intent in _intents(overlay, told_by) for one in own_vteps(intent)}
        balancers = {m.address for i in _intents(overlay, told_by) for m in i.members if is_balancer(m)}
        for one in side.attached:
            for address in one.addresses:
                says = Evidence(f"ip addr in {one.name}", f"{one.link.ifname} {one.link.address} {address}")
                is_lb = address in balancers or one.name.startswith("lb-")
                yield Remote(one.name, address, one.link.address, vteps, says, seen=True, balancer=is_lb)


def _is_at(netns: object, side: Side) -> bool:
    return side.underlay is not None and side.underlay.key == netns


def _intents(overlay: Overlay, urls: Mapping[str, object]) -> Iterator[Intent]:
    return (intent for _, intent, _ in overlay.others if intent.url in urls)


def own_vteps(intent: Intent) -> frozenset[str]:
    """Return the address by which other nodes send to the members that an engine runs itself."""
    return frozenset(member.host for member in intent.members if member.local and member.host)


def _add_told(overlay: Overlay, found: dict[str, Remote], home: Home, intent: Intent, seat: Seat | None) -> None:
    """Add what the engine of their own node tells; the MACs that it told other nodes, though somebody changed one."""
    vteps = own_vteps(intent) or frozenset((seat.address,) if seat and seat.address else ())
    vteps |= {one for side in overlay.far if _is_at(home.netns, side) for one in side.vteps}
    for member in intent.members:
        before = found.get(member.address)
        if before is None and member.local:
            says = told(intent.name, home.name, f"{member.name} {member.address} {member.mac}".strip())
            found[member.address] = Remote(
                member.name, member.address, member.mac, vteps, says, seen=True, balancer=is_balancer(member)
            )
        elif before and member.local and member.mac not in ("", before.mac):
            found[member.address] = replace(before, mac=member.mac)


def _add_gossip(overlay: Overlay, found: dict[str, Remote]) -> None:
    """Add those of which our engine's gossip alone tells."""
    intent = overlay.intent
    for member in intent.members if intent else ():
        far = not member.local and member.host and member.host not in overlay.side.vteps
        if intent and far and member.address not in found:
            says = told(intent.name, overlay.engine, f"{member.name} {member.address} Host IP {member.host}")
            vteps = frozenset((member.host,))
            found[member.address] = Remote(member.name, member.address, member.mac, vteps, says, seen=False)


@remembered
def whole(overlay: Overlay) -> frozenset[str]:
    """Return the addresses of the nodes of which every member is known."""
    sides = [side.vteps for side in overlay.far if side.complete and not side.blind]
    engines = [own_vteps(intent) for _, intent, _ in overlay.others]
    return frozenset(one for each in (*sides, *engines) for one in each)
