"""What the tour points at and where it acts, without a kernel."""

from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.snapshot import EngineStatus, Row, Snapshot
from ovltui.tui.tour_events import MOST, Pointer
from ovltui.tui.tour_places import addresses, place_of
from tests.tui.world import BLUE_NSID, RED_NSID, feed, link, lose, neigh, new_session


def row(number: int, kind: Kind, *found: str, network: str = "n1", driver: str | None = "overlay") -> Row:
    netns = Netns(NetnsKey("vm", number), 4026530000 + number, number, number == 1, (), ())
    identity = Identity(f"{kind}{number}", kind, "", network=network, driver=driver, network_id=network)
    return Row(netns, identity, (), found)


HOST = row(1, Kind.HOST, network="", driver=None)
OVERLAY = row(2, Kind.OVERLAY)
BRIDGED = row(3, Kind.CONTAINER, "172.17.0.2/16", network="bridge", driver="bridge")
FIRST = row(4, Kind.CONTAINER, "10.13.17.11/24")
OTHER = row(5, Kind.CONTAINER, "10.13.17.12/24")
ROWS = (HOST, OVERLAY, BRIDGED, FIRST, OTHER)


def snapshot(*rows: Row, engines: tuple[EngineStatus, ...] = ()) -> Snapshot:
    return Snapshot(1, "vm", rows, engines, ())


def test_the_tour_acts_in_the_overlay_and_in_a_container_that_is_on_one() -> None:
    assert place_of("overlay", ROWS) is OVERLAY
    assert place_of("container", ROWS) is FIRST
    assert place_of("overlay", (HOST, BRIDGED)) is None
    assert place_of("container", (HOST, BRIDGED)) is None


def test_a_ping_goes_to_the_other_container_of_the_same_network() -> None:
    assert addresses(FIRST, snapshot(*ROWS)) == {"peer": "10.13.17.12", "nobody": "10.13.17.99"}
    assert addresses(OTHER, snapshot(*ROWS)) == {"peer": "10.13.17.11", "nobody": "10.13.17.99"}
    assert addresses(FIRST, snapshot(HOST, OVERLAY, BRIDGED, FIRST)) is None
    assert addresses(OVERLAY, snapshot(*ROWS)) == {}


def test_a_machine_is_bare_while_only_our_own_namespace_is_known_and_no_engine_answers() -> None:
    silent = EngineStatus("vm", "unix:///x", "", answers=False, says="refused", asked=False)
    answering = EngineStatus("vm", "unix:///x", "29", answers=True, says="", asked=False)
    assert snapshot(HOST).bare
    assert snapshot(HOST, engines=(silent,)).bare
    assert not snapshot(HOST, engines=(answering,)).bare
    assert not snapshot(HOST, OVERLAY).bare
    assert not snapshot().bare


def test_the_pointer_finds_what_passes_its_filter_since_the_step_began() -> None:
    session, blue = new_session(), (BLUE_NSID, neigh(2, "10.0.0.1"))
    feed(session, *blue)
    pointer = Pointer(session)
    pointer.point("netns:blue object:neigh", session.ring.end)
    pointer.look()
    assert pointer.newest() is None
    lose(session, 3)
    feed(session, RED_NSID, neigh(2, "10.0.0.2"))
    feed(session, BLUE_NSID, link(2, "eth0"))
    pointer.look()
    assert pointer.seqs == frozenset()
    began = session.ring.end
    feed(session, BLUE_NSID, neigh(2, "10.0.0.3"), neigh(2, "10.0.0.4"))
    pointer.look()
    assert pointer.seqs == {began, began + 1}
    newest = pointer.newest()
    assert newest is not None
    assert newest.seq == began + 1


def test_the_pointer_marks_the_newest_where_there_are_many_and_none_without_a_filter() -> None:
    session = new_session()
    pointer = Pointer(session)
    pointer.point("object:neigh", 0)
    feed(session, BLUE_NSID, *(neigh(2, f"10.0.0.{number}") for number in range(1, MOST + 4)))
    pointer.look()
    assert pointer.seqs == set(range(3, MOST + 3))
    pointer.point("", 0)
    pointer.look()
    assert pointer.seqs == frozenset()
