"""Who of several hosts is next while their past is read: the one whose message the server kept first.

Source: the times at which the server kept messages. In one thread, that of the connection. Incomplete: what the server
kept within the same tick may come in either order; a host that has come to the present waits for nobody.
"""

import asyncio

_PATIENCE_S = 5.0
"""Seconds that a host waits for the others at most: the server may be slow with one of them."""


class Turns:
    """The order of hosts that are read from a time in the past on."""

    def __init__(self) -> None:
        self._behind: dict[object, int] = {}
        self._changed = asyncio.Condition()

    def enter(self, host: object) -> None:
        """Let the others wait for a host, from any thread before it is read."""
        self._behind[host] = 0

    async def take(self, host: object, kept_ns: int) -> None:
        """Wait until no other host may have something older than what was kept at a time, in nanoseconds."""
        if host not in self._behind:
            return
        async with self._changed:
            self._behind[host] = kept_ns
            self._changed.notify_all()
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: self._is_next(kept_ns)), _PATIENCE_S)
            except TimeoutError:  # the others stand where they come
                return

    async def leave(self, host: object) -> None:
        """Let nobody wait for a host any more: it has come to the present, or has ended."""
        if self._behind.pop(host, None) is not None:
            async with self._changed:
                self._changed.notify_all()

    def _is_next(self, kept_ns: int) -> bool:
        return kept_ns <= min(self._behind.values(), default=kept_ns)
