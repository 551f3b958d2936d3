"""Which namespace an nsid meant at which moment, and what was in it.

Source: RTM_NEWNSID and RTM_DELNSID of our own namespace, in the order of the stream, and what discovery learns of
living namespaces. The kernel gives a freed nsid out again at once, so an nsid alone means nothing without a moment.
Incomplete: a namespace that lived and died before discovery opened it stays without a key.
"""

from dataclasses import dataclass, field

from ovltui.events.record import OWN_NSID
from ovltui.netns.model import NetnsKey
from ovltui.state.addresses import Addresses, AddressesMemory
from ovltui.state.links import Links, LinksMemory
from ovltui.state.sights import Sights, SightsMemory


@dataclass(slots=True, eq=False)
class Tenure:
    """One namespace for as long as it holds its nsid, which is until it dies."""

    nsid: int
    born: int
    """First record that may be of it."""
    died: int | None = None
    """The record that said that it is dead."""
    key: NetnsKey | None = None
    """Which namespace it is; None until discovery has opened it."""
    announced: bool = False
    """Whether its RTM_NEWNSID was received."""
    seen: int = 0
    """Records before this one are surely of it: it was open then."""
    links: Links = field(default_factory=Links)
    addresses: Addresses = field(default_factory=Addresses)
    sights: Sights = field(default_factory=Sights)
    home: bool = False
    """Whether a machine listens in it, among several: the numbers that come and go in it are births and deaths."""


@dataclass(frozen=True, slots=True)
class TenureMemory:
    """A tenure as a value."""

    nsid: int
    born: int
    links: LinksMemory
    addresses: AddressesMemory
    sights: SightsMemory
    died: int | None = None
    key: NetnsKey | None = None
    announced: bool = False
    seen: int = 0
    home: bool = False


@dataclass(frozen=True, slots=True)
class TenuresMemory:
    """All tenures as a value, in the order of their births for each nsid."""

    tenures: tuple[TenureMemory, ...]
    last_gap: int
    gaps: tuple[tuple[str, int], ...] = ()
    """The last gap of each machine, where there are several."""


class Tenures:
    """All tenures, living and remembered; any thread reads, and who writes from several threads takes turns.

    Args:
        own: the namespace in which we listen.
    """

    def __init__(self, own: NetnsKey | None) -> None:
        self._by_nsid: dict[int, list[Tenure]] = {OWN_NSID: [Tenure(OWN_NSID, 0, key=own)]}
        self._by_key: dict[NetnsKey, Tenure] = {}
        self.last_gap = -1
        """The last record that said that messages were lost before it; -1 for none."""
        self._gaps: dict[str, int] = {}
        """Of those that are of one machine alone, the last of each; ``_common_gap`` is the last of the others."""
        self._common_gap = -1
        if own:
            self._by_key[own] = self._by_nsid[OWN_NSID][0]

    def at(self, nsid: int, seq: int) -> Tenure | None:
        """Return who held ``nsid`` when record ``seq`` was received."""
        for tenure in reversed(self._by_nsid.get(nsid, ())):
            if tenure.born <= seq and (tenure.died is None or seq <= tenure.died):
                return tenure
        return None

    def latest(self, nsid: int, seq: int) -> Tenure | None:
        """Return who held ``nsid`` last, up to record ``seq``, dead by then or not."""
        return next((tenure for tenure in reversed(self._by_nsid.get(nsid, ())) if tenure.born <= seq), None)

    @property
    def living(self) -> tuple[int, ...]:
        """All nsids that somebody holds now, but for our own namespace's."""
        held = (tenures[-1] for tenures in tuple(self._by_nsid.values()))
        return tuple(tenure.nsid for tenure in held if tenure.died is None and tenure.nsid != OWN_NSID)

    def of(self, key: NetnsKey) -> Tenure | None:
        """Return the tenure of a namespace, dead or alive."""
        return self._by_key.get(key)

    def home_of(self, key: NetnsKey) -> Tenure | None:
        """Return where the machine of a namespace listens, where there are several."""
        held = (tenures[-1] for tenures in tuple(self._by_nsid.values()))
        return next(
            (one for one in held if one.home and one.died is None and one.key and one.key.host == key.host), None
        )

    def number_of(self, nsid: int) -> tuple[Tenure, int] | None:
        """Return where a machine of several listens, and which number one of ours has there; None for one of none."""
        for tenures in tuple(self._by_nsid.values()):
            for tenure in tenures:
                there = tenure.sights.number_of(nsid) if tenure.home else None
                if there is not None:
                    return tenure, there
        return None

    def begin(self, nsid: int, seq: int) -> Tenure:
        """Take in a RTM_NEWNSID at ``seq``; one that discovery made known before the stream did goes on."""
        tenure = self._living(nsid)
        if tenure and tenure.announced:  # its end was lost in a gap
            tenure.died, tenure = seq - 1, None
        tenure = tenure or self._add(Tenure(nsid, seq))
        tenure.announced = True
        return tenure

    def heard(self, nsid: int, seq: int) -> Tenure:
        """Return who holds ``nsid`` at ``seq``, of whom a record came, announced or not."""
        return self.at(nsid, seq) or self._add(Tenure(nsid, self._free_since(nsid)))

    def gap(self, seq: int, host: str | None = None) -> None:
        """Take in that messages before record ``seq`` were lost: births and deaths may be among them.

        Args:
            seq: the record that says so.
            host: of which machine, as in its keys; None where there is but one.
        """
        self.last_gap = seq
        if host is None:
            self._common_gap = seq
        else:
            self._gaps[host] = seq

    def last_gap_of(self, key: NetnsKey | None) -> int:
        """Return the last record that said that messages of a namespace's machine were lost; -1 for none."""
        return max(self._common_gap, self._gaps.get(key.host, -1) if key else -1)

    def end_all(self, host: str, seq: int) -> tuple[Tenure, ...]:
        """Take in at ``seq`` that all that is known of a machine ends; return whose tenures ended.

        What held a number there keeps its name for the records before; it lives on only if it is bound anew.
        """
        held = [tenures[-1] for tenures in tuple(self._by_nsid.values())]
        ended = tuple(one for one in held if one.died is None and one.key and one.key.host == host)
        for tenure in ended:
            tenure.died = seq
        for key in [key for key in self._by_key if key.host == host]:
            del self._by_key[key]
        return ended

    def end(self, nsid: int, seq: int) -> Tenure:
        """Take in a RTM_DELNSID at ``seq``; return whose tenure ended."""
        tenure = self._living(nsid) or self._add(Tenure(nsid, self._free_since(nsid)))
        tenure.died = seq
        return tenure

    def bind(self, nsid: int, key: NetnsKey, seq: int, *, home: bool = False) -> Tenure | None:
        """Take in that ``key``, which is open right now, holds ``nsid``; return its tenure.

        Return None while the stream still says that another one holds it: the stream is behind, and the death of
        that one is to come. If that was lost in a gap, the other one's tenure ends with the gap.

        Args:
            nsid: what the kernel says.
            key: which namespace it is.
            seq: the next record before the kernel was asked.
            home: whether a machine listens in it, among several.
        """
        tenure = self._by_key.get(key)
        if tenure and tenure.died is not None:  # it lives: an earlier holder, of whom that death was, was taken for it
            tenure.key, tenure.links, tenure.addresses = None, Links(), Addresses()
            tenure = None
        tenure = tenure or self._living(nsid)
        if tenure and tenure.key not in (None, key):
            gap = self.last_gap_of(tenure.key)
            if gap <= tenure.seen:
                return None
            tenure.died, tenure = gap - 1, None
        tenure = tenure or self._add(Tenure(nsid, self._free_since(nsid)))
        tenure.key, tenure.home = key, tenure.home or home
        tenure.seen = max(tenure.seen, seq)
        self._by_key[key] = tenure
        return tenure

    def prune(self, first: int) -> tuple[NetnsKey, ...]:
        """Forget tenures and links that ended before record ``first``; return the keys that went with them."""
        gone = []
        for nsid, tenures in list(self._by_nsid.items()):
            kept = [tenure for tenure in tenures if tenure.died is None or tenure.died >= first]
            gone += [tenure for tenure in tenures if tenure not in kept]
            if kept:
                self._by_nsid[nsid] = kept
            else:
                del self._by_nsid[nsid]
            for tenure in kept:
                tenure.links.prune(first)
        if not gone:
            return ()
        left = {tenure.key for tenures in self._by_nsid.values() for tenure in tenures}
        keys = tuple(dict.fromkeys(tenure.key for tenure in gone if tenure.key and tenure.key not in left))
        for key in keys:
            self._by_key.pop(key, None)
        return keys

    def memory(self) -> TenuresMemory:
        """Return all that is known; nobody may write meanwhile."""
        found = (tenure for tenures in self._by_nsid.values() for tenure in tenures)
        gaps = tuple(self._gaps.items())
        return TenuresMemory(tuple(_memory(tenure) for tenure in found), self.last_gap, gaps)

    def recall(self, memory: TenuresMemory) -> None:
        """Know what was known when ``memory`` was made, and nothing else."""
        self._by_nsid, self._by_key, self.last_gap = {}, {}, memory.last_gap
        self._gaps = dict(memory.gaps)
        # The newest gap is of all machines, unless one of them has it to itself.
        self._common_gap = -1 if memory.last_gap in self._gaps.values() else memory.last_gap
        for one in memory.tenures:
            tenure = Tenure(one.nsid, one.born, one.died, one.key, one.announced, one.seen, home=one.home)
            tenure.links.recall(one.links)
            tenure.addresses.recall(one.addresses)
            tenure.sights.recall(one.sights)
            self._add(tenure)
            if one.key:
                self._by_key[one.key] = tenure

    def _living(self, nsid: int) -> Tenure | None:
        tenures = self._by_nsid.get(nsid)
        return tenures[-1] if tenures and tenures[-1].died is None else None

    def _free_since(self, nsid: int) -> int:
        """Return the first record that cannot be of an earlier holder."""
        tenures = self._by_nsid.get(nsid)
        died = tenures[-1].died if tenures else None
        return 0 if died is None else died + 1

    def _add(self, tenure: Tenure) -> Tenure:
        # A list that readers hold is never changed: they see the old one or the new one.
        self._by_nsid[tenure.nsid] = [*self._by_nsid.get(tenure.nsid, ()), tenure]
        return tenure


def _memory(tenure: Tenure) -> TenureMemory:
    return TenureMemory(
        tenure.nsid,
        tenure.born,
        tenure.links.memory(),
        tenure.addresses.memory(),
        tenure.sights.memory(),
        tenure.died,
        tenure.key,
        tenure.announced,
        tenure.seen,
        tenure.home,
    )
