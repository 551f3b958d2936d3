"""Which namespace a container lives in, and which containers live in a namespace.

Source: the container's sandbox id and pid as its engine tells them, against mounts and processes. Pure.
Incomplete: a pid counts only while the engine answers and shares our pids, because the kernel gives pids out
again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ovltui.identity.model import Container, EngineView
from ovltui.identity.sandboxes import Index, container_key
from ovltui.netns.model import NetnsKey

_SHARES = "container:"


@dataclass(frozen=True, slots=True)
class Owner:
    """A container, and how it was told."""

    view: EngineView
    container: Container
    why: str


def owners(index: Index, views: Iterable[EngineView]) -> dict[NetnsKey, Owner]:
    """Return the container that gives each namespace its name.

    A mounted sandbox counts more than a pid, its owner more than those who share it, an earlier engine more
    than a later one.
    """
    claims: list[tuple[bool, bool, NetnsKey, Owner]] = []
    for view in views:
        for container in view.containers:
            found = _own_netns(container, view, index)
            if found:
                key, why, weak = found
                shares = container.network_mode.startswith(_SHARES)
                claims.append((weak, shares, key, Owner(view, container, why)))
    claims.sort(key=lambda claim: claim[:2])
    first: dict[NetnsKey, Owner] = {}
    for _, _, key, owner in claims:
        first.setdefault(key, owner)
    return first


def residents(index: Index, views: Iterable[EngineView]) -> dict[NetnsKey, list[Container]]:
    """Return all containers that live in each namespace, in the order of the engines."""
    found: dict[NetnsKey, list[Container]] = {}
    for view in views:
        for container in view.containers:
            key = netns_of(container, view, index)
            if key:
                found.setdefault(key, []).append(container)
    return found


def netns_of(container: Container, view: EngineView, index: Index) -> NetnsKey | None:
    """Return the namespace of a container, be it its own, another container's or its engine's."""
    if container.network_mode == "host":
        return view.netns
    found = _own_netns(container, view, index)
    if found:
        return found[0]
    shared = container.network_mode.removeprefix(_SHARES)
    if shared == container.network_mode:
        return None
    for other in view.containers:
        if other.id == shared and other is not container and not other.network_mode.startswith(_SHARES):
            return netns_of(other, view, index)
    return None


def _own_netns(container: Container, view: EngineView, index: Index) -> tuple[NetnsKey, str, bool] | None:
    """Return namespace, evidence, and whether that is the weaker kind; never the engine's own namespace."""
    if container.network_mode == "host":
        return None
    sandbox = container_key(container.sandbox)
    mounted = index.by_sandbox.get(sandbox, ()) if sandbox else ()
    if mounted:
        # A sandbox id is random: in another mount namespace it is a copy of the same mount.
        _, key = min(mounted, key=lambda mount: (mount[0] != view.mntns, mount))
        return key, f"sandbox {sandbox} of container {container.name}", False
    key_of_pid = index.by_pid.get(container.pid) if view.answers and view.pid and container.pid else None
    if key_of_pid is None or key_of_pid == view.netns:
        return None
    return key_of_pid, f"process {container.pid} of container {container.name}", True
