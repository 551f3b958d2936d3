"""How often vxlan devices were asked for addresses that they do not know, within the last minute.

Source: RTM_GETNEIGH of the ring, repeats included, in namespaces that have such a device. Pure but for what it reads.
Incomplete: a time is that of the look, within a second of the event; of one address it counts ``MOST`` at most.
"""

from collections import deque
from collections.abc import Collection, Mapping

from ovltui.events.decode import decode
from ovltui.events.record import Kind, Record
from ovltui.events.ring import Ring
from ovltui.kernel.wire import Rtm
from ovltui.netns.model import NetnsKey

WINDOW_NS = 60 * 10**9
MOST = 100
"""Misses of one address that are counted."""
ADDRESSES = 1000
"""Addresses that are counted; of more, the first ones."""
_ASKS = int(Rtm.GETNEIGH).to_bytes(2, "little")

Missed = tuple[NetnsKey, int, str]
"""Namespace, ifindex, and the IP address or MAC."""


class Misses:
    """Counts; one thread uses it.

    Args:
        ring: the records.
    """

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._next = ring.first
        self._times: dict[Missed, deque[int]] = {}
        self._counts: Mapping[Missed, int] = {}

    def look(self, keys: Mapping[int, NetnsKey], now_ns: int) -> Mapping[Missed, int]:
        """Take in what came; return the counts, the very same value while they are the same.

        Args:
            keys: the namespaces that matter, by nsid.
            now_ns: the time, in nanoseconds since the epoch.
        """
        start, self._next = max(self._next, self._ring.first), self._ring.end
        for seq, nsid, raw in self._ring.received(start, self._next, keys) if keys else ():
            if raw[4:6] == _ASKS:
                self._take(keys[nsid], Record(seq, now_ns, nsid, Kind.MESSAGE, raw))
        self._forget(keys.values(), now_ns - WINDOW_NS)
        counts = {missed: len(times) for missed, times in self._times.items()}
        if counts != self._counts:
            self._counts = counts
        return self._counts

    def _take(self, key: NetnsKey, record: Record) -> None:
        fields = decode(record).fields
        address = {"l3": fields.get("dst"), "l2": fields.get("mac")}.get(fields.get("miss", ""))
        if address:
            missed = (key, fields["ifindex"], address)
            if missed in self._times or len(self._times) < ADDRESSES:
                self._times.setdefault(missed, deque(maxlen=MOST)).append(record.time_ns)

    def _forget(self, keys: Collection[NetnsKey], before_ns: int) -> None:
        for missed, times in tuple(self._times.items()):
            while times and times[0] < before_ns:
                times.popleft()
            if not times or missed[0] not in keys:
                del self._times[missed]
