"""MTU along the path: whether the largest packet of an overlay network fits through its vxlan device and the underlay.

Source: links of the overlay's namespace, of those attached to it, and of the underlay, with its routes. Pure.
Incomplete: links between the nodes are seen only where the other end of the underlay's link is visible.
"""

from collections.abc import Iterator

from ovltui.checks.beneath import vteps, way
from ovltui.checks.finding import Finding, Severity, Trace
from ovltui.checks.overlays import Overlay, Underlay, Way
from ovltui.checks.wording import inside, links, mending, some
from ovltui.events.vocabulary import Object
from ovltui.topology.links import Link

PAGE = """\
Compared: MTU of vxlan0 plus 50 bytes (70 over IPv6) with that of the underlay's link by which its VTEPs are reached,
and MTU of each attached eth0 with that of vxlan0 (ip link, ip route). What does not fit is dropped: small packets
pass, large ones vanish, so that connections are made and then hang.
Can be wrong: where nobody sends large packets, since routes or applications keep them small.
People met it: libnetwork#2661, moby#1478."""


def path(underlay: Underlay) -> Iterator[Finding]:
    """Find links of an underlay that are too narrow for the overlays that send by them."""
    narrow: dict[Link, list[tuple[Overlay, Way]]] = {}
    if not underlay.node.place.contents.complete:
        return
    for overlay in underlay.overlays:
        vxlan = overlay.side.vxlan
        for vtep in vteps(overlay) if vxlan and overlay.side.complete else ():
            found = way(underlay, vtep)
            if found and found.link and vxlan and 0 < found.link.mtu < vxlan.mtu + found.header:
                narrow.setdefault(found.link, []).append((overlay, found))
                break
    for link, over in narrow.items():
        yield _narrow(underlay, link, over)


def _narrow(underlay: Underlay, link: Link, over: list[tuple[Overlay, Way]]) -> Finding:
    tunnels = [(overlay, overlay.side.vxlan, found.header) for overlay, found in over if overlay.side.vxlan]
    need = max(vxlan.mtu + header for _, vxlan, header in tunnels)
    networks = ", ".join(sorted({overlay.network for overlay, _, _ in tunnels})[:4])
    fits = link.mtu - max(header for _, _, header in tunnels)
    return Finding(
        check="mtu-path",
        severity=Severity.ERROR,
        netns=underlay.node.key,
        link=link.key,
        subject=link.ifname,
        says=f"{link.ifname} of {underlay.node.name} has an MTU of {link.mtu}, but {networks} needs {need}.",
        consequence=f"packets of more than {fits} bytes vanish on their way to other nodes; smaller ones pass.",
        evidence=(
            *links(underlay.node.name, link),
            *some(row for overlay, vxlan, _ in tunnels for row in links(overlay.side.name, vxlan)),
        ),
        traces=(_narrowed(link),),
        remedies=inside(
            {underlay.node.key: underlay.way} if underlay.way is not None else {},
            underlay.node.key,
            (f"ip link set {link.ifname} mtu {need}",),
            "Packets of this size are lost instead if what lies between the nodes does not take them; "
            "else make the network anew with --opt com.docker.network.driver.mtu=" + str(fits) + ".",
        ),
        settles=False,
    )


def _narrowed(link: Link) -> Trace:
    told = (str(link.mtu),)
    return Trace(link.key.netns, Object.LINK, gone=False, ifindex=link.key.ifindex, holds=told, lasts=True)


def ends(overlay: Overlay) -> Iterator[Finding]:
    """Find attached links that take larger packets than the tunnel or their own port."""
    vxlan = overlay.side.vxlan
    if vxlan is None or not overlay.side.complete:
        return
    for one in overlay.side.attached:
        narrow = one.port if one.port.mtu < min(vxlan.mtu, one.link.mtu) else vxlan
        if one.link.mtu > narrow.mtu > 0:
            words = f"ip link set {one.link.ifname} mtu {narrow.mtu}"
            yield Finding(
                check="mtu-path",
                severity=Severity.ERROR,
                netns=one.key,
                link=one.link.key,
                subject=one.link.ifname,
                says=f"{one.link.ifname} of {one.name} has an MTU of {one.link.mtu}, "
                f"but {narrow.ifname} of {overlay.side.name} takes {narrow.mtu}.",
                consequence=f"packets of more than {narrow.mtu} bytes from {one.name} to other nodes vanish.",
                evidence=(*links(one.name, one.link), *links(overlay.side.name, narrow)),
                traces=tuple(map(_narrowed, (one.link, narrow))),
                remedies=mending(overlay, (words,), "Connections that are up may stall for a moment.", one.key),
                settles=False,
            )
