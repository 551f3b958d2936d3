"""Which namespaces a text of the command line may mean.

Source: the namespaces, their identities, and what engines say. Pure. Incomplete: an answer holds for this
moment; it is for the caller to refuse several candidates.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ovltui.identity.labels import distinct
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.identity.owners import netns_of
from ovltui.identity.sandboxes import Index, index, names
from ovltui.netns.model import Netns, NetnsKey

_NUMBER = re.compile(r"[0-9]{1,20}")
_INODE = re.compile(r"net:\[([0-9]{1,20})\]")
_NSID = re.compile(r"nsid[: ]?([0-9]{1,20})")
_PROC = re.compile(r"/proc/([0-9]{1,20})/ns/net")
_MIN_PREFIX = 3
"""Characters of an id that are enough to mean it."""


@dataclass(frozen=True, slots=True)
class _Known:
    netnses: Sequence[Netns]
    identities: Mapping[NetnsKey, Identity]
    views: Sequence[EngineView]
    index: Index
    mntns: int | None


def match(
    text: str,
    netnses: Sequence[Netns],
    identities: Mapping[NetnsKey, Identity],
    views: Iterable[EngineView],
    mntns: int | None = None,
) -> tuple[NetnsKey, ...]:
    """Return all namespaces that the first rule with any takes ``text`` for, ascending.

    Args:
        text: a shown name, that name without its suffix, a container's name, a name in /run/netns, a path, a
            pid, ``net:[inode]``, ``nsid:7``, or at least three characters of a container's or network's id.
        netnses: all namespaces of this machine.
        identities: what they are, by ``identify``.
        views: what the engines said.
        mntns: inode of our own mount namespace, in which a path means what a person sees there.
    """
    known = _Known(netnses, identities, distinct(views), index(netnses), mntns)
    for rule in _RULES:
        found = {key for key in rule(text, known) if key in identities}
        if found:
            return tuple(sorted(found))
    return ()


def _shown(text: str, known: _Known) -> Iterable[NetnsKey]:
    return (key for key, identity in known.identities.items() if identity.name == text)


def _without_suffix(text: str, known: _Known) -> Iterable[NetnsKey]:
    start = f"{text}@"
    shown = (key for key, identity in known.identities.items() if text and identity.name.startswith(start))
    return (*shown, *_containers(known, lambda name, _: name == text))


def _in_run_netns(text: str, known: _Known) -> Iterable[NetnsKey]:
    return (netns.key for netns in known.netnses if text in names(netns))


def _path(text: str, known: _Known) -> Iterable[NetnsKey]:
    process = _PROC.fullmatch(text)
    if process:
        return _pid(process[1], known)
    wanted = text.removeprefix("/var") if text.startswith("/var/run/") else text
    found = [
        (mount.mntns, netns.key)
        for netns in known.netnses
        for mount in netns.mounts
        if wanted in (mount.path.removeprefix("/var"), mount.path, mount.shown)
    ]
    ours = [key for mntns, key in found if mntns == known.mntns]
    return ours or [key for _, key in found]


def _pid(text: str, known: _Known) -> Iterable[NetnsKey]:
    pid = int(text) if _NUMBER.fullmatch(text) else -1
    return (known.index.by_pid[pid],) if pid in known.index.by_pid else ()


def _inode(text: str, known: _Known) -> Iterable[NetnsKey]:
    found = _INODE.fullmatch(text)
    return (netns.key for netns in known.netnses if found and netns.inode == int(found[1]))


def _nsid(text: str, known: _Known) -> Iterable[NetnsKey]:
    found = _NSID.fullmatch(text)
    return (netns.key for netns in known.netnses if found and netns.nsid == int(found[1]))


def _id(text: str, known: _Known) -> Iterable[NetnsKey]:
    if len(text) < _MIN_PREFIX:
        return ()
    networks = (
        key
        for key, identity in known.identities.items()
        if identity.kind in (Kind.OVERLAY, Kind.INGRESS)
        and (identity.network_id or "").startswith(text)
        and identity.name.split("@")[0] == identity.network  # not ingress-sbox
    )
    return (*networks, *_containers(known, lambda _, container_id: container_id.startswith(text)))


_RULES: tuple[Callable[[str, _Known], Iterable[NetnsKey]], ...] = (
    _shown,
    _without_suffix,
    _in_run_netns,
    _path,
    _pid,
    _inode,
    _nsid,
    _id,
)


def _containers(known: _Known, wanted: Callable[[str, str], bool]) -> Iterable[NetnsKey]:
    """Yield the namespaces of containers whose name and id are wanted, also of those that share one."""
    for view in known.views:
        for container in view.containers:
            if wanted(container.name, container.id):
                key = netns_of(container, view, known.index)
                if key:
                    yield key
