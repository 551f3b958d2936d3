"""What the path of a namespace's mount says about it.

Source: mount points. dockerd mounts each sandbox as ``EXEC-ROOT/netns/KEY``, where KEY has at most twelve
characters: of a container the beginning of its sandbox id, of an overlay network ``EPOCH-ID``, of a load
balancer ``lb_ID``, and ``ingress_sbox``; ``default`` is dockerd's own namespace. ``ip netns`` mounts as
``/run/netns/NAME``. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ovltui.identity.model import Kind
from ovltui.netns.model import Netns, NetnsKey
from ovltui.text import clean

_NAMED = re.compile(r"(?:/var)?/run/netns/([^/]+)")
_SANDBOX = re.compile(r"(.*)/netns/([^/]+)", re.DOTALL)
_OVERLAY = re.compile(r"(\d+)-([0-9a-z]+)")
_RANDOM = re.compile(r"(?:cni|netns)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEY_LENGTH = 12
_MIN_ID = 6
"""Characters of a network id that a key holds at least; fewer are taken for something else."""
_PATTERNS = (
    (Kind.INGRESS, re.compile(r"ingress_sbox")),
    (Kind.LOADBALANCER, re.compile(r"lb_[0-9a-z]{9}")),
    (Kind.OVERLAY, re.compile(r"(?=.{12}$)\d+-[0-9a-z]+")),
    (Kind.CONTAINER, re.compile(r"[0-9a-f]{12}")),
)
"""What keys look like, for when no engine tells."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A mount that looks like one of dockerd's."""

    mntns: int
    key: str
    docker: bool
    """Whether its directory is ``docker/netns``, so that the key's looks alone count as evidence."""


@lru_cache(maxsize=65536)
def named(path: str) -> str | None:
    """Return NAME of ``/run/netns/NAME``, safe to show, or None for another path."""
    match = _NAMED.fullmatch(path)
    return clean(match[1]) if match else None


@lru_cache(maxsize=65536)
def _sandbox(path: str) -> tuple[str, bool] | None:
    match = _SANDBOX.fullmatch(path)
    if not match or named(path) or match[2] == "default":
        return None
    return clean(match[2]), match[1].endswith("/docker")


def sandboxes(netns: Netns) -> tuple[Sandbox, ...]:
    """Return the mounts of a namespace that look like dockerd's."""
    pairs = ((mount.mntns, _sandbox(mount.path)) for mount in netns.mounts)
    return tuple(Sandbox(mntns, *parsed) for mntns, parsed in pairs if parsed)


def is_given(netns: Netns) -> bool:
    """Whether somebody gave it a name in /run/netns; the random ones of CNI and podman are given by nobody."""
    return any(not _RANDOM.fullmatch(name) for name in names(netns))


def names(netns: Netns) -> tuple[str, ...]:
    """Return its names in /run/netns, sorted."""
    return tuple(sorted({name for mount in netns.mounts if (name := named(mount.path))}))


def container_key(sandbox_id: str) -> str:
    """Return the key under which dockerd mounts a container's sandbox; empty for what is no sandbox id."""
    return sandbox_id[:_KEY_LENGTH] if len(sandbox_id) >= _KEY_LENGTH else ""


def overlay_prefix(key: str) -> str | None:
    """Return the beginning of the network id in the key of an overlay namespace, or None for another key."""
    match = _OVERLAY.fullmatch(key)
    return match[2] if match and len(match[2]) >= _MIN_ID else None


def loadbalancer_prefix(key: str) -> str | None:
    """Return the beginning of the network id in the key of a load balancer, or None for another key."""
    return key[3:] if key.startswith("lb_") and len(key) - 3 >= _MIN_ID else None


def looks(key: str) -> Kind | None:
    """Return what a key looks like."""
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(key)), None)


@dataclass(frozen=True, slots=True)
class Index:
    """Namespaces by what engines say about them."""

    sandboxes: Mapping[NetnsKey, tuple[Sandbox, ...]]
    """The mounts of each that look like dockerd's."""
    by_pid: Mapping[int, NetnsKey]
    by_sandbox: Mapping[str, Sequence[tuple[int, NetnsKey]]]
    """By sandbox key: inode of the mount namespace, and the namespace mounted there."""


def index(netnses: Sequence[Netns]) -> Index:
    """Return the index of these namespaces."""
    found = {netns.key: sandboxes(netns) for netns in netnses}
    by_pid = {pid: netns.key for netns in netnses for pid in netns.pids}
    by_sandbox: dict[str, list[tuple[int, NetnsKey]]] = {}
    for key, mounts in found.items():
        for sandbox in mounts:
            by_sandbox.setdefault(sandbox.key, []).append((sandbox.mntns, key))
    return Index(found, by_pid, by_sandbox)
