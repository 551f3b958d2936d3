"""What a look costs after an event, at 1,000 namespaces with 50 networks: ``python tests/bench/looks.py [NAME ...]``.

Of the wiring, and of the keeper of findings. Needs no privileges: the namespaces are made by hand, and kept as a
living session keeps them. Nothing else should run.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.checks.scene import Scene, Underfoot
from ovltui.events.record import OWN_NSID
from ovltui.kernel.wire import Rtm, Table
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.asker import Answer
from ovltui.session.findings import Findings
from ovltui.session.intents import Intents
from ovltui.session.kept import Kept
from ovltui.session.session import Session
from ovltui.session.underfoot import UnderfootKeeper
from ovltui.session.wiring import Wiring
from ovltui.state.tables import Contents, Tables
from ovltui.topology.place import Place
from tests.bench.figures import Figures, measure
from tests.checks.city import FIRST_GUEST, guests, places, scene
from tests.checks.town import ETH0, failed, host, route, row
from tests.topology import made
from tests.tui.world import feed

EVENTS = 60
OWN = made.key(host(1))


class City(Session):
    """A session with all namespaces of the city, read and without doubt."""

    def __init__(self, laid: list[Place]) -> None:
        super().__init__("vm", OWN)
        netnses = tuple(map(_netns, laid))
        for place in laid:
            if place.key != OWN:
                self.tenures.bind(_nsid(place.key), place.key, 0)
        self.publish(netnses, given={place.key: place.identity for place in laid})
        for place, netns in zip(laid, netnses, strict=True):
            feed(self, _nsid(place.key), *place.contents.messages[Table.LINKS])
            tenure, tables = self.tenures.of(place.key), Tables()
            assert tenure
            for number, there in place.sights.items():
                tenure.sights.learn(number, 0, _nsid(there))
            for table, messages in place.contents.messages.items():
                tables.load(table, messages)
            with self.kept.lock:
                self.kept.catch_up()
                self.kept.put(Kept(tenure, netns, tables, self.ring.end, 1))

    def tables_of(self, netns: Netns) -> Contents:
        """Return what is kept."""
        tenure = self.tenure_of(netns)
        assert tenure
        return self.kept.contents(tenure)


class Told(Intents):
    """What engines intend, without engines."""

    def __init__(self, told: Scene) -> None:
        super().__init__(lambda: (), lambda: None)
        mine = {seat.url: tuple(one for one in told.intents if one.url == seat.url) for seat in told.seats}
        self._told = tuple(Answer(seat.url, 1, mine[seat.url], seat) for seat in told.seats)

    def answers(self) -> tuple[Answer, ...]:
        """Return it."""
        return self._told


class Beneath(UnderfootKeeper):
    """What is read of nodes, without nodes."""

    def __init__(self, told: Scene) -> None:
        super().__init__(dict, lambda: None)
        self._found = told.underfoot

    def known(self) -> Mapping[NetnsKey, Underfoot]:
        """Return it."""
        return self._found


class Keeper(Findings):
    """The keeper, without its thread."""

    def __init__(self, session: Session, told: Scene) -> None:
        super().__init__(session, Wiring(session))
        self._underfoot.close()
        self.intents, self._underfoot = Told(told), Beneath(told)

    def look(self) -> None:
        """Look once."""
        self._look()


def _nsid(key: NetnsKey) -> int:
    return OWN_NSID if key == OWN else key.id


def _netns(place: Place) -> Netns:
    own, number = place.key == OWN, place.key.id
    mounts = () if own else (Mount(1, 1, f"/run/docker/netns/{number}"),)
    return Netns(place.key, 4026530000 + number, None if own else number, own, mounts, ())


def _gone(raw: bytes, kind: Rtm) -> bytes:
    return raw[:4] + int(kind).to_bytes(2, "little") + raw[6:]


def _events(laid: list[Place]) -> Iterator[tuple[str, Callable[[int], tuple[int, bytes]]]]:
    """Yield what may happen: a name, and what returns nsid and message of the event of each number."""
    rows = [row(guests(0, 2)[0]), _gone(row(guests(0, 2)[0]), Rtm.DELNEIGH)]
    routes = [route("10.200.0.0/16", 5), _gone(route("10.200.0.0/16", 5), Rtm.DELROUTE)]
    yield "a lost or found forwarding entry", lambda number: (laid[0].key.id, rows[1 - number % 2])
    yield "a route of a member", lambda number: (FIRST_GUEST, routes[number % 2])
    yield "a neighbour of a node", lambda number: (OWN_NSID, failed(f"192.168.56.{number % 200 + 20}", ETH0))


@contextmanager
def _timed(figures: Figures, name: str) -> Iterator[None]:
    begun = time.thread_time()
    yield
    figures.add(f"{name}: processor", (time.thread_time() - begun) * 1e3, "ms")


def _measure(figures: Figures, laid: list[Place], city: City, look: Callable[[], object]) -> None:
    with _timed(figures, "the first look"):
        look()
    numbers = count()
    for name, event in _events(laid):
        spent = []
        for _ in range(EVENTS):
            feed(city, *event(next(numbers)))
            begun = time.thread_time()
            look()
            spent.append(time.thread_time() - begun)
        figures.add(f"after {name}: processor", median(spent) * 1e3, "ms", 1)


def wiring(figures: Figures) -> None:
    """The topology out of what the session keeps."""
    laid = places()
    city = City(laid)
    _measure(figures, laid, city, Wiring(city).look)


def keeper(figures: Figures) -> None:
    """What is wrong: the topology, the scene, all checks, the cases."""
    laid = places()
    city, told = City(laid), scene(laid)
    city.engines_changed(told.engines)
    with_findings = Keeper(city, told)
    try:
        _measure(figures, laid, city, with_findings.look)
    finally:
        with_findings.close()


if __name__ == "__main__":
    measure(wiring, keeper)
