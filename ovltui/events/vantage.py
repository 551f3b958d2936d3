"""From where and when names are asked: a record's namespace and its place in the stream.

Source: ``ovltui.events.names``. Privileges: none. Incomplete: where a name is not known, the number stands in
its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ovltui.events.look import Look
from ovltui.events.names import Names
from ovltui.events.record import OWN_NSID


@dataclass(frozen=True, slots=True)
class Vantage:
    """The namespace and the moment of one record."""

    names: Names
    nsid: int
    """Namespace of the record, in the namespace that listens."""
    seq: int

    @property
    def own(self) -> bool:
        """Whether the record is of the namespace that listens."""
        return self.nsid == OWN_NSID

    def link(self, ifindex: int) -> str:
        """Return the name of a link of this namespace."""
        return self.names.link(self.nsid, ifindex, self.seq)

    def netns(self) -> str:
        """Return the name of this namespace."""
        return self.names.netns(self.nsid, self.seq)

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        """Return the name of the namespace in which an event of Docker took place, or None where it is not known."""
        return self.names.docker_netns(fields)

    def peer(self, nsid: int) -> str:
        """Return the name of the namespace that this one calls ``nsid``; ``nsid 3`` where it is not known."""
        if nsid < 0:
            return "unknown"
        return self.names.netns_seen_from(self.nsid, nsid, self.seq) or f"nsid {nsid}"

    def peer_link(self, nsid: int, ifindex: int) -> str | None:
        """Return the name of a link in the namespace that this one calls ``nsid``, or None where it is not known."""
        return self.names.link_seen_from(self.nsid, nsid, ifindex, self.seq)

    def look_before(self, ifindex: int) -> Look | None:
        """Return what a link of this namespace looked like before, or None where that is not known."""
        return self.names.look_before(self.nsid, ifindex, self.seq)
