"""What each namespace is, and what to call it: the rules, strongest first.

Source: namespaces as a sweep found them, and what engines say. Pure. Incomplete: without an engine that knows
it, a sandbox of dockerd keeps its kind and the name of its mount; a name that two namespaces would share gets
a suffix.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ovltui.identity.cgroups import Inside
from ovltui.identity.labels import distinct, labels
from ovltui.identity.model import Container, EngineView, Identity, Kind, Network
from ovltui.identity.owners import Owner, owners, residents
from ovltui.identity.sandboxes import (
    Sandbox,
    index,
    is_given,
    loadbalancer_prefix,
    looks,
    names,
    overlay_prefix,
)
from ovltui.identity.suffixes import HOST, Claim, unique
from ovltui.netns.model import Netns, NetnsKey


@dataclass(frozen=True, slots=True)
class _Known:
    """All that the rules look at beside the namespace itself."""

    views: Sequence[EngineView]
    labels: Mapping[str, str]
    """Label of each engine, by URL."""
    sandboxes: Mapping[NetnsKey, tuple[Sandbox, ...]]
    owners: Mapping[NetnsKey, Owner]
    homes: Mapping[NetnsKey, str | None]
    """Namespaces in which an engine runs, each with its label, None where several run."""
    processes: Mapping[int, str]
    inside: Mapping[NetnsKey, Inside]
    given: Mapping[NetnsKey, Identity]


def identify(
    netnses: Sequence[Netns],
    views: Sequence[EngineView],
    processes_names: Mapping[int, str],
    inside: Mapping[NetnsKey, Inside] | None = None,
    given: Mapping[NetnsKey, Identity] | None = None,
) -> dict[NetnsKey, Identity]:
    """Return what each namespace is; all names differ, and ``host`` is our own alone.

    Args:
        netnses: all namespaces of this machine.
        views: what the engines said; those before others win where two claim the same namespace.
        processes_names: short names of processes, by pid, safe to show.
        inside: what the first process of a namespace tells, where it was asked.
        given: what those are that somebody made and described, as a lab is.
    """
    engines = distinct(views)
    named = labels(engines, netnses)
    found = index(netnses)
    known = _Known(
        views=engines,
        labels=named,
        sandboxes=found.sandboxes,
        owners=owners(found, engines),
        homes=_homes(engines, named),
        processes=processes_names,
        inside=inside or {},
        given=given or {},
    )
    living = residents(found, engines)
    return unique({netns.key: _claim(netns, known, living.get(netns.key, ())) for netns in netnses})


def _claim(netns: Netns, known: _Known, living: Sequence[Container]) -> Claim:
    """Return what the first rule that applies makes of a namespace."""
    keys = sorted(sandbox.key for sandbox in known.sandboxes[netns.key])
    identity = next(found for rule in _RULES if (found := rule(netns, known)))
    sharers = tuple(one.called for one in living if one.id != identity.container_id)
    owner = known.owners.get(netns.key) if identity.container_id else None
    task = owner.container.task if owner else ""
    return Claim(
        replace(identity, sharers=sharers) if sharers else identity, netns.inode, keys[0] if keys else "", task
    )


def _own(netns: Netns, known: _Known) -> Identity | None:
    if not netns.own:
        return None
    return Identity(HOST, Kind.HOST, "the namespace we run in", engine=known.homes.get(netns.key))


def _given(netns: Netns, known: _Known) -> Identity | None:
    return known.given.get(netns.key)


def _container(netns: Netns, known: _Known) -> Identity | None:
    owner = known.owners.get(netns.key)
    if owner is None:
        return None
    name, network = _first_network(owner.container, owner.view.networks)
    return Identity(
        owner.container.called,
        Kind.CONTAINER,
        owner.why,
        engine=known.labels[owner.view.url],
        network=name,
        driver=network.driver if network else None,
        network_id=network.id if network else None,
        container=owner.container.name,
        container_id=owner.container.id,
        project=owner.container.project or None,
        service=owner.container.service or None,
    )


def _ingress_sandbox(netns: Netns, known: _Known) -> Identity | None:
    def match(sandbox: Sandbox, view: EngineView) -> Network | None:
        right = sandbox.docker and sandbox.key == "ingress_sbox"
        return next((network for network in view.networks if network.ingress), None) if right else None

    return _of_network(netns, known, match, "ingress-sbox", Kind.INGRESS)


def _loadbalancer(netns: Netns, known: _Known) -> Identity | None:
    def match(sandbox: Sandbox, view: EngineView) -> Network | None:
        return _by_prefix(loadbalancer_prefix(sandbox.key), view)

    return _of_network(netns, known, match, "lb-{}", Kind.LOADBALANCER)


def _overlay(netns: Netns, known: _Known) -> Identity | None:
    def match(sandbox: Sandbox, view: EngineView) -> Network | None:
        return _by_prefix(overlay_prefix(sandbox.key), view)

    return _of_network(netns, known, match, "{}", Kind.OVERLAY)


def _container_by_cgroup(netns: Netns, known: _Known) -> Identity | None:
    told = known.inside.get(netns.key)
    if told is None or not told.own or told.workloads[-1].is_unit or is_given(netns):
        return None
    return Identity(_path(told), Kind.CONTAINER, _why_cgroup(told, "no engine tells more"))


def _unit(netns: Netns, known: _Known) -> Identity | None:
    told = known.inside.get(netns.key)
    if told is None or not told.own or not told.workloads[-1].is_unit:
        return None
    engine = known.homes.get(netns.key)
    return Identity(_path(told), Kind.PROCESS, _why_cgroup(told, "which has a network of its own"), engine=engine)


def _path(told: Inside) -> str:
    """Return the names of a workload and of those around it, since whoever is root there chooses the inner ones."""
    return "/".join(workload.name for workload in told.workloads)


def _why_cgroup(told: Inside, ending: str) -> str:
    return f"process {told.pid} is in the control group of {told.workloads[-1].says}; {ending}"


def _sandbox_alone(netns: Netns, known: _Known) -> Identity | None:
    keys = sorted(sandbox.key for sandbox in known.sandboxes[netns.key] if sandbox.docker)
    found = [(key, kind) for key in keys if (kind := looks(key))]
    if not found:
        return None
    key, kind = found[0]
    return Identity(key, kind, f"mounted as docker/netns/{key}; no engine tells more")


def _named(netns: Netns, known: _Known) -> Identity | None:
    found = names(netns)
    if not found:
        return None
    why = f"mounted as /run/netns/{found[0]}"
    return Identity(found[0], Kind.NAMED, why, engine=known.homes.get(netns.key))


def _process(netns: Netns, known: _Known) -> Identity | None:
    if not netns.pids:
        return None
    pid = min(netns.pids)
    name = f"{known.processes.get(pid) or 'pid'}:{pid}"
    told = known.inside.get(netns.key)
    why = "mounted, with processes" if netns.mounts else "known by its processes only"
    if told and told.command:
        why += f"; process {told.pid} is {told.command}"
    return Identity(name, Kind.PROCESS, why, engine=known.homes.get(netns.key))


def _thread(netns: Netns, _known: _Known) -> Identity | None:
    if not netns.tasks or netns.mounts:
        return None
    task = netns.tasks[0]
    return Identity(f"{task.name or 'tid'}:{task.tid}", Kind.PROCESS, f"known by {netns.held[0]}")


def _number(netns: Netns, _known: _Known) -> Identity | None:
    if not netns.is_number:
        return None
    return Identity(f"nsid {netns.nsid}", Kind.OTHER, "known by its nsid only: nothing that leads into it was found")


def _other(netns: Netns, _known: _Known) -> Identity:
    why = "mounted where nobody gives it a name" if netns.mounts or not netns.held else f"kept by {netns.held[0]}"
    return Identity(f"net:[{netns.inode}]", Kind.OTHER, why)


_RULES: tuple[Callable[[Netns, _Known], Identity | None], ...] = (
    _own,
    _given,
    _container,
    _ingress_sandbox,
    _loadbalancer,
    _overlay,
    _container_by_cgroup,
    _sandbox_alone,
    _named,
    _unit,
    _process,
    _thread,
    _number,
    _other,
)
"""Each returns what a namespace is, or None where it does not apply; the last one applies to all.

This order is the one rule by which a namespace has its name: what an engine says of it, before what its control group
says, before the name that somebody mounted it under, before its processes.
"""


def _of_network(
    netns: Netns,
    known: _Known,
    match: Callable[[Sandbox, EngineView], Network | None],
    form: str,
    kind: Kind,
) -> Identity | None:
    """Return the identity of a namespace that belongs to a network of an engine, as ``match`` tells.

    The engine is the one in whose mount namespace the mount is. One whose mount namespace is not known may
    know the network too, as every node of a swarm does; it then gives the name, and its label only if it is
    surely here.
    """
    pairs = [(sandbox, view) for sandbox in known.sandboxes[netns.key] for view in known.views]
    exact = [pair for pair in pairs if pair[1].mntns == pair[0].mntns]
    anyone = [pair for pair in pairs if pair[1].mntns is None]
    for candidates in (exact, anyone):
        found = [(network, *pair) for pair in candidates if (network := match(*pair))]
        if not found:
            continue
        network, sandbox, view = found[0]
        engines = {known.labels[one.url] for _, _, one in found}
        sure = len(engines) == 1 and (view.mntns is not None or view.url.startswith("unix://"))
        return Identity(
            form.format(network.name) if "{}" in form else form,
            Kind.INGRESS if network.ingress and kind is Kind.OVERLAY else kind,
            f"mounted as {sandbox.key}, of network {network.id[:12]}",
            engine=known.labels[view.url] if sure else None,
            network=network.name,
            driver=network.driver,
            network_id=network.id,
            vni=network.vni if kind is Kind.OVERLAY else None,
        )
    return None


def _by_prefix(prefix: str | None, view: EngineView) -> Network | None:
    """Return the one network whose id begins so."""
    found = [network for network in view.networks if prefix and network.id.startswith(prefix)]
    return found[0] if len(found) == 1 else None


def _first_network(container: Container, networks: Iterable[Network]) -> tuple[str | None, Network | None]:
    """Return the network to file a container under: an overlay before others, ingress last of these."""
    networks = tuple(networks)
    ranked: list[tuple[bool, bool, str, Network | None]] = []
    for name in container.networks:
        called_so = [network for network in networks if network.name == name]
        network = called_so[0] if len(called_so) == 1 else None
        overlay = network is not None and network.driver == "overlay"
        ranked.append((not overlay, network is not None and network.ingress, name, network))
    if not ranked:
        return None, None
    best = min(ranked, key=lambda row: row[:3])
    return best[2], best[3]


def _homes(views: Iterable[EngineView], named: Mapping[str, str]) -> dict[NetnsKey, str | None]:
    homes: dict[NetnsKey, str | None] = {}
    for view in views:
        if view.netns:
            homes[view.netns] = None if view.netns in homes else named[view.url]
    return homes
