"""A session without a kernel whose namespaces are wired as places made by hand say."""

from collections.abc import Iterable

from ovltui.events.record import OWN_NSID
from ovltui.kernel.wire import Table
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session
from ovltui.state.tables import Contents
from ovltui.topology.place import Place
from tests.tui.world import HOST, feed

_FIRST_NSID = 1000


def nsid_of(key: NetnsKey) -> int:
    """Return the number under which events of a namespace come."""
    return OWN_NSID if key == HOST else _FIRST_NSID + key.id


class WiredSession(Session):
    """The session.

    Args:
        places: its namespaces; the first is our own.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        super().__init__("vm", HOST)
        self._contents: dict[NetnsKey, Contents] = {}
        self._netns: dict[NetnsKey, Netns] = {}
        self._whose: dict[NetnsKey, Place] = {}
        self.lay(places)

    def lay(self, places: Iterable[Place]) -> None:
        """Let the namespaces be these from now on, and tell it as the kernel would."""
        made = list(places)
        fresh = [place for place in made if self._whose.get(place.key) != place]
        self._whose = {place.key: place for place in made}
        for place in made:
            if place.key != HOST and self.tenures.of(place.key) is None:
                self.tenures.bind(nsid_of(place.key), place.key, 0)
        for place in fresh:
            tenure = self.tenures.of(place.key)
            assert tenure
            for number, key in place.sights.items():
                tenure.sights.learn(number, 0, nsid_of(key))
            self._contents[place.key] = place.contents
        self.publish(tuple(map(_netns, made)), given={place.key: place.identity for place in made})
        for place in fresh:
            feed(self, nsid_of(place.key), *place.contents.messages[Table.LINKS])

    def tables_of(self, netns: Netns) -> Contents:
        """Return the tables that the places have."""
        return self._contents[netns.key]


def _netns(place: Place) -> Netns:
    own = place.key == HOST
    mounts = () if own else (Mount(1, 1, f"/run/docker/netns/{place.key.id}"),)
    return Netns(place.key, 4026530000 + place.key.id, None if own else nsid_of(place.key), own, mounts, ())
