"""What the making of a line asked about names, so that the line holds for as long as the answers do.

Source: names over time. Pure. Incomplete: an era is that of one namespace; what was asked about another one has to be
asked again each time.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ovltui.events.look import Look
from ovltui.events.names import Names

T = TypeVar("T")
Question = tuple[Callable[..., object], tuple[int, ...], object]
"""What was asked, with what but for the record, and the answer."""


class Asked:
    """Names that note each question about a message, with its answer.

    Args:
        names: they answer.
        nsid: the namespace of the message.
    """

    def __init__(self, names: Names, nsid: int) -> None:
        self._names = names
        self._nsid = nsid
        self.own: list[Question] = []
        """Those whose answers stay what they are within an era of the namespace."""
        self.foreign: list[Question] = []

    def netns(self, nsid: int, seq: int) -> str:
        """As of ``Names``, like all that follows."""
        return self._noted(self.own if nsid == self._nsid else self.foreign, self._names.netns, seq, nsid)

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        """Name of a link."""
        return self._noted(self.own if nsid == self._nsid else self.foreign, self._names.link, seq, nsid, ifindex)

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        """Name of a namespace; no message asks it."""
        return self._names.docker_netns(fields)

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        """Name of another namespace."""
        return self._noted(self.foreign, self._names.netns_seen_from, seq, nsid, peer_nsid)

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        """Name of a link of another namespace."""
        return self._noted(self.foreign, self._names.link_seen_from, seq, nsid, peer_nsid, ifindex)

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        """What a link looked like."""
        return self._noted(self.foreign, self._names.look_before, seq, nsid, ifindex)

    def _noted(self, among: list[Question], ask: Callable[..., T], seq: int, *what: int) -> T:
        answer = ask(*what, seq)
        among.append((ask, what, answer))
        return answer
