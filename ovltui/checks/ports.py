"""The bridge of an overlay's namespace: ports that are out of it or down, and MACs that it learned at the wrong port.

Source: links and FDB of each overlay's namespace. Pure. Incomplete: isolated ports and VLANs of a bridge are not
looked at.
"""

from collections.abc import Iterator

from ovltui.checks.finding import UNTIED, Evidence, Finding, Severity, Trace
from ovltui.checks.overlays import Overlay
from ovltui.checks.side import Attached
from ovltui.checks.wording import fdb, links, mending
from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link

OUT = """\
Compared: each veth of the overlay's namespace whose other end is in a container or a load balancer, and vxlan0, with
the ports of br0 (ip link, master).
Can be wrong: for a moment while a container starts or stops.
People met it: the classic after a daemon was killed while it attached a container."""
DOWN = """\
Looked at: the state of each port of br0, of its other end, and of br0 itself (ip link).
Can be wrong: where somebody set a link down on purpose.
People met it: forum classics."""
LOCAL_MAC = """\
Compared: the MACs that br0 learned on vxlan0 (bridge fdb, master br0) with those of the containers attached to br0.
Frames for such a container leave for another node until the entry moves back.
Can be wrong: for a moment after a container moved here from another node; where it sends, the bridge learns anew.
People met it: libnetwork#1952."""
STATES = "The port forwards at once; nothing else changes."


def out(overlay: Overlay) -> Iterator[Finding]:
    """Find links that belong to the bridge and are no port of it."""
    side, bridge = overlay.side, overlay.side.bridge
    if bridge is None or not side.complete:
        return
    for one in side.attached:
        if one.port.master is None:
            yield _out(overlay, bridge, one.port, one.name)
    if side.vxlan and side.vxlan.master is None:
        yield _out(overlay, bridge, side.vxlan, "")


def _out(overlay: Overlay, bridge: Link, port: Link, whose: str) -> Finding:
    name = overlay.side.name
    what = f", the other end of {whose}'s link," if whose else ""
    who = f"{whose} reaches nobody" if whose else "nobody here reaches members on other nodes"
    return Finding(
        check="port-out",
        severity=Severity.ERROR,
        netns=overlay.key,
        link=port.key,
        subject=port.ifname,
        says=f"{port.ifname} of {name}{what} is no port of {bridge.ifname}.",
        consequence=f"{who} by the network {overlay.network}.",
        evidence=(Evidence(f"bridge link in {name}", f"no row for {port.ifname}"), *links(name, port)),
        traces=(Trace(overlay.key, Object.LINK, gone=None, ifindex=port.key.ifindex, holds=(UNTIED,), lasts=True),),
        remedies=mending(overlay, (f"ip link set {port.ifname} master {bridge.ifname}",), STATES),
    )


def down(overlay: Overlay) -> Iterator[Finding]:
    """Find ports of the bridge that are down, by themselves or at their other end."""
    if overlay.side.complete:
        for one in overlay.side.attached:
            if one.port.state == "DOWN":
                yield _down(overlay, one, one.port)
            elif one.link.state == "DOWN":
                yield _down(overlay, one, one.link)


def _down(overlay: Overlay, one: Attached, link: Link) -> Finding:
    name = overlay.side.name if link is one.port else one.name
    return Finding(
        check="port-down",
        severity=Severity.ERROR,
        netns=link.key.netns,
        link=link.key,
        subject=link.ifname,
        says=f"{link.ifname} of {name} is down.",
        consequence=f"{one.name} reaches nobody by the network {overlay.network}.",
        evidence=(*links(overlay.side.name, one.port), *links(one.name, one.link)),
        traces=(Trace(link.key.netns, Object.LINK, gone=False, ifindex=link.key.ifindex, holds=("DOWN",), lasts=True),),
        remedies=mending(overlay, (f"ip link set {link.ifname} up",), STATES, link.key.netns),
    )


def bridge_down(overlay: Overlay) -> Iterator[Finding]:
    """Find a bridge that is down."""
    bridge, name = overlay.side.bridge, overlay.side.name
    if bridge and bridge.state == "DOWN" and overlay.side.complete:
        yield Finding(
            check="bridge-down",
            severity=Severity.ERROR,
            netns=overlay.key,
            link=bridge.key,
            subject=bridge.ifname,
            says=f"{bridge.ifname} of {name} is down.",
            consequence=f"nobody attached to {name} reaches anybody.",
            evidence=links(name, bridge),
            traces=(
                Trace(overlay.key, Object.LINK, gone=False, ifindex=bridge.key.ifindex, holds=("DOWN",), lasts=True),
            ),
            remedies=mending(overlay, (f"ip link set {bridge.ifname} up",), STATES),
        )


def local_mac(overlay: Overlay) -> Iterator[Finding]:
    """Find MACs of local containers that the bridge learned on vxlan0."""
    side, vxlan = overlay.side, overlay.side.vxlan
    if vxlan is None or not side.complete:
        return
    for one in side.attached:
        mac = one.link.address
        learned = [row for row in side.rows.bridged.get(mac, ()) if row.fields.get("ifindex") == vxlan.key.ifindex]
        if learned:
            yield Finding(
                check="local-mac-on-vxlan",
                severity=Severity.ERROR,
                netns=overlay.key,
                link=vxlan.key,
                subject=mac,
                says=f"{side.name} learned {mac} of {one.name}, which is attached here, on {vxlan.ifname}.",
                consequence=f"what others here send to {one.name} leaves for another node, until it sends itself.",
                evidence=(fdb(side, learned[0]), *links(one.name, one.link)),
                traces=(Trace(overlay.key, Object.FDB, gone=False, ifindex=vxlan.key.ifindex, holds=(mac,)),),
                remedies=mending(
                    overlay,
                    (f"bridge fdb del {mac} dev {vxlan.ifname} master",),
                    "None: the bridge learns the right port from the next frame.",
                ),
            )
