"""Which network is drawn: the user's, else that of the namespace they came from, else the first overlay network."""

from collections.abc import Sequence
from dataclasses import replace

from ovltui.session.wiring import Wiring
from ovltui.topology.draw.networks import ELSE
from ovltui.topology.place import Place
from ovltui.tui.sights import Sights
from tests.topology.drawn import BRIDGE, FIRST, HOST, OVERLAY, host, places
from tests.topology.made import key, link, place
from tests.tui.wired import WiredSession


def pair(one: int, two: int) -> list[Place]:
    """Two namespaces that are tied to each other alone."""
    made = [place(number, f"n{number}", (link(2, "eth0", "veth", tied=2, nsid=0),)) for number in (one, two)]
    return [replace(made[0], sights={0: key(two)}), replace(made[1], sights={0: key(one)})]


def newborn() -> list[Place]:
    """The node with a container whose cable hangs on no bridge yet, and with an overlay network of nobody's."""
    net = place(OVERLAY, "mynet01", (link(BRIDGE, "br0", "bridge"),))
    return [host(), replace(net, identity=places(1, 1)[1].identity), *pair(FIRST, 80)]


def names(made: Sequence[Place]) -> tuple[WiredSession, Sights]:
    session = WiredSession(made)
    return session, Sights(Wiring(session), dict)


def drawn(sights: Sights) -> str:
    sights.look()
    assert sights.network
    return sights.network.name


def test_the_drawing_of_a_newborn_namespace_follows_it_into_its_network() -> None:
    session, sights = names(newborn())
    sights.choose_around(key(FIRST))
    assert drawn(sights) == ELSE
    session.lay(places(1, 1))
    assert drawn(sights) == "mynet01"


def test_the_drawing_of_a_namespace_that_is_not_wired_at_all_yet_does_so_as_well() -> None:
    session, sights = names(newborn()[:1])
    sights.choose_around(key(FIRST))
    session.lay(places(1, 1))
    assert drawn(sights) == "mynet01"


def test_what_the_user_chose_instead_stays() -> None:
    session, sights = names(newborn())
    sights.choose_around(key(FIRST))
    assert sights.networks[-1].name == ELSE
    sights.step(-1)
    chosen = drawn(sights)
    assert chosen not in (ELSE, "mynet01")
    session.lay(places(1, 1))
    assert drawn(sights) == chosen


def test_for_a_namespace_that_carries_tunnels_their_network_is_drawn() -> None:
    _, sights = names([*places(1, 1), *pair(80, 81)])
    sights.choose_around(key(HOST))
    assert drawn(sights) == "mynet01"
    assert any(network.name == ELSE for network in sights.networks)


def test_a_namespace_that_is_tied_to_no_network_is_drawn_among_everything_else() -> None:
    _, sights = names([*places(1, 1), *pair(80, 81)])
    assert drawn(sights) == "mynet01"
    sights.choose_around(key(81))
    assert drawn(sights) == ELSE
