"""What formatting needs to know beside the bytes: names that belong to a namespace and to a moment."""

from collections.abc import Mapping
from typing import Any, Protocol

from ovltui.events.look import Look


class Names(Protocol):
    """Names as of record ``seq``; every answer is clean text, never empty."""

    def netns(self, nsid: int, seq: int) -> str:
        """Name of the namespace that ``nsid`` meant at ``seq``; ``nsid 7`` where it is not known."""

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        """Name of a link of that namespace at ``seq``; ``if7`` where it is not known."""

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        """Name of the namespace in which an event of Docker, decoded, took place, or None where it is not known."""

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        """Name of the namespace that ``peer_nsid`` means inside namespace ``nsid``, or None where unknown."""

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        """Name of a link in the namespace that ``peer_nsid`` means inside ``nsid``, as ``mynet01/veth1``, or None."""

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        """What a link of that namespace looked like before record ``seq``, or None where that is not known."""
