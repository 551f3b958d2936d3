"""From frames to records: the ring is filled, and links, addresses and nsids follow along.

Source: frames of ``kernel.frames``, live or made by a test, and events of Docker where they arrive. Only link, address
and nsid messages are decoded here, since every line needs their names; all others wait until somebody looks.
Incomplete: see the gap records.
"""

import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from json import loads
from operator import itemgetter
from threading import Lock

from ovltui.events.gap import notice_of, unpack_gap
from ovltui.events.look import Look
from ovltui.events.record import MESSAGES, OWN_NSID, Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane
from ovltui.kernel import wire
from ovltui.kernel.frames import HEADER, FrameKind, messages_in
from ovltui.netns.model import NetnsKey
from ovltui.session.following import FOLLOWED, Follower
from ovltui.session.tap import Tap
from ovltui.state.addresses import Address
from ovltui.state.links import Link
from ovltui.state.tenure import Tenure, Tenures

_BESIDE_SILENCE = frozenset(
    int(kind).to_bytes(2, "little")
    for kind in (wire.Rtm.NEWLINK, wire.Rtm.DELLINK, wire.Rtm.DELADDR, wire.Rtm.NEWNEXTHOP, wire.Rtm.DELNEXTHOP)
)
_EVERY_PANE = tuple(Pane)
_TYPE = slice(4, 6)
"""Where the type of a message stands."""
_TYPE_OF = itemgetter(_TYPE)
_MOST = 512
"""Messages that are taken in together; none may be read before all are."""
_MESSAGE = int(FrameKind.MESSAGE)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the reader process can and cannot hear."""

    all_nsid: bool
    """Whether it hears other namespaces than its own."""
    rcvbuf: int
    """Bytes of its receive buffer."""
    says: tuple[str, ...]
    """What it cannot hear, each a sentence."""


class Stream:
    """Takes frames in and keeps what they say; one thread feeds it, others may ``bind`` or bring events of Docker.

    Args:
        ring: where records go.
        tenures: who holds which nsid, updated as records come.
        on_nsid: called when a namespace may have been born or has died.
        on_sight: called with an nsid, a number that its namespace uses for another one, and the record from which on.
        on_doubt: called when a table of the kernel may differ from what was told: after a gap, and after each message
            that silent changes may go with.
    """

    def __init__(
        self,
        ring: Ring,
        tenures: Tenures,
        on_nsid: Callable[[], None] = lambda: None,
        on_sight: Callable[[int, int, int], None] = lambda _nsid, _there, _seq: None,
        on_doubt: Callable[[], None] = lambda: None,
    ) -> None:
        self.ring = ring
        self.tenures = tenures
        self.hearing: Hearing | None = None
        """What the reader said of itself; None before its first frame."""
        self.lost = 0
        """Messages lost so far, uncounted losses counting one."""
        self.tap = Tap()
        """Told of what comes in beside records; replaced by whoever records."""
        self._on_nsid = on_nsid
        self._on_sight = on_sight
        self._on_doubt = on_doubt
        self._rest = b""
        # The ring has one writer at a time; ``_turn`` is taken while ``_pen`` is held, never the other way round.
        self._pen = Lock()
        self._turn = Lock()
        self._follower = Follower(tenures, self._turn)

    def feed(self, data: bytes) -> int:
        """Take in frames, cut anywhere; return how many records came of them."""
        with self._pen:
            return self._feed(data)

    def docker_event(self, time_ns: int, payload: bytes) -> int:
        """Take in an event of Docker, in any thread; return its sequence number.

        Args:
            time_ns: when it happened, in nanoseconds since the epoch.
            payload: see ``events.decode_docker``.
        """
        with self._pen:
            return self.ring.append(time_ns, OWN_NSID, Kind.DOCKER, payload, _EVERY_PANE)

    def take(self, times: Sequence[int], nsids: Sequence[int], raws: Sequence[bytes], of: Kind = Kind.MESSAGE) -> None:
        """Take in messages, in any thread; the arguments are those of ``Ring.extend``."""
        with self._pen:
            self._messages(times, nsids, raws, of)

    def gap(self, time_ns: int, payload: bytes) -> int:
        """Take in, in any thread, that messages were lost; return the number of the record that says so.

        Args:
            time_ns: when, in nanoseconds since the epoch.
            payload: see ``events.gap``.
        """
        with self._pen:
            seq = self.ring.append(time_ns, OWN_NSID, Kind.GAP, payload, _EVERY_PANE)
            self._gap(seq, payload)
            return seq

    def load(
        self,
        tenure: Tenure,
        seq: int,
        time_ns: int,
        links: Sequence[tuple[Link, Look]],
        addresses: Sequence[Address],
    ) -> None:
        """Take in, in any thread, what a dump told of a namespace.

        Args:
            tenure: the namespace.
            seq: the next record when the dump began.
            time_ns: when the dump ended, in nanoseconds since the epoch.
            links: each link and what it looks like.
            addresses: all addresses.
        """
        with self._pen:
            tenure.links.load(seq, (link for link, _ in links))
            tenure.links.loaded(seq, time_ns, {link.ifindex: look for link, look in links})
            tenure.addresses.load(seq, addresses)
            self.tap.loaded(tenure, seq, time_ns, links, addresses)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing come in meanwhile, from any thread."""
        with self._pen, self._turn:
            yield

    def follow(self, record: Record) -> None:
        """Take in what a record of the ring tells of links, addresses and numbers; for sessions that are replayed."""
        if record.kind in MESSAGES:
            if record.raw[_TYPE] in FOLLOWED:
                self._follower.follow(record.seq, (record.time_ns,), (record.nsid,), (record.raw,))
                self._follower.asked.clear()
        elif record.kind is Kind.GAP:
            self._gap(record.seq, record.raw)

    def resync(self, nsid: int, find: Callable[[int], Iterable[bytes]]) -> int:
        """Append, in any thread, messages that were not received but found in the kernel; return how many.

        Args:
            nsid: the namespace that they are of.
            find: returns them. It is called with the number of the next record, and none comes until it has returned.
        """
        with self._pen:
            first = self.ring.end
            if raws := list(find(first)):
                self._messages([time.time_ns()] * len(raws), [nsid] * len(raws), raws, Kind.RESYNC)
            return self.ring.end - first

    def _feed(self, data: bytes) -> int:
        data = self._rest + data if self._rest else data
        start, end, before = 0, len(data), self.ring.end
        header, size = HEADER.unpack_from, HEADER.size
        times: list[int] = []
        nsids: list[int] = []
        raws: list[bytes] = []
        while start + size <= end:
            time_ns, nsid, kind, length = header(data, start)
            after = start + size + length
            if after > end:
                break
            payload = data[start + size : after]
            start = after
            if kind == _MESSAGE and int.from_bytes(payload[:4], "little") == length and len(raws) < _MOST:
                times.append(time_ns)
                nsids.append(nsid)
                raws.append(payload)
                continue
            self._messages(times, nsids, raws)
            times, nsids, raws = [], [], []
            self._take(time_ns, nsid, kind, payload)
        self._messages(times, nsids, raws)
        self._rest = data[start:]
        return self.ring.end - before

    def bind(self, nsid: int, key: NetnsKey, seq: int, *, home: bool = False) -> Tenure | None:
        """Take in what discovery learned, in any thread; see ``Tenures.bind``."""
        with self._turn:
            tenure = self.tenures.bind(nsid, key, seq, home=home)
            if tenure:
                self.tap.bound(nsid, key, seq, home=home)
            return tenure

    def prune(self) -> tuple[NetnsKey, ...]:
        """Forget dead namespaces of which no record is left; return their keys."""
        with self._turn:
            return self.tenures.prune(self.ring.first)

    def _take(self, time_ns: int, nsid: int, kind: int, payload: bytes) -> None:
        if kind == FrameKind.BATCH:
            numbers, raws = messages_in(payload)
            self._messages(array("q", (time_ns,)) * len(raws), numbers, raws)
        elif kind == FrameKind.MESSAGE:
            raws = list(wire.messages(payload))
            self._messages([time_ns] * len(raws), [nsid] * len(raws), raws)
        elif kind == FrameKind.GAP:
            self._gap(self.ring.append(time_ns, nsid, Kind.GAP, payload, _EVERY_PANE), payload)
            self._on_doubt()
        elif kind == FrameKind.HELLO:
            hello = loads(payload)
            self.hearing = Hearing(hello["all_nsid"], hello["rcvbuf"], tuple(hello["says"]))

    def _gap(self, seq: int, payload: bytes) -> None:
        lost, _ = unpack_gap(payload)
        self.lost += 1 if lost is None else lost
        notice = notice_of(payload)
        with self._turn:
            self.tenures.gap(seq, notice.machine if notice else None)
            if notice and notice.anew:
                self.tenures.end_all(notice.machine, seq)

    def _messages(
        self, times: Sequence[int], nsids: Sequence[int], raws: Sequence[bytes], of: Kind = Kind.MESSAGE
    ) -> None:
        """Take in messages; who reads them finds what they tell of links and numbers known already."""
        types = set(map(_TYPE_OF, raws))
        if not FOLLOWED.keys().isdisjoint(types):
            self._follower.follow(self.ring.end, times, nsids, raws)
        self.ring.extend(times, nsids, of, raws)
        # Whoever is called looks at the ring at once: not before they are in it.
        asked, self._follower.asked = self._follower.asked, []
        for question in asked:
            self._on_sight(*question)
        if self._follower.numbers_changed:
            self._follower.numbers_changed = False
            self._on_nsid()
        if not _BESIDE_SILENCE.isdisjoint(types):
            self._on_doubt()
