"""Things of several machines in one order: by our time, after a moment in which others may still come.

Source: ``session.joined_feed``. Pure but for the clock that the caller reads. What one machine says stays in its own
order. Incomplete: what comes later than ``HOLD_S`` after it happened stands where it came.
"""

from collections.abc import Iterable, Iterator
from operator import itemgetter

from ovltui.session.joined_feed import Thing
from ovltui.session.joined_host import Host

HOLD_S = 0.1
"""Seconds that a record waits for older ones of other machines."""
_KEY = itemgetter(0)


def merged(hosts: Iterable[Host], now_ns: int) -> Iterator[tuple[Host, Thing]]:
    """Yield what is due at a time, in nanoseconds since the epoch, in order, and forget it."""
    hosts = tuple(hosts)
    # Of one machine alone nothing can come in between.
    due_ns = now_ns - int(HOLD_S * 10**9) if len(hosts) > 1 else now_ns
    found = [(key, host, thing) for host in hosts for key, _, thing in host.feed.take(due_ns)]
    found.sort(key=_KEY)
    return ((host, thing) for _, host, thing in found)
