"""The namespace by which overlays send: its way to each VTEP, the address that it sends from, its filters and sockets.

Source: links, routes, addresses and neighbours of that namespace; ``Underfoot`` for filters, sockets and xfrm states.
Pure. Incomplete: filters of what lies between the nodes are not seen, nor chains that lead to a rule.
"""

from collections.abc import Iterator, Sequence

from ovltui.checks.beneath import ways
from ovltui.checks.finding import Evidence, Finding, Severity, Trace
from ovltui.checks.index import index
from ovltui.checks.overlays import Overlay, Underlay, Way
from ovltui.checks.reading import remembered
from ovltui.checks.scene import Scene
from ovltui.checks.wording import inside, link_text, neigh_text
from ovltui.events.vocabulary import Object
from ovltui.topology.blame import is_down, no_route
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.lookup import addresses, gateway_of, neighbour, parsed
from ovltui.topology.model import Node

DOWN = """\
Looked at: the route to each VTEP in the namespace by which vxlan devices send (ip route), and the state of the link
that it leads by, and of that which has the node's own VTEP (ip link).
Can be wrong: where the route leads by rules that ovltui does not follow (marks, links, users).
People met it: forum classics."""
FAILED = """\
Looked at: the neighbours of that namespace (ip neigh) for each VTEP on link, and for the gateway to those that are
not: FAILED means that it was asked for and did not answer.
Can be wrong: where another node was shut down, and its members are still to be taken off the list.
People met it: forum classics."""
SOURCE = """\
Compared: the address from which that namespace sends to each VTEP (ip route get: prefsrc) with the address by which
other nodes know it: dst of their forwarding entries where these are visible, else the host that Docker tells for the
members here. vxlan0 drops frames of a member that come from another address than its permanent entry has.
Can be wrong: where NAT between the nodes puts the address right.
People met it: moby#53004."""


def down(scene: Scene) -> Iterator[Finding]:
    """Find VTEPs to which no working link leads."""
    beneath: dict[LinkKey, tuple[Node, Link, list[str]]] = {}
    for underlay in index(scene).underlays:
        if not underlay.node.place.contents.complete:
            continue
        for way in ways(underlay):
            if way.link is None and no_route(scene.topology, underlay.node, way.vtep).link is None:
                yield _lost(underlay, way)
        for node, link in _links_down(scene, underlay):
            beneath.setdefault(link.key, (node, link, []))[2].append(underlay.node.name)
    for node, link, names in beneath.values():
        yield _down(scene, node, link, sorted(set(names)))


def _links_down(scene: Scene, underlay: Underlay) -> Iterator[tuple[Node, Link]]:
    """Yield links down by which VTEPs are reached, or which have the address by which other nodes know this one."""
    node, own = underlay.node, _told(underlay) | expected(underlay)
    links = [node.links.get(ifindex) for ifindex, local, _ in addresses(node) if local in own]
    faults = [is_down(scene.topology, node, link) for link in links if link]
    for way in ways(underlay):
        fault = is_down(scene.topology, node, way.link) if way.link else no_route(scene.topology, node, way.vtep)
        faults.append(fault)
    yield from ((fault.node, fault.link) for fault in faults if fault and fault.link)


@remembered
def _told(underlay: Underlay) -> frozenset[str]:
    """Return the addresses by which engines have told the swarm of themselves."""
    return frozenset(overlay.seat.address for overlay in underlay.overlays if overlay.seat)


def _lost(underlay: Underlay, way: Way) -> Finding:
    node = underlay.node
    kind = f" ({way.route.fields.get('type')})" if way.route else ""
    return Finding(
        check="underlay-down",
        severity=Severity.ERROR,
        netns=node.key,
        link=None,
        subject=f"no route to {way.vtep}",
        says=f"{node.name} has no route{kind} to the VTEP {way.vtep}.",
        consequence=f"no member on {way.vtep} is reached from {node.name}.",
        evidence=(Evidence(f"ip route get {way.vtep} in {node.name}", "no route"),),
        traces=(
            Trace(node.key, Object.ROUTE, gone=True),
            Trace(node.key, Object.ADDR, gone=True),
            Trace(node.key, Object.LINK, gone=False, holds=("DOWN",)),
        ),
    )


def _down(scene: Scene, node: Node, link: Link, names: Sequence[str]) -> Finding:
    """Return that a link is down, beneath an underlay or at the other end of its cable.

    Args:
        scene: what is looked at.
        node: the namespace of the link.
        link: which is down.
        names: of the namespaces that send by it.
    """
    commands = (f"ip link set {link.ifname} up",) if link.state == "DOWN" else ()
    return Finding(
        check="underlay-down",
        severity=Severity.ERROR,
        netns=node.key,
        link=link.key,
        subject=link.ifname,
        says=f"{link.ifname} of {node.name} is {link.state}, by which overlay networks send.",
        consequence=f"no overlay network of {' and '.join(names)} reaches other nodes by it.",
        evidence=(Evidence(f"ip link in {node.name}", link_text(link)),),
        traces=(Trace(node.key, Object.LINK, gone=False, ifindex=link.key.ifindex, holds=("DOWN",), lasts=True),),
        remedies=inside(scene.ways, node.key, commands, _ROUTES) if commands else (),
    )


_ROUTES = "Routes by gateways went with the link: set them again, the default route first."


def failed(underlay: Underlay) -> Iterator[Finding]:
    """Find VTEPs, or gateways to them, that do not answer ARP."""
    node = underlay.node
    if not node.place.contents.complete:
        return
    seen: set[str] = set()
    for way in ways(underlay):
        hop = (gateway_of(way.route) if way.route else "") or str(way.vtep)
        entry = neighbour(node, way.link, hop) if way.link else None
        if hop in seen or way.link is None or entry is None or "FAILED" not in entry.fields.get("state", ()):
            continue
        seen.add(hop)
        what = "the VTEP" if hop == str(way.vtep) else f"the gateway to {way.vtep},"
        yield Finding(
            check="neigh-failed",
            severity=Severity.WARNING,
            netns=node.key,
            link=way.link.key,
            subject=hop,
            says=f"{what} {hop} does not answer {node.name} on {way.link.ifname}.",
            consequence=f"no member on {way.vtep} is reached from {node.name} while it does not answer.",
            evidence=(Evidence(f"ip neigh in {node.name}", neigh_text(entry, way.link.ifname)),),
            traces=(
                Trace(
                    node.key, Object.NEIGH, gone=False, ifindex=way.link.key.ifindex, holds=(hop, "FAILED"), lasts=True
                ),
            ),
        )


@remembered
def expected(underlay: Underlay) -> frozenset[str]:
    """Return the addresses of a namespace by which other nodes know it."""
    own = frozenset(local for _, local, _ in addresses(underlay.node))
    return frozenset().union(*map(_expected, underlay.overlays)) & own


@remembered
def _expected(overlay: Overlay) -> frozenset[str]:
    rows = (rows for side in overlay.far for rows in side.rows.tunnels.values())
    members = overlay.intent.members if overlay.intent else ()
    hosts = (one.host for one in members if one.local and one.host)
    return frozenset((*(str(entry.fields["dst"]) for found in rows for entry in found), *hosts))


def source(scene: Scene) -> Iterator[Finding]:
    """Find namespaces that send from another address than that by which others know them."""
    for underlay in index(scene).underlays:
        known = expected(underlay)
        if underlay.node.place.contents.complete and known:
            for way in ways(underlay):
                wrong = _source(underlay, way)
                if wrong and wrong not in known:
                    yield _from(scene, underlay, way, wrong, min(known))
                    break


def _source(underlay: Underlay, way: Way) -> str:
    """Return the address from which is sent; empty where the kernel chooses among several."""
    if way.route is None or way.link is None:
        return ""
    if _bound(underlay) - {""}:
        return ""
    told = way.route.fields.get("prefsrc")
    own = [local for ifindex, local, _ in addresses(underlay.node) if ifindex == way.link.key.ifindex]
    same = [local for local in own if (ip := parsed(local)) and ip.version == way.vtep.version]
    return str(told) if told else same[0] if len(same) == 1 else ""


@remembered
def _bound(underlay: Underlay) -> frozenset[str]:
    """Return the addresses from which vxlan devices are made to send; an empty one where the route decides."""
    tunnels = (one.side.vxlan.vxlan for one in underlay.overlays if one.side.vxlan)
    return frozenset(told.local for told in tunnels if told)


def _from(scene: Scene, underlay: Underlay, way: Way, wrong: str, right: str) -> Finding:
    node, fields = underlay.node, way.route.fields if way.route else {}
    ifname = way.link.ifname if way.link else ""
    words = ["ip route replace", str(fields.get("dst", "default"))]
    gateway = gateway_of(way.route) if way.route else ""
    words += ["via", gateway] if gateway else []
    words += ["dev", ifname]
    words += ["proto", str(fields["protocol"])] if fields.get("protocol") else []
    words += ["scope", str(fields["scope"])] if fields.get("scope") not in (None, "global") else []
    words += ["metric", str(fields["metric"])] if fields.get("metric") else []
    return Finding(
        check="source-address",
        severity=Severity.ERROR,
        netns=node.key,
        link=way.link.key if way.link else None,
        subject=wrong,
        says=f"{node.name} sends VXLAN packets from {wrong}, but other nodes know it as {right}.",
        consequence=f"they drop what members on {node.name} send: their permanent entries have {right}.",
        evidence=(
            Evidence(f"ip route in {node.name}", f"{fields.get('dst')} dev {ifname} src {wrong}"),
            *_known_as(underlay, right),
        ),
        traces=(
            Trace(node.key, Object.ROUTE, gone=False, holds=(wrong,)),
            Trace(node.key, Object.ADDR, gone=False, holds=(wrong,)),
        ),
        remedies=inside(
            scene.ways,
            node.key,
            (" ".join((*words, "src", right)),),
            f"What {node.name} opens from now on comes from {right}; {wrong} stays its address too.",
        ),
    )


def _known_as(underlay: Underlay, right: str) -> Iterator[Evidence]:
    """Yield who expects an address, one row."""
    for overlay in underlay.overlays:
        for side in overlay.far:
            for mac, entries in side.rows.tunnels.items():
                if any(entry.fields["dst"] == right for entry in entries):
                    yield Evidence(f"bridge fdb in {side.name}", f"{mac} dst {right} self permanent")
                    return
    for overlay in underlay.overlays:
        for member in overlay.intent.members if overlay.intent else ():
            if member.local and member.host == right:
                says = f"docker network inspect -v {overlay.network} on {overlay.engine}"
                yield Evidence(says, f"{member.name} Host IP {right}")
                return
