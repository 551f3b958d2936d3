"""What the nsids of namespaces mean, found without giving any: each number is compared with those of candidates.

Source: RTM_GETNSID inside of each namespace that bears numbers, asked with descriptors of the others. A namespace is a
candidate for the number on a veth where it holds a link that points back; for others, all are. Privileges:
CAP_SYS_ADMIN. Incomplete: a namespace that cannot be opened keeps its numbers unknown.
"""

from bisect import bisect, bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ovltui.kernel.namespace import opened, visit
from ovltui.kernel.nsid import get_nsid
from ovltui.kernel.rtnl import Rtnl
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns, NetnsKey, Source
from ovltui.topology.links import Link, link_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A namespace that was visited."""

    netns: Netns
    links: Sequence[bytes]
    """RTM_NEWLINK of each of its links."""


def meanings(seen: Iterable[Seen], of: Collection[NetnsKey] | None = None) -> dict[NetnsKey, dict[int, NetnsKey]]:
    """Return for each namespace which other one each of its numbers means.

    Args:
        seen: all namespaces that may be meant.
        of: whose numbers are wanted; everybody's where it is None.
    """
    search = _Search(seen)
    for key in search.netnses if of is None else of:
        search.answer(key)
    return search.found


class _Search:
    """Namespaces of which it is not known yet which they mean, and those found so far."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        several = sorted(seen, key=lambda one: one.netns.key)
        self.netnses = {one.netns.key: one.netns for one in several}
        self.found: dict[NetnsKey, dict[int, NetnsKey]] = defaultdict(dict)
        self._links: dict[NetnsKey, dict[int, Link]] = {}
        self._pointing: dict[tuple[int, int], list[NetnsKey]] = defaultdict(list)
        """By a link's index and that of its other end: who has such a link, ascending."""
        self._underlays: dict[NetnsKey, None] = {}
        for key, one in ((one.netns.key, one) for one in several):
            self._links[key] = {link.key.ifindex: link for raw in one.links if (link := link_of(key, raw))}
            for link in self._links[key].values():
                if _is_pair(link):
                    self._pointing[link.key.ifindex, link.tied or 0].append(key)
        self._order = sorted(self.netnses, key=self._unlikely)

    def answer(self, key: NetnsKey) -> None:
        """Find what the numbers of one namespace mean."""
        netns, found = self.netnses[key], self.found[key]
        if netns.own:
            found.update({other.nsid: other.key for other in self.netnses.values() if other.nsid is not None})
        links = [link for link in self._links[key].values() if link.nsid is not None and link.nsid >= 0]
        if any(link.nsid not in found for link in links):
            _inside(netns, lambda: self._ask(found, sorted(links, key=lambda link: not _is_pair(link))))
        for link in links:
            if link.nsid in found:
                self._learn(link, found[link.nsid])

    def _ask(self, found: dict[int, NetnsKey], links: Iterable[Link]) -> None:
        """Ask inside of a namespace for candidates until each number is found."""
        asked: set[NetnsKey] = set()
        with Rtnl() as rtnl:
            for link in links:
                for key in self._candidates(link):
                    if link.nsid in found:
                        break
                    if key not in asked:
                        asked.add(key)
                        number = _number(rtnl, self.netnses[key])
                        found.update({} if number is None else {number: key})

    def _candidates(self, link: Link) -> Iterator[NetnsKey]:
        """Yield namespaces that a number may mean: those with a link that points back, the nearest in age first."""
        if _is_pair(link):
            yield from _outwards(self._pointing.get((link.tied or 0, link.key.ifindex), []), link.key.netns)
        if link.vxlan:
            yield from self._underlays
        yield from self._order

    def _learn(self, link: Link, other: NetnsKey) -> None:
        """Take in what a link is tied to: who was found is sought no more, and the other end of a pair points back."""
        if link.vxlan:
            self._underlays[other] = None
        back = self._links.get(other, {}).get(link.tied or 0)
        if not (_is_pair(link) and back and _is_pair(back) and back.tied == link.key.ifindex):
            return
        if back.nsid is not None:
            self.found[other][back.nsid] = link.key.netns
        for one in (link, back):
            waiting = self._pointing[one.key.ifindex, one.tied or 0]
            at = bisect_left(waiting, one.key.netns)
            if waiting[at : at + 1] == [one.key.netns]:
                del waiting[at]

    def _unlikely(self, key: NetnsKey) -> tuple[bool, bool, NetnsKey]:
        netns = self.netnses[key]
        return not netns.own, Source.PROCESS not in netns.sources, key


def _is_pair(link: Link) -> bool:
    return link.kind == "veth" and link.nsid is not None and link.tied is not None


def _outwards(keys: Sequence[NetnsKey], start: NetnsKey) -> Iterator[NetnsKey]:
    """Yield ascending keys by how far from ``start`` they stand among them."""
    right = bisect(keys, start)
    left = right - 1
    while left >= 0 or right < len(keys):
        if right < len(keys):
            yield keys[right]
        if left >= 0:
            yield keys[left]
        left, right = left - 1, right + 1


def _inside(netns: Netns, work: Callable[[], None]) -> None:
    """Do something in a namespace, by the first path that leads there; where none does, numbers stay unknown."""
    for path in ways(netns):
        try:
            with opened(path) as namespace:
                if namespace.is_still(netns.key.id):
                    work() if netns.own else visit(namespace.fd, work)
                    return
        except OSError:  # it is gone, or the next path leads there
            continue


def _number(rtnl: Rtnl, netns: Netns) -> int | None:
    """Return which number the namespace of ``rtnl`` has for another one."""
    for path in ways(netns):
        try:
            with opened(path) as namespace:
                if namespace.is_still(netns.key.id):
                    return get_nsid(rtnl, namespace.fd)
        except OSError:  # it is gone, or the next path leads there
            continue
    return None


def ways(netns: Netns) -> Iterator[str]:
    """Yield the paths by which a namespace can be opened, our own also where others are hidden."""
    # The first, since the own process is there for sure, whatever is hidden.
    if netns.own:
        yield "/proc/self/ns/net"
    yield from ways_in(netns)
