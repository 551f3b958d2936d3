"""The links of one namespace: what each is now, and what it was called at any moment of the stream.

Source: RTM_NEWLINK and RTM_DELLINK as decoded events, and the answers of a dump. Incomplete: a link that came and went
inside a gap is not known; a link of a dump counts as older than every event.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ovltui.events.look import Look

_NAMES_KEPT = 64
"""Names remembered of one ifindex; the oldest is forgotten first."""
_TURNS_KEPT = 4096
"""Changes of names remembered of all links together, to tell eras apart; then new eras begin."""
_LOOKS_KEPT = 32
"""Looks remembered of one ifindex at least; the oldest are forgotten first, when there are twice as many."""
_UP = "UP"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as its last message described it."""

    ifindex: int
    ifname: str
    kind: str
    """``veth``, ``bridge``, ``vxlan`` …; empty for hardware and loopback."""
    up: bool
    """Whether it is administratively up."""
    master: int | None
    """Ifindex of the bridge or bond that it is a port of."""
    peer: int | None
    """Ifindex that it is tied to (veth peer, parent), in namespace ``peer_nsid`` or its own."""
    peer_nsid: int | None
    """Nsid of the other namespace, in this one's own numbering; None for the same namespace."""
    vni: int | None


@dataclass(frozen=True, slots=True)
class LinksMemory:
    """All that is known of the links of a namespace, as a value; each thing by ifindex."""

    now: tuple[Link, ...]
    names: tuple[tuple[int, tuple[tuple[int, str], ...]], ...]
    """Each name with the record since which it holds."""
    touched: tuple[tuple[int, int], ...]
    """The last record about it."""
    looks: tuple[tuple[int, tuple[tuple[int, Look | None], ...]], ...]
    loaded_ns: int


def link_from(fields: Mapping[str, Any]) -> Link:
    """Return the link that the fields of a link event describe."""
    info = fields.get("linkinfo", {})
    return Link(
        ifindex=fields["ifindex"],
        ifname=fields.get("ifname") or f"if{fields['ifindex']}",
        kind=info.get("info_kind", ""),
        up=_UP in fields.get("flags", ()),
        master=fields.get("master"),
        peer=fields.get("link_index") or fields.get("link"),
        peer_nsid=fields.get("link_netnsid"),
        vni=info.get("info_data", {}).get("id") if info.get("info_kind") == "vxlan" else None,
    )


class Links:
    """Links by ifindex. One thread writes, any thread reads."""

    def __init__(self) -> None:
        self._now: dict[int, Link] = {}
        self._names: dict[int, list[tuple[int, str]]] = {}
        self._touched: dict[int, int] = {}
        self._looks: dict[int, list[tuple[int, Look | None]]] = {}
        self._loaded_ns = 0
        self._turns: list[int] = []
        self._retold = 0

    @property
    def now(self) -> tuple[Link, ...]:
        """The links that exist, ascending by ifindex."""
        return tuple(link for _, link in sorted(self._now.copy().items()))

    def hear(self, seq: int, time_ns: int, link: Link, look: Look) -> None:
        """Take in the link of a RTM_NEWLINK at ``seq``, received at ``time_ns``, and what it looks like since."""
        self.learn(seq, link)
        ifindex = link.ifindex
        # As while a link flaps: its state alone tells that it looks otherwise. Most calls end here.
        if (looks := self._looks.get(ifindex)) and time_ns >= self._loaded_ns:
            since, before = looks[-1]
            if since < seq and before is not None and before.state != look.state:
                self._add_look(looks, seq, ifindex, look)
                return
        self.remember(seq, time_ns, ifindex, look)

    def learn(self, seq: int, link: Link) -> None:
        """Take in the link of a RTM_NEWLINK at ``seq``."""
        ifindex = link.ifindex
        self._touched[ifindex] = seq
        before, self._now[ifindex] = self._now.get(ifindex), link
        if before is None or before.ifname != link.ifname:
            self._call(seq, link)

    def forget(self, seq: int, ifindex: int) -> None:
        """Take in a RTM_DELLINK at ``seq``; the name stays known for older records."""
        self._touched[ifindex] = seq
        self._now.pop(ifindex, None)
        self._look(seq, ifindex, None)

    def load(self, seq: int, links: Iterable[Link]) -> None:
        """Take in a dump that began when ``seq`` was the next record: newer events win over it."""
        dumped = {link.ifindex: link for link in links}
        for ifindex, link in dumped.items():
            if self._touched.get(ifindex, -1) < seq:
                self.learn(seq, link)
        for ifindex in self._now.keys() - dumped.keys():
            if self._touched.get(ifindex, -1) < seq:
                self.forget(seq, ifindex)

    def loaded(self, seq: int, time_ns: int, looks: Mapping[int, Look]) -> None:
        """Take in what links looked like, by ifindex, before record ``seq``, by a dump that ended at ``time_ns``."""
        self._loaded_ns = time_ns
        for ifindex, look in looks.items():
            self._look(seq - 1, ifindex, look)

    def remember(self, seq: int, time_ns: int, ifindex: int, look: Look) -> None:
        """Take in what link ``ifindex`` looks like since record ``seq``, received at ``time_ns``."""
        if time_ns < self._loaded_ns:
            # It is older than the dump: what the dump saw is not what was before it.
            self._looks[ifindex] = [(seq, look)]
        else:
            self._look(seq, ifindex, look)

    def _look(self, seq: int, ifindex: int, look: Look | None) -> None:
        looks = self._looks.setdefault(ifindex, [])
        if not looks or (looks[-1][0] < seq and looks[-1][1] != look):
            self._add_look(looks, seq, ifindex, look)

    def _add_look(self, looks: list[tuple[int, Look | None]], seq: int, ifindex: int, look: Look | None) -> None:
        # A list that readers hold only grows: for one that is full they see the old one or the new one.
        if len(looks) >= 2 * _LOOKS_KEPT:
            looks = self._looks[ifindex] = looks[1 - _LOOKS_KEPT :]
        looks.append((seq, look))

    def look_before(self, ifindex: int, seq: int) -> Look | None:
        """Return what link ``ifindex`` looked like before record ``seq``; None where it was gone or is not known."""
        looks = self._looks.get(ifindex, ())
        return next((look for since, look in reversed(looks) if since < seq), None)

    def name_at(self, ifindex: int, seq: int) -> str | None:
        """Return what link ``ifindex`` was called when record ``seq`` was received, or None if never known.

        Before its first known name, that name is returned: the link was there before we looked.
        """
        names = self._names.get(ifindex)
        if not names:
            return None
        index = bisect_right(names, seq, key=lambda entry: entry[0])
        return names[max(0, index - 1)][1]

    def era(self, seq: int) -> tuple[int, int]:
        """Equal for two records only if ``name_at`` answers the same from one to the other, for each link."""
        retold = self._retold
        return bisect_right(self._turns, seq), retold

    def prune(self, first: int) -> None:
        """Forget links that went before record ``first``."""
        gone = [index for index, seq in self._touched.items() if seq < first and index not in self._now]
        for ifindex in gone:
            for memory in (self._touched, self._names, self._looks):
                memory.pop(ifindex, None)
        if gone:
            self._turn_anew()

    def memory(self) -> LinksMemory:
        """Return all that is known; nobody may write meanwhile."""
        return LinksMemory(
            tuple(self._now.values()),
            tuple((index, tuple(names)) for index, names in self._names.items()),
            tuple(self._touched.items()),
            tuple((index, tuple(looks)) for index, looks in self._looks.items()),
            self._loaded_ns,
        )

    def recall(self, memory: LinksMemory) -> None:
        """Know what was known when ``memory`` was made, and nothing else."""
        self._now = {link.ifindex: link for link in memory.now}
        self._names = {index: list(names) for index, names in memory.names}
        self._touched = dict(memory.touched)
        self._looks = {index: list(looks) for index, looks in memory.looks}
        self._loaded_ns = memory.loaded_ns
        self._turn_anew()

    def _call(self, seq: int, link: Link) -> None:
        names = self._names.setdefault(link.ifindex, [])
        if not names or names[-1][1] != link.ifname:
            names.append((seq, link.ifname))
            if 1 < len(names) <= _NAMES_KEPT and len(self._turns) < _TURNS_KEPT and self._turns[-1:] <= [seq]:
                self._turns.append(seq)
            else:  # older records are answered for otherwise, too
                del names[:-_NAMES_KEPT]
                self._turn_anew()

    def _turn_anew(self) -> None:
        self._turns = []
        self._retold += 1  # last: whoever saw the number before asks again
