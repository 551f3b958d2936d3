"""Those attached to an overlay network: their addresses and routes, and addresses or MACs that two of them have.

Source: links, addresses and routes of containers and load balancers, against what their engine intends. Pure.
Incomplete: of a container whose engine does not answer, the address is known by its MAC alone, which Docker makes of
it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network, ip_network

from ovltui.checks.finding import Evidence, Finding, Severity, Trace
from ovltui.checks.members import made_address
from ovltui.checks.overlays import Overlay
from ovltui.checks.reading import remembered
from ovltui.checks.side import Attached
from ovltui.checks.wording import mending, told
from ovltui.events.vocabulary import Object
from ovltui.identity.model import Kind
from ovltui.topology.links import LinkKey
from ovltui.topology.lookup import Entry, addresses, entries, out_of, parsed, route

ADDRESS = """\
Compared: the addresses of each link that is attached to the network (ip addr) with what its engine tells for that
MAC, or, where no engine answers, with the address of which Docker made the MAC.
Can be wrong: for a moment while a container starts; where somebody took the address away on purpose.
People met it: forum classics."""
ROUTE = """\
Looked at: whether a packet from a container to its own overlay network leaves by the link that is attached there (ip
route), and whether a container with a link to docker_gwbridge has any way out (the gateway is taken for the first
address there).
Can be wrong: where somebody set other routes on purpose (a VPN in the container).
People met it: forum classics."""
CHANGED = """\
Compared: the MAC of each link that is attached to the network (ip link) with what its engine tells for its address.
Docker told other nodes that MAC, and tells it to new ones.
Can be wrong: never seen.
People met it: forum classics (software that takes over addresses)."""
TWICE = """\
Compared: IPv4 addresses and MACs of all visible links that are attached to one network, on all nodes in sight.
Can be wrong: for a moment while a member moves from one node to another.
People met it: moby#35401, forum classics."""
_OUTSIDE = "192.0.2.1"
"""An address that no network has."""
_KINDS = frozenset((Kind.CONTAINER, Kind.LOADBALANCER, Kind.INGRESS))


def address_lost(overlay: Overlay) -> Iterator[Finding]:
    """Find links without the address that they should have."""
    for one in overlay.side.attached:
        meant = _meant(overlay, one)
        if meant and meant not in one.addresses and one.complete:
            yield _address_lost(overlay, one, meant)


def _meant(overlay: Overlay, one: Attached) -> str:
    """Return the address that a link should have; empty where that is not known."""
    members = overlay.intent.members if overlay.intent else ()
    given = [member.address for member in members if member.local and member.mac == one.link.address]
    if len(given) == 1:
        here = overlay.side.at(given[0])
        return "" if here and here is not one else given[0]
    made, network = parsed(made_address(one.link.address)), _network(overlay)
    lost = overlay.intent is None and not one.addresses and one.identity.kind in _KINDS
    return str(made) if lost and made and network and made in network else ""


@remembered
def _network(overlay: Overlay) -> IPv4Network | None:
    """Return the network's subnet: as its engine tells, else as the addresses of those attached are."""
    for subnet in overlay.intent.subnets if overlay.intent else ():
        try:
            found = ip_network(subnet, strict=False)
        except ValueError:
            continue
        if isinstance(found, IPv4Network):
            return found
    links = [(overlay.side.node, overlay.side.bridge)] if overlay.side.bridge else []
    for node, link in (*links, *((one.node, one.link) for one in overlay.side.attached)):
        for ifindex, local, length in addresses(node):
            if link and ifindex == link.key.ifindex and "." in local:
                return IPv4Network(f"{local}/{length}", strict=False)
    return None


def _address_lost(overlay: Overlay, one: Attached, meant: str) -> Finding:
    network, ifname = _network(overlay), one.link.ifname
    length = f"/{network.prefixlen}" if network else ""
    have = ", ".join(one.addresses) or "no address"
    return Finding(
        check="address-lost",
        severity=Severity.ERROR,
        netns=one.key,
        link=one.link.key,
        subject=meant,
        says=f"{ifname} of {one.name} does not have its address {meant}.",
        consequence=f"{one.name} does not reach {overlay.network}, nor is it reached there.",
        evidence=(Evidence(f"ip addr in {one.name}", f"{ifname} {one.link.address} {have}"),),
        traces=(Trace(one.key, Object.ADDR, gone=True, ifindex=one.link.key.ifindex, holds=(meant,)),),
        remedies=mending(
            overlay,
            (f"ip addr add {meant}{length} broadcast + dev {ifname}",) if length else (),
            "Routes by gateways that went with the address are still missing then.",
            one.key,
        ),
    )


def mac_changed(overlay: Overlay) -> Iterator[Finding]:
    """Find links that have another MAC than Docker gave them."""
    members = overlay.intent.members if overlay.intent else ()
    for member in members if overlay.side.complete else ():
        one = overlay.side.at(member.address) if member.local and member.mac else None
        if one and one.link.address != member.mac:
            yield _mac_changed(overlay, one, member.mac)


def _mac_changed(overlay: Overlay, one: Attached, meant: str) -> Finding:
    link = one.link
    return Finding(
        check="mac-changed",
        severity=Severity.ERROR,
        netns=one.key,
        link=link.key,
        subject=meant,
        says=f"{link.ifname} of {one.name} has the MAC {link.address}, but Docker gave it {meant}.",
        consequence=f"those on other nodes send to {meant}, which {one.name} does not take.",
        evidence=(
            Evidence(f"ip link in {one.name}", f"{link.ifname} {link.address}"),
            told(overlay.network, overlay.engine, f"{one.name} {meant}"),
        ),
        traces=(Trace(one.key, Object.LINK, gone=False, ifindex=link.key.ifindex, holds=(link.address,), lasts=True),),
        remedies=mending(
            overlay,
            (f"ip link set {link.ifname} address {meant}",),
            "Others on this node reach it again when their own neighbours age.",
            one.key,
        ),
        settles=False,
    )


def route_lost(overlay: Overlay) -> Iterator[Finding]:
    """Find containers that have their address, but no route to their network, or none out."""
    network = _network(overlay)
    for one in overlay.side.attached:
        if one.complete and one.link.works and one.identity.kind in _KINDS:
            if network:
                yield from _subnet(overlay, one, network)
            yield from _out(overlay, one)


def _subnet(overlay: Overlay, one: Attached, network: IPv4Network) -> Iterator[Finding]:
    if any(row.fields.get("dst") == str(network) and out_of(row) == one.link.key.ifindex for row in _routes(one)):
        return
    own = next((ip for local in one.addresses if (ip := parsed(local)) and ip in network), None)
    near = next((ip for ip in network.hosts() if str(ip) not in one.addresses), None)
    found = route(one.node, near) if own and near else None
    if own is None or near is None or (found and out_of(found) == one.link.key.ifindex):
        return
    ifname = one.link.ifname
    yield Finding(
        check="route-lost",
        severity=Severity.ERROR,
        netns=one.key,
        link=one.link.key,
        subject=str(network),
        says=f"{one.name} has no route to {network} by {ifname}.",
        consequence=f"{one.name} does not reach {overlay.network}, nor do its answers.",
        evidence=(Evidence(f"ip route get {near} in {one.name}", "no route" if not found else "by another link"),),
        traces=(
            Trace(one.key, Object.ROUTE, gone=True, holds=(str(network),)),
            Trace(one.key, Object.LINK, gone=False, ifindex=one.link.key.ifindex, holds=("DOWN",), lasts=True),
        ),
        remedies=mending(
            overlay,
            (f"ip route replace {network} dev {ifname} proto kernel scope link src {own}",),
            "None.",
            one.key,
        ),
    )


def _routes(one: Attached) -> Iterator[Entry]:
    return (row for row in entries(one.node, Object.ROUTE) if row.fields.get("type") == "unicast")


def _out(overlay: Overlay, one: Attached) -> Iterator[Finding]:
    """Yield that a container cannot leave, though it has another link by which Docker lets it."""
    gateway, to = _gateway(overlay, one), parsed(_OUTSIDE)
    if not gateway or to is None or route(one.node, to):
        return
    yield Finding(
        check="route-lost",
        severity=Severity.WARNING,
        netns=one.key,
        link=None,
        subject="default",
        says=f"{one.name} has no default route, though it is attached to docker_gwbridge.",
        consequence=f"{one.name} reaches nothing outside of its networks.",
        evidence=(Evidence(f"ip route in {one.name}", "no default route"),),
        traces=(Trace(one.key, Object.ROUTE, gone=True, holds=("default",)),),
        remedies=mending(overlay, (f"ip route add default via {gateway}",), "None.", one.key),
    )


def _gateway(overlay: Overlay, one: Attached) -> str:
    """Return the address of docker_gwbridge, if a container has a link into its engine's namespace; else empty."""
    below = overlay.side.underlay
    if below is None or one.identity.kind is not Kind.CONTAINER:
        return ""
    tied = [join.of.ifindex for join in one.node.joins if isinstance(join.to, LinkKey) and join.to.netns == below.key]
    for ifindex, local, length in addresses(one.node):
        link = one.node.links.get(ifindex)
        if ifindex in tied and link and link.works and "." in local:
            network = IPv4Network(f"{local}/{length}", strict=False)
            return str(network.network_address + 1)
    return ""


def address_twice(overlay: Overlay) -> Iterator[Finding]:
    """Find addresses that two of a network have; told at its first side in sight alone."""
    yield from _twice(overlay, "duplicate-address", lambda one: one.addresses)


def mac_twice(overlay: Overlay) -> Iterator[Finding]:
    """Find MACs that two of a network have; told at its first side in sight alone."""
    yield from _twice(overlay, "duplicate-mac", lambda one: (one.link.address,))


def _twice(overlay: Overlay, check: str, of: Callable[[Attached], Iterable[str]]) -> Iterator[Finding]:
    sides = [overlay.side, *overlay.far]
    if min(side.key for side in sides) != overlay.key:
        return
    holders: dict[str, list[Attached]] = defaultdict(list)
    for side in sides:
        for one in side.attached:
            for what in of(one):
                holders[what].append(one)
    for what, found in holders.items():
        if len(found) > 1 and what:
            yield _both_have(overlay, check, what, found)


def _both_have(overlay: Overlay, check: str, what: str, found: list[Attached]) -> Finding:
    names = " and ".join(f"{one.name}/{one.link.ifname}" for one in found[:2])
    object_ = Object.ADDR if check == "duplicate-address" else Object.LINK
    return Finding(
        check=check,
        severity=Severity.ERROR,
        netns=overlay.key,
        link=None,
        subject=what,
        says=f"{names} have both {what} in the network {overlay.network}.",
        consequence="what is sent to one of them may arrive at the other.",
        evidence=tuple(
            Evidence(f"ip addr in {one.name}", f"{one.link.ifname} {one.link.address} {' '.join(one.addresses)}")
            for one in found
        ),
        traces=tuple(Trace(one.key, object_, gone=False, holds=(what,)) for one in reversed(found)),
    )
