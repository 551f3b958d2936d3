"""One machine's stream in the words of a session that joins several: its numbers, its keys, its times.

Source: the inputs of ``capture.inputs``, as one connection brings them. Pure. Each machine numbers namespaces and
records for itself, and two may have the same; here each number of one connection gets one of the session's own, which
no other namespace ever has. The bytes of messages stay: what a number inside of them means is a matter of sights, of
the machine's own namespace too. Incomplete: what the machine forgot before the connection began is not told.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ovltui.capture.inputs import Bound, Failed, Loaded, Read, Sighted, State
from ovltui.events.record import OWN_NSID
from ovltui.netns.model import Mount, Netns, NetnsKey, numbered
from ovltui.state.tenure import TenureMemory

_PRUNED = 4096
"""Numbers of dropped records that are forgotten in one go."""
_MNTNS_BITS = 40
"""Inodes of mount namespaces have 32; above these stands of which machine they are."""
Told = tuple[Bound | Loaded | Sighted | Read | Failed, tuple[bytes, ...]]
"""An input, and its blobs."""


class Numbers:
    """Which nsid of the session each namespace of a machine has, during one connection.

    Args:
        fresh: returns an nsid that nobody has or had.
    """

    def __init__(self, fresh: Callable[[], int]) -> None:
        self._fresh = fresh
        self._here: dict[int, int] = {}
        self._ended: set[int] = set()
        self.there: dict[int, int] = {}
        """The machine's own number, by the session's."""
        self.news: list[tuple[int, int]] = []
        """Pairs (there, here) that were given since they were taken last."""

    def of(self, there: int) -> int:
        """Return the session's nsid for one of the machine; a new one where its last holder is dead."""
        here = self._here.get(there)
        if here is None or there in self._ended:
            here = self._here[there] = self._fresh()
            self._ended.discard(there)
            self.there[here] = there
            self.news.append((there, here))
        return here

    def end(self, there: int) -> None:
        """Take in that the holder of a number died."""
        if there in self._here:
            self._ended.add(there)

    def is_new(self, there: int) -> bool:
        """Whether ``of`` would give a number."""
        return there not in self._here or there in self._ended


class Seqs:
    """Which record of the session each record of a connection is.

    Args:
        first: the first record that comes, in the machine's numbers.
        here: the next record of the session at that time.
    """

    def __init__(self, first: int, here: int) -> None:
        self._base = first
        self._shift = here - first
        self._here = array("q")

    @property
    def next(self) -> int:
        """The machine's number of the record that comes next."""
        return self._base + len(self._here)

    def add(self, here: int) -> None:
        """Take in that the next record is ``here`` in the session."""
        self._here.append(here)

    def has(self, there: int) -> bool:
        """Whether a record came, and is not forgotten."""
        return self._base <= there < self.next

    def here(self, there: int, end: int) -> int:
        """Return the session's number of a record; of one before all that came, one that is as much before them.

        Args:
            there: the machine's number.
            end: what the next record gets.
        """
        if there >= self.next:
            return end
        if there < self._base:
            return there + self._shift
        return self._here[there - self._base]

    def prune(self, first: int) -> None:
        """Forget the records before ``first`` of the session, when they are many."""
        gone = bisect_left(self._here, first)
        if gone >= _PRUNED:
            self._shift = self._here[gone - 1] + 1 - (self._base + gone)
            self._base += gone
            del self._here[:gone]


@dataclass(slots=True, eq=False)
class Translation:
    """Translates the inputs of one connection."""

    host: str
    """What the machine is called in keys."""
    number: int
    """Of the machine, from 1: no other one of the session has it."""
    session: str
    """What the session is called in keys of namespaces of which nothing but the number is known."""
    numbers: Numbers
    seqs: Seqs
    end: Callable[[], int]
    """Returns the number of the session's next record."""
    here_ns: Callable[[int], int]
    """Returns our time for one of the machine's, in nanoseconds since the epoch."""

    def key(self, key: NetnsKey) -> NetnsKey:
        """Return the key of a namespace."""
        return numbered(self.session, self.numbers.of(-1 - key.id)) if key.id < 0 else NetnsKey(self.host, key.id)

    def seq(self, there: int) -> int:
        """Return the session's number of a record."""
        return self.seqs.here(there, self.end())

    def has(self, there: int) -> bool:
        """Whether a record came by this connection, and is not forgotten."""
        return self.seqs.has(there)

    def mntns(self, inode: int) -> int:
        """Return an inode of a mount namespace that no other machine's is equal to."""
        return self.number << _MNTNS_BITS | inode

    def netns(self, netns: Netns) -> Netns:
        """Return a namespace; none is our own."""
        there = OWN_NSID if netns.own else netns.nsid
        return replace(
            netns,
            key=self.key(netns.key),
            nsid=None if there is None else self.numbers.of(there),
            own=False,
            mounts=tuple(Mount(self.mntns(mount.mntns), mount.pid, mount.path) for mount in netns.mounts),
        )

    def bound(self, bound: Bound) -> Bound:
        """Return what a number means."""
        nsid, home = self.numbers.of(bound.nsid), bound.nsid == OWN_NSID
        return Bound(nsid, self.key(bound.key), self.seq(bound.seq), home)

    def loaded(self, loaded: Loaded) -> Loaded:
        """Return links and addresses."""
        seq, time_ns = self.seq(loaded.seq), self.here_ns(loaded.time_ns)
        return replace(loaded, nsid=self.numbers.of(loaded.nsid), born=self.end(), seq=seq, time_ns=time_ns)

    def sighted(self, sighted: Sighted) -> Sighted:
        """Return what a number means inside of a namespace."""
        nsid, here = self.numbers.of(sighted.nsid), self.numbers.of(sighted.here)
        return Sighted(nsid, self.end(), sighted.there, self.seq(sighted.seq), here)

    def read(self, read: Read) -> Read:
        """Return which tables were read."""
        return replace(
            read,
            nsid=self.numbers.of(read.nsid),
            born=self.end(),
            netns=self.netns(read.netns),
            read=-1 if read.read < 0 else self.seq(read.read),
            read_ns=None if read.read_ns is None else self.here_ns(read.read_ns),
        )

    def failed(self, failed: Failed) -> Failed:
        """Return which tables could not be read."""
        return Failed(self.key(failed.key), failed.says)

    def state(self, state: State, blobs: tuple[bytes, ...]) -> Iterator[Told]:
        """Yield all that was known at one moment, as inputs that can be told one after the other."""
        tenures = [one for one in state.tenures.tenures if one.died is None]
        for tenure in tenures:
            yield from self._tenure(tenure)
        for tenure in tenures:
            for there, meanings in tenure.sights:
                here = meanings[-1][1] if meanings else None
                if here is not None:
                    yield self.sighted(Sighted(tenure.nsid, 0, there, self.seqs.next, here)), ()
        rest, first = iter(blobs), self.seqs.next
        for read in state.reads:
            # What the machine itself reads again since it lost messages is not whole here, either.
            whole = read.read_ns is not None and read.read > state.tenures.last_gap
            told = replace(read, read=first if whole else -1, read_ns=read.read_ns if whole else None)
            yield self.read(told), tuple(next(rest, b"") for _ in read.tables)
        for failed in state.failed:
            yield self.failed(failed), ()

    def _tenure(self, tenure: TenureMemory) -> Iterator[Told]:
        first = self.seqs.next
        if tenure.key:
            yield self.bound(Bound(tenure.nsid, tenure.key, first)), ()
        looks = {ifindex: looks[-1][1] for ifindex, looks in tenure.links.looks if looks}
        links = tuple((link, look) for link in tenure.links.now if (look := looks.get(link.ifindex)))
        addresses = tuple(address for address, _ in tenure.addresses.now)
        if links or addresses:
            yield self.loaded(Loaded(tenure.nsid, 0, first, tenure.links.loaded_ns, links, addresses)), ()
