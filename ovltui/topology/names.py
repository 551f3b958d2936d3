"""Names of links and namespaces for the lines of events, out of places.

Source: ``Place``. Pure; it is an ``events.names.Names`` in which the place's number stands for its nsid, and all are of
one moment. Incomplete: where a place is not known, the number stands in its place.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ovltui.events.decode import decode
from ovltui.events.look import Look, look_of
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.netns.model import NetnsKey
from ovltui.state.tables import Contents
from ovltui.topology.links import link_of
from ovltui.topology.place import Place


@lru_cache(maxsize=1 << 14)
def fields_of(raw: bytes) -> Mapping[str, Any]:
    """Return what a message says, not to be changed."""
    return decode(Record(0, 0, OWN_NSID, Kind.MESSAGE, raw)).fields


class PlaceNames:
    """The names.

    Args:
        places: all that are known.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = tuple(places)
        self._numbers = {place.key: number for number, place in enumerate(self._places)}
        self._links: dict[NetnsKey, dict[int, str]] = {}

    def record(self, key: NetnsKey, raw: bytes) -> Record:
        """Return a message of a place as a record that these names fit to."""
        return Record(0, 0, self._numbers[key], Kind.MESSAGE, raw)

    def netns(self, nsid: int, seq: int) -> str:
        """Name of a place."""
        del seq
        return self._places[nsid].name

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        """Name of a link of a place."""
        del seq
        return self._name(nsid, ifindex) or f"if{ifindex}"

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        """Name of the place whose container has the name of an event of Docker."""
        return next((place.name for place in self._places if place.identity.container == fields.get("name")), None)

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        """Name of the place that a number means inside of another."""
        del seq
        number = self._seen(nsid, peer_nsid)
        return None if number is None else self._places[number].name

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        """Name of a link there, with its place."""
        del seq
        number = self._seen(nsid, peer_nsid)
        name = None if number is None else self._name(number, ifindex)
        return None if number is None or name is None else f"{self._places[number].name}/{name}"

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        """What a link of a place looks like."""
        del seq
        for raw in _links(self._places[nsid].contents):
            fields = fields_of(raw)
            if fields.get("ifindex") == ifindex and "family" not in fields:
                return look_of(fields)
        return None

    def _seen(self, nsid: int, peer_nsid: int) -> int | None:
        key = self._places[nsid].sights.get(peer_nsid)
        return None if key is None else self._numbers.get(key)

    def _name(self, number: int, ifindex: int) -> str | None:
        place = self._places[number]
        if place.key not in self._links:
            found = (link_of(place.key, raw) for raw in _links(place.contents))
            self._links[place.key] = {link.key.ifindex: link.ifname for link in found if link}
        return self._links[place.key].get(ifindex)


def _links(contents: Contents) -> tuple[bytes, ...]:
    return contents.rows(Object.LINK)
