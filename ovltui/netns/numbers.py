"""Namespaces of which nothing but their nsid is known.

Source: the nsid table of our own namespace (RTM_GETNSID). Whoever holds such a namespace is hidden from us: a process
that may not be read, a descriptor on its way through a socket, the kernel itself. Privileges: none. Incomplete: Linux
6.18 lists some hundred nsids only; a namespace without an nsid and without other evidence is not seen at all.
"""

from collections.abc import Callable, Iterable

from ovltui.kernel.namespace import opened
from ovltui.kernel.nsid import get_nsid, given_nsids, is_held
from ovltui.kernel.rtnl import Rtnl
from ovltui.netns.model import Netns


def listed() -> frozenset[int]:
    """Return all nsids of our own namespace but the one that it may have for itself.

    Raises:
        OSError: the kernel refused.
    """
    with Rtnl() as rtnl, opened("/proc/self/ns/net") as own:
        return given_nsids(rtnl) - {get_nsid(rtnl, own.fd)}


def strangers(
    before: frozenset[int], found: Iterable[Netns], ways_in: Callable[[Netns], Iterable[str]]
) -> frozenset[int]:
    """Return those of the nsids that no namespace that was found has.

    Args:
        before: nsids that were listed before the namespaces were looked for.
        found: all namespaces that were found since.
        ways_in: returns paths that lead into a namespace.

    Raises:
        OSError: the kernel refused.
    """
    found = tuple(found)
    rest = before - {netns.nsid for netns in found}
    with Rtnl() as rtnl:
        rest = frozenset(nsid for nsid in rest if is_held(rtnl, nsid))
        for netns in found:
            if rest and netns.nsid is None and not netns.own:
                rest -= {_nsid_of(rtnl, netns, ways_in(netns))}
        return rest


def _nsid_of(rtnl: Rtnl, netns: Netns, paths: Iterable[str]) -> int:
    """Return the nsid of a namespace that was not asked for it; -1 for none."""
    for path in paths:
        try:
            with opened(path) as namespace:
                if namespace.is_still(netns.key.id):
                    nsid = get_nsid(rtnl, namespace.fd)
                    return -1 if nsid is None else nsid
        except OSError:
            continue  # that way in is no more
    return -1
