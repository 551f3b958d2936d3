"""Vxlan devices where they should not be, and networks without theirs.

Source: links of all namespaces, how each namespace was found, networks that engines know. Pure. Incomplete: a device
whose underlay's namespace is not visible is not compared with others.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ovltui.checks.fdb import commands_for
from ovltui.checks.finding import Evidence, Finding, Remedy, Severity, Trace
from ovltui.checks.index import index
from ovltui.checks.members import remotes
from ovltui.checks.overlays import Overlay, Tunnel, unclaimed
from ovltui.checks.scene import Scene
from ovltui.checks.wording import inside, links, mending
from ovltui.events.vocabulary import Object
from ovltui.netns.model import NetnsKey
from ovltui.topology.links import Link

MISSING = """\
Looked at: whether each overlay's namespace has a vxlan device (ip -d link).
Can be wrong: for a moment while the network is made or removed.
People met it: libnetwork#1765, moby#47728."""
DOWN = """\
Looked at: the state of vxlan0 (ip link). A vxlan device that goes down forgets its forwarding entries and neighbours.
Can be wrong: where somebody set it down on purpose.
People met it: forum classics."""
STRAY = """\
Looked for: vxlan devices outside of their network's namespace: those called vx-..., as Docker calls them before it
moves them there; those with the VNI and port of a network that is known beneath; and those in a namespace that is
alive only by a descriptor or a socket, or is mounted under the id of a network that its engine does not know. The
kernel takes each VNI and port once for each namespace by which they send, so that Docker fails with "error creating
vxlan interface: file exists".
Can be wrong: for a moment while Docker makes a network.
People met it: libnetwork#1765, moby#47728, libnetwork#945, moby#21482."""
CLASH = """\
Compared: VNI and UDP port of all vxlan devices that send by the same namespace (ip -d link), and the VNIs of all
networks of an engine.
Can be wrong: never where two devices are bound to different links on purpose.
People met it: libnetwork#1765."""
_BORN = re.compile(r"vx-[0-9a-f]{6}-[0-9a-z]{1,5}")
"""How Docker calls a vxlan device before it moves it."""
_PORT = 4789
"""By which Docker sends, unless it was told another one."""
_UNCLAIMED = "Look first whose it is: what sends by it loses its tunnel."


def missing(scene: Scene) -> Iterator[Finding]:
    """Find overlays' namespaces without a vxlan device, but for those whose device is found elsewhere."""
    found = index(scene)
    loose = [tunnel for tunnel in found.tunnels if not tunnel.side]
    for overlay in found.overlays:
        side = overlay.side
        lacks = side.vxlan is None and side.complete and (side.bridge or side.attached)
        if lacks and not any(_would_send(scene, overlay, tunnel) for tunnel in loose):
            yield _missing(overlay)


def _missing(overlay: Overlay) -> Finding:
    return Finding(
        check="vxlan-missing",
        severity=Severity.ERROR,
        netns=overlay.key,
        link=None,
        subject="vxlan0",
        says=f"{overlay.side.name} has no vxlan device.",
        consequence=f"nobody on this node reaches members of {overlay.network} on other nodes.",
        evidence=(Evidence(f"ip link in {overlay.side.name}", "no link of type vxlan"),),
        traces=(Trace(overlay.key, Object.LINK, gone=True, holds=("vxlan0",)),),
    )


def down(overlay: Overlay) -> Iterator[Finding]:
    """Find a vxlan device that is down."""
    side, vxlan = overlay.side, overlay.side.vxlan
    if vxlan and vxlan.state == "DOWN" and side.complete:
        rows = [row for one in remotes(overlay) for row in commands_for(overlay, vxlan.ifname, one, anew=True)]
        yield Finding(
            check="vxlan-down",
            severity=Severity.ERROR,
            netns=overlay.key,
            link=vxlan.key,
            subject=vxlan.ifname,
            says=f"{vxlan.ifname} of {side.name} is down, and has forgotten its rows.",
            consequence=f"nobody on this node reaches members of {overlay.network} on other nodes.",
            evidence=links(side.name, vxlan),
            traces=(
                Trace(overlay.key, Object.LINK, gone=False, ifindex=vxlan.key.ifindex, holds=("DOWN",), lasts=True),
            ),
            remedies=mending(
                overlay,
                (f"ip link set {vxlan.ifname} up", *rows),
                "Docker sets no rows again by itself, so that they come with it.",
            ),
        )


def stray(scene: Scene) -> Iterator[Finding]:
    """Find vxlan devices that stand in a network's way."""
    found = index(scene)
    taken = _by_place(found.tunnels)
    lacking = [overlay for overlay in found.overlays if overlay.side.vxlan is None and overlay.side.complete]
    if found.apart is None:
        told_dead = ((tunnel, _dead(scene, tunnel)) for tunnel in found.tunnels)
        found.apart = tuple((tunnel, dead) for tunnel, dead in told_dead if dead or not tunnel.side)
    for tunnel, dead in found.apart:
        robbed = next((one for one in lacking if _would_send(scene, one, tunnel)), None)
        same = taken.get((tunnel.underlay, tunnel.vni, tunnel.port), ()) if tunnel.underlay else ()
        clash = any(one.side for one in same)
        told = tunnel.vni in _vnis(scene, tunnel) and tunnel.port in {
            _PORT,
            *(one.port for one in found.tunnels if one.side),
        }
        if dead or robbed or clash or told or _BORN.fullmatch(tunnel.link.ifname):
            yield _stray(scene, tunnel, robbed, dead)


def _vni(overlay: Overlay) -> int | None:
    told = overlay.side.vxlan.vxlan if overlay.side.vxlan else None
    return told.vni if told else overlay.side.identity.vni


def _would_send(scene: Scene, overlay: Overlay, tunnel: Tunnel) -> bool:
    """Whether a tunnel holds what a network without a device needs: its VNI in the namespace by which it would send."""
    wanted = overlay.intent.vni if overlay.intent else _vni(overlay)
    return wanted == tunnel.vni and tunnel.underlay is not None and _beneath(scene, overlay) in (None, tunnel.underlay)


def _beneath(scene: Scene, overlay: Overlay) -> object:
    """Return the namespace by which a network without a device would send; None where that is not known."""
    if overlay.home:
        return overlay.home.netns
    label = overlay.side.identity.engine
    near = {node.key for node in scene.topology.nodes.values() if node.place.identity.engine == label}
    owners = {one.underlay for one in index(scene).tunnels if one.netns in near}
    return next(iter(owners)) if label and len(owners) == 1 else None


def _vnis(scene: Scene, tunnel: Tunnel) -> set[int | None]:
    """Return the VNIs of the networks of engines that run in the underlay of a tunnel."""
    urls = {view.url for view in scene.engines if view.netns and view.netns == tunnel.underlay}
    return {intent.vni for intent in scene.intents if intent.url in urls and intent.vni}


def _dead(scene: Scene, tunnel: Tunnel) -> str:
    """Return why a namespace belongs to nothing that lives; empty where it does, or may."""
    netns = scene.netnses.get(tunnel.netns)
    if netns is None or netns.pids or netns.tasks or netns.own or netns.is_number:
        return ""
    if not netns.mounts:
        return f"alive only by {', '.join(netns.held)}" if netns.held else ""
    return unclaimed(scene, netns)


def _stray(scene: Scene, tunnel: Tunnel, robbed: Overlay | None, dead: str) -> Finding:
    name, link = tunnel.name, tunnel.link
    what = f"{link.ifname} in {name} holds VNI {tunnel.vni} port {tunnel.port}"
    why = f", {dead}" if dead else f", which {robbed.side.name} lacks" if robbed else ""
    breaks = f"nobody on this node reaches members of {robbed.network} on other nodes." if robbed else ""
    return Finding(
        check="stray-vxlan",
        severity=Severity.ERROR if robbed else Severity.WARNING,
        netns=tunnel.netns,
        link=link.key,
        subject=link.ifname,
        says=f"{what}{why}.",
        consequence=breaks or 'Docker may fail to make a network with this VNI here ("file exists").',
        evidence=(Evidence(f"ip -d link in {name}", f"{link.ifname} vxlan id {tunnel.vni} dstport {tunnel.port}"),),
        traces=(Trace(tunnel.netns, Object.LINK, gone=None, ifindex=link.key.ifindex, holds=(link.ifname,)),),
        remedies=(*_back(scene, tunnel, robbed), *_removed(scene, tunnel)),
        slow=bool(dead) and robbed is None,
    )


def _removed(scene: Scene, tunnel: Tunnel) -> Iterable[Remedy]:
    return inside(scene.ways, tunnel.netns, (f"ip link del {tunnel.link.ifname}",), _UNCLAIMED)


def _back(scene: Scene, tunnel: Tunnel, robbed: Overlay | None) -> Iterable[Remedy]:
    """Return how a device is put back into the namespace that lacks it."""
    here, there = scene.ways.get(tunnel.netns), scene.ways.get(robbed.key) if robbed else None
    _, _, path = (there or "").partition("--net=")
    if robbed is None or here is None or there is None or not path or not robbed.side.bridge:
        return ()
    name = tunnel.link.ifname
    rows = [row for one in remotes(robbed) for row in commands_for(robbed, "vxlan0", one, anew=True)]
    commands = [f"{here} ip link set {name} netns {path}".strip(), f"{there} ip link set {name} name vxlan0"]
    commands += [f"{there} ip link set vxlan0 master {robbed.side.bridge.ifname} up"]
    return (Remedy((*commands, *(f"{there} {row}" for row in rows)), "Docker does not know of rows set by hand."),)


def clash(scene: Scene) -> Iterator[Finding]:
    """Find VNIs that are taken twice."""
    for found in _by_place(index(scene).tunnels).values():
        if len(found) > 1:
            tunnels = sorted(found, key=lambda one: one.link.key)
            first, (vni, port) = tunnels[0], (tunnels[0].vni, tunnels[0].port)
            where = " and ".join(f"{one.link.ifname} in {one.name}" for one in tunnels[:2])
            yield Finding(
                check="vni-clash",
                severity=Severity.WARNING,
                netns=first.netns,
                link=first.link.key,
                subject=f"{vni} {port}",
                says=f"{where} have the same VNI {vni} and port {port} by the same namespace.",
                consequence="what arrives may go to the wrong one of them.",
                evidence=tuple(row for one in tunnels for row in links(one.name, one.link)),
                traces=tuple(_made(one.link) for one in reversed(tunnels)),
            )
    yield from _told_twice(scene)


@lru_cache(maxsize=4)
def _by_place(tunnels: tuple[Tunnel, ...]) -> dict[tuple[NetnsKey, int, int], list[Tunnel]]:
    """Return vxlan devices by what the kernel takes once: underlay, VNI and port."""
    found: dict[tuple[NetnsKey, int, int], list[Tunnel]] = {}
    for tunnel in tunnels:
        if tunnel.underlay:
            found.setdefault((tunnel.underlay, tunnel.vni, tunnel.port), []).append(tunnel)
    return found


def _made(link: Link) -> Trace:
    return Trace(link.key.netns, Object.LINK, gone=False, ifindex=link.key.ifindex, holds=(link.ifname,))


def _told_twice(scene: Scene) -> Iterator[Finding]:
    """Yield networks of one engine that have one VNI."""
    seen: dict[tuple[str, int], str] = {}
    for intent in scene.intents:
        other = seen.setdefault((intent.url, intent.vni), intent.name) if intent.vni else intent.name
        if other != intent.name:
            yield Finding(
                check="vni-clash",
                severity=Severity.ERROR,
                netns=None,
                link=None,
                subject=f"{intent.url} {intent.vni}",
                says=f"the networks {other} and {intent.name} have the same VNI {intent.vni}.",
                consequence="only one of them can be used on a node at a time.",
                evidence=(Evidence(f"docker network inspect {intent.name}", f"vxlanid_list {intent.vni}"),),
                settles=False,
            )
