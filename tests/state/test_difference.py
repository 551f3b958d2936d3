"""What differs between what was told and what is there is told as messages; what the kernel never tells is not."""

import pytest

from ovltui.events.decode import decode
from ovltui.events.record import Kind, Record
from ovltui.kernel.wire import Rtm, Table
from ovltui.state.difference import difference
from ovltui.state.keys import place
from ovltui.state.tables import Tables
from tests.events.samples import SAMPLES
from tests.state.rows import LINKDOWN, addr, fdb, link, neigh, nexthop, route


def read(*messages: bytes) -> Tables:
    """Return tables that were read just now."""
    tables = Tables()
    for table in Table:
        tables.load(table, [raw for raw in messages if (found := place(raw)) and found[0] is table])
    return tables


def between(old: list[bytes], new: list[bytes]) -> list[str]:
    """Return action and object of each message that makes one into the other."""
    events = [decode(Record(0, 0, -1, Kind.RESYNC, raw)) for raw in difference(read(*old), read(*new), Table)]
    return [f"{event.action} {event.object}" for event in events]


EVERYTHING = [
    link(2, "eth0"),
    addr(2, "10.0.0.1"),
    route("10.1.0.0"),
    route("fd00::"),
    nexthop(1),
    neigh("10.0.0.2", "02:00:00:00:00:02"),
    fdb("02:00:00:00:00:01", 2, master=9),
    SAMPLES["rule-not"].raw,
    SAMPLES["port-forwards"].raw,
]


def test_nothing_differs_from_itself() -> None:
    assert between(EVERYTHING, EVERYTHING) == []


def test_what_came_begins_with_links_and_what_went_ends_with_them() -> None:
    come = between([], EVERYTHING)
    assert come[:3] == ["new link", "change link", "new addr"]
    gone = between(EVERYTHING, [])
    assert [row.replace("del", "new") for row in reversed(gone)] == [row.replace("change", "new") for row in come]


def test_a_message_of_what_went_is_the_one_that_was_known() -> None:
    (raw,) = difference(read(route("10.1.0.0", via="10.0.0.9")), read(), Table)
    assert raw == route("10.1.0.0", kind=Rtm.DELROUTE, flags=0, via="10.0.0.9")


def test_a_link_that_was_not_known_is_new_and_one_that_was_is_changed() -> None:
    assert between([], [link(2, "eth0")]) == ["new link"]
    assert between([link(2, "eth0")], [link(2, "eth1")]) == ["change link"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (addr(2, "10.0.0.1", valid=60), addr(2, "10.0.0.1", valid=5)),
        (route("10.1.0.0"), route("10.1.0.0", state=LINKDOWN, flags=2)),
        (route("fd00::", expires=50), route("fd00::", expires=5)),
        (nexthop(1), nexthop(1, flags=LINKDOWN)),
        (neigh("10.0.0.2", "02:00:00:00:00:02", 0x02), neigh("10.0.0.2", "02:00:00:00:00:02", 0x04)),
        (neigh("10.0.0.2", "", 0x20), neigh("10.0.0.2", "", 0x01)),
        (fdb("02:00:00:00:00:01", 2, master=9, state=0x02), fdb("02:00:00:00:00:01", 2, master=9, state=0x04)),
    ],
)
def test_what_passes_by_itself_is_no_difference(was: bytes, now: bytes) -> None:
    assert between([was], [now]) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (nexthop(1), nexthop(1, via="10.0.0.8")),
        (route("10.1.0.0", nhid=1, via="10.0.0.9"), route("10.1.0.0", nhid=1, via="10.0.0.8")),
        (neigh("10.0.0.2", "02:00:00:00:00:02"), neigh("10.0.0.2", "02:00:00:00:00:03")),
        (neigh("10.0.0.2", "02:00:00:00:00:02"), neigh("10.0.0.2", "02:00:00:00:00:02", 0x80)),
        (fdb("02:00:00:00:00:01", 2, master=9), fdb("02:00:00:00:00:01", 3, master=9)),
        (fdb("02:00:00:00:00:01", 5, dst="192.0.2.1"), fdb("02:00:00:00:00:01", 5, dst="192.0.2.2")),
    ],
)
def test_what_changed_in_its_place_is_one_message(was: bytes, now: bytes) -> None:
    assert difference(read(was), read(now), Table) == [now]


def test_one_route_in_the_place_of_another_is_two_messages() -> None:
    assert between([route("10.1.0.0", 2)], [route("10.1.0.0", 3)]) == ["del route", "new route"]


@pytest.mark.parametrize(
    "raw",
    [
        neigh("10.0.0.2", "", 0x01),
        neigh("10.0.0.2", "02:00:00:00:00:02", 0x40),
        fdb("33:33:00:00:00:01", 2),
    ],
)
def test_what_comes_without_a_message_is_no_difference(raw: bytes) -> None:
    assert between([], [raw]) == []


def test_the_end_of_a_neighbour_is_told_always() -> None:
    assert between([neigh("10.0.0.2", "", 0x40)], []) == ["del neigh"]


def test_only_the_tables_that_were_read_are_compared() -> None:
    rows = difference(read(*EVERYTHING), read(), (Table.ROUTES4, Table.NEXTHOPS))
    assert sorted(raw[4] for raw in rows) == [Rtm.DELROUTE, Rtm.DELNEXTHOP]
