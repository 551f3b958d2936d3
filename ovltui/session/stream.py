"""From frames to records: the ring is filled, and links, addresses and nsids follow along.

Source: frames of ``kernel.frames``, live or made by a test, and events of Docker where they arrive. Only link, address
and nsid messages are decoded here, since every line needs their names; all others wait until somebody looks.
Incomplete: see the gap records.
"""

from collections.abc import Callable
from dataclasses import dataclass
from json import loads
from threading import Lock
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.look import look_of
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Action, Object, Pane, pane_of
from ovltui.kernel import wire
from ovltui.kernel.frames import GAP, HEADER, UNCOUNTED, FrameKind
from ovltui.netns.model import NetnsKey
from ovltui.state.addresses import address_from
from ovltui.state.links import link_from
from ovltui.state.tenure import Tenure, Tenures

_FOLLOWED = frozenset(
    (
        wire.Rtm.NEWLINK,
        wire.Rtm.DELLINK,
        wire.Rtm.NEWADDR,
        wire.Rtm.DELADDR,
        wire.Rtm.NEWNSID,
        wire.Rtm.DELNSID,
    )
)
_EVERY_PANE = tuple(Pane)
_ONE_PANE = {pane: (pane,) for pane in Pane}
_TYPE_OFFSET = 4


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
    """

    def __init__(
        self,
        ring: Ring,
        tenures: Tenures,
        on_nsid: Callable[[], None] = lambda: None,
        on_sight: Callable[[int, int, int], None] = lambda _nsid, _there, _seq: None,
    ) -> None:
        self.ring = ring
        self.tenures = tenures
        self.hearing: Hearing | None = None
        """What the reader said of itself; None before its first frame."""
        self.lost = 0
        """Messages lost so far, uncounted losses counting one."""
        self._on_nsid = on_nsid
        self._on_sight = on_sight
        self._rest = b""
        # The ring has one writer at a time; ``_turn`` is taken while ``_pen`` is held, never the other way round.
        self._pen = Lock()
        self._turn = Lock()

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

    def _feed(self, data: bytes) -> int:
        data = self._rest + data if self._rest else data
        start, end, before = 0, len(data), self.ring.end
        while start + HEADER.size <= end:
            time_ns, nsid, kind, length = HEADER.unpack_from(data, start)
            body = start + HEADER.size
            if body + length > end:
                break
            self._take(time_ns, nsid, kind, data[body : body + length])
            start = body + length
        self._rest = data[start:]
        return self.ring.end - before

    def bind(self, nsid: int, key: NetnsKey, seq: int) -> Tenure | None:
        """Take in what discovery learned, in any thread; see ``Tenures.bind``."""
        with self._turn:
            return self.tenures.bind(nsid, key, seq)

    def prune(self) -> tuple[NetnsKey, ...]:
        """Forget dead namespaces of which no record is left; return their keys."""
        with self._turn:
            return self.tenures.prune(self.ring.first)

    def _take(self, time_ns: int, nsid: int, kind: int, payload: bytes) -> None:
        if kind == FrameKind.MESSAGE:
            if int.from_bytes(payload[:4], "little") == len(payload):
                self._message(time_ns, nsid, payload)
            else:
                for message in wire.messages(payload):
                    self._message(time_ns, nsid, message)
        elif kind == FrameKind.GAP:
            lost, _ = GAP.unpack(payload)
            self.lost += 1 if lost == UNCOUNTED else lost
            seq = self.ring.append(time_ns, nsid, Kind.GAP, payload, _EVERY_PANE)
            with self._turn:
                self.tenures.gap(seq)
        elif kind == FrameKind.HELLO:
            hello = loads(payload)
            self.hearing = Hearing(hello["all_nsid"], hello["rcvbuf"], tuple(hello["says"]))

    def _message(self, time_ns: int, nsid: int, raw: bytes) -> None:
        kind = int.from_bytes(raw[_TYPE_OFFSET : _TYPE_OFFSET + 2], "little")
        seq = self.ring.append(time_ns, nsid, Kind.MESSAGE, raw, _ONE_PANE[pane_of(kind)])
        if kind in _FOLLOWED:
            self._follow(seq, nsid, kind)

    def _follow(self, seq: int, nsid: int, kind: int) -> None:
        record = self.ring[seq]
        event = decode(record)
        if event.object is Object.UNKNOWN:
            return
        if event.object is Object.NSID:
            # With a label it speaks of that namespace's own numbering, not of ours.
            if nsid == OWN_NSID:
                self._nsid(seq, kind, event.fields["nsid"])
            elif event.fields["nsid"] is not None:
                self._foreign_nsid(seq, nsid, kind, event.fields["nsid"])
            return
        with self._turn:
            tenure = self.tenures.heard(nsid, seq)
        if event.object is Object.ADDR:
            change = tenure.addresses.forget if event.action is Action.DEL else tenure.addresses.learn
            change(seq, address_from(event.fields))
        elif "family" in event.fields:
            return  # about the link as a port or an IPv6 interface: its end is not that of the link
        elif event.action in (Action.DEL, Action.MOVE):
            tenure.links.forget(seq, event.fields["ifindex"])
        else:
            self._learn_link(tenure, record, event.fields)

    def _learn_link(self, tenure: Tenure, record: Record, fields: dict[str, Any]) -> None:
        seq, link = record.seq, link_from(fields)
        tenure.links.learn(seq, link)
        tenure.links.remember(seq, record.time_ns, link.ifindex, look_of(fields))
        if link.peer_nsid is not None and tenure.sights.at(link.peer_nsid, seq) is None:
            self._on_sight(tenure.nsid, link.peer_nsid, seq)

    def _foreign_nsid(self, seq: int, nsid: int, kind: int, there: int) -> None:
        """A number of another namespace begins or ends."""
        with self._turn:
            sights = self.tenures.heard(nsid, seq).sights
        if kind == wire.Rtm.NEWNSID:
            sights.forget(there, seq)
            self._on_sight(nsid, there, seq)
        else:
            sights.forget(there, seq + 1)

    def _nsid(self, seq: int, kind: int, nsid: int) -> None:
        with self._turn:
            if kind == wire.Rtm.NEWNSID:
                self.tenures.begin(nsid, seq)
            else:
                self.tenures.end(nsid, seq)
        self._on_nsid()
