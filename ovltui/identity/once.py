"""Which events were told already: an engine repeats some when its stream begins anew, or is reached in two ways.

Pure but for a lock. Incomplete: it remembers so many events; an engine itself keeps 256 to repeat.
"""

import threading

from ovltui.identity.model import EngineEvent

_REMEMBERED = 4096

_Sign = tuple[int, str, str, str, str]


class Once:
    """Lets each event pass once, whoever tells it; any thread asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[_Sign, None] = {}

    def is_new(self, event: EngineEvent) -> bool:
        """Return whether this is the first time that the event comes by.

        Managers of one swarm tell its events alike, so who tells does not count.
        """
        sign = (event.time_ns, event.object, event.action, event.id, event.container)
        with self._lock:
            if sign in self._seen:
                return False
            self._seen[sign] = None
            if len(self._seen) > _REMEMBERED:
                del self._seen[next(iter(self._seen))]
            return True
