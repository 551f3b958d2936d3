"""What an engine's namespace lets in: filters that drop, sockets that nobody opened, encryption that is not set up.

Source: ``Underfoot``, seats and intents. Pure. Incomplete: filters of what lies between the nodes are not seen; a
rule is judged by its own text, not by the chain that leads to it.
"""

from collections.abc import Iterator

from ovltui.checks.finding import Evidence, Finding, Remedy, Severity, Trace
from ovltui.checks.members import remotes
from ovltui.checks.overlays import Overlay, Underlay
from ovltui.checks.scene import Drop
from ovltui.checks.wording import inside
from ovltui.events.vocabulary import Object

FILTERED = """\
Looked for: rules that drop or reject UDP packets to the port of a vxlan device, or packets to the gossip's port 7946
or, on a manager, to 2377, in the namespace by which vxlan devices send (iptables -S, nft list ruleset).
Can be wrong: where an earlier rule lets the other nodes pass, or the rule stands in a chain that nothing leads to; a
rule that names sources, links or more is therefore a warning. Docker's own rule of encrypted networks is not counted.
People met it: forum classics, moby#47728."""
SILENT = """\
Looked for: sockets that wait at port 7946 (TCP and UDP, the gossip), at the vxlan port (UDP, the kernel's own), and
on a manager at 2377 (TCP), where an engine belongs to a swarm (ss -lnut).
Can be wrong: for a moment while an engine starts; silent where sockets could not be read.
People met it: moby#47728, forum classics."""
BARE = """\
Compared: networks made with --opt encrypted that have members on other nodes, with the number of xfrm states of the
namespace by which they send (ip xfrm state): Docker sets two for each node.
Can be wrong: for a moment while the first member starts.
People met it: moby#30727, forum classics."""
_GOSSIP, _MANAGER, _VXLAN = 7946, 2377, 4789
_WHAT = {_GOSSIP: "the gossip", _MANAGER: "the swarm's management", _VXLAN: "VXLAN packets"}
_LIMITS = ("-s", "--source", "-d", "-i", "-o", "--in-interface", "!", "saddr", "daddr", "iifname", "oifname", "ct")
"""Words of a rule that meets some packets only."""
_OWN = ("--pol", "policy", "u32", "ipsec", "secpath")
"""Words of Docker's rules for encrypted networks, which drop what comes unencrypted."""


def filtered(underlay: Underlay) -> Iterator[Finding]:
    """Find rules that drop what overlay networks need; those of one port are one finding."""
    ports = sorted(set(_ports(underlay)))
    drops = [one for one in underlay.foot.drops if not _is_own(one)] if underlay.foot else []
    for port in ports:
        found = [one for one in drops if one.port == port]
        if found:
            yield _filtered(underlay, port, found)


def _is_own(drop: Drop) -> bool:
    return any(word in drop.text.split() for word in _OWN)


def _ports(underlay: Underlay) -> Iterator[int]:
    """Yield the ports that are needed."""
    for overlay in underlay.overlays:
        told = overlay.side.vxlan.vxlan if overlay.side.vxlan else None
        yield told.port if told else _VXLAN
        if overlay.seat is None or overlay.seat.state == "active":
            yield _GOSSIP
        if overlay.seat and overlay.seat.manager:
            yield _MANAGER


def _filtered(underlay: Underlay, port: int, drops: list[Drop]) -> Finding:
    name, limited = underlay.node.name, all(map(_is_limited, drops))
    what = _WHAT.get(port, "VXLAN packets")
    return Finding(
        check="filtered",
        severity=Severity.WARNING if limited else Severity.ERROR,
        netns=underlay.node.key,
        link=None,
        subject=f"port {port}",
        says=f"the packet filter of {name} drops {what} (port {port}){', of some at least' if limited else ''}.",
        consequence=_CUT.get(port, _CUT[_VXLAN]),
        evidence=tuple(Evidence(f"packet filter of {name}", drop.text) for drop in drops),
        remedies=_undone(underlay, drops),
        settles=False,
    )


def _is_limited(drop: Drop) -> bool:
    """Whether a rule meets some packets only."""
    return any(word in drop.text.split() for word in _LIMITS)


_CUT = {
    _GOSSIP: "nodes lose sight of each other: rows of their members are removed, then connections fail.",
    _MANAGER: "nodes lose the manager: tasks are not started, changes not told.",
    _VXLAN: "containers of overlay networks do not reach those on other nodes.",
}


def _undone(underlay: Underlay, drops: list[Drop]) -> tuple[Remedy, ...]:
    """Return how the rules are deleted, each once, where that is known of all."""
    commands = tuple(dict.fromkeys(drop.undo for drop in drops))
    if not all(commands) or underlay.way is None:
        return ()
    risk = "Somebody wanted the rule: let the other nodes pass by a rule before it, if it is to stay for the rest."
    return inside({underlay.node.key: underlay.way}, underlay.node.key, commands, risk)


def silent(underlay: Underlay) -> Iterator[Finding]:
    """Find ports of the swarm at which nobody waits."""
    foot = underlay.foot
    seats = {overlay.seat.url: overlay for overlay in underlay.overlays if overlay.seat and _is_at(overlay, underlay)}
    if foot is None or not foot.listening:
        return
    waiting = {(one.protocol, one.port) for one in foot.listening}
    for overlay in seats.values():
        for protocol, port in _needed(overlay):
            if (protocol, port) not in waiting:
                yield _silent(underlay, overlay, protocol, port)


def _is_at(overlay: Overlay, underlay: Underlay) -> bool:
    """Whether the engine of an overlay opens its sockets in an underlay, as far as is known."""
    return overlay.home is not None and overlay.home.netns in (None, underlay.node.key)


def _needed(overlay: Overlay) -> Iterator[tuple[str, int]]:
    if overlay.seat is None or overlay.seat.state != "active":
        return
    yield from (("tcp", _GOSSIP), ("udp", _GOSSIP))
    told = overlay.side.vxlan.vxlan if overlay.side.vxlan else None
    if told and overlay.side.vxlan and overlay.side.vxlan.works:
        yield "udp", told.port
    if overlay.seat.manager:
        yield "tcp", _MANAGER


def _silent(underlay: Underlay, overlay: Overlay, protocol: str, port: int) -> Finding:
    name = underlay.node.name
    return Finding(
        check="gossip-silent",
        severity=Severity.ERROR,
        netns=underlay.node.key,
        link=None,
        subject=f"{protocol} {port}",
        says=f"nothing waits at {protocol} port {port} in {name}, though {overlay.engine} belongs to a swarm.",
        consequence=_CUT.get(port, _CUT[_VXLAN]),
        evidence=(Evidence(f"ss -ln{protocol[0]} in {name}", f"no socket at port {port}"),),
    )


def bare(overlay: Overlay) -> Iterator[Finding]:
    """Find encrypted networks for which no encryption is set up."""
    intent, foot, underlay = overlay.intent, overlay.foot, overlay.side.underlay
    if intent is None or foot is None or underlay is None or not intent.encrypted or foot.states != 0:
        return
    others = [one for one in remotes(overlay) if one.known]
    if others:
        yield Finding(
            check="encrypted-bare",
            severity=Severity.ERROR,
            netns=overlay.key,
            link=overlay.side.vxlan.key if overlay.side.vxlan else None,
            subject=overlay.network,
            says=f"{overlay.network} is to be encrypted, but {underlay.name} has no xfrm states.",
            consequence="its packets to other nodes are dropped there, or leave as plain text.",
            evidence=(
                Evidence(f"ip xfrm state in {underlay.name}", "no state"),
                Evidence(f"docker network inspect {overlay.network} on {overlay.engine}", "encrypted"),
                others[0].evidence,
            ),
            traces=(Trace(overlay.key, Object.FDB, gone=False),),
        )
