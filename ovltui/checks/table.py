"""The checks, in the order in which an expert would look; one row each.

Pure. A check's page (what is compared, from which source, when it can be wrong, the threads where people met it) is
what ``ovltui check --explain NAME`` prints.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ovltui.checks import (
    doors,
    endpoints,
    fdb,
    gossip,
    leftovers,
    misses,
    mtu,
    neighbours,
    ports,
    stale,
    tunnels,
    underlay,
)
from ovltui.checks.finding import Finding
from ovltui.checks.index import index
from ovltui.checks.overlays import Overlay, Underlay
from ovltui.checks.reading import collected
from ovltui.checks.scene import Scene
from ovltui.checks.sieve import sifted

Find = Callable[[Scene], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One row."""

    name: str
    """``fdb-lost``; the word by which people speak of it."""
    title: str
    """What it looks for, a few words."""
    page: str
    """What is compared, from which source, when it can be wrong, where people met it."""
    find: Find
    explains: tuple[str, ...] = ()
    """Checks whose findings of the same network and node follow from this one, and are left out beside it."""


def _each(find: Callable[[Overlay], Iterable[Finding]]) -> Find:
    """Return what asks a check of each overlay, again only where something that it read changed."""
    asked = collected(find)
    return lambda scene: index(scene).ask(asked)


def _beneath(find: Callable[[Underlay], Iterable[Finding]]) -> Find:
    """Return what asks a check of each underlay, again only where something that it read changed."""
    asked = collected(find)
    return lambda scene: (found for beneath in index(scene).underlays for found in asked(beneath))


def _both(*finds: Find) -> Find:
    def find(scene: Scene) -> Iterator[Finding]:
        for one in finds:
            yield from one(scene)

    return find


_UNHEARD = ("peer-missing", "fdb-lost", "neigh-lost", "misses-repeat")
_MISSES = ("misses-repeat",)
_UNSEEN = ("peer-missing",)
_GOSSIP = ("gossip-lagging", "peer-missing")
CHECKS: tuple[Check, ...] = (
    Check(
        "underlay-down",
        "no working link to other nodes",
        underlay.DOWN,
        underlay.down,
        (*_GOSSIP, "neigh-failed", "source-address", "misses-repeat"),
    ),
    Check("neigh-failed", "other nodes that do not answer ARP", underlay.FAILED, _beneath(underlay.failed), _GOSSIP),
    Check("filtered", "rules that drop VXLAN or gossip", doors.FILTERED, _beneath(doors.filtered), _UNSEEN),
    Check("gossip-silent", "ports of the swarm without a socket", doors.SILENT, _beneath(doors.silent), _GOSSIP),
    Check("stray-vxlan", "vxlan devices in a network's way", tunnels.STRAY, tunnels.stray, ("vni-clash",)),
    Check("vxlan-missing", "networks without their vxlan device", tunnels.MISSING, tunnels.missing),
    Check("vxlan-down", "vxlan devices that are down", tunnels.DOWN, _each(tunnels.down), ("fdb-lost", "neigh-lost")),
    Check("vni-clash", "VNIs that are taken twice", tunnels.CLASH, tunnels.clash),
    Check("bridge-down", "a network's bridge that is down", ports.DOWN, _each(ports.bridge_down)),
    Check("port-out", "links that are no port of the network's bridge", ports.OUT, _each(ports.out)),
    Check("port-down", "ports of the network's bridge that are down", ports.DOWN, _each(ports.down)),
    Check("address-lost", "containers without their address", endpoints.ADDRESS, _each(endpoints.address_lost)),
    Check("route-lost", "containers without a route", endpoints.ROUTE, _each(endpoints.route_lost)),
    Check(
        "duplicate-address",
        "addresses that two of a network have",
        endpoints.TWICE,
        _each(endpoints.address_twice),
        ("duplicate-mac", "local-address-proxied"),
    ),
    Check("duplicate-mac", "MACs that two of a network have", endpoints.TWICE, _each(endpoints.mac_twice)),
    Check(
        "mac-changed",
        "containers with another MAC than Docker gave",
        endpoints.CHANGED,
        _each(endpoints.mac_changed),
        ("duplicate-mac",),
    ),
    Check("gossip-lagging", "members that an engine misses", gossip.LAGGING, _each(gossip.lagging), _UNHEARD),
    Check("peer-missing", "nodes that a manager misses", gossip.MISSING, gossip.node_missing),
    Check(
        "neigh-lost", "members for which vxlan0 does not answer ARP", neighbours.LOST, _each(neighbours.lost), _MISSES
    ),
    Check("neigh-wrong", "members for which vxlan0 answers a wrong MAC", neighbours.WRONG, _each(neighbours.wrong)),
    Check("fdb-lost", "members to which vxlan0 has no permanent entry", fdb.LOST, _each(fdb.lost), _MISSES),
    Check("fdb-wrong-vtep", "members whose frames go to the wrong node", fdb.WRONG, _each(fdb.wrong)),
    Check("source-address", "packets that leave from another address", underlay.SOURCE, underlay.source),
    Check("encrypted-bare", "encrypted networks without encryption", doors.BARE, _each(doors.bare)),
    Check(
        "mtu-path",
        "links too narrow for the largest packets",
        mtu.PAGE,
        _both(_beneath(mtu.path), _each(mtu.ends)),
    ),
    Check(
        "local-mac-on-vxlan",
        "local MACs that were learned on vxlan0",
        ports.LOCAL_MAC,
        _each(ports.local_mac),
    ),
    Check(
        "local-address-proxied",
        "local addresses that vxlan0 has, too",
        neighbours.LOCAL,
        _each(neighbours.local),
    ),
    Check("fdb-stale", "rows of members that are gone", stale.PAGE, _each(stale.find)),
    Check("misses-repeat", "addresses that are looked up in vain", misses.PAGE, misses.find),
    Check("leftover", "namespaces that belong to nothing", leftovers.PAGE, leftovers.find),
)


Defect = Callable[[str, Exception], Finding]
"""Returns the finding that says that a check, by its name, failed."""


def find_all(scene: Scene, checks: Iterable[Check] = CHECKS, defect: Defect | None = None) -> tuple[Finding, ...]:
    """Return what is wrong, worst first; what follows from another finding is left out.

    Args:
        scene: where to look.
        checks: what to look for.
        defect: words what a check raises, while the others go on; None where it is to be raised here.
    """
    order = ("error", "warning", "note")
    failed: list[Finding] = []
    found = {one.key: one for check in checks for one in _found(check, scene, defect, failed)}
    explains = {check.name: check.explains for check in CHECKS}
    kept = sifted(found.values(), explains, index(scene))
    return tuple(sorted((*failed, *kept), key=lambda one: (order.index(one.severity), one.check, str(one.key))))


def _found(check: Check, scene: Scene, defect: Defect | None, failed: list[Finding]) -> tuple[Finding, ...]:
    try:
        return tuple(check.find(scene))
    except Exception as error:
        if defect is None:
            raise
        failed.append(defect(check.name, error))  # which follows from no other finding
        return ()
